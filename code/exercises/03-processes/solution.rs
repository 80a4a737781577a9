//! First all of them are started, then each is waited for.

use std::process::{Child, Command, Stdio};

/// Runs all programs at once, and returns what they print, in the order of the programs.
pub fn run_all(programs: Vec<Command>) -> Vec<String> {
    let mut children: Vec<Child> = Vec::new();
    for mut program in programs {
        children.push(program.stdout(Stdio::piped()).spawn().unwrap());
    }
    let mut printed = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        printed.push(String::from_utf8(output.stdout).unwrap());
    }
    printed
}
