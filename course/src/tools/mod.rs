//! The tools that the course uses and does not contain: mdBook, the Rust kernel for Jupyter,
//! JupyterLab, and axe-core, which its tests look for barriers with.
//!
//! Each is set up the first time it is needed, at one version, in the [`folder`] of the tools, and
//! nowhere else on the machine. An install happens under a lock and appears under its final name
//! only when it is complete: see [`install::once`].

mod axe;
mod cargo;
mod command;
mod io_problem;
mod kernel;
mod mdbook;
mod progress;
mod python;
mod running;
mod setup;

pub mod install;
pub mod notebooks;

use std::{env, path::PathBuf};

pub use axe::axe;
pub(crate) use cargo::succeed as cargo_succeeds;
pub(crate) use command::{Options, notebooks as open_notebooks, set_up};
pub use kernel::{Kernel, kernel};
pub use mdbook::mdbook;
pub use progress::Step;
pub(crate) use python::find as python;
pub(crate) use running::output;
pub use setup::setup;

use crate::Problem;
use io_problem::io_problem;

/// What the functions of this module return.
pub type Result<T> = std::result::Result<T, Problem>;

/// Where the tools are: `$EVENT_LOOPS_TOOLS`, else `event-loops-course` in the user's cache folder.
///
/// # Errors
///
/// Neither is set: there is no home folder to find the cache folder in.
pub fn folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("EVENT_LOOPS_TOOLS").filter(|folder| !folder.is_empty()) {
        return std::path::absolute(&folder)
            .map_err(|error| io_problem("EVENT_LOOPS_TOOLS is not a folder", &error));
    }
    let cache = dirs::cache_dir().ok_or_else(|| {
        Problem::failure("no home folder: set EVENT_LOOPS_TOOLS to a folder for the course's tools")
    })?;
    Ok(cache.join("event-loops-course"))
}
