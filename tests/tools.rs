//! A tool is installed once, whoever asks for it and however an earlier install ended.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use course::{Problem, tools::install::once};

const MOMENT: Duration = Duration::from_millis(300);

fn ready(place: &Path) -> bool {
    place.join("program").is_file()
}

fn build(place: &Path) -> Result<(), Problem> {
    fs::create_dir_all(place)
        .and_then(|()| fs::write(place.join("program"), "complete"))
        .map_err(|error| Problem::failure(error.to_string()))
}

#[test]
fn an_install_that_fails_leaves_nothing_that_looks_complete() {
    let tools = tempfile::tempdir().expect("a folder");
    let failed = once(tools.path(), "tool-1.0", ready, |place| {
        build(place)?;
        Err(Problem::failure("no connection"))
    });
    assert_eq!(failed.expect_err("it failed").to_string(), "no connection");
    assert!(!tools.path().join("tool-1.0").exists());

    let installed = once(tools.path(), "tool-1.0", ready, |place| {
        assert!(!place.exists(), "what the failed one left is gone");
        build(place)
    });
    assert!(ready(&installed.expect("it is installed")));
}

#[test]
fn what_is_ready_is_not_built_again() {
    let tools = tempfile::tempdir().expect("a folder");
    // Put there by hand, without any mark of this module.
    build(&tools.path().join("tool-1.0")).expect("it is written");
    let found = once(tools.path(), "tool-1.0", ready, |_| panic!("built again"));
    assert_eq!(found, Ok(tools.path().join("tool-1.0")));
}

#[test]
fn what_stopped_working_is_replaced() {
    let tools = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(tools.path().join("tool-1.0/rest")).expect("a folder");
    let place = once(tools.path(), "tool-1.0", ready, build).expect("it is installed");
    assert!(ready(&place) && !place.join("rest").exists());
}

#[test]
fn of_several_at_once_one_installs_and_all_get_it() {
    let tools = tempfile::tempdir().expect("a folder");
    let built = AtomicUsize::new(0);
    let together = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                together.wait();
                let place = once(tools.path(), "tool-1.0", ready, |place| {
                    built.fetch_add(1, Ordering::SeqCst);
                    // Time enough for another one to begin as well, if nothing held it back.
                    let begun = Instant::now();
                    while built.load(Ordering::SeqCst) == 1 && begun.elapsed() < MOMENT {
                        thread::yield_now();
                    }
                    build(place)
                });
                assert!(ready(&place.expect("it is installed")));
            });
        }
    });
    assert_eq!(built.load(Ordering::SeqCst), 1);
}

#[test]
fn the_lock_of_a_process_that_died_blocks_nobody() {
    let tools = tempfile::tempdir().expect("a folder");
    let mut other = Command::new(env::current_exe().expect("this program has a path"))
        .args([
            "--exact",
            "helper_that_installs_for_ever",
            "--ignored",
            "--nocapture",
        ])
        .env("TOOLS_OF_THE_TEST", tools.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let output = BufReader::new(other.stdout.take().expect("it is piped"));
    let begun = output
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("half-way"));
    assert!(begun, "it holds the lock, half-way through its install");
    other.kill().expect("it can be killed");
    other.wait().expect("it is dead");

    let place = once(tools.path(), "tool-1.0", ready, build).expect("it is installed");
    assert!(ready(&place) && !place.join("half").exists());
}

#[test]
#[ignore = "only to be killed by the test above"]
fn helper_that_installs_for_ever() {
    let Some(tools) = env::var_os("TOOLS_OF_THE_TEST") else {
        return;
    };
    let _ = once(Path::new(&tools), "tool-1.0", ready, |place| {
        build(place)?;
        fs::write(place.join("half"), "").expect("it can be written");
        println!("half-way");
        loop {
            thread::park();
        }
    });
}
