//! Every notebook of the course gives what it keeps; and a notebook that does not is found out.

use std::{
    fs,
    path::{Path, PathBuf},
};

use course::tools::notebooks;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

fn main() {
    let arguments = Arguments::from_args();
    let found = notebooks::list(course_tests::root()).expect("the course has notebooks");
    let mut trials: Vec<Trial> = found.into_iter().map(kept).collect();
    trials.push(Trial::test(
        "a_notebook_that_fails_is_found_out",
        a_failing_notebook,
    ));
    trials.push(Trial::test(
        "a_recorded_notebook_stays_as_it_is",
        a_recorded_notebook,
    ));
    libtest_mimic::run(&arguments, trials).exit();
}

fn kept(notebook: PathBuf) -> Trial {
    let name = notebook
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Trial::test(format!("kept/{name}"), move || {
        let faults = notebooks::check(&notebook).map_err(|problem| problem.to_string())?;
        if faults.is_empty() {
            return Ok(());
        }
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Err(Failed::from(format!(
            "{}\nif the new outputs are right, `cargo run -- notebooks --record` keeps them",
            faults.join("\n")
        )))
    })
}

/// One notebook with everything that can be wrong, so that one kernel runs it all.
fn a_failing_notebook() -> Result<(), Failed> {
    let cells = [
        cell("println!(\"as kept\");").keeps("as kept\n"),
        cell("println!(\"four\");").keeps("five\n"),
        cell("println!(\"printed\");").keeps_nothing(),
        cell("println!(\"never run\");"),
        cell("println!(\"3.5 ms\\nlines: 4\");")
            .measures()
            .keeps("950 µs\nlines: 120\n"),
        cell("println!(\"3.5 ms\");")
            .measures()
            .keeps("3.5 ms of waiting\n"),
        cell("println!(\"3.5 ms\");").keeps("3.6 ms\n"),
        cell("println!(\"EVCXR_BEGIN_CONTENT image/svg+xml\\n<svg>1</svg>\\nEVCXR_END_CONTENT\");")
            .keeps_svg("<svg>2</svg>"),
        cell("()").keeps("no longer printed\n"),
        // What follows fails, and is at fault even though it keeps just that.
        cell("let text: i32 = \"text\";").keeps_error("mismatched types"),
        cell("panic!(\"over the edge\");").keeps_nothing(),
        cell("\"text\".parse::<i32>()?;").keeps_nothing(),
        // The kernel goes on after all of it.
        cell("println!(\"as kept\");").keeps("as kept\n"),
    ];
    let folder = tempfile::tempdir()?;
    let notebook = write(folder.path(), &cells);
    let faults: Vec<String> = notebooks::check(&notebook)?
        .iter()
        .map(ToString::to_string)
        .collect();
    let about = |cell: usize| {
        let start = format!("notebooks/tiny.ipynb, cell {cell} (");
        faults
            .iter()
            .filter(|fault| fault.starts_with(&start))
            .cloned()
            .collect::<Vec<_>>()
    };
    let expected: [&[&str]; 13] = [
        &[],
        &[
            "stdout is another one",
            "line 1, kept:  `five`",
            "line 1, found: `four`",
        ],
        &["stdout is not kept, found is `printed`"],
        &["no outputs are kept"],
        &[],
        &["line 1, kept:  `# of waiting`", "line 1, found: `#`"],
        &["line 1, kept:  `3.6 ms`", "line 1, found: `3.5 ms`"],
        &[
            "image/svg+xml is another one",
            "`<svg>2</svg>`",
            "`<svg>1</svg>`",
        ],
        &["stdout is missing, kept is `no longer printed`"],
        &["an error: mismatched types"],
        &["a panic: thread", "over the edge"],
        &["written to stderr: `invalid digit found in string`"],
        &[],
    ];
    for (index, expected) in expected.iter().enumerate() {
        // The notebook begins with a cell of text.
        let cell = index + 2;
        let found = about(cell);
        assert_eq!(
            found.len(),
            usize::from(!expected.is_empty()),
            "cell {cell}: {faults:#?}"
        );
        for part in *expected {
            assert!(
                found[0].contains(part),
                "cell {cell} says {}, without {part}",
                found[0]
            );
        }
    }
    let before = fs::read(&notebook)?;
    let refused = notebooks::record(&notebook).expect_err("a failing notebook is not recorded");
    assert!(
        refused.to_string().contains("cell 11"),
        "the first cell that fails: {refused}"
    );
    assert_eq!(fs::read(&notebook)?, before, "and stays as it is");
    Ok(())
}

fn a_recorded_notebook() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let here = "println!(\"{}\", std::env::current_dir().unwrap().display());";
    let cells = [
        cell("let answer = 6 * 7;\nanswer"),
        cell("let began = std::time::Instant::now();\nprintln!(\"{:?}\", began.elapsed());")
            .measures(),
        cell(here),
        cell("for line in 0..300 { println!(\"{line}\"); }"),
    ];
    let notebook = write(folder.path(), &cells);
    assert!(notebooks::record(&notebook)?, "outputs are new");
    let text = fs::read_to_string(&notebook)?;
    let machine = folder.path().to_string_lossy().into_owned();
    assert!(
        !text.contains(&machine),
        "no path of this machine is kept: {text}"
    );
    let recorded: Value = serde_json::from_str(&text)?;
    assert_eq!(
        recorded["cells"][1]["outputs"][0]["data"]["text/plain"],
        json!(["42"])
    );
    assert_eq!(
        recorded["cells"][3]["outputs"][0]["text"],
        json!(["<course>/notebooks\n"])
    );
    assert_eq!(
        recorded["cells"][2]["metadata"],
        json!({ "tags": ["measures"] })
    );
    let lines = recorded["cells"][4]["outputs"][0]["text"]
        .as_array()
        .map_or(0, Vec::len);
    assert_eq!(lines, 300, "what a cell prints is kept to its last line");

    assert_eq!(
        notebooks::check(&notebook)?,
        [],
        "and it is what the notebook gives"
    );
    Ok(())
}

/// A code cell in the making.
#[derive(Clone)]
struct Tiny(Value);

fn cell(source: &str) -> Tiny {
    Tiny(json!({
        "cell_type": "code",
        "execution_count": null,
        "metadata": { "execution": { "iopub.execute_input": "2026-01-01T00:00:00Z" } },
        "outputs": [],
        "source": source,
    }))
}

impl Tiny {
    fn measures(mut self) -> Self {
        self.0["metadata"]["tags"] = json!(["measures"]);
        self
    }

    fn keeps(self, printed: &str) -> Self {
        self.keeping(json!([{ "output_type": "stream", "name": "stdout", "text": printed }]))
    }

    fn keeps_svg(self, svg: &str) -> Self {
        let data = json!({ "image/svg+xml": [svg] });
        self.keeping(json!([{
            "output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data,
        }]))
    }

    fn keeps_error(self, message: &str) -> Self {
        self.keeping(json!([{
            "output_type": "error", "ename": "Error", "evalue": message, "traceback": [message],
        }]))
    }

    fn keeps_nothing(self) -> Self {
        self.keeping(json!([]))
    }

    fn keeping(mut self, outputs: Value) -> Self {
        self.0["execution_count"] = json!(1);
        self.0["outputs"] = outputs;
        self
    }
}

/// `notebooks/tiny.ipynb` in a folder that stands for the course's.
fn write(course: &Path, cells: &[Tiny]) -> PathBuf {
    let folder = course.join("notebooks");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let notebook = folder.join("tiny.ipynb");
    let mut all = vec![json!({ "cell_type": "markdown", "metadata": {}, "source": "# Tiny" })];
    for (index, Tiny(cell)) in cells.iter().enumerate() {
        let mut cell = cell.clone();
        cell["id"] = json!(format!("cell-{index}"));
        all.push(cell);
    }
    let document = json!({ "nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": all });
    fs::write(&notebook, document.to_string()).expect("a notebook can be written");
    notebook
}
