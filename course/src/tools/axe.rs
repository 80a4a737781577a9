use std::{
    fs,
    path::{Path, PathBuf},
};

use super::io_problem::io_problem;
use super::{Result, Step, folder, install, python, running};
use crate::Problem;

/// The axe-core that the pages are tested with.
const VERSION: &str = "4.12.1";

/// The Python package that brings it along: there is a Python here already for the notebooks, and it
/// saves one an npm. pip refuses a file with another hash.
const PACKAGE: &str = "axe-playwright-python==0.1.8 \
    --hash=sha256:fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8";

/// Its one script, which finds what keeps people from using a page: installed now if it is not there.
///
/// # Errors
///
/// It could not be installed: no connection, no Python.
pub fn axe() -> Result<PathBuf> {
    let name = format!("axe-core-{VERSION}");
    let installed = install::once(&folder()?, &name, answers, |place| {
        let environment = python::environment()?;
        let step = Step::begin(
            "axe-core",
            "fetching it for the tests of the pages (only once)",
        );
        fetch(&environment, place)?;
        step.done();
        Ok(())
    })?;
    Ok(script(&installed))
}

fn script(place: &Path) -> PathBuf {
    place.join("axe.min.js")
}

/// Whether it is all there, from its name to its last line.
fn answers(place: &Path) -> bool {
    fs::read_to_string(script(place)).is_ok_and(|text| {
        text.starts_with(&format!("/*! axe v{VERSION}\n")) && text.trim_end().ends_with(");")
    })
}

fn fetch(environment: &Path, place: &Path) -> Result<()> {
    let unpacked = place.join("package");
    let list = place.join("requirements.txt");
    let cannot =
        |error: &std::io::Error| io_problem(format!("cannot write {}", place.display()), error);
    fs::create_dir_all(place)
        .and_then(|()| fs::write(&list, PACKAGE))
        .map_err(|error| cannot(&error))?;
    let mut pip = python::install_command(environment);
    pip.args(["--require-hashes", "-r"]).arg(&list);
    pip.arg("--target").arg(&unpacked);
    let ended = running::run(&mut pip, |_| {})?;
    if !ended.success {
        return Err(python::explain("axe-core", &ended));
    }
    let fetched = unpacked.join("axe_playwright_python").join("axe.min.js");
    fs::rename(&fetched, script(place)).map_err(|error| {
        Problem::failure(format!(
            "axe-core could not be installed: {}: {error}",
            fetched.display()
        ))
    })?;
    install::remove(&unpacked)?;
    fs::remove_file(&list).map_err(|error| cannot(&error))
}
