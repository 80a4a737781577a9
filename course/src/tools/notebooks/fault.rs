use std::{fmt, path::Path};

use super::document::Cell;

/// What is wrong with a notebook: in which cell, what was expected, what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    notebook: String,
    /// Counted from one, over cells of all kinds, as a reader counts them on the page.
    cell: usize,
    first_line: String,
    what: String,
}

impl Fault {
    pub(super) fn new(notebook: &Path, cell: &Cell, what: impl Into<String>) -> Self {
        let first_line = cell.source.lines().find(|line| !line.trim().is_empty());
        Fault {
            notebook: short(notebook),
            cell: cell.number,
            first_line: first_line.unwrap_or_default().trim().to_owned(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault {
            notebook,
            cell,
            first_line,
            what,
        } = self;
        write!(f, "{notebook}, cell {cell} (`{first_line}`): {what}")
    }
}

/// `notebooks/01-cake.ipynb`: the file and its folder, wherever the checkout is.
pub(super) fn short(notebook: &Path) -> String {
    let name = notebook.file_name().unwrap_or_default().to_string_lossy();
    match notebook.parent().and_then(Path::file_name) {
        Some(folder) => format!("{}/{name}", folder.to_string_lossy()),
        None => name.into_owned(),
    }
}
