//! The checks of the exercises: one module a chapter, by the chapter's name.
//!
//! A check runs the reader's function on the virtual clock, or, where there is no loop, has it meet
//! others; looks at what it returned and how it got there; and says in a [`Report`] what is right,
//! what is wrong and what to think about. A prediction is checked against what really comes out.
//! The command `exercise`, the book's page and the notebook all call the same check.

mod predict;
mod report;

pub mod async_await;
pub mod cake;
pub mod callbacks;
pub mod generators;
pub mod processes;
pub mod run_until_complete;
pub mod tasks;
pub mod threads;
pub mod waiting;
pub mod wakers;

pub use report::{Check, Report};
