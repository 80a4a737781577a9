//! Run, where something of the machine is missing or broken: one clear line says what, and once it
//! is mended everything works, without a restart.
#![cfg(target_os = "linux")]

use course_tests::{PATIENCE, Runner, is_root, link};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const HELLO: &str = "fn main() { println!(\"hello\"); }";

#[test]
fn no_rustc() {
    let runner = Runner::on_a_machine_without(&["rustc"]);
    for _ in 0..2 {
        let line = failure(&runner.run(HELLO));
        assert!(line.starts_with("there is no rustc here"), "{line}");
        assert!(line.contains("install Rust"), "{line}");
    }
    link(&found("rustc"), &runner.tools().join("rustc")).expect("it can be linked");
    runner.is_well("rustc was installed");
}

#[test]
fn no_cargo() {
    let runner = Runner::of_workspace_on_a_machine_without(&["cargo"]);
    let line = failure(&runner.run(HELLO));
    assert!(line.starts_with("cargo can't be started"), "{line}");
    link(&found("cargo"), &runner.tools().join("cargo")).expect("it can be linked");
    runner.is_well("cargo was installed");
}

#[test]
fn no_linker() {
    let runner = Runner::on_a_machine_without(&["cc"]);
    let line = failure(&runner.run(HELLO));
    assert!(line.starts_with("there is no linker here"), "{line}");
    link(&found("cc"), &runner.tools().join("cc")).expect("it can be linked");
    runner.is_well("a linker was installed");
}

/// The folder for temporary files is missing when the server starts, and made later.
#[test]
fn no_temporary_folder() {
    let runner = Runner::start_with(|command| {
        let folder = command.get_current_dir().expect("the book").join("later");
        command.env("TMPDIR", folder);
    });
    let line = failure(&runner.run(HELLO));
    assert!(line.starts_with("the temporary folder "), "{line}");
    fs::create_dir(runner.book().join("later")).expect("it can be created");
    runner.is_well("the folder is there");
}

#[test]
fn a_full_disk() {
    let Some(mounts) = mounts() else {
        return skipped("a full disk");
    };
    let size = 24 * 1024 * 1024;
    let script = format!("mount -t tmpfs -o size={size},mode=1777 none \"$TMPDIR\"");
    let runner = Runner::start_with(|command| within(command, mounts, &script));
    // Nobody else sees that disk, but through the server's process.
    let disk = PathBuf::from(format!(
        "/proc/{}/root{}",
        runner.server().pid(),
        runner.temporary().display()
    ));
    runner.is_well("a small disk");

    // No room at all; then some, but not for a program.
    let filling = disk.join("filling");
    for left in [0, 1024 * 1024] {
        fill(&filling, size, left);
        let code = format!("fn main() {{ println!(\"with {left} bytes\"); }}");
        let line = failure(&runner.run(&code));
        assert!(line.starts_with("the temporary folder "), "{left}: {line}");
        assert!(line.contains("space"), "{left}: {line}");
        assert_eq!(runner.server().get("/").status, 200);
        fs::remove_file(&filling).expect("it can be removed");
        runner.is_well("there is room again");
    }
}

/// What is kept for the next time must not stand in the way of what is wanted now.
#[test]
fn kept_programs_give_way_on_a_disk_that_is_full_of_them() {
    let Some(mounts) = mounts() else {
        return skipped("a disk full of programs");
    };
    let script = "mount -t tmpfs -o size=24m,mode=1777 none \"$TMPDIR\"";
    let runner = Runner::start_with(|command| within(command, mounts, script));
    for n in 0..12 {
        let code = format!("fn main() {{ println!(\"{n}\"); }}");
        let mut events = runner.run(&code);
        if events.last().expect("an end")["kind"] == "failed" {
            // It had no room to the end, and now it has.
            events = runner.run(&code);
        }
        assert_eq!(
            events.last().expect("an end")["kind"],
            "exit",
            "{n}: {events:?}"
        );
    }
}

#[test]
fn a_read_only_target_folder() {
    let Some(folder) = ReadOnly::new() else {
        return skipped("a read-only folder");
    };
    let runner = Runner::of_workspace(|command| folder.prepare(command));
    runner.is_well("the start");
    let target = runner.book().join("target");
    let source = runner.book().join("code/src/lib.rs");

    folder.set(&runner, &target, true);
    fs::write(&source, "pub const WORD: &str = \"another\";\n").expect("it can be written");
    let said = runner.run("fn main() { println!(\"{}\", event_loops::WORD); }");
    let line = failure(&said);
    assert!(line.contains("doesn't build"), "{line}");
    let cargo: String = said
        .iter()
        .filter_map(|event| event["text"].as_str())
        .collect();
    assert!(is_about_rights(&cargo), "{cargo}");
    // The book is built into that folder, too.
    wait_for(|| is_about_rights(&runner.server().complaint()));
    assert_eq!(runner.server().get("/").status, 200);

    folder.set(&runner, &target, false);
    let said = runner.run("fn main() { println!(\"{}\", event_loops::WORD); }");
    assert!(
        said.iter().any(|event| event["text"] == "another\n"),
        "{said:?}"
    );
    fs::write(runner.book().join("src/first.md"), "# Mended\n").expect("it can be written");
    wait_for(|| runner.server().get("/").body.contains("Mended"));
}

#[test]
fn two_servers_of_one_checkout() {
    let one = Runner::of_workspace(|_| {});
    let two = one.another();
    let code = "fn main() { println!(\"{}\", event_loops::WORD); }";
    let source = one.book().join("code/src/lib.rs");
    for word in ["first", "second time"] {
        fs::write(&source, format!("pub const WORD: &str = \"{word}\";\n")).expect("a file");
        std::thread::scope(|scope| {
            for server in [one.server(), &two] {
                let mut run = Runner::begin_at(server, code);
                scope.spawn(move || {
                    assert_eq!(run.until("output")["text"], format!("{word}\n"));
                });
            }
        });
    }
}

#[test]
fn another_cargo_holds_the_lock() {
    let runner = Runner::of_workspace(|_| {});
    runner.is_well("the start");
    let locks: Vec<File> = [".cargo-lock", ".cargo-build-lock"]
        .iter()
        .filter_map(|name| File::open(runner.book().join("target/debug").join(name)).ok())
        .collect();
    assert!(!locks.is_empty(), "cargo has a lock");
    for lock in &locks {
        lock.lock().expect("it can be locked");
    }
    let source = runner.book().join("code/src/lib.rs");
    fs::write(&source, "pub const WORD: &str = \"at last\";\n").expect("it can be written");
    let mut run = runner.begin("fn main() { println!(\"{}\", event_loops::WORD); }");
    let line = run.until("progress")["text"].to_string();
    assert!(line.contains("Blocking waiting for file lock"), "{line}");
    drop(locks);
    assert_eq!(run.until("output")["text"], "at last\n");
}

/// The line that says what is wrong.
fn failure(events: &[Value]) -> String {
    let last = events.last().expect("a run has events");
    assert_eq!(last["kind"], "failed", "{events:?}");
    let line = last["text"].as_str().expect("a text").to_owned();
    assert!(
        !line.contains('\n') && line.ends_with("press Run again"),
        "{line}"
    );
    line
}

fn is_about_rights(text: &str) -> bool {
    text.contains("Read-only file system") || text.contains("Permission denied")
}

/// Where a program is.
fn found(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("a path");
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(program));
    places.find(|file| file.is_file()).expect("it is installed")
}

/// Writes a file that leaves so much of a disk of this size.
fn fill(file: &Path, size: u64, left: u64) {
    let mut file = File::create(file).expect("it can be created");
    let part = [1; 4096];
    let mut written = 0;
    while written < size && file.write_all(&part).is_ok() {
        written += 4096;
    }
    file.set_len(file.metadata().expect("its length").len() - left)
        .expect("it can be cut");
}

/// What makes a process see mounts of its own.
fn mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [
        &["unshare", "--mount"],
        &["unshare", "--user", "--map-root-user", "--mount"],
    ];
    ways.into_iter().find(|words| {
        let tried = Command::new(words[0])
            .args(&words[1..])
            .args(["mount", "-t", "tmpfs", "none", "/mnt"])
            .stderr(Stdio::null())
            .status();
        tried.is_ok_and(|status| status.success())
    })
}

/// Has the server started inside mounts of its own, after a script has set them up.
fn within(command: &mut Command, words: &[&str], script: &str) {
    let mut outer = Command::new(words[0]);
    outer
        .args(&words[1..])
        .args(["sh", "-c", &format!("{script} && exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    *command = outer;
}

/// A way to make a folder read-only for the server. Root may write in spite of a folder's mode.
enum ReadOnly {
    ByMode,
    ByMount,
}

impl ReadOnly {
    fn new() -> Option<Self> {
        match is_root() {
            false => Some(Self::ByMode),
            true => mounts().map(|_| Self::ByMount),
        }
    }

    fn prepare(&self, command: &mut Command) {
        if matches!(self, Self::ByMount) {
            let script =
                "mkdir -p target && mount --bind target target && mount --make-private target";
            within(command, &["unshare", "--mount"], script);
        }
    }

    fn set(&self, runner: &Runner, folder: &Path, read_only: bool) {
        let status = match self {
            Self::ByMode => Command::new("chmod")
                .args(["-R", if read_only { "a-w" } else { "u+w" }])
                .arg(folder)
                .status(),
            // What is open for writing stays so: another mount lies on top.
            Self::ByMount => Command::new("nsenter")
                .args(["--mount", "--target", &runner.server().pid().to_string()])
                .args(["sh", "-c"])
                .arg(if read_only {
                    "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\""
                } else {
                    "umount \"$0\""
                })
                .arg(folder)
                .status(),
        };
        assert!(status.is_ok_and(|status| status.success()));
    }
}

fn wait_for(mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "it never happens");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

fn skipped(what: &str) {
    eprintln!("\nSKIPPED: {what} cannot be tried here: no mounts of one's own\n");
}
