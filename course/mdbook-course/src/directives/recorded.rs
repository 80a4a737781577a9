//! `{{#recorded NAME}}` and `{{#plot NAME | CAPTION}}`: a run that was measured once, on a machine that is named.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::figure::{escape, figure};
use super::terminal;
use crate::apart::Apart;

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
    /// The numbers, where there is something to be drawn.
    data: Option<Value>,
}

/// The recorded run of that name as a block of code, with a line that says where and when.
pub(super) fn show(name: &str, src: &Path) -> Result<String, String> {
    let run = Recorded::read("recorded", name, src)?;
    let command = format!("cargo run -- {}", run.command);
    let block = terminal("text", &command, &run.output);
    Ok(format!("{block}\n\n{}\n", run.where_and_when()))
}

/// The plot of the table that was recorded under that name, and below it where and when.
pub(super) fn plot(
    arguments: &str,
    src: &Path,
    id: &str,
    apart: &mut Apart,
) -> Result<String, String> {
    let (name, caption) = arguments.split_once('|').unwrap_or((arguments, ""));
    let (name, caption) = (name.trim(), caption.trim());
    let run = Recorded::read("plot", name, src)?;
    let table = run.data.as_ref().and_then(crate::table::from_json);
    let table = table.ok_or_else(|| {
        format!("{{{{#plot {name}}}}}: the record has no table to be drawn: use {{{{#recorded {name}}}}}")
    })?;
    let command = format!("cargo run -- {} --format svg", run.command);
    let picture = (table.to_svg(), table.to_string());
    let figure = figure(&picture, caption, &command, id, apart);
    Ok(format!("{figure}\n{}\n", run.where_and_when()))
}

impl Recorded {
    fn read(directive: &str, name: &str, src: &Path) -> Result<Self, String> {
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(valid) {
            return Err(format!(
                "{{{{#{directive}}}}} needs the name of one record, like {{{{#{directive} waiting}}}}"
            ));
        }
        let shown = format!(
            "{}/recorded/{name}.json",
            src.file_name().unwrap_or_default().display()
        );
        let text = fs::read_to_string(src.join("recorded").join(format!("{name}.json"))).map_err(
            |_| format!("there is no record {shown}: make it with `cargo run -- record`"),
        )?;
        serde_json::from_str(&text).map_err(|error| format!("{shown} can't be read: {error}"))
    }

    fn where_and_when(&self) -> String {
        let rust = self.rust.as_ref();
        let rust = rust.map(|rust| format!(", Rust {rust}"));
        format!(
            "<p class=\"recorded\">Recorded on {}{}, {}.</p>",
            escape(&self.machine),
            escape(&rust.unwrap_or_default()),
            escape(&self.date),
        )
    }
}
