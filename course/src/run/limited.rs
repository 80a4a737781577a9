//! `course exec-limited`: the helper that starts programs under limits and watches over them.
//!
//! It is told some steps, as a rule to compile a program and to run it. For each it sets limits on
//! itself, which what it starts inherits, starts the step's program and waits for it. In a PID
//! namespace it is the first process: when it ends, the kernel ends whatever is left running. Its
//! standard input is not for reading: it is the writing end of a pipe to the server, on which it
//! reports how each step ended. When the server is gone, so is the pipe's reader, and the helper
//! ends everything at once.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

use serde::{Deserialize, Serialize};

use super::confine;

/// What the helper is told. The server fills it in; no reader does.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// What to run, one after the other, as JSON; each only when the one before it ended well
    #[arg(required = true, value_parser = Step::parse)]
    pub steps: Vec<Step>,
}

/// A program to run, and within which limits.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Step {
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
    /// All that it has.
    pub(super) environment: Vec<(OsString, OsString)>,
    /// Where it runs.
    pub(super) folder: PathBuf,
    /// Whether what it prints are messages about the program to come, which go to the helper's
    /// standard error, and not output.
    pub(super) is_compiler: bool,
    /// Bytes of address space of each process.
    pub(super) address_space: u64,
    /// Bytes of memory that all processes may fill together.
    pub(super) memory: u64,
    /// Seconds of processor time of each process.
    pub(super) cpu: u64,
    /// Bytes of a file, and of all that lie in the folder.
    pub(super) file_size: u64,
    /// Files in the folder.
    pub(super) files: u64,
    /// Processes and threads of the user.
    pub(super) processes: Option<u64>,
    /// The user and group that it runs as; none is the helper's own.
    pub(super) user: Option<u32>,
    /// What it may touch; none is what its user may.
    pub(super) paths: Option<Paths>,
}

/// Which files a step may touch.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Paths {
    /// Below these it may read files, and run them.
    pub(super) read: Vec<PathBuf>,
    /// Below these it may do everything.
    pub(super) write: Vec<PathBuf>,
}

impl Step {
    /// The step as an argument of the helper.
    pub(super) fn argument(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
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

/// The line to the server. Whoever says that it was too much has the last word.
#[derive(Clone, Default)]
struct Line(Arc<AtomicBool>);

impl Line {
    fn report(&self, ending: &Ending) {
        let is_last = matches!(ending, Ending::TooMuch(_));
        if !self.0.fetch_or(is_last, Ordering::SeqCst) {
            system::report(&ending.report());
        }
    }
}

/// Runs the steps, reports to the server how each ended, and returns.
pub fn run(args: &Args) -> ExitCode {
    let line = Line::default();
    system::close_what_is_inherited();
    system::watch_the_server();
    for step in &args.steps {
        let ending = match system::limit(step).and_then(|()| start(step, &line)) {
            Ok(status) => ending(status),
            Err(error) => Ending::NotStarted(error.to_string()),
        };
        if step.is_compiler {
            // Nothing of it is to be there when the program starts.
            system::end_what_is_below();
        }
        line.report(&ending);
        if ending != Ending::Exit(0) {
            break;
        }
    }
    system::end_the_rest();
    ExitCode::SUCCESS
}

/// Runs the program from a thread that is confined, and with it what the program starts. The other
/// threads are not: no signal of the program's reaches this process, which may send any to it.
fn start(step: &Step, line: &Line) -> io::Result<ExitStatus> {
    let confined = || {
        if let Some(paths) = &step.paths {
            confine::this_thread(&paths.read, &paths.write)?;
        }
        command(step)?.status()
    };
    std::thread::scope(|scope| {
        let (running, ended) = channel::<()>();
        scope.spawn(move || system::watch_the_program(step, line, &ended));
        let program = scope.spawn(confined);
        let died = |_| Err(io::Error::other("its thread panicked"));
        let status = program.join().unwrap_or_else(died);
        drop(running);
        status
    })
}

fn command(step: &Step) -> io::Result<Command> {
    let mut command = Command::new(&step.program);
    command
        .args(&step.arguments)
        .env_clear()
        .envs(step.environment.iter().map(|(name, value)| (name, value)))
        .current_dir(&step.folder)
        .stdin(Stdio::null())
        // One pipe for both, so that their order is kept.
        .stdout(system::output(step.is_compiler)?)
        .stderr(system::output(step.is_compiler)?);
    system::become_user(&mut command, step.user);
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
    use std::process::{Command, Stdio};
    use std::sync::mpsc::{Receiver, RecvTimeoutError};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{
        Pid, Resource, Rlimit, Signal, getpgrp, getpid, getrlimit, kill_process_group, setrlimit,
    };

    use super::super::family::{self, Use};
    use super::super::inherited;
    use super::{Ending, Line, Step};

    pub(super) fn limit(step: &Step) -> io::Result<()> {
        // Away from the reader's terminal, into which a program could type. Only the leader of a
        // process group can't leave: that is what this helper is where there is no namespace.
        let _ = rustix::process::setsid();
        family::adopt();
        set(Resource::As, Some(step.address_space))?;
        set(Resource::Cpu, Some(step.cpu))?;
        set(Resource::Fsize, Some(step.file_size))?;
        set(Resource::Nproc, step.processes)?;
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

    pub(super) fn output(is_compiler: bool) -> io::Result<Stdio> {
        let ours = if is_compiler {
            io::stderr().as_fd().try_clone_to_owned()
        } else {
            io::stdout().as_fd().try_clone_to_owned()
        };
        ours.map(Stdio::from)
    }

    pub(super) fn become_user(command: &mut Command, user: Option<u32>) {
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
    }

    pub(super) fn close_what_is_inherited() {
        inherited::close();
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
    pub(super) fn watch_the_program(step: &Step, line: &Line, ended: &Receiver<()>) {
        while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            let used = family::usage(&step.folder, step.files);
            if let Some(text) = too_much(&used, step) {
                line.report(&Ending::TooMuch(text));
                end_the_rest();
                std::process::exit(1);
            }
        }
    }

    fn too_much(used: &Use, step: &Step) -> Option<String> {
        const MIB: u64 = 1024 * 1024;
        if used.memory > step.memory {
            Some(format!(
                "it may fill {} MiB of memory here, with all that it starts",
                step.memory / MIB
            ))
        } else if used.disk > step.file_size {
            Some(format!(
                "its files may take {} MiB here",
                step.file_size / MIB
            ))
        } else if used.files > step.files {
            Some(format!("it may make {} files here", step.files))
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

    pub(super) fn end_what_is_below() {
        family::end();
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
    use std::os::windows::io::AsHandle;
    use std::process::{Command, Stdio};
    use std::sync::mpsc::Receiver;

    use super::{Line, Step};

    // Windows has no such limits without unsafe code: time and output are still limited.
    pub(super) fn limit(_step: &Step) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn output(is_compiler: bool) -> io::Result<Stdio> {
        let ours = if is_compiler {
            io::stderr().as_handle().try_clone_to_owned()
        } else {
            io::stdout().as_handle().try_clone_to_owned()
        };
        ours.map(Stdio::from)
    }

    pub(super) fn become_user(_command: &mut Command, _user: Option<u32>) {}

    pub(super) fn close_what_is_inherited() {}

    pub(super) fn watch_the_server() {}

    pub(super) fn watch_the_program(_step: &Step, _line: &Line, _ended: &Receiver<()>) {}

    pub(super) fn report(text: &str) {
        if let Ok(pipe) = io::stdin().as_handle().try_clone_to_owned() {
            let _ = File::from(pipe).write_all(text.as_bytes());
        }
    }

    pub(super) fn end_what_is_below() {}

    pub(super) fn end_the_rest() {}
}
