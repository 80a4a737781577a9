//! A program to start: compiled when it is needed, so that a test, a notebook and the terminal all
//! have one.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The text of the program, which is also a module of this crate.
const SOURCE: &str = include_str!("child.rs");

/// The small program, compiled into a folder of its own, which goes when this value does.
#[derive(Debug)]
pub struct Program {
    folder: PathBuf,
}

/// What the program is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Wait so many milliseconds.
    Wait(u64),
    /// Compute so many rounds.
    Compute(u64),
    /// Compute until it is told to stop; for so many seconds if nobody does.
    Busy(u64),
    /// Say where errors go that it has started, and, when it is told to go on, this answer: for an
    /// exercise whose solution reads what the program prints.
    Meet(u64),
}

impl Program {
    /// Compiles it with `rustc`, or what the variable `RUSTC` names, in about a tenth of a second.
    /// It is optimised when this crate is.
    ///
    /// ```
    /// use event_loops::demos::processes::{Program, Work};
    ///
    /// let program = Program::compile()?;
    /// let output = program.command(1, Work::Wait(5)).output()?; // nobody tells it to go on
    /// assert_eq!(output.stdout, b"1 starts\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no `rustc`, or no room for the program.
    pub fn compile() -> io::Result<Program> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("event-loops-{}-{count}", std::process::id());
        let folder = env::temp_dir().join(name);
        // It fails where there is such a folder: nobody else's is used, or removed.
        fs::create_dir(&folder)?;
        let program = Program { folder };
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let level = if cfg!(debug_assertions) { 0 } else { 3 };
        let mut compiler = Command::new(rustc)
            .args(["--edition=2024", "--crate-name=child", "-"])
            .arg(format!("-Copt-level={level}"))
            .arg("-o")
            .arg(program.path())
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| {
                let what = format!("rustc does not start ({error}): is Rust installed?");
                io::Error::new(error.kind(), what)
            })?;
        let stdin = compiler.stdin.take();
        stdin.map_or(Ok(()), |mut stdin| stdin.write_all(SOURCE.as_bytes()))?;
        if compiler.wait()?.success() {
            Ok(program)
        } else {
            let what = "rustc can't compile the program: what it says is above";
            Err(io::Error::other(what))
        }
    }

    /// The command that starts it once more.
    pub fn command(&self, number: usize, work: Work) -> Command {
        let (word, amount) = match work {
            Work::Wait(millis) => ("wait", millis),
            Work::Compute(rounds) => ("compute", rounds),
            Work::Busy(seconds) => ("busy", seconds),
            Work::Meet(answer) => ("meet", answer),
        };
        let mut command = Command::new(self.path());
        command.args([&number.to_string(), word, &amount.to_string()]);
        command
    }

    fn path(&self) -> PathBuf {
        self.folder
            .join(format!("child{}", env::consts::EXE_SUFFIX))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What can't be removed is left to the system, as all of its temporary files are.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
