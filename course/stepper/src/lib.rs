//! The event loop, to be stepped through in a page.
//!
//! A page asks, in a line of text, and is answered in JSON or with a picture: see
//! [`Stepper::answer`]. The programs of the chapters run on the virtual clock, so a run takes no time,
//! and is there as a whole: to step back is to look at an earlier event. The page decides nothing.
//!
//! Compiled to WebAssembly this is the module in `src/stepper/loop.js` (see ARCHITECTURE.md).

mod answers;
#[allow(missing_docs)]
mod boundary;
mod field;
mod json;
mod listing;
mod programs;
mod settings;

pub use answers::Stepper;
