//! The command of the course; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    course::run()
}
