//! Run: what a program may do, what its reader sees of it, and that nothing stays behind.
#![cfg(unix)]

use course_tests::{Runner, root};
use serde_json::{Value, json};
use std::fs;

#[test]
fn output_comes_while_the_program_runs_and_in_its_order() {
    let runner = Runner::start();
    let go = runner.open_path("go");
    let mut run = runner.begin(&format!(
        "fn main() {{
            println!(\"first\");
            while !std::path::Path::new({go:?}).exists() {{ std::thread::yield_now(); }}
            for n in 0..100 {{ println!(\"out {{n}}\"); eprintln!(\"err {{n}}\"); }}
        }}"
    ));
    // The program cannot end before it was heard.
    assert_eq!(run.until("output")["text"], "first\n");
    fs::write(go, "").expect("the program's folder can be written to");
    let rest: Vec<Value> = run.collect();
    let expected: String = (0..100).map(|n| format!("out {n}\nerr {n}\n")).collect();
    assert_eq!(output(&rest), expected);
    assert_eq!(last(&rest)["kind"], "exit");
    runner.nothing_is_left();
}

#[test]
fn the_end_of_a_program_is_named() {
    let runner = Runner::start();
    let end = |code: &str| {
        let events = runner.run(&format!("fn main() {{ {code} }}"));
        (last(&events).clone(), output(&events))
    };
    assert_eq!(end("").0["code"], 0);
    assert_eq!(end("std::process::exit(7)").0["code"], 7);
    let (event, text) = end("panic!(\"no eggs\")");
    assert_eq!(event["code"], 101);
    assert!(
        text.contains("panicked at main.rs:1:13:\nno eggs"),
        "{text}"
    );
    assert_eq!(end("std::process::abort()").0["signal"], 6);
    let (event, text) = end("fn f(n: u64) -> u64 { std::hint::black_box(f(n + 1)) + 1 } f(0);");
    assert_eq!(event["signal"], 6);
    assert!(text.contains("has overflowed its stack"), "{text}");
    let kill = "let me = std::process::id().to_string();
        std::process::Command::new(\"kill\").args([\"-9\", &me]).status().unwrap();";
    assert_eq!(end(kill).0["signal"], 9);
    runner.nothing_is_left();
}

#[test]
fn a_compile_error_has_the_readers_line() {
    let runner = Runner::start();
    let events = runner.run("fn main() {\n    let eggs: u32 =\n        \"six\";\n}\n");
    assert_eq!(last(&events), &json!({ "kind": "compile-failed" }));
    let text: String = texts(&events, "compiler");
    assert!(
        text.contains("E0308") && text.contains("main.rs:3:9"),
        "{text}"
    );
    runner.nothing_is_left();
}

#[test]
fn a_program_has_nothing_to_read_and_no_secret_to_find() {
    let runner = Runner::start_with(|command| {
        command.env("COURSE_TEST_SECRET", "pssst");
    });
    let events = runner.run(
        "fn main() {
            println!(\"{:?}\", option_env!(\"COURSE_TEST_SECRET\"));
            println!(\"{:?}\", std::io::read_to_string(std::io::stdin()).unwrap());
            for (name, _) in std::env::vars() { println!(\"{name}\"); }
        }",
    );
    let output = output(&events);
    let mut lines = output.lines();
    assert_eq!(lines.next(), Some("None"));
    assert_eq!(lines.next(), Some("\"\""));
    let mut names: Vec<_> = lines.collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["HOME", "LANG", "MALLOC_ARENA_MAX", "PATH", "TMP", "TMPDIR"]
    );
}

#[test]
fn a_program_that_takes_too_long_is_stopped() {
    let runner = Runner::start_with(|command| {
        command.args(["--run-seconds", "1"]);
    });
    let events = runner.run("fn main() { println!(\"on and on\"); loop { std::thread::park(); } }");
    assert_eq!(output(&events), "on and on\n");
    assert_eq!(
        last(&events),
        &json!({ "kind": "timeout", "what": "running", "seconds": 1 })
    );
    runner.nothing_is_left();
}

#[test]
fn endless_output_is_cut() {
    let runner = Runner::start();
    let events = runner.run("fn main() { loop { println!(\"{}\", \"é\".repeat(99)); } }");
    assert_eq!(last(&events), &json!({ "kind": "cut", "bytes": 65536 }));
    let shown = output(&events).len();
    assert!((65535..=65536).contains(&shown), "{shown}");
    runner.nothing_is_left();
}

#[test]
fn what_a_program_started_ends_when_the_reader_leaves() {
    let runner = Runner::start();
    let (go, late) = (runner.open_path("go"), runner.open_path("late"));
    let script = format!(
        "while [ ! -e {} ]; do sleep 0.02; done; touch {}",
        go.display(),
        late.display()
    );
    let mut run = runner.begin(&format!(
        "fn main() {{
            let mut child = std::process::Command::new(\"sh\").args([\"-c\", {script:?}]).spawn().unwrap();
            println!(\"ready\");
            child.wait().unwrap();
        }}"
    ));
    run.until("output");
    assert!(
        runner.processes().iter().any(|line| line.contains("while")),
        "the child runs"
    );
    drop(run);
    runner.nothing_is_left();
    // Nobody is there any more who could take the hint.
    fs::write(go, "").expect("the folder can be written to");
    assert!(!late.exists());
}

#[test]
fn what_a_program_leaves_running_ends_with_it() {
    let runner = Runner::start();
    // Bounded: 2 + 4 + 8 + 16 processes, which then wait.
    let events = runner.run(
        "use std::process::Command;
        fn main() {
            let depth: u32 = std::env::args().nth(1).map_or(0, |depth| depth.parse().unwrap());
            let me = std::env::current_exe().unwrap();
            let mut children = Vec::new();
            for _ in 0..if depth < 4 { 2 } else { 0 } {
                children.push(Command::new(&me).arg((depth + 1).to_string()).spawn().unwrap());
            }
            if depth > 0 { std::thread::sleep(std::time::Duration::from_secs(600)); }
            println!(\"{}\", children.len());
        }",
    );
    assert_eq!(output(&events), "2\n");
    assert_eq!(last(&events)["code"], 0);
    runner.nothing_is_left();
}

#[test]
#[cfg(target_os = "linux")]
fn memory_files_and_threads_have_limits() {
    let runner = Runner::start();
    // Nothing here takes what it asks for, should a limit fail: address space is only reserved, the
    // file has a hole, and the threads are counted.
    let events = runner.run(
        "fn main() {
            println!(\"{}\", Vec::<u8>::new().try_reserve_exact(3 << 30).is_ok());
            let mut threads = 0;
            while threads < 600 && std::thread::Builder::new().stack_size(65536).spawn(|| std::thread::park()).is_ok() {
                threads += 1;
            }
            println!(\"{}\", threads < 512);
            std::fs::File::create(\"big\").unwrap().set_len(300 << 20).unwrap();
        }",
    );
    assert_eq!(output(&events), "false\ntrue\n");
    assert_eq!(last(&events)["signal"], 25, "{events:?}");
    runner.nothing_is_left();
}

#[test]
fn a_third_program_stands_in_line() {
    let runner = Runner::start();
    let wait_for = |name: &str| {
        let path = runner.open_path(name);
        format!(
            "fn main() {{ println!(\"here\"); while !std::path::Path::new({path:?}).exists() {{ std::thread::yield_now(); }} }}"
        )
    };
    let mut first = runner.begin(&wait_for("one"));
    let mut second = runner.begin(&wait_for("two"));
    first.until("output");
    second.until("output");
    let mut third = runner.begin("fn main() { println!(\"at last\"); }");
    assert_eq!(
        third.next(),
        Some(json!({ "kind": "waiting", "at_once": 2 }))
    );
    fs::write(runner.open_path("one"), "").expect("the folder can be written to");
    assert_eq!(third.until("output")["text"], "at last\n");
    drop(second);
    runner.nothing_is_left();
}

#[test]
fn a_killed_server_takes_its_programs_along_and_the_next_one_cleans_up() {
    let mut runner = Runner::start();
    let mut run = runner.begin("fn main() { println!(\"ready\"); loop { std::thread::park(); } }");
    run.until("output");
    assert_eq!(runner.run_folders().len(), 1);
    runner.kill_server();
    runner.no_process_is_left();
    assert_eq!(
        runner.run_folders().len(),
        1,
        "who is killed cannot clean up"
    );
    runner.serve_again();
    runner.nothing_is_left();
}

/// For root no folder is read-only: this one tells something where it runs as another user.
#[test]
fn a_folder_that_was_made_read_only_is_removed_too() {
    let runner = Runner::start();
    let events = runner.run(
        "use std::{fs, os::unix::fs::PermissionsExt};
        fn main() {
            fs::create_dir_all(\"a/b\").unwrap();
            fs::write(\"a/b/c\", \"\").unwrap();
            fs::set_permissions(\"a/b\", fs::Permissions::from_mode(0)).unwrap();
            fs::set_permissions(\"a\", fs::Permissions::from_mode(0o500)).unwrap();
        }",
    );
    assert_eq!(last(&events)["code"], 0, "{events:?}");
    runner.nothing_is_left();
}

/// A program in the reader's session could type into the reader's terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_program_has_a_session_of_its_own() {
    use std::os::unix::fs::MetadataExt;
    // Others may have no namespaces, and then no session of their own either. Root always does.
    if fs::metadata("/proc/self").expect("this process").uid() != 0 {
        return;
    }
    let runner = Runner::start();
    let events = runner.run(
        "fn main() {
            let stat = std::fs::read_to_string(\"/proc/self/stat\").unwrap();
            let fields: Vec<_> = stat.rsplit(\") \").next().unwrap().split(' ').collect();
            println!(\"session {}, terminal {}\", fields[3], fields[4]);
        }",
    );
    let text = format!("{events:?}");
    // In a namespace of processes, a session from outside is number 0.
    assert!(text.contains("session 1, terminal 0"), "{text}");
}

#[test]
fn a_snippet_uses_the_courses_crate_and_tokio() {
    let runner = Runner::of_book(root());
    let events = runner.run(
        "use event_loops::{EventLoop, now, sleep};
        use std::time::Duration;
        #[tokio::main(flavor = \"current_thread\")]
        async fn main() {
            println!(\"tokio\");
            tokio::task::spawn_blocking(|| {
                let event_loop = EventLoop::with_virtual_clock();
                event_loop.run_until_complete(async {
                    sleep(Duration::from_secs(3)).await;
                    println!(\"{:?}\", now());
                });
            }).await.unwrap();
        }",
    );
    assert_eq!(output(&events), "tokio\n3s\n", "{events:?}");
}

/// Chapter 3 has a program start itself, and what its children print is the program's output.
#[test]
fn the_programs_of_chapter_3_start_themselves() {
    let chapter = fs::read_to_string(root().join("src/03-processes.md")).expect("the chapter");
    let runner = Runner::start();
    for snippet in chapter.split("```rust\n").skip(1).take(2) {
        let code = snippet.split("```").next().expect("its end");
        let events = runner.run(code);
        assert_eq!(last(&events)["code"], 0, "{events:?}");
        let text = output(&events);
        for number in 1..=5 {
            for what in ["starts", "is back"] {
                let line = format!("program {number} {what}");
                assert_eq!(
                    text.lines().filter(|said| *said == line).count(),
                    1,
                    "{text}"
                );
            }
        }
    }
}

fn last(events: &[Value]) -> &Value {
    events.last().expect("a run has events")
}

fn output(events: &[Value]) -> String {
    texts(events, "output")
}

fn texts(events: &[Value], kind: &str) -> String {
    let of_kind = events.iter().filter(|event| event["kind"] == kind);
    of_kind.filter_map(|event| event["text"].as_str()).collect()
}
