//! The checks of the exercises: one module a chapter, by the chapter's name.
//!
//! A check runs the reader's function on the virtual clock, looks at what it returned and at the
//! trace of how it got there, and says in a [`Report`] what is right, what is wrong and what to
//! think about. The command `exercise`, the book's page and the notebook all call the same check.

mod predict;
mod report;

pub mod cake;
pub mod run_until_complete;
pub mod tasks;
pub mod waiting;
pub mod wakers;

pub use report::{Check, Report};
