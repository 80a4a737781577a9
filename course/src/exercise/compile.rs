use super::table::Exercise;
use crate::Problem;
use mdbook_course::externs::Externs;
use serde_json::Value;
use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A solution, compiled together with the check of its exercise.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// Removed with the program when both are no longer needed.
    _folder: TempDir,
}

/// Compiles the reader's file as it is, as a module of a small program that hands its function to
/// the exercise's check. The compiler speaks of the reader's own file and lines.
pub(crate) fn compile(root: &Path, exercise: &Exercise, file: &Path) -> Result<Program, Problem> {
    let externs = Externs::build(root)?;
    let folder = tempfile::tempdir().map_err(|error| cannot("make a folder", &error))?;
    let path = folder
        .path()
        .join(format!("solution{}", std::env::consts::EXE_SUFFIX));
    let rendered = match stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        true => "--json=diagnostic-rendered-ansi",
        false => "--json=",
    };
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    // Read from stdin, the program counts as a file of the current folder, so that `#[path]` and
    // the compiler's messages have the file's name as the reader has typed it.
    let mut compiler = Command::new(rustc)
        .args(externs.rustc_args())
        .args(["--crate-name", "solution", "--error-format=json", rendered])
        .arg("-o")
        .arg(&path)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot("start rustc", &error))?;
    if let Some(mut stdin) = compiler.stdin.take() {
        let written = stdin.write_all(main_rs(exercise, file).as_bytes());
        written.map_err(|error| cannot("talk to rustc", &error))?;
    }
    let output = compiler
        .wait_with_output()
        .map_err(|error| cannot("run rustc", &error))?;

    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<Value> = said
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let (about_main, about_file): (Vec<_>, Vec<_>) = said.iter().partition(|one| in_main(one));
    let is_error = |one: &&&Value| one["level"] == "error" && has_place(one);
    let broken_file = about_file.iter().any(|one| is_error(&one));
    let broken_form = about_main.iter().find(|one| is_error(one));
    for one in &about_file {
        if has_place(one) || (broken_file && broken_form.is_none()) {
            eprint!("{}", one["rendered"].as_str().unwrap_or_default());
        }
    }
    if output.status.success() {
        return Ok(Program {
            path,
            _folder: folder,
        });
    }
    Err(match broken_form {
        Some(error) if !broken_file => wrong_form(exercise, file, error),
        _ => Problem::failure(format!(
            "{} does not compile: mend what the compiler says above",
            file.display()
        )),
    })
}

fn main_rs(exercise: &Exercise, file: &Path) -> String {
    let Exercise {
        module, function, ..
    } = exercise;
    let file = file.display().to_string();
    format!(
        "#[path = {file:?}]\n\
         mod solution;\n\
         fn main() -> std::process::ExitCode {{\n\
         \x20   let report = event_loops::exercises::{module}::check(solution::{function});\n\
         \x20   let _ = std::io::Write::write_all(\n\
         \x20       &mut std::io::stdout(),\n\
         \x20       format!(\"{{report}}\\n\").as_bytes(),\n\
         \x20   );\n\
         \x20   std::process::ExitCode::from(u8::from(!report.passed()))\n\
         }}\n"
    )
}

/// Whether the compiler means our program around the file: its name there is `<anon>`.
fn in_main(diagnostic: &Value) -> bool {
    primary_span(diagnostic).is_some_and(|span| span["file_name"] == "<anon>")
}

fn has_place(diagnostic: &Value) -> bool {
    primary_span(diagnostic).is_some()
}

fn primary_span(diagnostic: &Value) -> Option<&Value> {
    diagnostic["spans"]
        .as_array()?
        .iter()
        .find(|span| span["is_primary"] == true)
}

/// The file compiles, but its function is not what the check can call.
fn wrong_form(exercise: &Exercise, file: &Path, error: &Value) -> Problem {
    let Exercise { function, form, .. } = exercise;
    let what = match error["code"]["code"].as_str() {
        Some("E0425") => format!("there is no function {function}"),
        Some("E0603") => format!("{function} is private"),
        _ => {
            let said = error["message"].as_str().unwrap_or("it cannot be called");
            let said: Vec<&str> = said.split_whitespace().collect();
            format!(
                "{function} has another form than asked for ({})",
                said.join(" ")
            )
        }
    };
    Problem::failure(format!(
        "{}: {what}: it begins with `{form}`",
        file.display()
    ))
}

fn cannot(what: &str, error: &std::io::Error) -> Problem {
    Problem::failure(format!("cannot {what}: {error}"))
}
