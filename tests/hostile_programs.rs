//! Programs that mean harm, or do it: each ends as it must, and leaves nothing behind.
//!
//! All are bounded, should a limit fail: in what they start, allocate, write, and in time.
#![cfg(target_os = "linux")]

#[path = "hostile/programs.rs"]
mod programs;

use course_tests::{Runner, is_root};
use programs::{End, PROGRAMS, Program};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// As the machine lets us keep them in.
#[test]
fn in_the_best_containment_that_there_is() {
    let hasty = Runner::start_with(hurry);
    all(&Runner::start(), &hasty);
}

/// As in a container, where root must ask for it.
#[test]
fn without_namespaces() {
    let unasked = |command: &mut Command| {
        if is_root() {
            command.arg("--run-as-root");
        }
    };
    let hasty = Runner::without_namespaces(|command| {
        unasked(command);
        hurry(command);
    });
    let patient = Runner::without_namespaces(unasked);
    let notice = patient.server().notice().to_owned();
    assert!(notice.contains("in its own process group"), "{notice}");
    all(&patient, &hasty);
}

/// Memory that several processes share is named, and stays when its last user has gone.
#[test]
fn shared_memory_goes_with_its_namespace() {
    let runner = Runner::start();
    let notice = runner.server().notice();
    if !notice.contains("in its own PID namespace") {
        eprintln!("\nSKIPPED: shared memory stays where there are no namespaces: {notice}\n");
        return;
    }
    let there = || fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    // A size that nobody else would ask for.
    let events = runner.run(
        "fn main() {
            let made = std::process::Command::new(\"ipcmk\").args([\"-M\", \"7654321\"]).output().unwrap();
            assert!(made.status.success());
            assert!(std::fs::read_to_string(\"/proc/sysvipc/shm\").unwrap().contains(\"7654321\"));
        }",
    );
    assert_eq!(events.last().expect("an end")["code"], 0, "{events:?}");
    assert!(!there().contains("7654321"), "{}", there());
}

/// For those that never end by themselves.
fn hurry(command: &mut Command) {
    command.args(["--run-seconds", "2", "--compile-seconds", "4"]);
}

fn all(patient: &Runner, hasty: &Runner) {
    let confined = patient
        .server()
        .notice()
        .contains("writing to a folder of its own only");
    for program in PROGRAMS {
        if program.needs_landlock && !confined {
            eprintln!("\nSKIPPED: {}: this kernel has no Landlock\n", program.name);
            continue;
        }
        let runner = if program.is_endless { hasty } else { patient };
        try_one(program, runner);
    }
}

fn try_one(program: &Program, runner: &Runner) {
    let name = program.name;
    let open = runner.open_path("");
    huge_file(&open.join("huge"));
    let server = runner.server().pid().to_string();
    let mark = format!("hostile-was-here-{server}");
    let code = program
        .code
        .replace("OPEN", &open.display().to_string())
        .replace("SERVER", &server)
        .replace("MARK", &mark);
    let events = runner.run(&code);
    let last = events.last().expect("a run has events");
    assert!(
        program.ends.iter().any(|end| is(last, *end)),
        "{name} ends so: {last}\n{}",
        texts(&events)
    );
    let output = texts(&events);
    assert!(output.contains(program.says), "{name} says: {output}");
    runner.is_well(name);
    for place in [
        Path::new("/tmp"),
        Path::new("/var/tmp"),
        Path::new("/dev/shm"),
        &open,
    ] {
        let file = place.join(&mark);
        let is_there = fs::symlink_metadata(&file).is_ok();
        let _ = fs::remove_file(&file);
        assert!(!is_there, "{name} left {}", file.display());
    }
}

/// It is one hole, and takes no room.
fn huge_file(path: &Path) {
    let file = fs::File::create(path).expect("it can be written to");
    file.set_len(8 << 30).expect("a hole can be made");
}

fn is(last: &Value, end: End) -> bool {
    match end {
        End::Exit(code) => last["kind"] == "exit" && last["code"] == code,
        End::Signal(signal) => last["kind"] == "signal" && last["signal"] == signal,
        End::Kind(kind) => last["kind"] == kind,
        End::TimedOut(what) => last["kind"] == "timeout" && last["what"] == what,
    }
}

fn texts(events: &[Value]) -> String {
    events
        .iter()
        .filter_map(|event| event["text"].as_str())
        .collect()
}
