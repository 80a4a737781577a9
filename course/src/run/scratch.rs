//! Temporary folders that are gone afterwards.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

/// The server's folder, in which each run gets its own. It is made when it is needed, and made
/// again when somebody has removed it.
#[derive(Default)]
pub(super) struct Scratch(Mutex<Option<Locked>>);

/// The folder holds a locked file. The system takes the lock off when the server ends, however it
/// ends: so the next server knows which folders nobody uses any more.
struct Locked {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Sweeps the folders that killed servers left behind, and makes one.
    pub(super) fn prepare(&self) {
        sweep(&std::env::temp_dir());
        // When it cannot be made, the first run says so.
        let _ = self.folder();
    }

    /// A fresh folder for one run: where it runs, its program may write.
    pub(super) fn run_folder(&self) -> io::Result<RunFolder> {
        fresh(&self.folder()?)
    }

    /// A fresh folder for a program that is to be compiled.
    pub(super) fn program_folder(&self) -> io::Result<RunFolder> {
        let folder = self.folder()?.join(PROGRAMS);
        fs::create_dir_all(&folder)?;
        passable(&folder)?;
        fresh(&folder)
    }

    /// Whether there is too little room left for a program.
    #[cfg(unix)]
    pub(super) fn is_full(&self) -> bool {
        const ENOUGH: u64 = 16 * 1024 * 1024;
        let folder = std::env::temp_dir();
        rustix::fs::statvfs(&folder).is_ok_and(|disk| disk.f_bavail * disk.f_frsize < ENOUGH)
    }

    #[cfg(not(unix))]
    pub(super) fn is_full(&self) -> bool {
        false
    }

    fn folder(&self) -> io::Result<PathBuf> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(locked) = made.as_ref().filter(|locked| locked.folder.path().is_dir()) {
            return Ok(locked.folder.path().to_path_buf());
        }
        let locked = made.insert(Locked::create()?);
        Ok(locked.folder.path().to_path_buf())
    }
}

impl Locked {
    fn create() -> io::Result<Self> {
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
}

fn fresh(folder: &Path) -> io::Result<RunFolder> {
    let path = tempfile::Builder::new()
        .prefix("run-")
        .tempdir_in(folder)?
        .keep();
    let folder = RunFolder { path: Some(path) };
    passable(folder.path())?;
    Ok(folder)
}

/// A folder that is removed afterwards.
pub(super) struct RunFolder {
    path: Option<PathBuf>,
}

impl RunFolder {
    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Removes the folder; when this returns, it is gone or cannot be removed.
    pub(super) async fn remove(mut self) {
        if let Some(path) = self.path.take() {
            let _ = tokio::task::spawn_blocking(move || remove(&path)).await;
        }
    }
}

impl Drop for RunFolder {
    // A run was left in the middle, or a program is no longer kept. Removing takes as long as
    // something is still dying.
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            std::thread::spawn(move || remove(&path));
        }
    }
}

const PREFIX: &str = "event-loops-run-";
const LOCK: &str = "lock";
const PROGRAMS: &str = "programs";

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
