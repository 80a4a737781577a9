//! `course exec-limited`: the helper that starts a program under limits and watches over it.
//!
//! It sets limits on itself, which the program inherits, starts the program and waits for it. In a
//! PID namespace it is the first process: when it ends, the kernel ends whatever the program left
//! running. Its standard input is not for reading: it is the writing end of a pipe to the server,
//! on which it reports how the program ended. When the server is gone, so is the pipe's reader, and
//! the helper ends everything at once.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::confine;

/// What the helper is told. The server fills it in; no reader does.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Bytes of address space of each process
    #[arg(long)]
    pub address_space: u64,
    /// Bytes of memory that all processes may fill together
    #[arg(long)]
    pub memory: u64,
    /// Seconds of processor time of each process
    #[arg(long)]
    pub cpu: u64,
    /// Bytes of a file, and of all that lie in the working folder
    #[arg(long)]
    pub file_size: u64,
    /// Files in the working folder
    #[arg(long)]
    pub files: u64,
    /// Processes and threads of the user
    #[arg(long)]
    pub processes: Option<u64>,
    /// Run the program as this user and group
    #[arg(long)]
    pub user: Option<u32>,
    /// A path below which the program may read and run files; all, when neither this nor `--write`
    /// is given
    #[arg(long)]
    pub read: Vec<PathBuf>,
    /// A path below which it may do everything
    #[arg(long)]
    pub write: Vec<PathBuf>,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    pub program: Vec<OsString>,
}

/// How a program ended, as the helper reports it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Exit(i32),
    Signal(i32),
    /// It was stopped because it took too much of something.
    TooMuch(String),
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
            "too-much" => Some(Self::TooMuch(value.to_owned())),
            "not-started" => Some(Self::NotStarted(value.to_owned())),
            _ => None,
        }
    }

    fn report(&self) -> String {
        match self {
            Self::Exit(code) => format!("exit {code}\n"),
            Self::Signal(signal) => format!("signal {signal}\n"),
            Self::TooMuch(text) => format!("too-much {text}\n"),
            Self::NotStarted(reason) => format!("not-started {}\n", reason.replace('\n', " ")),
        }
    }
}

/// The line to the server, on which the first who has something to say is heard.
#[derive(Clone, Default)]
struct Line(Arc<AtomicBool>);

impl Line {
    fn report(&self, ending: &Ending) {
        if !self.0.swap(true, Ordering::SeqCst) {
            system::report(&ending.report());
        }
    }
}

/// Runs the program, reports its end to the server and returns.
pub fn run(args: &Args) -> ExitCode {
    let line = Line::default();
    system::watch_the_server();
    let ending = match system::limit(args).and_then(|()| start(args, &line)) {
        Ok(status) => ending(status),
        Err(error) => Ending::NotStarted(error.to_string()),
    };
    line.report(&ending);
    system::end_the_rest();
    ExitCode::SUCCESS
}

/// Runs the program from a thread that is confined, and with it what the program starts. The other
/// threads are not: no signal of the program's reaches this process, which may send any to it.
fn start(args: &Args, line: &Line) -> io::Result<ExitStatus> {
    let confined = || {
        if !(args.read.is_empty() && args.write.is_empty()) {
            confine::this_thread(&args.read, &args.write)?;
        }
        command(args)?.status()
    };
    std::thread::scope(|scope| {
        let running = scope.spawn(confined);
        system::watch_the_program(args, line);
        let died = |_| Err(io::Error::other("its thread panicked"));
        running.join().unwrap_or_else(died)
    })
}

fn command(args: &Args) -> io::Result<Command> {
    let (program, arguments) = args
        .program
        .split_first()
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    system::become_user(&mut command, args.user);
    Ok(command)
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
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{
        Pid, Resource, Rlimit, Signal, getpgrp, getpid, getrlimit, kill_process_group, setrlimit,
    };

    use super::super::family::{self, Use};
    use super::{Args, Ending, Line};

    pub(super) fn limit(args: &Args) -> io::Result<()> {
        // Away from the reader's terminal, into which a program could type. Only the leader of a
        // process group can't leave: that is what this helper is where there is no namespace.
        let _ = rustix::process::setsid();
        family::adopt();
        set(Resource::As, Some(args.address_space))?;
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

    /// Ends everything when the server does, or wants it: then nobody reads the pipe any more.
    pub(super) fn watch_the_server() {
        std::thread::spawn(|| {
            let pipe = io::stdin();
            let mut watched = [PollFd::new(&pipe, PollFlags::empty())];
            while poll(&mut watched, None).is_err() {}
            end_the_rest();
            std::process::exit(1);
        });
    }

    /// Ends everything when it takes too much. The kernel's limits are for each process or file.
    pub(super) fn watch_the_program(args: &Args, line: &Line) {
        let (args, line) = (args.clone(), line.clone());
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(PAUSE);
                let used = family::usage(Path::new("."), args.files);
                if let Some(text) = too_much(&used, &args) {
                    line.report(&Ending::TooMuch(text));
                    end_the_rest();
                    std::process::exit(1);
                }
            }
        });
    }

    fn too_much(used: &Use, args: &Args) -> Option<String> {
        const MIB: u64 = 1024 * 1024;
        if used.memory > args.memory {
            Some(format!(
                "it may fill {} MiB of memory here, with all that it starts",
                args.memory / MIB
            ))
        } else if used.disk > args.file_size {
            Some(format!(
                "its files may take {} MiB here",
                args.file_size / MIB
            ))
        } else if used.files > args.files {
            Some(format!("it may make {} files here", args.files))
        } else {
            None
        }
    }

    /// Between two looks at what a program uses. It fills about 100 MB meanwhile, at most.
    const PAUSE: Duration = Duration::from_millis(100);

    pub(super) fn report(text: &str) {
        // Nobody to tell is no reason to stay.
        let _ = rustix::io::write(io::stdin().as_fd(), text.as_bytes());
    }

    /// Ends what the program left running, and the helper with it.
    pub(super) fn end_the_rest() {
        // The first process of a namespace takes the others along when it returns.
        if getpid() != Pid::INIT {
            family::end();
            let _ = kill_process_group(getpgrp(), Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;
    use std::io::{self, Write};
    use std::process::Command;

    use super::{Args, Line};

    // Windows has no such limits without unsafe code: time and output are still limited.
    pub(super) fn limit(_args: &Args) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn become_user(_command: &mut Command, _user: Option<u32>) {}

    pub(super) fn watch_the_server() {}

    pub(super) fn watch_the_program(_args: &Args, _line: &Line) {}

    pub(super) fn report(text: &str) {
        use std::os::windows::io::AsHandle;
        if let Ok(pipe) = io::stdin().as_handle().try_clone_to_owned() {
            let _ = File::from(pipe).write_all(text.as_bytes());
        }
    }

    pub(super) fn end_the_rest() {}
}
