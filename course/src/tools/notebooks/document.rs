use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Map, Value, json, ser::PrettyFormatter};

use super::super::{Result, io_problem::io_problem};
use super::outputs::{Output, lines};
use crate::Problem;

/// A notebook file.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) path: PathBuf,
    value: Value,
}

/// A code cell of a notebook.
pub(super) struct Cell {
    /// Counted from one, over cells of all kinds.
    pub(super) number: usize,
    pub(super) source: String,
    /// Its numbers are measured, so others the next time.
    pub(super) measures: bool,
    /// Whether its outputs were ever kept; a cell that prints nothing keeps none.
    pub(super) was_run: bool,
    pub(super) outputs: Vec<Output>,
}

impl Document {
    /// Reads a notebook.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not a notebook of format 4.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .map_err(|error| io_problem(format!("cannot read {}", path.display()), &error))?;
        let value: Value = serde_json::from_str(&text).map_err(|error| {
            Problem::failure(format!("{} is not a notebook: {error}", path.display()))
        })?;
        if value["nbformat"] != 4 || !value["cells"].is_array() {
            return Err(Problem::failure(format!(
                "{} is not a notebook of format 4",
                path.display()
            )));
        }
        Ok(Document {
            path: path.to_owned(),
            value,
        })
    }

    /// The notebook as the file has it.
    pub fn json(&self) -> &Value {
        &self.value
    }

    /// The code cells that have any code.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let cells = self.value["cells"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let is_run = |(_, cell): &(usize, &Value)| {
            cell["cell_type"] == "code" && !text(&cell["source"]).trim().is_empty()
        };
        let of = |(index, cell): (usize, &Value)| {
            let tags = cell["metadata"]["tags"].as_array();
            Cell {
                number: index + 1,
                source: text(&cell["source"]),
                measures: tags.is_some_and(|tags| tags.iter().any(|tag| tag == "measures")),
                was_run: !cell["execution_count"].is_null(),
                outputs: Output::list(
                    cell["outputs"]
                        .as_array()
                        .map(Vec::as_slice)
                        .unwrap_or_default(),
                ),
            }
        };
        cells.iter().enumerate().filter(is_run).map(of).collect()
    }

    /// The `:dep` lines of all cells: what the kernel compiles before anything else.
    pub fn dependencies(&self) -> String {
        let sources = self.cells().into_iter().map(|cell| cell.source);
        let lines = sources.flat_map(|source| {
            let lines = source
                .lines()
                .filter(|line| line.starts_with(":dep "))
                .map(str::to_owned);
            lines.collect::<Vec<_>>()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The same notebook with these outputs, one list for each of its [`cells`](Self::cells), and
    /// without anything that changes from run to run.
    pub(super) fn with_outputs(mut self, outputs: &[Vec<Output>]) -> Self {
        let numbers: Vec<usize> = self.cells().iter().map(|cell| cell.number).collect();
        let cells = self.value["cells"].as_array_mut().into_iter().flatten();
        for (index, cell) in cells.enumerate() {
            tidy(cell);
            if cell["cell_type"] != "code" {
                continue;
            }
            let place = numbers.iter().position(|number| *number == index + 1);
            let count = place
                .filter(|place| *place < outputs.len())
                .map(|place| place + 1);
            let kept = count
                .map(|count| outputs[count - 1].as_slice())
                .unwrap_or_default();
            cell["execution_count"] = json!(count);
            cell["outputs"] = kept.iter().map(|output| output.to_json(count)).collect();
        }
        self.value["metadata"] = json!({
            "kernelspec": { "display_name": "Rust", "language": "rust", "name": "rust" },
            "language_info": {
                "codemirror_mode": "rust",
                "file_extension": ".rs",
                "mimetype": "text/rust",
                "name": "Rust",
                "pygment_lexer": "rust",
                "version": "",
            },
        });
        self
    }

    /// Writes the file as Jupyter does, so that saving it there changes nothing; whether it changed.
    pub(super) fn write(&self) -> Result<bool> {
        let mut bytes = Vec::new();
        let mut writer =
            serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" "));
        sorted(&self.value)
            .serialize(&mut writer)
            .map_err(|error| Problem::failure(format!("{}: {error}", self.path.display())))?;
        bytes.push(b'\n');
        if fs::read(&self.path).is_ok_and(|old| old == bytes) {
            return Ok(false);
        }
        fs::write(&self.path, bytes)
            .map_err(|error| io_problem(format!("cannot write {}", self.path.display()), &error))?;
        Ok(true)
    }
}

/// A text that the file may hold as one string or as a list of lines.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// Jupyter's own notes about a cell (when it ran, how far it was scrolled) stay out of the file.
fn tidy(cell: &mut Value) {
    let source = text(&cell["source"]);
    cell["source"] = lines(&source);
    let tags = cell["metadata"]["tags"].take();
    cell["metadata"] = if tags.is_null() {
        json!({})
    } else {
        json!({ "tags": tags })
    };
}

/// With its keys in order, which `serde_json` keeps or not as other crates ask it to.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect();
            pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(Map::from_iter(pairs))
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
