//! Which builds of our crate and of tokio a snippet is compiled against.
//!
//! A folder of libraries (`-L target/debug/deps`) soon holds several builds of one crate, and then
//! the compiler can't choose. cargo says which files a build has made: those are named one by one.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde::Deserialize;

use crate::problem::Problem;

/// Our crate and tokio, built, as a snippet's compiler needs to know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Externs {
    crates: Vec<(&'static str, PathBuf)>,
    dependencies: PathBuf,
}

impl Externs {
    /// What a snippet can `use`, besides std.
    pub const CRATES: [&str; 2] = ["event_loops", "tokio"];

    /// Builds them when they are not built yet. `root` is the folder of the workspace.
    ///
    /// cargo's progress goes to stderr; when there is nothing to build, nothing is printed.
    ///
    /// # Errors
    ///
    /// When cargo can't be run or the crate doesn't compile.
    pub fn build(root: &Path) -> Result<Externs, Problem> {
        let messages = cargo_build(root)?;
        let crates = Externs::CRATES
            .into_iter()
            .map(|name| library(&messages, name).map(|file| (name, file)))
            .collect::<Result<Vec<_>, _>>()?;
        let dependencies = crates[0].1.parent().unwrap_or(root).to_path_buf();
        Ok(Externs {
            crates,
            dependencies,
        })
    }

    /// The arguments for rustc and rustdoc, the edition included.
    pub fn rustc_args(&self) -> Vec<OsString> {
        let mut args = edition_args();
        args.extend(self.crate_args());
        args
    }

    /// The arguments that name the crates, without the edition.
    pub(crate) fn crate_args(&self) -> Vec<OsString> {
        let mut args = Vec::new();
        for (name, file) in &self.crates {
            let mut value = OsString::from(name);
            value.push("=");
            value.push(file);
            args.extend(["--extern".into(), value]);
        }
        let mut folder = OsString::from("dependency=");
        folder.push(&self.dependencies);
        args.extend(["-L".into(), folder]);
        args
    }
}

/// The edition of every snippet, for those that need nothing but std.
pub(crate) fn edition_args() -> Vec<OsString> {
    vec!["--edition".into(), "2024".into()]
}

/// A line of `--message-format=json`, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// What cargo says about the build is enough to find the files. `cargo metadata` would name the
/// direct dependencies too, but it wants every package of the workspace downloaded first.
fn cargo_build(root: &Path) -> Result<Vec<Message>, Problem> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--locked", "--lib", "--package", "event-loops"])
        .args(["--features", "tokio,json,net"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // `cargo run` and `cargo test` tell their program about its own package. This cargo builds
    // another one, and build scripts that watch such a variable would run again for nothing.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    let mut child = command.spawn().map_err(|error| {
        Problem::failure(format!(
            "cargo can't be started: {error}; is Rust installed and on PATH?"
        ))
    })?;
    let stderr = child.stderr.take();
    let progress = thread::spawn(move || stderr.map(forward_progress));
    let mut output = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        // A read error shows as missing artifacts below.
        let _ = stdout.read_to_end(&mut output);
    }
    let status = child.wait();
    let _ = progress.join();
    if !status.is_ok_and(|status| status.success()) {
        return Err(Problem::failure(format!(
            "the crate event-loops in {} doesn't build: see cargo's message above",
            root.display()
        )));
    }
    // Whatever isn't a message of the kind we know is none of our business.
    Ok(output
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect())
}

/// Shows what cargo does, but not that it had nothing to do.
fn forward_progress(stderr: impl Read) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        if !(line.contains("Finished") && line.contains(" profile [")) {
            eprintln!("{line}");
        }
    }
}

/// The library file of a crate. Every build of it has its own name in the folder of dependencies;
/// the copy beside that folder is replaced by whoever builds next, so it is not taken.
fn library(messages: &[Message], name: &str) -> Result<PathBuf, Problem> {
    let files: Vec<PathBuf> = messages
        .iter()
        .filter(|message| message.reason == "compiler-artifact")
        .filter(|message| {
            message.target.as_ref().is_some_and(|target| {
                target.name.replace('-', "_") == name
                    && target.kind.iter().any(|kind| kind == "lib")
            })
        })
        .flat_map(|message| message.filenames.iter())
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "rmeta")
        })
        .map(|file| file.with_extension("rlib"))
        .collect();
    match files.as_slice() {
        [file] if file.exists() => Ok(file.clone()),
        [] => Err(Problem::failure(format!(
            "cargo has built no library of {name}"
        ))),
        [file] => Err(Problem::failure(format!(
            "cargo has not left {}",
            file.display()
        ))),
        several => Err(Problem::failure(format!(
            "event-loops is built with {} different versions of {name}: keep one in Cargo.lock",
            several.len()
        ))),
    }
}
