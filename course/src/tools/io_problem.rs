use std::{fmt, io};

use crate::Problem;

/// "`what`: the operating system's message".
pub(super) fn io_problem(what: impl fmt::Display, error: &io::Error) -> Problem {
    Problem::failure(format!("{what}: {error}"))
}
