//! The programs of the chapters: one module a chapter, by the chapter's name.
//!
//! A demo is a function that takes its settings and its clock and returns what it proves: a
//! [`Trace`](crate::Trace). Printing it, drawing it or asserting it is somebody else's job.

mod settings;
mod steps;

pub mod cake;
#[cfg(feature = "tokio")]
pub mod on_tokio;
pub mod run_until_complete;
pub mod tasks;
pub mod waiting;
pub mod wakers;

pub use settings::BadSettings;
pub use steps::{Step, StepKind, steps};
