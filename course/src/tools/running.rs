use std::{
    collections::VecDeque,
    io::{ErrorKind, Read},
    process::{Command, Stdio},
};

use super::{Result, io_problem::io_problem};
use crate::Problem;

/// How a program ended that was run for its effect.
pub(super) struct Ended {
    pub(super) success: bool,
    /// The end of what it said, both outputs together.
    pub(super) last_lines: Vec<String>,
}

/// Enough to find the reason in, not so much that a long build is kept in memory.
const KEPT_LINES: usize = 200;

impl Ended {
    /// The most telling line: the first that begins with "error", else the last one.
    pub(super) fn reason(&self) -> &str {
        let lines = &self.last_lines;
        lines
            .iter()
            .find(|line| line.to_lowercase().starts_with("error"))
            .or_else(|| lines.iter().rev().find(|line| !line.trim().is_empty()))
            .map_or("it said nothing", |line| line.trim())
    }

    /// Whether it failed for want of a connection, in the words of cargo, curl, git and pip.
    pub(super) fn wants_network(&self) -> bool {
        const SIGNS: [&str; 9] = [
            "could not resolve host",
            "couldn't resolve host",
            "couldn't connect to server",
            "failed to connect to",
            "network is unreachable",
            "name or service not known",
            "temporary failure in name resolution",
            "newconnectionerror",
            "getaddrinfo failed",
        ];
        self.last_lines.iter().any(|line| {
            let line = line.to_lowercase();
            SIGNS.iter().any(|sign| line.contains(sign))
        })
    }
}

/// Runs `command` to its end, with every line it says (also those that only a carriage return
/// ends, as in a progress bar) given to `on_line`.
pub(super) fn run(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<Ended> {
    let program = command.get_program().to_string_lossy().into_owned();
    let (mut reader, writer) = std::io::pipe().map_err(|error| io_problem(&program, &error))?;
    let second = writer
        .try_clone()
        .map_err(|error| io_problem(&program, &error))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(second)
        .spawn()
        .map_err(|error| not_started(&program, &error))?;
    // The command holds the pipe's other ends: the end of the output comes when they are closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut last_lines = VecDeque::new();
    let mut keep = |bytes: &[u8]| {
        let line = String::from_utf8_lossy(bytes);
        let line = line.trim_end();
        if !line.is_empty() {
            on_line(line);
            if last_lines.len() == KEPT_LINES {
                last_lines.pop_front();
            }
            last_lines.push_back(line.to_owned());
        }
    };
    let mut line = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                for &byte in &buffer[..length] {
                    if byte == b'\n' || byte == b'\r' {
                        keep(&line);
                        line.clear();
                    } else {
                        line.push(byte);
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(io_problem(&program, &error)),
        }
    }
    keep(&line);
    let status = child.wait().map_err(|error| io_problem(&program, &error))?;
    Ok(Ended {
        success: status.success(),
        last_lines: last_lines.into(),
    })
}

/// What a program prints, if it can be run and succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Without what `cargo run` and `cargo test` set for the programs they start: it is about this
/// package, and a build of another one would take it for its own.
pub(super) fn without_cargos_variables(command: &mut Command) -> &mut Command {
    const OURS: [&str; 5] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_TARGET_TMPDIR",
    ];
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| OURS.iter().any(|ours| name.starts_with(ours)))
        {
            command.env_remove(name);
        }
    }
    command
}

fn not_started(program: &str, error: &std::io::Error) -> Problem {
    if error.kind() == ErrorKind::NotFound {
        Problem::failure(format!(
            "{program} was not found: install it, or add its folder to PATH"
        ))
    } else {
        io_problem(format!("{program} cannot be started"), error)
    }
}
