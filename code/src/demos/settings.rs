//! What a demo's settings may be.

use std::fmt;
use std::time::Duration;

/// A setting that a demo can't run with, and what to do about it, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSettings(String);

impl BadSettings {
    pub(super) fn new(what: impl Into<String>) -> Self {
        BadSettings(what.into())
    }
}

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSettings {}

/// A day: far beyond every demo, and far below the times where adding them up overflows.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn check_count(what: &str, count: usize, most: usize) -> Result<(), BadSettings> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(BadSettings(format!(
        "{what} is {count}: choose a number from 1 to {most}"
    )))
}

pub(super) fn check_time(what: &str, time: Duration) -> Result<(), BadSettings> {
    if time <= LONGEST {
        return Ok(());
    }
    Err(BadSettings(format!(
        "{what} is longer than a day: choose 24h or less, such as 3s"
    )))
}
