//! The machine's own compiler, and the crates that a snippet may use.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use mdbook_course::externs::Externs;
use tokio::sync::watch;

use super::Limits;
use super::containment::Containment;
use super::process::clean_environment;
use super::scratch::RunFolder;

/// Finds the compiler and builds the crates, once, in the background.
pub(super) struct Toolchain {
    root: PathBuf,
    state: Arc<watch::Sender<State>>,
    /// Held while it is decided whether to start building, so that it starts once.
    deciding: Mutex<()>,
}

/// A compiler that is ready for snippets.
#[derive(Clone, Debug)]
pub(super) struct Compiler {
    rustc: PathBuf,
    /// The edition, and where the crates are that a snippet may use.
    flags: Vec<OsString>,
    /// The folders of the standard library and of those crates.
    libraries: Vec<PathBuf>,
}

#[derive(Clone)]
enum State {
    NotYet,
    Building,
    Ready(Arc<Compiler>),
    Failed(String),
}

impl Toolchain {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            state: Arc::new(watch::Sender::new(State::NotYet)),
            deciding: Mutex::new(()),
        }
    }

    /// Starts to build unless that is under way or done. After a failure it is tried again: the
    /// reader may have mended what was wrong.
    pub(super) fn prepare(&self) {
        let _deciding = self
            .deciding
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if matches!(&*self.state.borrow(), State::Building | State::Ready(_)) {
            return;
        }
        self.state.send_replace(State::Building);
        let (root, state) = (self.root.clone(), Arc::clone(&self.state));
        tokio::task::spawn_blocking(move || {
            state.send_replace(match Compiler::find(&root) {
                Ok(compiler) => State::Ready(Arc::new(compiler)),
                Err(reason) => State::Failed(reason),
            });
        });
    }

    /// Whether a snippet can be compiled at once.
    pub(super) fn is_ready(&self) -> bool {
        matches!(&*self.state.borrow(), State::Ready(_))
    }

    /// Waits until it is ready.
    pub(super) async fn ready(&self) -> Result<Arc<Compiler>, String> {
        self.prepare();
        let mut state = self.state.subscribe();
        let done = state
            .wait_for(|state| matches!(state, State::Ready(_) | State::Failed(_)))
            .await;
        match done.as_deref() {
            Ok(State::Ready(compiler)) => Ok(Arc::clone(compiler)),
            Ok(State::Failed(reason)) => Err(reason.clone()),
            _ => Err("the crates of the course were not built".to_owned()),
        }
    }
}

impl Compiler {
    fn find(root: &Path) -> Result<Self, String> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        // Behind rustup, `rustc` looks for the right compiler each time: ask once.
        let sysroot = Command::new(&rustc)
            .args(["--print", "sysroot"])
            .current_dir(root)
            .output()
            .ok()
            .filter(|output| output.status.success())
            .ok_or("there is no rustc here that works: install Rust (https://rustup.rs), then press Run again")?;
        let sysroot = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
        let real = Path::new(&sysroot)
            .join("bin")
            .join(format!("rustc{}", std::env::consts::EXE_SUFFIX));
        let rustc = if real.is_file() {
            real
        } else {
            PathBuf::from(rustc)
        };
        let flags = flags(root)?;
        let mut libraries = vec![PathBuf::from(sysroot)];
        libraries.extend(flags.iter().filter_map(|flag| {
            let folder = flag.to_str()?.strip_prefix("dependency=")?;
            Some(PathBuf::from(folder))
        }));
        Ok(Self {
            rustc,
            flags,
            libraries,
        })
    }

    /// Compiles `main.rs` of the folder to [`Compiler::program`].
    pub(super) fn command(
        &self,
        containment: &Containment,
        limits: &Limits,
        folder: &RunFolder,
    ) -> Command {
        let mut command = containment.compiler(limits, &self.rustc, &self.libraries, folder.path());
        command
            .args([
                "--crate-name",
                "main",
                "--color",
                "always",
                "-C",
                "debuginfo=0",
            ])
            .args(&self.flags)
            .arg("-o")
            .arg(Self::program(folder))
            // A relative path, so that messages name no folder of this machine.
            .arg(SOURCE);
        // The linker is found through PATH; on macOS and Windows it asks for more.
        clean_environment(
            &mut command,
            &[
                "SDKROOT",
                "DEVELOPER_DIR",
                "INCLUDE",
                "LIB",
                "ProgramFiles(x86)",
                "ProgramData",
            ],
        );
        command
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .env("TMP", folder.path());
        command
    }

    /// Puts the snippet where it will be compiled.
    pub(super) fn write(folder: &RunFolder, code: &str) -> std::io::Result<()> {
        std::fs::write(folder.path().join(SOURCE), code)
    }

    /// The compiled program.
    pub(super) fn program(folder: &RunFolder) -> PathBuf {
        folder
            .path()
            .join(format!("main{}", std::env::consts::EXE_SUFFIX))
    }
}

const SOURCE: &str = "main.rs";

/// A book that is in no workspace has no crates to use.
fn flags(root: &Path) -> Result<Vec<OsString>, String> {
    if root.join("Cargo.toml").is_file() {
        let externs =
            Externs::build(root).map_err(|problem| format!("{problem}; then press Run again"))?;
        Ok(externs.rustc_args())
    } else {
        Ok(vec!["--edition".into(), "2024".into()])
    }
}
