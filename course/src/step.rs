use crate::demo::usage::Usage;
use crate::{Problem, root, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// The reader's own loop, step by step: each a whole program, which needs nothing but `std`.
const FOLDER: &str = "code/examples";

/// Compiles and runs a step, and says what it cost; without a name, lists them.
pub(crate) fn step(name: Option<&str>) -> Result<ExitCode, Problem> {
    let folder = root::find()?.join(FOLDER);
    let steps = names(&folder)?;
    let Some(name) = name else {
        return stdout::print(steps.join("\n") + "\n");
    };
    if !steps.iter().any(|step| step == name) {
        return Err(unknown(name, &steps));
    }
    let scratch = tempfile::tempdir().map_err(|error| cannot("make a folder", &error))?;
    let program = scratch
        .path()
        .join(format!("step{}", std::env::consts::EXE_SUFFIX));
    compile(&folder.join(format!("{name}.rs")), &program)?;
    run(&program, name)
}

fn names(folder: &Path) -> Result<Vec<String>, Problem> {
    let files = std::fs::read_dir(folder).map_err(|error| {
        Problem::failure(format!("{} can't be read: {error}", folder.display()))
    })?;
    let paths = files.filter_map(|file| Some(file.ok()?.path()));
    let mut names: Vec<String> = paths.filter_map(|path| stem(&path)).collect();
    names.sort_by_key(|name| numbers(name));
    Ok(names)
}

/// `10-2-round` comes before `10-10-inside`: the order is that of the chapters.
fn numbers(name: &str) -> Vec<u32> {
    name.split('-')
        .map_while(|part| part.parse().ok())
        .collect()
}

fn stem(path: &Path) -> Option<String> {
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    is_rust.then(|| Some(path.file_stem()?.to_str()?.to_string()))?
}

/// `9-4`, `09-4` and `late` all mean `09-4-late`.
fn unknown(name: &str, steps: &[String]) -> Problem {
    let likeness = |step: &&String| {
        let begins = step
            .trim_start_matches('0')
            .starts_with(name.trim_start_matches('0'));
        let word = step.rsplit('-').next().unwrap_or(step);
        let like = strsim::jaro_winkler(name, step).max(strsim::jaro_winkler(name, word));
        (if begins { 1.0 } else { like }, (*step).clone())
    };
    let nearest = steps.iter().rev().map(|step| likeness(&step));
    Problem::usage(
        match nearest.max_by(|one, other| one.0.total_cmp(&other.0)) {
            Some((like, step)) if like > 0.8 => {
                format!("there is no step {name}: did you mean {step}?")
            }
            _ => format!("there is no step {name}: cargo run -- step lists them"),
        },
    )
}

fn compile(file: &Path, program: &PathBuf) -> Result<(), Problem> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition=2024", "--crate-name=step", "-O", "-o"])
        .arg(program)
        .arg(file)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| cannot("start rustc", &error))?;
    match status.success() {
        true => Ok(()),
        false => Err(Problem::failure(format!(
            "{} does not compile: mend what the compiler says above",
            file.display()
        ))),
    }
}

fn run(program: &Path, name: &str) -> Result<ExitCode, Problem> {
    let before = Usage::of_children();
    let status = Command::new(program)
        .stdin(Stdio::null())
        // A panic is said in a line.
        .env("RUST_BACKTRACE", "0")
        .status()
        .map_err(|error| cannot("start the step", &error))?;
    let spent = Usage::of_children().since(&before);
    if !status.success() {
        return Err(Problem::failure(format!("{name} failed ({status})")));
    }
    stdout::print(format!("\n{}\n", spent.times()))
}

fn cannot(what: &str, error: &std::io::Error) -> Problem {
    Problem::failure(format!("cannot {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn a_step_that_is_nearly_right_is_named() {
        let steps = ["08-2-busy", "09-2-yield", "09-4-late", "10-1-queue"].map(String::from);
        for nearly in ["9-4", "09-4", "late", "09-4-lat"] {
            let line = unknown(nearly, &steps).to_string();
            assert!(line.ends_with("did you mean 09-4-late?"), "{line}");
        }
        let line = unknown("nothing-like-it", &steps).to_string();
        assert!(line.ends_with("lists them"), "{line}");
    }
}
