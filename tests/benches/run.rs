//! How long it takes from pressing Run to the first output, as a ratio to compiling and running
//! the same program by hand:
//!
//! ```console
//! cargo bench --profile dev --package course-tests --bench run
//! ```
//!
//! In each round every way is measured once, one after the other, so that whatever else the machine
//! does slows all of them. The target is 1.25 for a new text and less than plain rustc alone for
//! one that was run before.

use course_tests::{Runner, root};
use mdbook_course::externs::Externs;
use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: u32 = 15;

const PROGRAMS: [(&str, &str); 3] = [
    ("std", "fn main() { println!(\"done\"); }"),
    (
        "event_loops",
        "use event_loops::{EventLoop, sleep};
        fn main() {
            let event_loop = EventLoop::with_virtual_clock();
            event_loop.run_until_complete(async { sleep(std::time::Duration::from_secs(3)).await });
            println!(\"done\");
        }",
    ),
    (
        "tokio",
        "#[tokio::main(flavor = \"current_thread\")]
        async fn main() {
            let task = tokio::spawn(async { tokio::task::yield_now().await; });
            task.await.unwrap();
            println!(\"done\");
        }",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let rustc = rustc()?;
    let flags = Externs::build(root())?.rustc_args();
    let runner = Runner::of_book(root());
    // The first run of a server may still wait for the crates.
    run(&runner, PROGRAMS[0].1);

    println!("Median of {ROUNDS} rounds, in ms; ratios to rustc + run.\n");
    println!(
        "| program | rustc alone | rustc + run | Run, new text | ratio | Run, run before | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (name, code) in PROGRAMS {
        let mut times: [Vec<Duration>; 4] = Default::default();
        for round in 0..ROUNDS {
            let code = format!("{code} // {round}");
            let (compiled, by_hand) = by_hand(&rustc, &flags, &code)?;
            let fresh = run(&runner, &code);
            let again = run(&runner, &code);
            for (times, time) in times.iter_mut().zip([compiled, by_hand, fresh, again]) {
                times.push(time);
            }
        }
        let [compiled, by_hand, fresh, again] = times.map(median);
        println!(
            "| {name} | {compiled:.1} | {by_hand:.1} | {fresh:.1} | {:.2} | {again:.1} | {:.2} |",
            fresh / by_hand,
            again / by_hand
        );
    }
    Ok(())
}

/// Until the compiler has ended, and until the first output of the program.
fn by_hand(
    rustc: &Path,
    flags: &[std::ffi::OsString],
    code: &str,
) -> Result<(Duration, Duration), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("main.rs"), code)?;
    let start = Instant::now();
    let compiled = Command::new(rustc)
        .args(flags)
        .arg("main.rs")
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .status()?;
    assert!(compiled.success(), "it compiles");
    let compile_time = start.elapsed();
    let mut program = Command::new(folder.path().join("main"))
        .stdout(Stdio::piped())
        .spawn()?;
    let mut output = program.stdout.take().ok_or("it is piped")?;
    let mut first = [0];
    output.read_exact(&mut first)?;
    let time = start.elapsed();
    program.wait()?;
    Ok((compile_time, time))
}

/// Until the first output comes through HTTP. As a page does it: a token first, then the program.
fn run(runner: &Runner, code: &str) -> Duration {
    let start = Instant::now();
    let mut run = runner.begin(code);
    run.until("output");
    let time = start.elapsed();
    run.for_each(drop);
    time
}

/// The compiler itself: rustup's stand-in for it looks for it each time.
fn rustc() -> Result<PathBuf, Box<dyn Error>> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(root())
        .output()?;
    let sysroot = String::from_utf8(output.stdout)?;
    Ok(Path::new(sysroot.trim()).join("bin").join("rustc"))
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}
