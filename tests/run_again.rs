//! Run: what was compiled before is not compiled again, and what has changed is.
#![cfg(unix)]

use course_tests::Runner;
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn an_unchanged_snippet_is_not_compiled_again() {
    let runner = Runner::start();
    let code = "fn main() { let unused = 1; println!(\"said\"); }";
    let first = runner.run(code);
    let second = runner.run(code);
    assert!(kinds(&first).contains(&"compiling"), "{first:?}");
    assert_eq!(kinds(&second), ["compiler", "running", "output", "exit"]);
    assert!(texts(&second, "compiler").contains("unused variable"));
    assert_eq!(
        texts(&first, "compiler"),
        texts(&second, "compiler"),
        "warnings, too"
    );
    assert_eq!(texts(&second, "output"), "said\n");
    let changed = runner.run(&code.replace("said", "says"));
    assert!(kinds(&changed).contains(&"compiling"), "{changed:?}");
    assert_eq!(texts(&changed, "output"), "says\n");
    assert_eq!(runner.kept_programs(), 2);
    runner.nothing_is_left();
}

#[test]
fn what_does_not_compile_is_compiled_again() {
    let runner = Runner::start();
    for _ in 0..2 {
        let events = runner.run("fn main() { nonsense }");
        assert!(kinds(&events).contains(&"compiling"), "{events:?}");
    }
    assert_eq!(runner.kept_programs(), 0);
}

/// Its text is unchanged, but not the file that it includes.
#[test]
fn a_snippet_that_includes_a_file_is_compiled_again() {
    let runner = Runner::start();
    // One that everybody may read, whoever this runs as.
    let code = "fn main() { println!(\"{}\", include_bytes!(\"/dev/null\").len()); }";
    for _ in 0..2 {
        let events = runner.run(code);
        assert!(kinds(&events).contains(&"compiling"), "{events:?}");
        assert_eq!(texts(&events, "output"), "0\n");
    }
}

#[test]
fn no_more_programs_are_kept_than_there_is_room_for() {
    let runner = Runner::start();
    let code = |n: u32| format!("fn main() {{ println!(\"{n}\"); }}");
    for n in 0..33 {
        assert_eq!(texts(&runner.run(&code(n)), "output"), format!("{n}\n"));
    }
    // The folder of the one that made room is removed by and by.
    runner.wait_until(|| runner.kept_programs() == 32);
    assert!(!kinds(&runner.run(&code(1))).contains(&"compiling"));
    assert!(kinds(&runner.run(&code(0))).contains(&"compiling"));
    // Number 1 was asked for since, so that 2 was the oldest.
    assert!(!kinds(&runner.run(&code(1))).contains(&"compiling"));
    assert!(kinds(&runner.run(&code(2))).contains(&"compiling"));
}

/// Somebody, or a cleaner of temporary files, removes what the server keeps.
#[test]
fn a_kept_program_that_is_gone_is_compiled_again() {
    let runner = Runner::start();
    let code = "fn main() { println!(\"said\"); }";
    runner.run(code);
    for server in fs::read_dir(runner.temporary())
        .expect("a folder")
        .flatten()
    {
        fs::remove_dir_all(server.path()).expect("it can be removed");
    }
    let events = runner.run(code);
    assert_eq!(texts(&events, "output"), "said\n", "{events:?}");
}

#[test]
fn programs_are_gone_when_the_server_ends() {
    let mut runner = Runner::start();
    runner.run("fn main() {}");
    assert_eq!(runner.kept_programs(), 1);
    runner.end_server();
    let left: Vec<_> = fs::read_dir(runner.temporary())
        .expect("a folder")
        .flatten()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

const SAY: &str = "fn main() { println!(\"{}\", event_loops::WORD); }";

#[test]
fn an_edited_crate_is_built_again() {
    let runner = Runner::of_workspace(|_| {});
    let source = runner.book().join("code/src/lib.rs");
    assert_eq!(texts(&runner.run(SAY), "output"), "first\n");
    assert!(!kinds(&runner.run(SAY)).contains(&"preparing"));

    write(&source, "pub const WORD: &str = \"second\";\n");
    let events = runner.run(SAY);
    assert!(kinds(&events).contains(&"preparing"), "{events:?}");
    assert!(
        texts(&events, "progress").contains("Compiling event-loops"),
        "{events:?}"
    );
    assert_eq!(texts(&events, "output"), "second\n");

    write(&source, "pub const WORD: &str = third;\n");
    let events = runner.run(SAY);
    assert_eq!(last(&events)["kind"], "failed");
    let reason = last(&events)["text"].as_str().unwrap_or_default();
    assert!(
        reason.contains("doesn't build") && reason.ends_with("press Run again"),
        "{reason}"
    );
    let said = texts(&events, "compiler");
    assert!(
        said.contains("E0425") && said.contains("code/src/lib.rs:1"),
        "{said}"
    );

    write(&source, "pub const WORD: &str = \"third\";\n");
    assert_eq!(texts(&runner.run(SAY), "output"), "third\n");
}

/// As `cargo clean` does it in another terminal.
#[test]
fn a_library_that_is_gone_is_built_again() {
    let runner = Runner::of_workspace(|_| {});
    assert_eq!(texts(&runner.run(SAY), "output"), "first\n");
    fs::remove_dir_all(runner.book().join("target/debug")).expect("it can be removed");
    let events = runner.run(SAY);
    assert_eq!(texts(&events, "output"), "first\n", "{events:?}");
}

/// The length differs each time, so that a coarse clock does no harm.
fn write(file: &Path, text: &str) {
    let before = fs::metadata(file).map_or(0, |about| about.len());
    assert_ne!(before, text.len() as u64);
    fs::write(file, text).expect("it can be written");
}

fn last(events: &[Value]) -> &Value {
    events.last().expect("a run has events")
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect()
}

fn texts(events: &[Value], kind: &str) -> String {
    let of_kind = events.iter().filter(|event| event["kind"] == kind);
    of_kind.filter_map(|event| event["text"].as_str()).collect()
}
