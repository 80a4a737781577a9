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

/// A shell opens a file for the server, as one that started it might have by accident.
#[test]
fn what_the_server_was_started_with_is_closed_to_programs() {
    let opened = |command: &mut Command, more: &[&str]| {
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 7</etc/hostname"]);
        shell.arg(command.get_program()).args(command.get_args());
        shell.current_dir(command.get_current_dir().expect("the book's folder"));
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.args(more);
        *command = shell;
    };
    let unasked: &[&str] = if is_root() { &["--run-as-root"] } else { &[] };
    for runner in [
        Runner::start_with(|command| opened(command, &[])),
        Runner::without_namespaces(|command| opened(command, unasked)),
    ] {
        let events = runner.run(
            "use std::io::Read;
             use std::os::fd::FromRawFd;
             fn main() {
                 let mut file = unsafe { std::fs::File::from_raw_fd(7) };
                 let mut text = String::new();
                 println!(\"{:?}\", file.read_to_string(&mut text).map_err(|e| e.raw_os_error()));
                 std::mem::forget(file);
             }",
        );
        // EBADF: there is none of that number.
        assert!(texts(&events).contains("Err(Some(9))"), "{events:?}");
    }
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
