use std::{
    env::consts::EXE_SUFFIX,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::io_problem::io_problem;
use super::{
    Result, cargo, folder, install, python,
    running::{self, output, without_cargos_variables},
};
use crate::Problem;

/// The kernel that runs Rust cells.
const VERSION: &str = "0.22.0";

/// JupyterLab with the Rust kernel, ready to use.
#[derive(Clone, Debug)]
pub struct Kernel {
    tools: PathBuf,
    environment: PathBuf,
}

/// The Rust kernel and the Python environment that Jupyter runs it from, set up if need be.
///
/// # Errors
///
/// No Rust, no Python, no connection: what is missing, and what to do.
pub fn kernel() -> Result<Kernel> {
    cargo::check_toolchain()?;
    let tools = folder()?;
    let installed = cargo::installed(
        "evcxr_jupyter",
        VERSION,
        "the Rust kernel; about six minutes on two cores",
        |folder| output(Command::new(program(folder)).arg("--help")).is_some(),
    )?;
    let environment = python::environment()?;
    register(&tools, &program(&installed), &environment)?;
    Ok(Kernel { tools, environment })
}

impl Kernel {
    /// The environment's Python, in surroundings that hold nothing of the user's: Jupyter neither
    /// reads nor writes anything outside the tools' folder.
    pub(super) fn python(&self) -> Command {
        let state = self.tools.join("jupyter");
        let mut command = Command::new(python::program(&self.environment));
        without_cargos_variables(python::isolated(&mut command))
            // evcxr reads this at start and writes its files there.
            .env_remove("JUPYTER_PATH")
            .env_remove("JUPYTER_CONFIG_PATH")
            .env("JUPYTER_DATA_DIR", state.join("data"))
            .env("JUPYTER_CONFIG_DIR", state.join("config"))
            .env("JUPYTER_RUNTIME_DIR", state.join("runtime"))
            .env("JUPYTERLAB_SETTINGS_DIR", state.join("settings"))
            .env("JUPYTERLAB_WORKSPACES_DIR", state.join("workspaces"))
            .env("JUPYTER_PLATFORM_DIRS", "0");
        command
    }

    /// Has JupyterLab not ask whether it may fetch news, unless the reader has decided already.
    pub(super) fn without_news(&self) -> Result<()> {
        let folder = self
            .tools
            .join("jupyter/settings/@jupyterlab/apputils-extension");
        let file = folder.join("notification.jupyterlab-settings");
        if file.exists() {
            return Ok(());
        }
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, r#"{ "fetchNews": "false" }"#))
            .map_err(|error| io_problem("JupyterLab's settings can't be written", &error))
    }
}

fn program(folder: &Path) -> PathBuf {
    folder
        .join("bin")
        .join(format!("evcxr_jupyter{EXE_SUFFIX}"))
}

/// Tells the environment's Jupyter about the kernel, unless it knows already.
fn register(tools: &Path, evcxr: &Path, environment: &Path) -> Result<()> {
    let share = environment.join("share").join("jupyter");
    let file = share.join("kernels").join("rust").join("kernel.json");
    let specification = specification(tools, evcxr, &share);
    let known = || {
        fs::read(&file).is_ok_and(|text| {
            serde_json::from_slice::<Value>(&text).is_ok_and(|known| known == specification)
        })
    };
    if known() {
        return Ok(());
    }
    let _lock = install::lock(tools, "kernel")?;
    if known() {
        return Ok(());
    }
    let ended = running::run(
        Command::new(evcxr)
            .arg("--install")
            .env("JUPYTER_PATH", &share),
        |_| {},
    )?;
    if !ended.success {
        return Err(Problem::failure(format!(
            "the Rust kernel was not registered: {}",
            ended.reason()
        )));
    }
    // Last, and under another name first: whoever finds it complete finds all of it complete.
    let written = file.with_extension("partial");
    let text = format!("{specification:#}\n");
    fs::write(&written, text)
        .and_then(|()| fs::rename(&written, &file))
        .map_err(|error| io_problem(format!("cannot write {}", file.display()), &error))
}

fn specification(tools: &Path, evcxr: &Path, share: &Path) -> Value {
    let mut surroundings = json!({
        // Where evcxr looks for its own registration; without it, it would refresh the one in the
        // user's home, if there is one.
        "JUPYTER_PATH": share,
    });
    if cfg!(target_os = "linux") {
        // Its compiled dependencies; elsewhere the system says where the cache is.
        surroundings["XDG_CACHE_HOME"] = json!(tools.join("cache"));
    }
    json!({
        "argv": [evcxr, "--control_file", "{connection_file}"],
        "display_name": "Rust",
        "language": "rust",
        "interrupt_mode": "message",
        "env": surroundings,
    })
}
