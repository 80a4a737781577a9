use super::table::Exercise;
use crate::Problem;
use mdbook_course::externs::Externs;
use serde_json::{Value, json};
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
    let colour = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    // Read from stdin, the program counts as a file of the current folder, so that `#[path]` and
    // the compiler's messages have the file's name as the reader has typed it.
    let mut compiler = Command::new(rustc)
        .args(externs.rustc_args())
        .args(["--crate-name", "solution", "--error-format=json"])
        .args(colour.then_some("--json=diagnostic-rendered-ansi"))
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
    let said: Vec<Diagnostic> = said.lines().filter_map(Diagnostic::read).collect();
    let mistake = |in_main| {
        said.iter()
            .find(|one| one.is_error && one.in_main == in_main)
    };
    if let (Some(error), None) = (mistake(true), mistake(false)) {
        return Err(wrong_form(exercise, file, error));
    }
    for one in said.iter().filter(|one| !one.in_main) {
        eprint!("{}", one.rendered);
    }
    if !output.status.success() {
        let what = "does not compile: mend what the compiler says above";
        return Err(Problem::failure(format!("{} {what}", file.display())));
    }
    Ok(Program {
        path,
        _folder: folder,
    })
}

fn main_rs(exercise: &Exercise, file: &Path) -> String {
    let Exercise {
        check, function, ..
    } = exercise;
    let file = file.display().to_string();
    format!(
        "#[path = {file:?}]\n\
         mod solution;\n\
         fn main() -> std::process::ExitCode {{\n\
         \x20   let report = event_loops::exercises::{check}(solution::{function});\n\
         \x20   let _ = std::io::Write::write_all(\n\
         \x20       &mut std::io::stdout(),\n\
         \x20       format!(\"{{report}}\\n\").as_bytes(),\n\
         \x20   );\n\
         \x20   std::process::ExitCode::from(u8::from(!report.passed()))\n\
         }}\n"
    )
}

/// What the compiler says, as far as it matters here.
struct Diagnostic {
    /// As the compiler would print it.
    rendered: String,
    message: String,
    code: String,
    is_error: bool,
    /// It is about our program around the file, whose name is `<anon>`.
    in_main: bool,
}

impl Diagnostic {
    fn read(line: &str) -> Option<Self> {
        // Options that it does not understand are complained about in plain text.
        let said: Value = serde_json::from_str(line)
            .unwrap_or_else(|_| json!({ "rendered": format!("{line}\n"), "level": "error" }));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let message = text(&said["message"]);
        // The compiler counts its errors at the end, those about our program too.
        if said["level"] == "failure-note" || message.starts_with("aborting due to") {
            return None;
        }
        let spans = said["spans"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let place = spans.iter().find(|span| span["is_primary"] == true);
        Some(Diagnostic {
            rendered: text(&said["rendered"]),
            message,
            code: text(&said["code"]["code"]),
            is_error: said["level"] == "error",
            in_main: place.is_some_and(|place| place["file_name"] == "<anon>"),
        })
    }
}

/// The file compiles, but its function is not what the check can call.
fn wrong_form(exercise: &Exercise, file: &Path, error: &Diagnostic) -> Problem {
    let Exercise { function, form, .. } = exercise;
    let what = match error.code.as_str() {
        "E0425" => format!("there is no function {function}"),
        "E0603" => format!("{function} is private"),
        _ => {
            let said: Vec<&str> = error.message.split_whitespace().collect();
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
