//! `course exec-limited`: the helper that starts a program under limits and watches over it.
//!
//! It sets limits on itself, which the program inherits, starts the program and waits for it. In a
//! PID namespace it is the first process: when it ends, the kernel ends whatever the program left
//! running. Its standard input is not for reading: it is the writing end of a pipe to the server,
//! on which it reports how the program ended. When the server is gone, so is the pipe's reader, and
//! the helper ends everything at once.

use std::ffi::OsString;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// What the helper is told. The server fills it in; no reader does.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Bytes of address space
    #[arg(long)]
    pub memory: u64,
    /// Seconds of processor time of each process
    #[arg(long)]
    pub cpu: u64,
    /// Bytes of a file
    #[arg(long)]
    pub file_size: u64,
    /// Processes and threads of the user
    #[arg(long)]
    pub processes: Option<u64>,
    /// Run the program as this user and group
    #[arg(long)]
    pub user: Option<u32>,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    pub program: Vec<OsString>,
}

/// How a program ended, as the helper reports it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Exit(i32),
    Signal(i32),
    /// The program could not be started.
    NotStarted(String),
}

impl Ending {
    /// Reads the report. None when the helper was ended before it could report.
    pub(super) fn parse(report: &str) -> Option<Self> {
        let (what, value) = report.trim_end().split_once(' ')?;
        match what {
            "exit" => value.parse().ok().map(Self::Exit),
            "signal" => value.parse().ok().map(Self::Signal),
            "not-started" => Some(Self::NotStarted(value.to_owned())),
            _ => None,
        }
    }

    fn report(&self) -> String {
        match self {
            Self::Exit(code) => format!("exit {code}\n"),
            Self::Signal(signal) => format!("signal {signal}\n"),
            Self::NotStarted(reason) => format!("not-started {}\n", reason.replace('\n', " ")),
        }
    }
}

/// Runs the program, reports its end to the server and returns.
pub fn run(args: &Args) -> ExitCode {
    system::watch_the_server();
    let ending = match system::limit(args).and_then(|()| start(args)) {
        Ok(status) => ending(status),
        Err(error) => Ending::NotStarted(error.to_string()),
    };
    system::report(&ending.report());
    system::end_the_rest();
    ExitCode::SUCCESS
}

fn start(args: &Args) -> std::io::Result<ExitStatus> {
    let (program, arguments) = args
        .program
        .split_first()
        .ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    system::become_user(&mut command, args.user);
    command.status()
}

#[cfg(unix)]
fn ending(status: ExitStatus) -> Ending {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exit(code),
        (None, signal) => Ending::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn ending(status: ExitStatus) -> Ending {
    Ending::Exit(status.code().unwrap_or(-1))
}

#[cfg(unix)]
mod system {
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{
        Pid, Resource, Rlimit, Signal, getpgrp, getpid, getrlimit, kill_process_group, setrlimit,
    };

    use super::Args;

    pub(super) fn limit(args: &Args) -> io::Result<()> {
        // Away from the reader's terminal, into which a program could type. Only the leader of a
        // process group can't leave: that is what this helper is where there is no namespace.
        let _ = rustix::process::setsid();
        set(Resource::As, Some(args.memory))?;
        set(Resource::Cpu, Some(args.cpu))?;
        set(Resource::Fsize, Some(args.file_size))?;
        set(Resource::Nproc, args.processes)?;
        set(Resource::Core, Some(0))?;
        #[cfg(target_os = "linux")]
        {
            // No program gains rights by a set-user-id bit, `sudo` for one.
            rustix::thread::set_no_new_privs(true)?;
            // When memory runs short, the system should take this and not the editor.
            let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
        }
        Ok(())
    }

    /// Lowers a limit; what is already lower stays.
    fn set(resource: Resource, limit: Option<u64>) -> io::Result<()> {
        let Some(limit) = limit else { return Ok(()) };
        let limit = getrlimit(resource)
            .maximum
            .map_or(limit, |allowed| limit.min(allowed));
        let both = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        match setrlimit(resource, both) {
            // macOS refuses some limits on address space; the others still hold.
            Err(_) if cfg!(target_os = "macos") => Ok(()),
            other => other.map_err(io::Error::from),
        }
    }

    pub(super) fn become_user(command: &mut Command, user: Option<u32>) {
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
    }

    /// Ends everything when the server does: then nobody reads the pipe any more.
    pub(super) fn watch_the_server() {
        std::thread::spawn(|| {
            let pipe = io::stdin();
            let mut watched = [PollFd::new(&pipe, PollFlags::empty())];
            while poll(&mut watched, None).is_err() {}
            end_the_rest();
            std::process::exit(1);
        });
    }

    pub(super) fn report(text: &str) {
        // Nobody to tell is no reason to stay.
        let _ = rustix::io::write(io::stdin().as_fd(), text.as_bytes());
    }

    /// Ends what the program left running, and the helper with it.
    pub(super) fn end_the_rest() {
        // The first process of a namespace takes the others along when it returns.
        if getpid() != Pid::INIT {
            let _ = kill_process_group(getpgrp(), Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;
    use std::io::{self, Write};
    use std::process::Command;

    use super::Args;

    // Windows has no such limits without unsafe code: time and output are still limited.
    pub(super) fn limit(_args: &Args) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn become_user(_command: &mut Command, _user: Option<u32>) {}

    pub(super) fn watch_the_server() {}

    pub(super) fn report(text: &str) {
        use std::os::windows::io::AsHandle;
        if let Ok(pipe) = io::stdin().as_handle().try_clone_to_owned() {
            let _ = File::from(pipe).write_all(text.as_bytes());
        }
    }

    pub(super) fn end_the_rest() {}
}
