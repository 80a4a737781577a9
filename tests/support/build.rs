use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The `course` binary, built from this checkout.
///
/// Cargo hands a test only the binaries of the test's own package, so cargo is asked for this one:
/// it builds what has changed and names the file, wherever the target directory may be.
///
/// # Panics
///
/// When the binary does not build, with the compiler's messages.
pub fn course_bin() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build("course", "course"))
}

/// The `mdbook-course` binary, which mdBook runs, built in the same way.
///
/// # Panics
///
/// When the binary does not build, with the compiler's messages.
pub fn preprocessor_bin() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build("mdbook-course", "mdbook-course"))
}

fn build(package: &str, binary: &str) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--package", package])
        .args(["--bin", binary])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(crate::root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{binary} does not build");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == binary)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the binary that it built")
}
