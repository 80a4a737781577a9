//! The loop that the pages run: the package `stepper`, compiled to WebAssembly, in a script.
//!
//! The script is kept in the repository, so that a book can be built by who has no such compiler.
//! `tests/stepper.rs` compares it with the package, so that it can't go stale.

mod build;
mod script;

pub use script::{in_script, module_of};

use crate::{Problem, root};
use std::fs;
use std::process::ExitCode;

/// Where it is kept, below the root.
pub const SCRIPT: &str = "src/stepper/loop.js";

/// What makes it.
pub const COMMAND: &str = "cargo run -- stepper";

/// Compiles the package and writes the script.
pub(crate) fn stepper() -> Result<ExitCode, Problem> {
    let root = root::find()?;
    let module = build::module(&root)?;
    let script = in_script(&module);
    let path = root.join(SCRIPT);
    fs::write(&path, &script).map_err(|error| {
        Problem::failure(format!("{} can't be written: {error}", path.display()))
    })?;
    eprintln!(
        "{SCRIPT}: {} bytes, of a module of {} bytes",
        script.len(),
        module.len()
    );
    Ok(ExitCode::SUCCESS)
}
