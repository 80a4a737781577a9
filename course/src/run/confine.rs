//! Which files a process may touch: Landlock, which any Linux program may ask for itself.

pub(super) use system::{is_available, this_thread};

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::path::PathBuf;

    use landlock::{
        ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
        Scope, path_beneath_rules,
    };

    /// Whether this kernel has it. Asking restricts nothing.
    pub(in super::super) fn is_available() -> bool {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(LEAST))
            .and_then(Ruleset::create)
            .is_ok()
    }

    /// From now on this thread, and each process that it starts, reads and runs files only below
    /// these paths, writes only below those, and sends signals only to what it has started.
    ///
    /// # Errors
    ///
    /// When the kernel cannot do as much as [`is_available`] asks for.
    pub(in super::super) fn this_thread(read: &[PathBuf], write: &[PathBuf]) -> io::Result<()> {
        let rules = || -> Result<_, landlock::RulesetError> {
            let writing = AccessFs::from_all(LATEST);
            Ruleset::default()
                .set_compatibility(CompatLevel::HardRequirement)
                .handle_access(AccessFs::from_all(LEAST))?
                // What newer kernels add is taken where it is there.
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(LATEST))?
                .scope(Scope::from_all(LATEST))?
                .create()?
                .add_rules(path_beneath_rules(read, AccessFs::from_read(LATEST)))?
                .add_rules(path_beneath_rules(write, writing))?
                .add_rules(path_beneath_rules(DEVICES, writing))?
                .restrict_self()
        };
        rules().map(drop).map_err(io::Error::other)
    }

    /// Without this nothing is gained: reading and writing.
    const LEAST: ABI = ABI::V1;
    /// Renaming between folders, truncating, devices, signals. Those after it were not tried.
    const LATEST: ABI = ABI::V6;

    const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/urandom"];
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::path::PathBuf;

    pub(in super::super) fn is_available() -> bool {
        false
    }

    pub(in super::super) fn this_thread(_read: &[PathBuf], _write: &[PathBuf]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
