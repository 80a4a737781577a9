use std::{
    env::consts::EXE_SUFFIX,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Result, cargo, running::output};

/// The mdBook that the book is written for and tested with.
const VERSION: &str = "0.5.4";

/// A stock mdBook of the course's version: the one on PATH, or one that is installed now.
///
/// # Errors
///
/// It could not be installed: no connection, no compiler.
pub fn mdbook() -> Result<PathBuf> {
    let on_path = PathBuf::from("mdbook");
    if answers(&on_path) {
        return Ok(on_path);
    }
    let installed = cargo::installed("mdbook", VERSION, "two minutes", |folder| {
        answers(&program(folder))
    })?;
    Ok(program(&installed))
}

fn program(folder: &Path) -> PathBuf {
    folder.join("bin").join(format!("mdbook{EXE_SUFFIX}"))
}

fn answers(mdbook: &Path) -> bool {
    output(Command::new(mdbook).arg("--version"))
        .is_some_and(|said| said.trim().trim_start_matches("mdbook v") == VERSION)
}
