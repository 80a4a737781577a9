//! All are under way at once, and what they print goes to the terminal.

use std::process::{Child, Command};

/// Runs all programs at once, and returns what they print, in the order of the programs.
pub fn run_all(programs: Vec<Command>) -> Vec<String> {
    let start = |mut program: Command| program.spawn().unwrap();
    let children: Vec<Child> = programs.into_iter().map(start).collect();
    let mut printed = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        printed.push(String::from_utf8(output.stdout).unwrap());
    }
    printed
}
