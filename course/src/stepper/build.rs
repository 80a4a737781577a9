use crate::Problem;
use crate::tools::{Step, cargo_succeeds, output};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Small before all else: see the root's Cargo.toml.
const PROFILE: &str = "page";

/// Beside the other builds: what is built here never makes one of them start anew.
const TARGET_FOLDER: &str = "target/page";

/// Where the standard library for the target comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Std {
    /// It is compiled along, from its source: the module is smaller by a tenth.
    FromSource,
    /// It is installed, as `rustup target add` does it.
    Installed,
}

/// Compiles the package `stepper`, and reads the module.
///
/// The same compiler and the same [`Std`] make the same bytes, wherever the checkout is.
pub(super) fn module(root: &Path) -> Result<Vec<u8>, Problem> {
    let compiler = Compiler::find()?;
    let std = compiler.std()?;
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(root)
        // As a module alone: what is made for Rust, too, is not optimised as a whole.
        .args([
            "rustc",
            "--locked",
            "--package",
            "stepper",
            "--lib",
            "--crate-type",
            "cdylib",
        ])
        .args(["--target", TARGET, "--profile", PROFILE])
        .args(["--target-dir", TARGET_FOLDER])
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            compiler.flags(root, std).join("\u{1f}"),
        );
    if std == Std::FromSource {
        // Stable cargo and compiler do it when they are told to be unstable.
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            .arg("-Zbuild-std-features=optimize_for_size")
            .env("RUSTC_BOOTSTRAP", "1");
    }
    let mut step = Step::begin("stepper", "compiling it to WebAssembly");
    cargo_succeeds(&mut cargo, "the module could not be built", &mut step)?;
    step.done();
    let place = root
        .join(TARGET_FOLDER)
        .join(TARGET)
        .join(PROFILE)
        .join("stepper.wasm");
    fs::read(&place)
        .map_err(|error| Problem::failure(format!("{} can't be read: {error}", place.display())))
}

/// The compiler's folder, and what lies there for the target.
struct Compiler {
    sysroot: PathBuf,
}

impl Compiler {
    fn find() -> Result<Self, Problem> {
        let said = output(Command::new("rustc").args(["--print", "sysroot"]));
        let sysroot = said.ok_or_else(|| {
            Problem::failure(
                "rustc does not answer: install Rust (rustup), or add its folder to PATH",
            )
        })?;
        let sysroot = PathBuf::from(sysroot.trim());
        Ok(Compiler { sysroot })
    }

    fn std(&self) -> Result<Std, Problem> {
        let lib = self.sysroot.join("lib/rustlib");
        if lib.join("src/rust/library/std/Cargo.toml").is_file() {
            Ok(Std::FromSource)
        } else if lib.join(TARGET).join("lib").is_dir() {
            Ok(Std::Installed)
        } else {
            Err(Problem::failure(format!(
                "this Rust can't compile to WebAssembly: run rustup component add rust-src, or \
                 rustup target add {TARGET}"
            )))
        }
    }

    /// No folder of this machine may be told in a module that stands in everybody's page. And nobody
    /// could read there what a panic says.
    fn flags(&self, root: &Path, std: Std) -> Vec<String> {
        let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let cargo_home = cargo_home.or_else(|| Some(dirs::home_dir()?.join(".cargo")));
        let registries = cargo_home.map(|home| home.join("registry/src"));
        let registries = registries.and_then(|folder| fs::read_dir(folder).ok());
        let registries = registries.into_iter().flatten().flatten();
        let crates = registries.map(|registry| (registry.path(), "/crates"));
        let folders = [
            (self.sysroot.join("lib/rustlib/src/rust"), "/rust"),
            (root.to_path_buf(), "/course"),
        ];
        let folders = folders.into_iter().chain(crates);
        let mut flags: Vec<_> = folders
            .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
            .collect();
        if std == Std::FromSource {
            flags.extend(["-Zunstable-options", "-Cpanic=immediate-abort"].map(str::to_string));
        }
        // Numbers in the module are as short as they can be.
        flags.push("-Clink-arg=--compress-relocations".to_string());
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::{Compiler, Std, TARGET};
    use std::fs;

    #[test]
    fn the_source_wins_then_an_installed_target_and_neither_is_told() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let compiler = Compiler {
            sysroot: folder.path().to_path_buf(),
        };
        let lib = folder.path().join("lib/rustlib");
        let problem = compiler.std().expect_err("there is nothing").to_string();
        assert!(problem.contains("rustup target add"), "{problem}");
        assert!(problem.contains("component add rust-src"), "{problem}");
        assert_eq!(problem.lines().count(), 1);

        fs::create_dir_all(lib.join(TARGET).join("lib")).expect("it can be created");
        assert_eq!(compiler.std().ok(), Some(Std::Installed));

        let source = lib.join("src/rust/library/std");
        fs::create_dir_all(&source).expect("it can be created");
        fs::write(source.join("Cargo.toml"), "").expect("it can be written");
        assert_eq!(compiler.std().ok(), Some(Std::FromSource));
    }
}
