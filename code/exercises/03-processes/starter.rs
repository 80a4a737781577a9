//! Exercise 03-processes: all programs under way at once.
//!
//! `run_all` is given some programs, ready to be started. Each of them waits until all of them have
//! started, and then prints a number. Started one after the other, the first waits in vain.
//!
//! `spawn` starts a program and does not wait for it; `wait_with_output` waits for its end. What it
//! prints goes to the terminal, unless you ask for a pipe: `program.stdout(Stdio::piped())`. Leave
//! its `stdin` and `stderr` as they are.

use std::process::Command;

/// Shall run all programs at once, and return what they print, in the order of the programs.
pub fn run_all(programs: Vec<Command>) -> Vec<String> {
    let mut printed = Vec::new();
    for mut program in programs {
        let output = program.output().unwrap();
        printed.push(String::from_utf8(output.stdout).unwrap());
    }
    printed
}
