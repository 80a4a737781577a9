//! What a snippet printed, kept beside the book: `src/recorded/snippets/HASH.json`.
//!
//! Building the book runs nothing. `cargo run -- record` runs the snippets and writes these files,
//! and a test holds that a run now prints the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::program::{Output, Program};

/// One snippet's recorded output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The chapter that shows it, for who reads the file.
    pub page: String,
    /// What it printed.
    pub output: String,
    /// Its exit code; `None` when the compiler refused it.
    pub code: Option<i32>,
    /// Where and when it was measured, when another run may print something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// Where and when a program was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The processor, its cores, the system.
    pub machine: String,
    /// The day.
    pub date: String,
    /// The compiler's version.
    pub rust: String,
}

impl Recording {
    /// Where the recordings of a book are; `src` is the folder of its chapters.
    pub fn folder(src: &Path) -> PathBuf {
        src.join("recorded/snippets")
    }

    /// The recording of a program, when there is one.
    ///
    /// # Errors
    ///
    /// When its file is not what it should be.
    pub fn read(src: &Path, program: &Program) -> io::Result<Option<Recording>> {
        Recording::named(src, &program.name())
    }

    /// The recording of the program of that name, when there is one.
    pub(crate) fn named(src: &Path, program: &str) -> io::Result<Option<Recording>> {
        let file = Recording::folder(src).join(format!("{program}.json"));
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(serde_json::from_str(&text).map_err(io::Error::from)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a run that has printed this is as the recorded one: to the letter, or, where it was
    /// measured, in its form.
    pub fn agrees(&self, output: &Output) -> bool {
        let same_text = match self.measured {
            None => self.output == output.text,
            // What the compiler says is worded anew with each version; the codes stay.
            Some(_) if self.code.is_none() => codes(&self.output) == codes(&output.text),
            Some(_) => form(&self.output) == form(&output.text),
        };
        same_text && self.code == output.code
    }
}

/// What stays from run to run: the lines in any order, without numbers, units and bars.
fn form(output: &str) -> BTreeMap<Vec<&str>, usize> {
    let mut lines = BTreeMap::new();
    for line in output.lines() {
        let stays = |word: &&str| !is_number(word) && !is_unit(word) && !is_bar(word);
        let words = line.split_whitespace().filter(stays).collect();
        *lines.entry(words).or_default() += 1;
    }
    lines
}

fn is_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit())
}

fn is_unit(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', '.', ')']);
    ["s", "ms", "µs", "μs", "ns", "min"].contains(&word)
}

fn is_bar(word: &str) -> bool {
    !word.contains(|c: char| c.is_alphanumeric())
}

/// `E0382` of `error[E0382]: …`.
fn codes(output: &str) -> Vec<&str> {
    let errors = output
        .lines()
        .filter_map(|line| line.strip_prefix("error["));
    errors
        .filter_map(|rest| Some(rest.split_once(']')?.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(output: &str, measured: bool) -> Recording {
        let measured = measured.then(|| Measured {
            machine: "a machine".into(),
            date: "2026-01-31".into(),
            rust: "1.95.0".into(),
        });
        Recording {
            page: "src/a.md".into(),
            output: output.into(),
            code: Some(0),
            measured,
        }
    }

    fn output(text: &str, code: i32) -> Output {
        Output {
            text: text.into(),
            code: Some(code),
        }
    }

    #[test]
    fn what_is_not_measured_agrees_to_the_letter() {
        let recorded = recording("at 3 s\n", false);
        assert!(recorded.agrees(&output("at 3 s\n", 0)));
        assert!(!recorded.agrees(&output("at 4 s\n", 0)));
        assert!(!recorded.agrees(&output("at 3 s\n", 101)));
    }

    #[test]
    fn what_is_measured_agrees_in_its_form() {
        let recorded = recording("a took 3.1 ms\nb took 900 µs  ███\n", true);
        assert!(recorded.agrees(&output("b took 1.2 ms ██\na took 2.9ms\n", 0)));
        assert!(!recorded.agrees(&output("a took 3.1 ms\n", 0)));
        assert!(!recorded.agrees(&output("a took 3.1 ms\nc took 900 µs\n", 0)));
        assert!(!recorded.agrees(&output("a took 3.1 ms\nb took 900 µs\n", 1)));
    }

    #[test]
    fn compilers_may_change_their_words_and_not_their_codes() {
        let mut recorded = recording("error[E0382]: use of moved value\n", true);
        recorded.code = None;
        let refused = |text: &str| Output {
            text: text.into(),
            code: None,
        };
        assert!(recorded.agrees(&refused("warning: x\nerror[E0382]: it has gone\n")));
        assert!(!recorded.agrees(&refused("error[E0308]: use of moved value\n")));
    }
}
