//! What the page is told while a program is compiled and run.

use serde::Serialize;

/// One line of the answer to `POST /run`, as JSON with a `kind`.
///
/// The last event of a run is one for which [`Event::is_last`] holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// Others run at the moment; this one stands in line.
    Waiting {
        /// How many may run at once.
        at_once: usize,
    },
    /// The crates that snippets use are being built: at the start, and after they have changed.
    Preparing,
    /// How far that is.
    Progress {
        /// What cargo says, one line.
        text: String,
    },
    /// The compiler has started.
    Compiling,
    /// What the compiler prints: warnings and errors.
    Compiler {
        /// As printed, with the colours of a terminal.
        text: String,
    },
    /// The compiler found errors.
    CompileFailed,
    /// The program has started.
    Running,
    /// What the program prints, on either of its outputs, in the order in which it does.
    Output {
        /// As printed; what is not UTF-8 is replaced.
        text: String,
    },
    /// There was more output than is allowed: the rest is cut and the program stopped.
    Cut {
        /// How many bytes are allowed.
        bytes: usize,
    },
    /// The program ended by itself.
    Exit {
        /// Its exit code.
        code: i32,
        /// How long it ran.
        ms: u64,
    },
    /// The program was ended by a signal.
    Signal {
        /// The signal's number.
        signal: i32,
        /// The signal's name, and what usually is behind it.
        text: String,
        /// How long it ran.
        ms: u64,
    },
    /// It took too long and was stopped.
    Timeout {
        /// What took too long: `compiling` or `running`.
        what: &'static str,
        /// How long is allowed.
        seconds: u64,
    },
    /// It took too much memory, or made too many files, and was stopped.
    TooMuch {
        /// How much is allowed, in one line.
        text: String,
    },
    /// It could not be run, and this is why, in one line.
    Failed {
        /// What is wrong and what to do.
        text: String,
    },
}

impl Event {
    /// A signal that ended a program.
    pub fn signal(signal: i32, ms: u64) -> Self {
        let text = match signal {
            4 => "SIGILL, an illegal instruction",
            6 => "SIGABRT: it aborted, as a stack overflow or a panic within a panic does",
            8 => "SIGFPE, an arithmetic fault",
            9 => "SIGKILL: it was killed, perhaps for want of memory",
            11 => "SIGSEGV, a forbidden memory access",
            13 => "SIGPIPE: it wrote to a pipe that nobody reads",
            15 => "SIGTERM",
            #[cfg(target_os = "linux")]
            24 => "SIGXCPU: it used up the processor time it may have",
            #[cfg(target_os = "linux")]
            25 => "SIGXFSZ: it wrote a file larger than it may",
            _ => "a signal",
        };
        Self::Signal {
            signal,
            text: text.to_owned(),
            ms,
        }
    }

    /// Whether nothing comes after this.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::CompileFailed
                | Self::Cut { .. }
                | Self::Exit { .. }
                | Self::Signal { .. }
                | Self::Timeout { .. }
                | Self::TooMuch { .. }
                | Self::Failed { .. }
        )
    }

    /// The event as one line of the answer.
    pub(super) fn line(&self) -> String {
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}
