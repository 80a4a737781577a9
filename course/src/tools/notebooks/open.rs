use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use super::super::{Kernel, Result, cargo, io_problem::io_problem, kernel};
use crate::Problem;

/// How `course notebooks` opens JupyterLab.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Whether to open the page in the reader's browser.
    pub browser: bool,
    /// The port, which must be free; without one, the first free port from 8888 on.
    pub port: Option<u16>,
    /// Whether cells may fetch crates that are not on this machine.
    pub online: bool,
}

impl Default for Opening {
    fn default() -> Self {
        Opening {
            browser: true,
            port: None,
            online: false,
        }
    }
}

/// Opens JupyterLab on the notebooks of the course at `root`, on this machine's own address only
/// and with Jupyter's token; returns when Ctrl-C or a signal stops it.
///
/// # Errors
///
/// The kernel cannot be set up, the port is taken, or JupyterLab ends by itself.
pub fn open(root: &Path, opening: &Opening) -> Result<()> {
    let folder = root.join("notebooks");
    if !folder.is_dir() {
        return Err(Problem::failure(format!(
            "there are no notebooks in {}: run this inside the course's folder",
            root.display()
        )));
    }
    if let Some(port) = opening.port {
        check_free(port)?;
    }
    let kernel = kernel()?;
    fetch(root)?;
    trust(&kernel, root)?;
    kernel.without_news()?;
    let mut jupyter = kernel.python();
    jupyter
        .args([
            "-m",
            "jupyterlab",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.log_level=WARN",
        ])
        // Administrators are asked for this, and in a container everybody is one.
        .arg("--allow-root")
        // Nothing that asks another host: news, updates, a shop of extensions.
        .arg("--LabApp.news_url=None")
        .arg("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
        .arg("--LabApp.extension_manager=readonly")
        .arg("--KernelSpecManager.ensure_native_kernel=False")
        .arg("--MappingKernelManager.default_kernel_name=rust")
        .current_dir(&folder)
        .env(
            "CARGO_NET_OFFLINE",
            if opening.online { "false" } else { "true" },
        )
        .stdin(Stdio::null());
    if let Some(port) = opening.port {
        jupyter.args([
            format!("--ServerApp.port={port}"),
            "--ServerApp.port_retries=0".into(),
        ]);
    }
    if !opening.browser {
        jupyter.arg("--no-browser");
    }
    eprintln!("JupyterLab opens the folder notebooks with the Rust kernel; Ctrl-C stops it.");
    if !opening.online {
        eprintln!("Cells use the crates on this machine; `--online` lets them fetch others.");
    }
    wait(jupyter)
}

/// Signs the notebooks as they are now: of one that is not signed, JupyterLab shows no picture.
fn trust(kernel: &Kernel, root: &Path) -> Result<()> {
    let notebooks = super::list(root)?;
    let mut sign = kernel.python();
    sign.args(["-m", "nbformat.sign"]).args(&notebooks);
    let ended = super::super::running::run(&mut sign, |_| {})?;
    if ended.success {
        return Ok(());
    }
    let reason = ended.reason();
    Err(Problem::failure(format!(
        "the notebooks can't be signed: {reason}"
    )))
}

/// What a notebook depends on, if a plain build has not fetched it yet.
pub(in super::super) fn fetch(root: &Path) -> Result<()> {
    let mut command = Command::new("cargo");
    command
        .args(["fetch", "--locked", "--quiet"])
        .current_dir(root);
    let ended = super::super::running::run(&mut command, |_| {})?;
    if ended.success {
        return Ok(());
    }
    Err(cargo::explain(
        "the crates of the course could not be fetched",
        &ended,
    ))
}

fn check_free(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map(drop)
        .map_err(|_| {
            Problem::failure(format!(
                "port {port} is taken: choose another one with --port, or leave it out"
            ))
        })
}

/// Runs JupyterLab until it ends or this process is told to: then it is told in turn, and has the
/// time to stop its kernels.
fn wait(jupyter: Command) -> Result<()> {
    let cannot = |error: &std::io::Error| io_problem("JupyterLab cannot be started", error);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| cannot(&error))?;
    runtime.block_on(async {
        let mut jupyter = tokio::process::Command::from(jupyter);
        // The terminal's Ctrl-C goes to this process alone: Jupyter would ask whether it is meant.
        #[cfg(unix)]
        jupyter.process_group(0);
        let mut jupyter = jupyter.spawn().map_err(|error| cannot(&error))?;
        tokio::select! {
            status = jupyter.wait() => match status {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(Problem::failure(format!("JupyterLab ended by itself: {status}"))),
                Err(error) => Err(cannot(&error)),
            },
            () = told_to_stop() => {
                eprintln!("stopping JupyterLab");
                ask_to_stop(jupyter.id());
                if tokio::time::timeout(Duration::from_secs(10), jupyter.wait()).await.is_err() {
                    let _ = jupyter.kill().await;
                }
                Ok(())
            }
        }
    })
}

async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut ended), Ok(mut closed)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::hangup()),
        ) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = ended.recv() => {}
            _ = closed.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

/// On Windows Ctrl-C has reached JupyterLab already: a console gives it to all its programs.
fn ask_to_stop(process: Option<u32>) {
    #[cfg(unix)]
    if let Some(process) = process.and_then(|process| i32::try_from(process).ok()) {
        use nix::{sys::signal, unistd::Pid};
        let _ = signal::kill(Pid::from_raw(process), signal::Signal::SIGTERM);
    }
    #[cfg(not(unix))]
    let _ = process;
}
