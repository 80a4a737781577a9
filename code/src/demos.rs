//! The programs of the chapters: one module a chapter, by the chapter's name.
//!
//! A demo is a function that takes its settings and its clock and returns what it proves: a
//! [`Trace`](crate::Trace). Printing it, drawing it or asserting it is somebody else's job.

mod callback_loop;
mod callbacks;
mod generator_loop;
mod generators;
mod notes;
mod settings;
mod steps;

pub mod async_await;
pub mod cake;
pub mod compare;
#[cfg(feature = "tokio")]
pub mod on_tokio;
pub mod processes;
pub mod program;
pub mod run_until_complete;
pub mod schedule;
pub mod tasks;
pub mod threads;
pub mod two_steps;
pub mod waiting;
pub mod wakers;

pub use callback_loop::{CallbackLoop, Chain};
pub use generator_loop::{Generator, GeneratorLoop, Handle, Resumed, Until};
pub use notes::Notes;
pub use settings::BadSettings;
pub use steps::{Step, StepKind, steps};
