mod snippets;

use crate::{Problem, root};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// A run that the chapters show as it was measured, and the words that it is typed with.
struct Run {
    name: &'static str,
    words: &'static str,
}

const RUNS: &[Run] = &[
    Run {
        name: "waiting-together",
        words: "demo waiting",
    },
    Run {
        name: "waiting-blocking",
        words: "demo waiting --blocking",
    },
    Run {
        name: "waiting-sequential",
        words: "demo waiting --sequential",
    },
    Run {
        name: "waiting-ten-thousand",
        words: "demo waiting --tasks 10000 --format summary",
    },
    Run {
        name: "processes-together",
        words: "demo processes",
    },
    Run {
        name: "processes-busy",
        words: "demo processes --busy 3",
    },
    Run {
        name: "processes-sequential",
        words: "demo processes --sequential",
    },
    Run {
        name: "processes-cost",
        words: "measure processes",
    },
    Run {
        name: "threads-table",
        words: MEASURE_THREADS,
    },
    Run {
        name: "step-busy",
        words: "step 08-2-busy",
    },
    Run {
        name: "step-nap",
        words: "step 08-3-nap",
    },
    Run {
        name: "step-park",
        words: "step 08-5-park",
    },
];

/// A run whose numbers are kept too, to be drawn.
const MEASURE_THREADS: &str = "measure threads";

/// All snippets of the book, among the names of recordings.
const SNIPPETS: &str = "snippets";

/// What `record` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Which recordings: `snippets` for the outputs below the snippets; all when none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Write nothing: run the snippets, and say which of them prints something else by now
    #[arg(long, conflicts_with = "names")]
    check: bool,
}

/// Runs again what the chapters show, and writes it beside them: `src/recorded/NAME.json` for what
/// was measured, `src/recorded/snippets/HASH.json` for what the snippets print.
pub(crate) fn record(Options { names, check }: &Options) -> Result<ExitCode, Problem> {
    let root = root::find()?;
    if *check {
        return snippets::check(&root).map(|()| ExitCode::SUCCESS);
    }
    let unknown = names
        .iter()
        .find(|name| *name != SNIPPETS && RUNS.iter().all(|run| run.name != **name));
    if let Some(unknown) = unknown {
        let mut known: Vec<&str> = RUNS.iter().map(|run| run.name).collect();
        known.push(SNIPPETS);
        let known = known.join(", ");
        return Err(Problem::usage(format!(
            "there is no recording {unknown}: there are {known}"
        )));
    }
    let wanted = |run: &&Run| names.is_empty() || names.iter().any(|name| name == run.name);
    let folder = root.join("src/recorded");
    let facts = machine::facts().map_err(Problem::failure)?;
    for run in RUNS.iter().filter(wanted) {
        eprintln!("{}: {} …", run.name, run.words);
        let (output, data) = if run.words == MEASURE_THREADS {
            let json = measure(&format!("{} --format json", run.words))?;
            measured_table(&json)?
        } else {
            (measure(run.words)?, Value::Null)
        };
        if let Some(last) = output.lines().last() {
            eprintln!("  {last}");
        }
        let mut recording = json!({
            "command": run.words,
            "machine": facts.machine,
            "date": facts.date,
            "rust": facts.rust,
            "output": output,
        });
        if !data.is_null() {
            recording["data"] = data;
        }
        write(&folder, run.name, &format!("{recording:#}\n"))?;
    }
    if names.is_empty() || names.iter().any(|name| name == SNIPPETS) {
        snippets::record(&root)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs this very program again, as a reader would: a process of its own, with nothing else in it.
fn measure(words: &str) -> Result<String, Problem> {
    let failed = |why: String| Problem::failure(format!("{words}: {why}"));
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let output = Command::new(program)
        .args(words.split(' '))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("it failed ({})", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|error| failed(error.to_string()))
}

/// The table as the command prints it, and its numbers.
fn measured_table(json: &str) -> Result<(String, Value), Problem> {
    let read = serde_json::from_str(json).ok().and_then(|data| {
        let table = mdbook_course::table::from_json(&data)?;
        Some((super::measure::as_text(&table), data))
    });
    read.ok_or_else(|| Problem::failure(format!("{MEASURE_THREADS} printed no table: {json}")))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Problem> {
    let file = folder.join(format!("{name}.json"));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&file, text))
        .map_err(|error| Problem::failure(format!("cannot write {}: {error}", file.display())))
}
