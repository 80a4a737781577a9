//! Testing every snippet of the book.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Kind, Snippet};
use super::{alone, refused, together};
use crate::externs::{Externs, edition_args};
use crate::page::Place;
use crate::problem::Problem;

/// Where our crate is built, and how long the tests may take.
pub(crate) struct Settings<'a> {
    /// The folder of the workspace.
    pub(crate) workspace: &'a Path,
    /// After this time the snippets that still run are stopped.
    pub(crate) limit: Duration,
}

/// What was tested, when all is well.
pub(crate) struct Report {
    snippets: usize,
    chapters: usize,
    refused: usize,
    not_run: usize,
    took: Duration,
}

/// Tests the snippets of a book.
///
/// # Errors
///
/// One problem for each snippet that is not what it says, with what the compiler says about it.
pub(crate) fn test(snippets: &[Snippet], settings: &Settings<'_>) -> Result<Report, Vec<Problem>> {
    let start = Instant::now();
    let args = arguments(snippets, settings.workspace).map_err(|problem| vec![problem])?;
    let folder = TempDir::new().map_err(|error| vec![no_folder(&error)])?;
    let problems = complaints(snippets, &args, folder.path(), settings.limit)
        .map_err(|error| vec![no_folder(&error)])?;
    if !problems.is_empty() {
        return Err(problems);
    }
    let count = |wanted: fn(&Kind) -> bool| snippets.iter().filter(|s| wanted(&s.kind)).count();
    let mut chapters: Vec<_> = snippets.iter().map(|snippet| &snippet.place.page).collect();
    chapters.dedup();
    Ok(Report {
        snippets: count(|kind| *kind == Kind::Run),
        chapters: chapters.len(),
        refused: count(|kind| matches!(kind, Kind::Refused(_))),
        not_run: count(|kind| matches!(kind, Kind::Skip | Kind::Compile)),
        took: start.elapsed(),
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |count, word: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{count} {word}s"),
        };
        let (snippets, chapters) = (
            many(self.snippets, "snippet"),
            many(self.chapters, "chapter"),
        );
        write!(f, "{snippets} of {chapters} compiled and ran")?;
        if self.refused > 0 {
            write!(f, ", {} failed to compile as they should", self.refused)?;
        }
        if self.not_run > 0 {
            write!(f, ", {} not run for the reason given", self.not_run)?;
        }
        write!(f, ": ok ({:.1} s)", self.took.as_secs_f64())
    }
}

/// The crates are only built when a snippet uses one: a chapter about std alone waits for nothing.
fn arguments(snippets: &[Snippet], workspace: &Path) -> Result<Vec<OsString>, Problem> {
    let uses = |name| snippets.iter().any(|snippet| snippet.mentions(name));
    if Externs::CRATES.into_iter().any(uses) {
        Ok(Externs::build(workspace)?.crate_args())
    } else {
        Ok(vec![])
    }
}

fn complaints(
    snippets: &[Snippet],
    args: &[OsString],
    folder: &Path,
    limit: Duration,
) -> io::Result<Vec<Problem>> {
    let programs: Vec<&Snippet> = snippets
        .iter()
        .filter(|s| matches!(s.kind, Kind::Run | Kind::Compile))
        .collect();
    let together = if programs.is_empty() {
        None
    } else {
        let all: Vec<_> = edition_args()
            .into_iter()
            .chain(args.iter().cloned())
            .collect();
        Some(together::test(&programs, &all, folder, limit)?)
    };
    let passed: Vec<&Place> = together
        .iter()
        .flat_map(|together| together.passed.iter().map(|index| &programs[*index].place))
        .collect();
    let doubtful: Vec<&Snippet> = snippets
        .iter()
        .filter(|snippet| snippet.kind != Kind::Skip && !passed.contains(&&snippet.place))
        .collect();
    let found = each(&doubtful, |index, snippet| {
        let folder = folder.join(index.to_string());
        fs::create_dir_all(&folder)?;
        match &snippet.kind {
            Kind::Refused(codes) => refused::complaint(snippet, codes, args, &folder, limit),
            _ => alone::complaint(snippet, args, &folder, limit),
        }
    })?;
    let mut problems: Vec<Problem> = found
        .iter()
        .filter_map(|(index, what)| Some(doubtful[*index].place.problem(what.as_ref()?)))
        .collect();
    if let Some(together) = together
        && !together.content
        && problems.is_empty()
    {
        let output = together.output.trim_end();
        problems.push(Problem::failure(if together.ended {
            format!(
                "each snippet passes alone, and rustdoc is not content with all of them:\n{output}"
            )
        } else {
            format!(
                "the snippets took longer than {} together, and were stopped",
                alone::seconds(limit)
            )
        }));
    }
    Ok(problems)
}

/// Calls `work` for each snippet, on as many threads as the machine has cores.
fn each<T: Send>(
    snippets: &[&Snippet],
    work: impl Fn(usize, &Snippet) -> io::Result<T> + Sync,
) -> io::Result<Vec<(usize, T)>> {
    let threads = thread::available_parallelism().map_or(1, |count| count.get());
    let share = |first: usize| {
        let mine = snippets.iter().enumerate().skip(first).step_by(threads);
        mine.map(|(index, snippet)| Ok((index, work(index, snippet)?)))
            .collect::<io::Result<Vec<_>>>()
    };
    let mut done = Vec::new();
    thread::scope(|scope| {
        let share = &share;
        let shares: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || share(first)))
            .collect();
        for share in shares {
            match share.join() {
                Ok(results) => done.extend(results?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<(), io::Error>(())
    })?;
    done.sort_by_key(|(index, _)| *index);
    Ok(done)
}

fn no_folder(error: &io::Error) -> Problem {
    Problem::failure(format!(
        "the snippets can't be tested: {error}; are rustc and rustdoc on PATH?"
    ))
}
