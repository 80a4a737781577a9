//! The course's mdBook preprocessor.
//!
//! It computes what the chapters show: `{{#demo waiting --blocking --clock virtual --format svg}}`
//! runs the demo of [`event_loops`] and writes its timeline into the page. And it makes
//! `mdbook test` test every snippet, those that use our crate or tokio too, without a flag.

mod directives;
mod page;
mod preprocessor;
mod snippets;

pub mod demo;
pub mod externs;
pub mod problem;
pub mod usage;

pub use preprocessor::Course;
pub use problem::Problem;
