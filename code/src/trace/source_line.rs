//! Where in the program something stands.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::Location;

/// A line of the program.
#[derive(Clone, Copy)]
pub struct SourceLine(&'static Location<'static>);

impl SourceLine {
    /// The line that called a function marked `#[track_caller]`.
    #[track_caller]
    pub(crate) fn caller() -> Self {
        SourceLine(Location::caller())
    }

    /// The file, as the compiler was told it.
    pub fn file(&self) -> &'static str {
        self.0.file()
    }

    /// The line, counted from 1.
    pub fn line(&self) -> u32 {
        self.0.line()
    }

    /// The file's name without the folders before it, which differ from machine to machine.
    pub fn file_name(&self) -> &'static str {
        let file = self.file();
        file.rsplit(['/', '\\']).next().unwrap_or(file)
    }
}

/// Where in the line does not matter.
impl PartialEq for SourceLine {
    fn eq(&self, other: &Self) -> bool {
        (self.file(), self.line()) == (other.file(), other.line())
    }
}

impl Eq for SourceLine {}

impl Hash for SourceLine {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.file(), self.line()).hash(state);
    }
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file_name(), self.line())
    }
}

impl fmt::Debug for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
