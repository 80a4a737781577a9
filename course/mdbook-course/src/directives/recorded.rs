//! `{{#recorded NAME}}`: a run that was measured once, on a machine that is named.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::figure::escape;
use super::terminal;

/// `src/recorded/NAME.json`.
#[derive(Deserialize)]
struct Recorded {
    /// What was typed after `cargo run --`.
    command: String,
    /// What it printed.
    output: String,
    /// Where.
    machine: String,
    /// When.
    date: String,
    /// With which Rust, when that matters.
    rust: Option<String>,
}

/// The recorded run of that name as a block of code, with a line that says where and when.
pub(super) fn show(name: &str, src: &Path) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(valid) {
        return Err(
            "{{#recorded}} needs the name of one record, like {{#recorded waiting}}".to_string(),
        );
    }
    let shown = format!(
        "{}/recorded/{name}.json",
        src.file_name().unwrap_or_default().display()
    );
    let text = fs::read_to_string(src.join("recorded").join(format!("{name}.json")))
        .map_err(|_| format!("there is no record {shown}: make it with `cargo run -- record`"))?;
    let run: Recorded =
        serde_json::from_str(&text).map_err(|error| format!("{shown} can't be read: {error}"))?;
    let rust = run
        .rust
        .map(|rust| format!(", Rust {rust}"))
        .unwrap_or_default();
    Ok(format!(
        "{}\n\n<p class=\"recorded\">Recorded on {}{}, {}.</p>\n",
        terminal(
            "text",
            &format!("cargo run -- {}", run.command),
            &run.output
        ),
        escape(&run.machine),
        escape(&rust),
        escape(&run.date),
    ))
}
