use std::{path::Path, process::Command};

use super::{
    Result, Step, folder, install,
    running::{self, Ended, output, without_cargos_variables},
};
use crate::Problem;

/// The folder with `package` at `version` as `cargo install` makes it: the program is in its `bin`.
pub(super) fn installed(
    package: &str,
    version: &str,
    minutes: &str,
    ready: impl Fn(&Path) -> bool,
) -> Result<std::path::PathBuf> {
    let tools = folder()?;
    let name = format!("{package}-{version}");
    // Kept by an interrupted install, so that the next one goes on where it stopped.
    let build = tools.join(format!(".{name}.build"));
    install::once(&tools, &name, ready, |place| {
        check_toolchain()?;
        let mut step = Step::begin(
            format!("{package} {version}"),
            &format!("installing it for the course ({minutes}, only once)"),
        );
        let mut command = Command::new("cargo");
        command
            .args([
                "install",
                package,
                "--version",
                version,
                "--locked",
                "--no-track",
                "--root",
            ])
            .arg(place)
            .arg("--target-dir")
            .arg(&build);
        let ended = run(&mut command, &mut step)?;
        if !ended.success {
            return Err(explain(
                &format!("{package} {version} could not be installed"),
                &ended,
            ));
        }
        install::remove(&build)?;
        step.done();
        Ok(())
    })
}

/// Runs cargo and shows how far it is.
pub(super) fn run(cargo: &mut Command, step: &mut Step) -> Result<Ended> {
    without_cargos_variables(cargo)
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "100")
        .env("CARGO_TERM_COLOR", "never");
    running::run(cargo, |line| {
        if let Some((done, total)) = progress(line) {
            step.at(done, total, "crates compiled");
        } else if line.trim_start().starts_with("Blocking waiting") {
            step.doing("waiting for another cargo to finish");
        }
    })
}

/// Runs cargo, shows how far it is, and says `what` failed if it did.
pub(crate) fn succeed(cargo: &mut Command, what: &str, step: &mut Step) -> Result<()> {
    let ended = run(cargo, step)?;
    if ended.success {
        Ok(())
    } else {
        Err(explain(what, &ended))
    }
}

/// `what` failed when cargo ended like this: one line.
pub(super) fn explain(what: &str, ended: &Ended) -> Problem {
    if ended.wants_network() {
        Problem::failure(format!(
            "{what}: no connection to the package registry. Connect to the internet and try again \
             (`cargo run -- setup` fetches everything beforehand)"
        ))
    } else {
        Problem::failure(format!("{what}: {}", ended.reason()))
    }
}

/// Without cargo and rustc nothing is installed, and Jupyter says no more than "Kernel died".
pub(super) fn check_toolchain() -> Result<()> {
    for program in ["cargo", "rustc"] {
        if output(Command::new(program).arg("--version")).is_none() {
            return Err(Problem::failure(format!(
                "{program} does not answer, and Rust cells are compiled with it: install Rust \
                 (rustup), or add the folder of {program} to PATH"
            )));
        }
    }
    Ok(())
}

/// `    Building [=====>      ] 123/350: serde, syn` → (123, 350)
fn progress(line: &str) -> Option<(u64, u64)> {
    let (bar, counts) = line.split_once("] ")?;
    if !bar.trim_start().starts_with("Building [") {
        return None;
    }
    let (done, total) = counts.split([':', ' ']).next()?.split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_bar_is_read() {
        let line = "    Building [=======>          ] 123/350: serde, syn(build)...";
        assert_eq!(progress(line), Some((123, 350)));
        assert_eq!(progress("   Compiling serde v1.0.228"), None);
        assert_eq!(progress(" Downloading [==> ] 12/13: serde"), None);
    }

    #[test]
    fn a_missing_connection_is_called_that() {
        let ended = |line: &str| Ended {
            success: false,
            last_lines: vec![line.to_owned()],
        };
        let cut = ended("  [6] Could not resolve hostname (Could not resolve host: static)");
        assert!(
            explain("x", &cut)
                .to_string()
                .contains("Connect to the internet")
        );
        let broken = ended("error[E0308]: mismatched types");
        assert_eq!(
            explain("x", &broken).to_string(),
            "x: error[E0308]: mismatched types"
        );
    }
}
