//! What every demo can be told.

use clap::{Args, ValueEnum};
use event_loops::ClockKind;

/// What every demo can be told.
#[derive(Args, Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    /// Whose event loop runs it
    #[arg(
        long,
        value_enum,
        value_name = "RUNTIME",
        default_value = "event-loops"
    )]
    pub(super) runtime: Runtime,
}

/// Whose event loop runs a demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Runtime {
    /// The course's own
    EventLoops,
    /// tokio, on one thread
    Tokio,
    /// Python's
    Asyncio,
}

/// The loop's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// The clock jumps to the next deadline
    Virtual,
    /// The machine's clock
    Real,
}

/// What to print of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What the tasks say, as they say it, then the total and the timeline
    Text,
    /// The total, and how long the loop had nothing to do
    Summary,
    /// Every event in words, a line each: when, who, what
    Events,
    /// Every event, for a program to read
    Json,
    /// The timeline as a picture
    Svg,
}

impl From<Clock> for ClockKind {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Virtual => ClockKind::Virtual,
            Clock::Real => ClockKind::Real,
        }
    }
}
