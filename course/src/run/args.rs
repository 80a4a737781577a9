//! The options of Run on the command line.

use std::time::Duration;

use super::Limits;

/// To be flattened into the arguments of the command that serves the course.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct RunArgs {
    /// Let snippets run when this is root and the system offers no namespace to keep them in
    #[arg(long)]
    pub run_as_root: bool,

    /// Seconds that a program may run
    // This and the next are for tests of the time-outs, which nobody wants to wait a minute for.
    #[arg(long, hide = true, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub run_seconds: Option<u64>,

    /// Seconds that the compiler may take
    #[arg(long, hide = true, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub compile_seconds: Option<u64>,
}

impl RunArgs {
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(seconds) = self.run_seconds {
            limits.run_time = Duration::from_secs(seconds);
        }
        if let Some(seconds) = self.compile_seconds {
            limits.compile_time = Duration::from_secs(seconds);
        }
        limits
    }
}
