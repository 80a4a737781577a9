use std::fs;
use std::path::{Path, PathBuf};

/// Whether this is root, whom no limit on processes binds.
#[cfg(unix)]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
pub fn is_root() -> bool {
    false
}

/// A folder of links to every program on the path but these.
pub(crate) fn tools_without(folder: &Path, programs: &[&str]) -> PathBuf {
    let tools = folder.join("tools");
    fs::create_dir(&tools).expect("it can be written to");
    let path = std::env::var_os("PATH").expect("a path");
    for place in std::env::split_paths(&path) {
        for file in fs::read_dir(place).into_iter().flatten().flatten() {
            if !programs.iter().any(|name| file.file_name() == *name) {
                // The first of a name counts.
                let _ = link(&file.path(), &tools.join(file.file_name()));
            }
        }
    }
    tools
}

/// A link to a program.
///
/// # Errors
///
/// When there is something of that name.
#[cfg(unix)]
pub fn link(program: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(program, name)
}

/// A copy of a program.
///
/// # Errors
///
/// When it cannot be copied.
#[cfg(not(unix))]
pub fn link(program: &Path, name: &Path) -> std::io::Result<()> {
    fs::copy(program, name).map(drop)
}

#[cfg(unix)]
pub(crate) fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder, open).expect("permissions can be set");
}

#[cfg(not(unix))]
pub(crate) fn open_to_all(_folder: &Path) {}
