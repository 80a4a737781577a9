//! The notebooks: opened in JupyterLab, run on the real kernel, compared with the outputs they
//! keep.

mod compare;
mod document;
mod fault;
mod open;
mod outputs;
mod run;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{Kernel, Result, io_problem::io_problem};
use crate::Problem;

pub use document::Document;
pub use fault::Fault;
pub use open::{Opening, open};
pub use run::execute;

/// Every notebook of the course, in the order of the chapters.
///
/// # Errors
///
/// The folder `notebooks` cannot be read.
pub fn list(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join("notebooks");
    let cannot = |error: &std::io::Error| {
        io_problem(
            format!("cannot read the notebooks in {}", folder.display()),
            error,
        )
    };
    let mut notebooks = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| cannot(&error))? {
        let path = entry.map_err(|error| cannot(&error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "ipynb")
        {
            notebooks.push(path);
        }
    }
    notebooks.sort();
    Ok(notebooks)
}

/// Runs a notebook and compares what it gives with the outputs it keeps: every [`Fault`] there is.
///
/// An error or a panic in a cell is a fault even when it is what the notebook keeps. A cell tagged
/// `measures` is compared by form: its numbers may be others.
///
/// # Errors
///
/// It could not be read or run at all.
pub fn check(notebook: &Path) -> Result<Vec<Fault>> {
    let kept = Document::read(notebook)?;
    let executed = execute(notebook)?;
    Ok(compare::faults(&kept, &executed))
}

/// Runs a notebook and writes its outputs into it, without dates, counters of the kernel or paths
/// of this machine; whether that changed the file.
///
/// # Errors
///
/// It could not be run, or a cell fails: then the file stays as it is.
pub fn record(notebook: &Path) -> Result<bool> {
    let executed = execute(notebook)?;
    if let Some(fault) = compare::broken(&executed).first() {
        return Err(Problem::failure(format!("not recorded: {fault}")));
    }
    executed.write()
}

/// `course notebooks --check`: checks each notebook, and says on standard error what is wrong.
///
/// # Errors
///
/// A notebook differs from what it keeps, or could not be run.
pub fn check_all(root: &Path) -> Result<()> {
    let notebooks = list(root)?;
    let mut wrong = 0;
    for notebook in &notebooks {
        let begun = Instant::now();
        let faults = check(notebook)?;
        for fault in &faults {
            eprintln!("{fault}");
        }
        wrong += usize::from(!faults.is_empty());
        let verdict = if faults.is_empty() {
            "as kept"
        } else {
            "NOT as kept"
        };
        report(notebook, verdict, begun);
    }
    match wrong {
        0 => Ok(()),
        _ => Err(Problem::failure(format!(
            "{wrong} of {} notebooks are not as kept; if the new outputs are right, \
             `cargo run -- notebooks --record` keeps them",
            notebooks.len()
        ))),
    }
}

/// `course notebooks --record`: runs each notebook and keeps its outputs.
///
/// # Errors
///
/// A notebook could not be run, or a cell of it fails.
pub fn record_all(root: &Path) -> Result<()> {
    for notebook in list(root)? {
        let begun = Instant::now();
        let verdict = if record(&notebook)? {
            "recorded"
        } else {
            "recorded, no change"
        };
        report(&notebook, verdict, begun);
    }
    Ok(())
}

/// Has the kernel compile these `:dep` lines.
pub(super) fn warm(kernel: &Kernel, folder: &Path, dependencies: &str) -> Result<()> {
    let cells = [format!("{dependencies}\n()")];
    let outputs = run::run(kernel, folder, &cells).map_err(|(_, what)| Problem::failure(what))?;
    match outputs
        .iter()
        .flatten()
        .find(|output| output["output_type"] == "error")
    {
        Some(error) => Err(Problem::failure(format!(
            "{dependencies}: {}",
            error["evalue"]
        ))),
        None => Ok(()),
    }
}

fn report(notebook: &Path, verdict: &str, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f32();
    eprintln!("{}: {verdict} ({seconds:.1} s)", fault::short(notebook));
}
