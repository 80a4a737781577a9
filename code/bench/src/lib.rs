//! How fast the event loop is, beside others.
//!
//! The same small programs, the [`Workload`]s, are written once for each [`Runtime`], in the way
//! that its own documentation would write them. Three things run them:
//!
//! - [`measure`]: CPU time, time and memory for each operation, in fresh processes, as a table;
//! - [`gate`]: instructions, counted by valgrind, so that a loop that becomes slower is noticed
//!   whatever else the machine is doing;
//! - `cargo bench`, for readers who want to change something and look what it does.
//!
//! ```
//! use event_loops_bench::{Runtime, Sizes, Workload, run};
//!
//! let sizes = Sizes::quick();
//! let ours = run(Runtime::EventLoops, Workload::SpawnAndAwait, &sizes).unwrap();
//! assert_eq!(ours.result, sizes.result(Workload::SpawnAndAwait));
//! ```

mod descriptors;
pub mod gate;
pub mod measure;
pub mod once;
mod report;
mod runtimes;
mod usage;
mod workload;

pub use report::{Cell, Report};
pub use runtimes::{Outcome, Runtime, run};
pub use workload::{Sizes, Workload};
