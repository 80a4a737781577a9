use crate::Problem;
use std::io::{ErrorKind, Write, stdout};
use std::process::ExitCode;

/// Prints a text. A reader that has gone away, as in `course demo | head -1`, is no problem.
#[allow(
    clippy::needless_pass_by_value,
    reason = "it ends here, and chains read better"
)]
pub(crate) fn print(text: String) -> Result<ExitCode, Problem> {
    match stdout()
        .write_all(text.as_bytes())
        .and_then(|()| stdout().flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Problem::failure(format!(
            "the output cannot be written: {error}"
        ))),
        _ => Ok(ExitCode::SUCCESS),
    }
}
