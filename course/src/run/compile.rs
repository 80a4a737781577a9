//! The machine's own compiler, and the crates that a snippet may use.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mdbook_course::externs::Externs;

use super::Limits;
use super::containment::Containment;
use super::limited::Step;
use super::scratch::RunFolder;

/// A compiler that is ready for snippets.
#[derive(Clone, Debug)]
pub(super) struct Compiler {
    rustc: PathBuf,
    sysroot: PathBuf,
    /// None for a book that is in no workspace: it has no crates to use.
    externs: Option<Externs>,
}

impl Compiler {
    /// Finds the compiler and builds the crates. `tell` gets each line that cargo says meanwhile.
    pub(super) fn find(root: &Path, tell: impl Fn(&str) + Send + 'static) -> Result<Self, String> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        // Behind rustup, `rustc` looks for the right compiler each time: ask once.
        let sysroot = Command::new(&rustc)
            .args(["--print", "sysroot"])
            .current_dir(root)
            .output()
            .ok()
            .filter(|output| output.status.success())
            .ok_or("there is no rustc here that works: install Rust (https://rustup.rs), then press Run again")?;
        let sysroot = PathBuf::from(String::from_utf8_lossy(&sysroot.stdout).trim());
        let real = sysroot
            .join("bin")
            .join(format!("rustc{}", std::env::consts::EXE_SUFFIX));
        let rustc = if real.is_file() {
            real
        } else {
            PathBuf::from(rustc)
        };
        let externs = if root.join("Cargo.toml").is_file() {
            let built = Externs::build_telling(root, tell);
            Some(built.map_err(|problem| format!("{problem}; then press Run again"))?)
        } else {
            None
        };
        Ok(Self {
            rustc,
            sysroot,
            externs,
        })
    }

    /// The files that must be what they were for a program to come out the same.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let externs = self.externs.iter().flat_map(Externs::files);
        let mut files: Vec<PathBuf> = externs.map(Path::to_path_buf).collect();
        files.push(self.rustc.clone());
        files
    }

    /// The step that compiles [`SOURCE`] of the folder to [`program`].
    pub(super) fn step(
        &self,
        containment: &Containment,
        limits: &Limits,
        folder: &RunFolder,
    ) -> Step {
        let mut libraries = vec![self.sysroot.clone()];
        libraries.extend(self.externs.iter().map(|e| e.dependencies().to_path_buf()));
        let fixed = [
            "--crate-name",
            "main",
            "--color",
            "always",
            "-C",
            "debuginfo=0",
        ];
        let mut arguments: Vec<OsString> = fixed.map(OsString::from).into();
        arguments.extend(self.flags());
        arguments.push(format!("--emit=link={PROGRAM}{EXE},dep-info={READ}").into());
        // A relative path, so that messages name no folder of this machine.
        arguments.push(SOURCE.into());
        containment.compiler(limits, &self.rustc, arguments, &libraries, folder.path())
    }

    /// The edition, and where the crates are that a snippet may use.
    fn flags(&self) -> Vec<OsString> {
        match &self.externs {
            Some(externs) => externs.rustc_args(),
            None => vec!["--edition".into(), "2024".into()],
        }
    }
}

/// Puts the snippet where it will be compiled.
pub(super) fn write(folder: &RunFolder, code: &str) -> std::io::Result<()> {
    fs::write(folder.path().join(SOURCE), code)
}

/// The compiled program.
pub(super) fn program(folder: &RunFolder) -> PathBuf {
    folder.path().join(format!("{PROGRAM}{EXE}"))
}

/// Whether the snippet's text is all that was compiled: it includes no other file.
pub(super) fn is_alone(folder: &RunFolder) -> bool {
    // `main: main.rs`, and then every file that was read.
    let read = fs::read_to_string(folder.path().join(READ)).unwrap_or_default();
    let first = read.lines().next().unwrap_or_default();
    first
        .split_once(": ")
        .is_some_and(|(_, read)| read.trim() == SOURCE)
}

const SOURCE: &str = "main.rs";
const PROGRAM: &str = "main";
const READ: &str = "main.d";
const EXE: &str = std::env::consts::EXE_SUFFIX;
