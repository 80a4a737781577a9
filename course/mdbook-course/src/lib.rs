//! The course's mdBook preprocessor: it computes what the chapters show, and tests every snippet.
//!
//! # What a chapter can say
//!
//! Alone on a line, outside blocks of code:
//!
//! - `{{#demo waiting --blocking --clock virtual --format svg | A caption}}` runs the demo of
//!   [`event_loops`] and shows its timeline as a picture with a text of it. The words are those of
//!   `course demo`, and stand below the picture. `--format text`, `json` and `summary` give a block
//!   of code that starts with the command.
//! - `{{#stepper waiting --clock virtual | A caption}}` shows the same picture, and with JavaScript the
//!   reader steps through it, with other settings too. Only pages that have one load its scripts.
//! - `{{#recorded NAME}}` shows a run that really took its time, from `src/recorded/NAME.json`.
//! - `{{#plot NAME | A caption}}` draws the table that such a run has measured.
//! - `{{#exercise 02-waiting}}` shows the exercise's starter, to be edited and tested in the page.
//!
//! A block that begins with ```` ```rust,step ```` is a program that grows: what it has in common with
//! the step before it, in this chapter or an earlier one, is dimmed or hidden.
//!
//! A mistake in one fails the build with the chapter and the line in its file.
//!
//! # What `mdbook test` tests
//!
//! Every ```` ```rust ```` block, without a flag: those that use `event_loops` or `tokio` too.
//!
//! - A snippet is a complete program. It is compiled and run, and must end by itself.
//! - `compile_fail,E0382`: the compiler must refuse it with that very error.
//! - `no_run`, `ignore`: the next line says why, and starts with `*Not run:`.
//!
//! # Where to read on
//!
//! [`Course`] is what mdBook calls. `page` knows a chapter's blocks and lines, `directives` replaces
//! the directives, `snippets` tests: first all `together` in one rustdoc, which is fast, then those
//! that failed `alone`, which gives messages with the chapter's own lines.

mod apart;
pub mod crate_source;
mod directives;
mod memo;
mod output;
mod page;
mod preprocessor;
mod snippets;
mod steps;

pub mod demo;
pub mod externs;
pub mod problem;
pub mod program;
pub mod recording;
pub mod stepper_files;
pub mod table;
pub mod usage;

pub use preprocessor::Course;
pub use problem::Problem;
