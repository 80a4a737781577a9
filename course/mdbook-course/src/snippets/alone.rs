//! The thorough way: one snippet alone, in a file whose lines are those of the chapter, so that
//! the compiler's messages and a panic name the place where it stands.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::group::{self, Ended};
use super::{Kind, Snippet};

/// More lines of output than this help nobody.
const MOST_LINES: usize = 60;

/// What is wrong with a snippet that rustdoc did not pass; `None` when it is well alone.
pub(super) fn complaint(
    snippet: &Snippet,
    args: &[OsString],
    folder: &Path,
    limit: Duration,
) -> io::Result<Option<String>> {
    let colour = if io::stderr().is_terminal() {
        "always"
    } else {
        "never"
    };
    let compiled = compile(snippet, args, &["--color", colour], folder, limit)?;
    match compiled.status {
        None => {
            let said = format!("compiling this snippet took longer than {}", seconds(limit));
            return Ok(Some(said));
        }
        Some(status) if !status.success() => {
            return Ok(Some(with_output(
                snippet,
                "this snippet does not compile",
                &compiled.output,
            )));
        }
        Some(_) if snippet.kind == Kind::Compile => return Ok(None),
        Some(_) => {}
    }
    // Together they had the whole limit: one alone must not need more than its share.
    let limit = limit.div_f64(4.0);
    let ran = run(folder, limit)?;
    let what = match ran.status {
        None => {
            let what = format!(
                "this snippet did not end within {} and was stopped",
                seconds(limit)
            );
            // What it repeats for ever is seen in a few lines.
            let start: Vec<_> = ran.output.lines().take(5).collect();
            return Ok(Some(with_output(
                snippet,
                &what,
                &start.join(
                    "
",
                ),
            )));
        }
        Some(status) if status.success() && snippet.should_panic() => {
            "this snippet says should_panic, and does not panic".to_string()
        }
        Some(status) if status.success() => return Ok(None),
        Some(status) => match status.code() {
            Some(101) if snippet.should_panic() => return Ok(None),
            Some(101) => "this snippet panicked".to_string(),
            Some(code) => format!("this snippet ended with exit code {code}"),
            None => format!("this snippet ended with {status}"),
        },
    };
    Ok(Some(with_output(snippet, &what, &ran.output)))
}

/// Compiles a snippet to [`program`].
pub(super) fn compile(
    snippet: &Snippet,
    args: &[OsString],
    more: &[&str],
    folder: &Path,
    limit: Duration,
) -> io::Result<Ended> {
    let above = if snippet.own_lines {
        snippet.place.line
    } else {
        0
    };
    let source = Source {
        file: &snippet.place.page,
        code: &("\n".repeat(above) + &snippet.program()),
        edition: snippet.edition(),
    };
    rustc(&source, args, more, folder, limit)
}

/// Compiles a text to [`program`], as the file `main.rs`, which is what Run calls it too.
pub(crate) fn compile_main(
    code: &str,
    edition: &str,
    args: &[OsString],
    folder: &Path,
    limit: Duration,
) -> io::Result<Ended> {
    let source = Source {
        file: "main.rs",
        code,
        edition,
    };
    rustc(&source, args, &[], folder, limit)
}

/// Runs what was compiled in the folder.
pub(crate) fn run(folder: &Path, limit: Duration) -> io::Result<Ended> {
    group::run(program(folder), [] as [&str; 0], folder, limit)
}

/// What is compiled.
struct Source<'a> {
    file: &'a str,
    code: &'a str,
    edition: &'a str,
}

fn rustc(
    source: &Source<'_>,
    args: &[OsString],
    more: &[&str],
    folder: &Path,
    limit: Duration,
) -> io::Result<Ended> {
    // The compiler prints the name as it gets it: relative to the folder it runs in.
    let file = folder.join(source.file);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&file, source.code)?;
    let kind = if source.code.contains("fn main(") {
        "bin"
    } else {
        "lib"
    };
    let own = [
        "--crate-name",
        "snippet",
        "--crate-type",
        kind,
        "-A",
        "unused",
        "--edition",
        source.edition,
        "-o",
    ];
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut all: Vec<OsString> = own.into_iter().map(Into::into).collect();
    all.push(program(folder).into());
    all.push(source.file.into());
    all.extend(more.iter().map(Into::into));
    all.extend(args.iter().cloned());
    group::run(rustc, all, folder, limit)
}

fn program(folder: &Path) -> PathBuf {
    folder.join(format!("snippet{}", env::consts::EXE_SUFFIX))
}

/// The complaint, with what the compiler or the program said below it.
pub(super) fn with_output(snippet: &Snippet, what: &str, output: &str) -> String {
    let lines: Vec<_> = output.trim_end().lines().collect();
    let mut text = what.to_string();
    if !snippet.own_lines && output.contains(&snippet.place.page) {
        text += " (it includes another file: the lines below count from its first one)";
    }
    for line in lines.iter().take(MOST_LINES) {
        text += &format!("\n  {line}");
    }
    if lines.len() > MOST_LINES {
        text += &format!("\n  … and {} more lines", lines.len() - MOST_LINES);
    }
    text
}

pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
