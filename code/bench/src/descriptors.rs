//! Sockets need file descriptors, and a process may have only so many.

use crate::{Sizes, Workload};

/// Raises this process's own limit, if the workload needs more than it may have now.
///
/// # Errors
///
/// When the system does not allow so many: one line for the reader.
pub(crate) fn make_room(workload: Workload, sizes: &Sizes) -> Result<(), String> {
    if workload == Workload::Echoes {
        // Both ends of each connection, and what the runtime and the program have open.
        raise(2 * sizes.connections + 32)
    } else {
        Ok(())
    }
}

#[cfg(unix)]
fn raise(needed: u64) -> Result<(), String> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let failed = |error: nix::Error| format!("the limit of file descriptors: {error}");
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(failed)?;
    if soft >= needed {
        return Ok(());
    }
    if hard < needed {
        return Err(format!(
            "W5 needs {needed} file descriptors, and a process may have {hard} here: \
             ask for fewer --connections"
        ));
    }
    setrlimit(Resource::RLIMIT_NOFILE, needed, hard).map_err(failed)
}

#[cfg(not(unix))]
fn raise(_needed: u64) -> Result<(), String> {
    Ok(())
}
