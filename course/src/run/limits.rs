//! How much one run may use.

use std::fmt;
use std::time::Duration;

/// The limits of Run. [`Limits::default`] is what the course is served with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body: usize,
    /// How long a request may take to send its body.
    pub body_time: Duration,
    /// Bytes that a program, and the compiler, may print.
    pub output: usize,
    /// How long the compiler may take.
    pub compile_time: Duration,
    /// How long a program may run. The course's blocking program needs 15 s.
    pub run_time: Duration,
    /// Bytes of address space of the compiler.
    pub compile_address_space: u64,
    /// Bytes of address space of each process of a program.
    pub address_space: u64,
    /// Bytes of memory that a program, or the compiler, fills with all that it starts.
    pub memory: u64,
    /// Bytes of a file that a program, or the compiler, writes, and of all its files.
    pub file_size: u64,
    /// Files and folders that a program makes.
    pub files: u64,
    /// Processes and threads of a program.
    pub processes: u64,
    /// Programs that run at the same time.
    pub at_once: usize,
    /// Programs that stand in line behind them.
    pub in_line: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * KIB,
            body_time: Duration::from_secs(5),
            output: 64 * KIB,
            compile_time: Duration::from_secs(30),
            run_time: Duration::from_secs(60),
            compile_address_space: 4 * GIB,
            address_space: 2 * GIB,
            memory: GIB,
            file_size: 256 * MIB,
            files: 10_000,
            processes: 512,
            at_once: 2,
            in_line: 16,
        }
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at most {} at once, {} s, {} GiB of memory, {} KiB of output each",
            self.at_once,
            self.run_time.as_secs(),
            self.memory / GIB,
            self.output / KIB,
        )
    }
}

const KIB: usize = 1024;
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
