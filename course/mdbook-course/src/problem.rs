//! What went wrong, in one line for a learner.

use std::error::Error;
use std::fmt;

/// What is wrong, where, and what to do about it: one line, without a backtrace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    message: String,
    exit_code: u8,
}

impl Problem {
    /// The command was given wrong words: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Problem {
            message: message.into(),
            exit_code: 2,
        }
    }

    /// The words were right and it still failed: exit code 1.
    pub fn failure(message: impl Into<String>) -> Self {
        Problem {
            message: message.into(),
            exit_code: 1,
        }
    }

    /// What the process should exit with.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Problem {}
