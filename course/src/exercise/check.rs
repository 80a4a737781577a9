use super::compile::Program;
use crate::Problem;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Runs a compiled solution with its check, which prints what it found. 0 when it is solved, 1
/// when it is not yet.
pub(crate) fn check(program: &Program, file: &Path, limit: Duration) -> Result<ExitCode, Problem> {
    let mut child = Command::new(&program.path)
        .stdin(Stdio::null())
        // A panic is said in a line, with its place in the reader's file.
        .env("RUST_BACKTRACE", "0")
        .spawn()
        .map_err(|error| Problem::failure(format!("cannot start the check: {error}")))?;
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return outcome(status, file),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => break,
            Err(error) => return Err(Problem::failure(format!("cannot watch the check: {error}"))),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(Problem::failure(format!(
        "{} was stopped after {} s: does a loop in it never end?",
        file.display(),
        limit.as_secs()
    )))
}

fn outcome(status: ExitStatus, file: &Path) -> Result<ExitCode, Problem> {
    match status.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        Some(1) => Ok(ExitCode::from(1)),
        _ => Err(Problem::failure(format!(
            "{} did not come to an end ({status}): what it said is above",
            file.display()
        ))),
    }
}
