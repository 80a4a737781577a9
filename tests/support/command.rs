use crate::course_bin;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// The exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of, without the progress of a build on the way.
    pub stderr: String,
}

/// Runs `course` with these words in a folder.
///
/// # Panics
///
/// When it does not start.
pub fn course<W: AsRef<OsStr>>(folder: &Path, words: impl IntoIterator<Item = W>) -> Said {
    let output = Command::new(course_bin())
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the course starts");
    Said {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr)
            .split_inclusive('\n')
            .filter(|line| !is_progress(line))
            .collect(),
    }
}

/// `   Compiling event-loops v0.1.0`, or that another cargo is at work: cargo sets its verbs flush
/// right, in twelve columns.
fn is_progress(line: &str) -> bool {
    let Some((start, verb)) = line.get(..12).and_then(|start| start.rsplit_once(' ')) else {
        return false;
    };
    let is_word = !verb.is_empty() && verb.chars().all(char::is_alphabetic);
    is_word && start.trim().is_empty() && line[12..].starts_with(' ')
}

impl Said {
    /// The one line that a mistake is told in.
    ///
    /// # Panics
    ///
    /// When it was told in more lines or less, as a panic, or to the wrong stream.
    pub fn mistake(&self) -> &str {
        assert_eq!(self.stderr.lines().count(), 1, "one line: {self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        assert_eq!(self.stdout, "", "a mistake goes to stderr");
        let line = self.stderr.trim_end();
        line.strip_prefix("error: ")
            .unwrap_or_else(|| panic!("no error: {line}"))
    }
}
