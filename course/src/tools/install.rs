//! Installing something exactly once, whoever asks for it and however often it is interrupted.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use super::{Result, io_problem::io_problem};
use crate::Problem;

/// The folder `name` inside `tools`, made by `build` if it is not there yet.
///
/// - `ready` says whether what stands at that place works; if so, nothing is done.
/// - `build` makes it at the path it is given, a temporary name, which is renamed when `build`
///   returns without an error. An install that was interrupted is therefore never found ready.
/// - Of several callers at once, in this process or in others, one builds and the others wait. The
///   lock is the operating system's, so the lock of a process that died is free.
///
/// # Errors
///
/// `build` failed, or the folder cannot be written.
pub fn once(
    tools: &Path,
    name: &str,
    ready: impl Fn(&Path) -> bool,
    build: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let place = tools.join(name);
    if ready(&place) {
        return Ok(place);
    }
    let _lock = lock(tools, name)?;
    // Somebody else may have finished it while this caller waited for the lock.
    if ready(&place) {
        return Ok(place);
    }
    let partial = tools.join(format!(".{name}.partial"));
    remove(&partial)?;
    build(&partial)?;
    if !ready(&partial) {
        return Err(Problem::failure(format!(
            "{name} was installed and does not answer: remove {} and try again",
            partial.display()
        )));
    }
    // What stands there did not answer: an older Python is gone, a file was deleted.
    remove(&place)?;
    fs::rename(&partial, &place)
        .map_err(|error| io_problem(format!("cannot write {}", place.display()), &error))?;
    Ok(place)
}

/// Held until it is dropped; waits, and says so, while another caller holds it.
pub(super) fn lock(tools: &Path, name: &str) -> Result<File> {
    let cannot = |error: &std::io::Error| {
        io_problem(
            format!(
                "cannot write the tools' folder {} (EVENT_LOOPS_TOOLS names another one)",
                tools.display()
            ),
            error,
        )
    };
    fs::create_dir_all(tools).map_err(|error| cannot(&error))?;
    let path = tools.join(format!(".{name}.lock"));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| cannot(&error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("{name}: another process is installing it, waiting");
            file.lock().map_err(|error| cannot(&error))?;
        }
        Err(TryLockError::Error(error)) => return Err(cannot(&error)),
    }
    Ok(file)
}

pub(super) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_problem(
            format!("cannot remove {}", folder.display()),
            &error,
        )),
        _ => Ok(()),
    }
}
