//! It looks as if all were started before the first is waited for. But an iterator hands on one
//! item at a time: start, wait, start, wait.

use std::process::{Command, Stdio};

/// Runs all programs, and returns what they print, in the order of the programs.
pub fn run_all(programs: Vec<Command>) -> Vec<String> {
    programs
        .into_iter()
        .map(|mut program| program.stdout(Stdio::piped()).spawn().unwrap())
        .map(|child| child.wait_with_output().unwrap())
        .map(|output| String::from_utf8(output.stdout).unwrap())
        .collect()
}
