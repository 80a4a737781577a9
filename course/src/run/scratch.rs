//! Temporary folders that are gone afterwards.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

/// The server's folder, in which each run gets its own.
///
/// It holds a locked file. The system takes the lock off when the server ends, however it ends:
/// so the next server knows which folders nobody uses any more.
pub(super) struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes the folder, after sweeping those that killed servers left behind.
    pub(super) fn create() -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        // A program that runs as nobody must get through to its own folder, and look at no other.
        passable(folder.path())?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// A fresh folder for one run.
    pub(super) fn run_folder(&self) -> io::Result<RunFolder> {
        let path = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(self.folder.path())?
            .keep();
        let folder = RunFolder { path: Some(path) };
        passable(folder.path())?;
        fs::create_dir(folder.work())?;
        Ok(folder)
    }
}

/// One run's folder: the source, the program and, in `work`, what the program writes.
pub(super) struct RunFolder {
    path: Option<PathBuf>,
}

impl RunFolder {
    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Where the program runs.
    pub(super) fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// Removes the folder; when this returns, it is gone or cannot be removed.
    pub(super) async fn remove(mut self) {
        if let Some(path) = self.path.take() {
            let _ = tokio::task::spawn_blocking(move || remove(&path)).await;
        }
    }
}

impl Drop for RunFolder {
    // The reader left in the middle of a run. Removing takes as long as something is still dying.
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            std::thread::spawn(move || remove(&path));
        }
    }
}

const PREFIX: &str = "event-loops-run-";
const LOCK: &str = "lock";

/// Removes the folders of servers that are no more.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if is_ours(&entry.file_name()) && is_abandoned(&entry.path()) {
            remove(&entry.path());
        }
    }
}

fn is_ours(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX))
}

/// Whether no server holds the folder. A folder without a lock is one that is being made.
fn is_abandoned(folder: &Path) -> bool {
    let Ok(about) = fs::symlink_metadata(folder) else {
        return false;
    };
    if !about.is_dir() || !is_own(&about) {
        return false;
    }
    File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

/// Whether this user made it: temporary folders are everybody's.
#[cfg(unix)]
fn is_own(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    about.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_about: &fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn passable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711))
}

#[cfg(not(unix))]
fn passable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes a folder in which something may still be dying, and which may have been made read-only.
fn remove(folder: &Path) {
    for _ in 0..100 {
        match fs::remove_dir_all(folder) {
            Ok(()) => return,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(_) => open_up(folder),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Makes every folder below writable again.
fn open_up(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}
