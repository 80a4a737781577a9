use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::io_problem::io_problem;
use super::{
    Result, Step, folder, install,
    running::{self, Ended, output},
};
use crate::Problem;

/// Every package at one version.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The oldest Python that all of them run on.
const OLDEST: (u32, u32) = (3, 10);

/// A virtual environment with JupyterLab; its folder's name changes with the requirements.
pub(super) fn environment() -> Result<PathBuf> {
    let tools = folder()?;
    let name = format!("venv-{:08x}", fingerprint(REQUIREMENTS));
    install::once(&tools, &name, answers, |place| {
        let python = find()?;
        let mut step = Step::begin(
            "JupyterLab",
            "installing it for the course, with Python's packages (half a minute, only once)",
        );
        create(&python, place)?;
        fill(place, &mut step)?;
        step.done();
        Ok(())
    })
}

/// The environment's own Python.
pub(super) fn program(environment: &Path) -> PathBuf {
    scripts(environment).join(if cfg!(windows) {
        "python.exe"
    } else {
        "python"
    })
}

/// Whether Python still runs here and finds what was installed: a virtual environment ends to work
/// when the Python that made it is removed or replaced by its next version.
fn answers(environment: &Path) -> bool {
    output(isolated(&mut Command::new(program(environment))).args([
        "-c",
        "import importlib.util as u; [u.find_spec(m).origin for m in ('jupyterlab', 'nbformat', 'jupyter_client')]",
    ]))
    .is_some()
}

/// Python without what the surroundings would add to it.
pub(super) fn isolated(python: &mut Command) -> &mut Command {
    python
        .env_remove("PYTHONHOME")
        .env_remove("PYTHONPATH")
        .env("PYTHONNOUSERSITE", "1")
        .env("PYTHONUTF8", "1")
}

fn create(python: &[&str], place: &Path) -> Result<()> {
    let mut command = Command::new(python[0]);
    // Links where they are usual: a copied Python does not find its libraries on macOS.
    command.args(&python[1..]).args(["-m", "venv"]).arg(place);
    let ended = running::run(&mut command, |_| {})?;
    if ended.success {
        return Ok(());
    }
    Err(Problem::failure(format!(
        "python -m venv failed: {}",
        ended.reason()
    )))
}

fn fill(place: &Path, step: &mut Step) -> Result<()> {
    // Beside the environment and not in it: pip reads it while the folder changes.
    let list = place.with_extension("requirements.txt");
    fs::write(&list, REQUIREMENTS)
        .map_err(|error| io_problem(format!("cannot write {}", list.display()), &error))?;
    let mut pip = install_command(place);
    pip.arg("-r").arg(&list);
    let total = REQUIREMENTS
        .lines()
        .filter(|line| line.contains("=="))
        .count() as u64;
    let mut collected = 0;
    let ended = running::run(&mut pip, |line| {
        if line.starts_with("Collecting ") {
            collected += 1;
            step.at(collected, total, "packages fetched");
        } else if line.starts_with("Installing collected") {
            step.doing("unpacking");
        }
    })?;
    let _ = fs::remove_file(&list);
    if ended.success {
        remove_scripts(place)
    } else {
        Err(explain("JupyterLab", &ended))
    }
}

/// `pip install` of an environment, which installs what it is told and nothing beside it.
pub(super) fn install_command(environment: &Path) -> Command {
    let mut pip = Command::new(program(environment));
    isolated(&mut pip)
        .args(["-m", "pip", "install", "--no-deps", "--prefer-binary"])
        .args(["--no-cache-dir", "--no-input"])
        .args(["--disable-pip-version-check", "--progress-bar", "off"])
        .args(["--retries", "2"])
        // Set by some for all their installs; in a virtual environment pip refuses it.
        .env("PIP_USER", "0");
    pip
}

/// The programs of the packages name the folder they were installed in, which is renamed
/// afterwards: they would be broken. `python -m` is what runs here, and does not need them.
fn remove_scripts(environment: &Path) -> Result<()> {
    let folder = scripts(environment);
    let cannot = |error: &std::io::Error| io_problem(folder.display(), error);
    for entry in fs::read_dir(&folder).map_err(|error| cannot(&error))? {
        let entry = entry.map_err(|error| cannot(&error))?;
        let is_python = entry.file_name().to_string_lossy().starts_with("python");
        if !is_python && entry.path().is_file() {
            fs::remove_file(entry.path()).map_err(|error| cannot(&error))?;
        }
    }
    Ok(())
}

/// Why pip could not install it, and what to do.
pub(super) fn explain(what: &str, ended: &Ended) -> Problem {
    if ended.wants_network() {
        Problem::failure(format!(
            "{what} could not be installed: no connection to the Python package index. \
             Connect to the internet and try again (`cargo run -- setup` fetches everything \
             beforehand)"
        ))
    } else {
        Problem::failure(format!("{what} could not be installed: {}", ended.reason()))
    }
}

/// The words that start a Python that is new enough and can make virtual environments.
pub(crate) fn find() -> Result<Vec<&'static str>> {
    const WINDOWS: &[&[&str]] = &[&["py", "-3"], &["python"], &["python3"]];
    const ELSEWHERE: &[&[&str]] = &[
        &["python3"],
        &["python"],
        &["python3.14"],
        &["python3.13"],
        &["python3.12"],
        &["python3.11"],
        &["python3.10"],
    ];
    let mut too_old = None;
    let mut without_venv = false;
    for words in if cfg!(windows) { WINDOWS } else { ELSEWHERE } {
        let Some(version) = version(words) else {
            continue;
        };
        if version < OLDEST {
            too_old = Some(version);
            continue;
        }
        let mut command = Command::new(words[0]);
        if output(
            command
                .args(&words[1..])
                .args(["-c", "import venv, ensurepip"]),
        )
        .is_some()
        {
            return Ok(words.to_vec());
        }
        without_venv = true;
    }
    let (major, minor) = OLDEST;
    Err(Problem::failure(match too_old {
        _ if without_venv => "this Python cannot make virtual environments: install its venv \
             module (on Debian and Ubuntu: apt install python3-venv) and try again"
            .to_owned(),
        Some((old_major, old_minor)) => format!(
            "the notebooks need Python {major}.{minor} or later, and this is {old_major}.{old_minor}: \
             install a newer one and try again"
        ),
        None => format!(
            "the notebooks need Python {major}.{minor} or later, and none was found: install it \
             (on Debian and Ubuntu: apt install python3 python3-venv) and try again"
        ),
    }))
}

fn version(words: &[&str]) -> Option<(u32, u32)> {
    let said = output(
        Command::new(words[0])
            .args(&words[1..])
            .args(["-c", "import sys; print(*sys.version_info[:2])"]),
    )?;
    let (major, minor) = said.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn scripts(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// FNV-1a, folded to 32 bits: the same on every machine and with every compiler, which the
/// standard library's hasher does not promise.
fn fingerprint(text: &str) -> u32 {
    let hash = text
        .lines()
        .flat_map(|line| line.bytes().chain([b'\n']))
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    (hash ^ (hash >> 32)) as u32
}
