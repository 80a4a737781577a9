use crate::Problem;
use mdbook_course::externs::Externs;
use mdbook_course::program::{Output, Program, Programs};
use mdbook_course::recording::{Measured, Recording};
use mdbook_driver::MDBook;
use mdbook_driver::builtin_renderers::MarkdownRenderer;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a snippet may take, and its compiler.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs every snippet of the book, and writes what has changed since it was recorded.
pub(super) fn record(root: &Path) -> Result<(), Problem> {
    let src = root.join("src");
    let programs = programs(root)?;
    let facts = machine::facts().map_err(Problem::failure)?;
    let measured = Measured {
        machine: facts.machine,
        date: facts.date,
        rust: facts.rust,
    };
    let mut written = 0;
    let all: Vec<&Program> = programs.iter().collect();
    for (program, found) in run_all(root, &all, 2)? {
        let outputs =
            found.map_err(|why| Problem::failure(format!("{}: {why}", program.place())))?;
        let kept = recorded(&src, program)?;
        if kept.is_some_and(|kept| outputs.iter().all(|output| kept.agrees(output))) {
            continue;
        }
        let recording = recording(program, &outputs, &measured);
        let text = serde_json::to_string_pretty(&recording).unwrap_or_default();
        super::write(
            &Recording::folder(&src),
            &program.name(),
            &format!("{text}\n"),
        )?;
        eprintln!("{}: recorded", program.place());
        written += 1;
    }
    for name in left_over(&src, &programs) {
        let file = Recording::folder(&src).join(&name);
        fs::remove_file(&file)
            .map_err(|error| Problem::failure(format!("{}: {error}", file.display())))?;
        eprintln!("{name}: removed, no snippet has this text any more");
    }
    let same = programs.len() - written;
    eprintln!(
        "{} snippets: {written} recorded, {same} as before",
        programs.len()
    );
    Ok(())
}

/// Runs every snippet, and says which of them prints something else than what is recorded.
pub(super) fn check(root: &Path) -> Result<(), Problem> {
    let src = root.join("src");
    let programs = programs(root)?;
    let mut kept = BTreeMap::new();
    for program in &programs {
        kept.extend(recorded(&src, program)?.map(|recording| (program.name(), recording)));
    }
    let (known, new): (Vec<&Program>, _) = programs
        .iter()
        .partition(|program| kept.contains_key(&program.name()));
    let unrecorded =
        |program: &&Program| format!("{}: its output is not recorded", program.place());
    let mut wrong: Vec<String> = new.iter().map(unrecorded).collect();
    for (program, found) in run_all(root, &known, 1)? {
        let recording = &kept[&program.name()];
        let what = match found.map(|mut outputs| outputs.remove(0)) {
            Err(why) => why,
            Ok(output) if !recording.agrees(&output) => difference(recording, &output),
            Ok(_) => continue,
        };
        wrong.push(format!("{}: {what}", program.place()));
    }
    let gone = left_over(&src, &programs);
    wrong
        .extend(gone.iter().map(|name| {
            format!("src/recorded/snippets/{name}: no snippet has this text any more")
        }));
    if wrong.is_empty() {
        eprintln!("{} snippets print what is recorded", programs.len());
        return Ok(());
    }
    let advice = "to record them again: cargo run -- record snippets";
    Err(Problem::failure(format!("{}\n{advice}", wrong.join("\n"))))
}

/// The book's programs, with what they include.
fn programs(root: &Path) -> Result<Vec<Program>, Problem> {
    let unreadable = |error: mdbook_driver::errors::Error| {
        Problem::failure(format!("the book can't be read: {error:#}"))
    };
    let mut book = MDBook::load(root).map_err(unreadable)?;
    // For a renderer that changes nothing; the preprocessor below takes the place of the course's.
    book.config
        .set("preprocessor.course.renderers", ["markdown"])
        .map_err(unreadable)?;
    let programs = Programs::default();
    book.with_preprocessor(programs.clone());
    book.preprocess_book(&MarkdownRenderer::new())
        .map_err(unreadable)?;
    let mut programs = programs.take();
    // The same text in two places has one output.
    let mut seen = BTreeSet::new();
    programs.retain(|program| seen.insert(program.name()));
    Ok(programs)
}

type Found = Result<Vec<Output>, String>;

/// Runs them as often as is asked for, on as many threads as the machine has cores. In the order
/// of the book.
fn run_all<'a>(
    root: &Path,
    programs: &[&'a Program],
    times: usize,
) -> Result<Vec<(&'a Program, Found)>, Problem> {
    let crates = if programs.iter().any(|program| program.uses_crates()) {
        Externs::build(root)?.crate_args()
    } else {
        vec![]
    };
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let work = || {
        let take = || next.fetch_add(1, Ordering::Relaxed);
        for index in std::iter::repeat_with(take).take_while(|index| *index < programs.len()) {
            let outputs = programs[index].run(&crates, times, LIMIT);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.push((index, outputs));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(index, _)| *index);
    let named = found
        .into_iter()
        .map(|(index, outputs)| (programs[index], outputs));
    Ok(named.collect())
}

/// A program that goes by the real clock, or that has not printed the same twice, was measured.
fn recording(program: &Program, outputs: &[Output], measured: &Measured) -> Recording {
    let output = &outputs[0];
    let varies = outputs.iter().any(|other| other != output);
    let measures = program.measures() || varies || output.code.is_none();
    Recording {
        page: program.page().to_owned(),
        output: output.text.clone(),
        code: output.code,
        measured: measures.then(|| measured.clone()),
    }
}

fn recorded(src: &Path, program: &Program) -> Result<Option<Recording>, Problem> {
    Recording::read(src, program).map_err(|error| {
        let file = Recording::folder(src).join(format!("{}.json", program.name()));
        Problem::failure(format!("{} can't be read: {error}", file.display()))
    })
}

/// Recordings of what is no longer in the book.
fn left_over(src: &Path, programs: &[Program]) -> Vec<String> {
    let known: BTreeSet<String> = programs
        .iter()
        .map(|program| program.name() + ".json")
        .collect();
    let entries = fs::read_dir(Recording::folder(src))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !known.contains(name))
        .collect();
    names.sort();
    names
}

fn difference(kept: &Recording, output: &Output) -> String {
    let lines = kept.output.lines().zip(output.text.lines());
    let first = lines.enumerate().find(|(_, (was, is))| was != is);
    match first {
        _ if kept.code != output.code => format!(
            "it ended with {:?}, and now with {:?}",
            kept.code, output.code
        ),
        Some((at, (was, is))) => {
            format!("line {} of its output was {was:?}, and is {is:?}", at + 1)
        }
        None => format!(
            "its output had {} lines, and has {}",
            kept.output.lines().count(),
            output.text.lines().count()
        ),
    }
}
