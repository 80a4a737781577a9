use std::{path::Path, process::Command};

use mdbook_course::externs::Externs;

use super::{Result, Step, axe, cargo, folder, kernel, mdbook, notebooks};

/// `course setup`: fetches, builds and installs everything that the course uses, so that all of it
/// works without a network afterwards. What is there already is left as it is.
///
/// # Errors
///
/// The first thing that could not be had, and what to do about it.
pub fn setup(root: &Path) -> Result<()> {
    build(root, "the crates", &["fetch", "--locked"])?;
    // Each way of building that the course's commands use: with other packages beside it, a
    // package may be built with more features, and that is another build.
    build(root, "the course", &["build", "--locked"])?;
    build(
        root,
        "the preprocessor",
        &["build", "--locked", "--package", "mdbook-course"],
    )?;
    build(
        root,
        "the tests",
        &with_workspace(&["test", "--locked", "--no-run"]),
    )?;
    // It shows cargo's own progress.
    Externs::build(root)?;
    let mdbook = mdbook()?;
    let kernel = kernel()?;
    axe()?;
    warm(root, &kernel)?;

    println!("Everything is here. Without a network these work now:");
    println!("  cargo run                      the course in the browser, with Run");
    println!("  cargo run -- demo              the demos");
    println!("  cargo run -- exercise          the exercises");
    println!("  cargo run -- notebooks         JupyterLab with the Rust kernel");
    println!("  cargo test --workspace         every test");
    println!("  mdbook serve, build, test      with {}", mdbook.display());
    println!("The tools are in {}.", folder()?.display());
    Ok(())
}

fn build(root: &Path, title: &str, words: &[&str]) -> Result<()> {
    let mut step = Step::begin(title, &format!("cargo {}", words.join(" ")));
    let mut command = Command::new("cargo");
    command.args(words).current_dir(root);
    let ended = cargo::run(&mut command, &mut step)?;
    if !ended.success {
        return Err(cargo::explain(
            &format!("cargo {} failed", words.join(" ")),
            &ended,
        ));
    }
    step.done();
    Ok(())
}

/// On Windows a program that runs cannot be replaced, and this one does: its own package is left
/// out, which costs a link later on and no download.
fn with_workspace<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let packages: &[&str] = if cfg!(windows) {
        &["--workspace", "--exclude", "course"]
    } else {
        &["--workspace"]
    };
    [words, packages].concat()
}

/// Compiles what the notebooks depend on, once, so that a first cell takes seconds. The kernel keeps
/// the results in its cache.
fn warm(root: &Path, kernel: &super::Kernel) -> Result<()> {
    let mut step = Step::begin("the notebooks' crates", "compiling them for the kernel");
    let mut known: Vec<String> = Vec::new();
    for notebook in notebooks::list(root)? {
        let dependencies = notebooks::Document::read(&notebook)?.dependencies();
        if dependencies.is_empty() || known.contains(&dependencies) {
            continue;
        }
        step.doing(&notebook.display().to_string());
        notebooks::warm(kernel, &root.join("notebooks"), &dependencies)?;
        known.push(dependencies);
    }
    step.done();
    Ok(())
}
