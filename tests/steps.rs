//! The steps of the reader's own loop: each is a small step from the one before, compiles without a
//! warning, and does what its chapter says.

use course_tests::{BookOutcome, Said, course, names, root, unescaped};
use std::fs;

fn run(step: &str) -> Said {
    course(root(), ["step", step])
}

fn steps() -> Vec<String> {
    let files = names(&root().join("code/examples"));
    let mut steps: Vec<String> = files
        .iter()
        .map(|file| file.trim_end_matches(".rs").to_string())
        .collect();
    let numbers = |step: &String| -> Vec<u32> {
        step.split('-')
            .map_while(|part| part.parse().ok())
            .collect()
    };
    steps.sort_by_key(numbers);
    steps
}

/// What a step prints; the order of calls that are back at the same moment is nobody's promise.
#[track_caller]
fn prints(step: &str, expected: &[&str]) {
    let said = run(step);
    assert_eq!(said.code, Some(0), "{said:#?}");
    let (printed, times) = said
        .stdout
        .trim_end()
        .rsplit_once("\n\n")
        .expect("two parts");
    let words: Vec<&str> = times.split_whitespace().collect();
    assert_eq!((words[0], words[3], words[6]), ("real", "user", "sys"));
    let sorted = |lines: Vec<&str>| {
        let mut lines = lines;
        lines.sort();
        lines.join("\n")
    };
    let printed = sorted(printed.lines().collect());
    assert_eq!(printed, sorted(expected.to_vec()), "{step}");
    let is_panic = |line: &&str| line.contains("panicked at") || line.contains("nobody answers");
    let stderr: Vec<&str> = said
        .stderr
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    let panics = stderr.iter().filter(|line| is_panic(line)).count();
    assert_eq!(panics > 0, step == "10-13-panic", "{step}: {stderr:#?}");
    assert!(!said.stderr.contains("warning"), "{step}: {}", said.stderr);
}

#[test]
fn a_future_that_need_not_wait_is_ready_and_loops_that_ask_or_are_told_come_to_the_same_end() {
    prints("08-1-ready", &["the answer is 42"]);
    for step in ["08-2-busy", "08-3-nap", "08-4-wake", "08-5-park"] {
        prints(step, &["the call is back"]);
    }
}

#[test]
fn a_sleep_and_a_yield_are_each_polled_twice() {
    prints("09-1-count", &["2 polls", "the call is back"]);
    prints("09-2-yield", &["2 polls", "2 polls"]);
}

#[test]
fn a_flag_that_is_cleared_after_the_poll_loses_the_wakeup_and_one_before_it_does_not() {
    let over = ["2 polls", "2 polls", "it is over: \"back\""];
    prints("09-3-watch", &over);
    prints(
        "09-4-late",
        &["2 polls", "it sleeps on: its wakeup is lost"],
    );
    prints("09-5-early", &over);
}

#[test]
fn a_letter_in_the_gap_is_never_read_and_under_one_lock_there_is_no_gap() {
    prints("09-6-mailbox", &["it is over: 42"]);
    prints("09-7-waker", &["it is over: 42"]);
    prints("09-8-gap", &["it sleeps on: its wakeup is lost"]);
    prints("09-9-letter", &["it is over: 42"]);
}

#[test]
fn the_queue_the_loop_and_its_tasks_still_deliver_the_letter() {
    let steps = steps();
    let from = steps.iter().position(|step| step == "10-1-queue");
    let to = steps.iter().position(|step| step == "10-10-inside");
    for step in &steps[from.expect("a first step")..=to.expect("a last one")] {
        prints(step, &["it is over: 42"]);
    }
}

#[test]
fn tasks_are_spawned_joined_kept_apart_and_dropped() {
    let calls = |numbers: &[u32]| -> Vec<String> {
        let starts = numbers.iter().map(|n| format!("call {n} starts"));
        let back = numbers.iter().filter(|n| **n != 2);
        let back = back.map(|n| format!("call {n} is back"));
        starts.chain(back).collect()
    };
    let with = |calls: Vec<String>, more: &[&str]| -> Vec<String> {
        calls
            .into_iter()
            .chain(more.iter().map(ToString::to_string))
            .collect()
    };
    let check = |step: &str, lines: Vec<String>| {
        prints(step, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    };
    check("10-11-result", with(calls(&[3]), &["the answer is 9"]));
    let answers = [
        "call 2 is back",
        "the answer is 1",
        "the answer is 4",
        "the answer is 9",
    ];
    check("10-12-join", with(calls(&[1, 2, 3]), &answers));
    let answers = [
        "the answer is Ok(1)",
        "the answer is Err(JoinError)",
        "the answer is Ok(9)",
    ];
    check("10-13-panic", with(calls(&[1, 2, 3]), &answers));
    let end = ["the answers are [9, 16, 25]", "task 0 was not finished"];
    check("10-14-gather", with(calls(&[3, 4, 5]), &end[..1]));
    check("10-15-close", with(calls(&[3, 4, 5]), &end));
}

#[test]
fn the_list_has_every_step_in_order_and_a_wrong_name_is_one_line() {
    let listed = course(root(), ["step"]);
    let listed: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(listed, steps());
    let said = run("9-4");
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("did you mean 09-4-late?"), "{said:#?}");
}

/// More lines than this are too many to take in at once.
const LINES: usize = 25;

/// As a reader sees them: of a step what is new and what is dimmed, of other snippets what does not
/// begin with `#`, each exercise with its starter, each Python program as it is included.
#[test]
fn no_snippet_of_a_chapter_shows_more_than_25_lines() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to = folder.path().to_string_lossy().into_owned();
    let built = BookOutcome::of_mdbook(&["build", "--dest-dir", &to], root());
    assert!(built.success, "{}", built.output);
    let pages = names(folder.path()).into_iter().filter(|name| {
        let is_chapter = name.starts_with(|c: char| c.is_ascii_digit()) && !name.starts_with("404");
        name.ends_with(".html") && (is_chapter || name == "pin.html")
    });
    let (mut long, mut steps_seen) = (Vec::new(), 0);
    for page in pages {
        let html = fs::read_to_string(folder.path().join(&page)).expect("a page");
        for language in ["rust", "python"] {
            let begins = format!("<code class=\"language-{language}");
            for block in html.split(&begins).skip(1) {
                let (class, code) = block.split_once('>').expect("a tag ends");
                let code = code.split("</code>").next().unwrap_or_default();
                let text = without_hidden(code);
                let lines = text.trim_end().lines().count();
                steps_seen += usize::from(class.contains("step"));
                if lines > LINES {
                    long.push(format!("{page}: {lines} lines:\n{text}"));
                }
            }
        }
    }
    assert_eq!(steps_seen, steps().len(), "a chapter shows each step once");
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The text of a block of code without the lines that are shown by a click only.
fn without_hidden(code: &str) -> String {
    let mut shown = String::new();
    for (place, part) in code.split("<span class=\"boring\">").enumerate() {
        let rest = if place == 0 {
            part
        } else {
            part.split_once("</span>").map_or("", |(_, rest)| rest)
        };
        let tags = rest
            .split('<')
            .enumerate()
            .map(|(place, piece)| match place {
                0 => piece,
                _ => piece.split_once('>').map_or("", |(_, text)| text),
            });
        shown.extend(tags);
    }
    unescaped(&shown)
}

/// The last step has the names of the real loop, in the files that ARCHITECTURE.md names.
#[test]
fn the_last_step_is_recognisably_event_loops() {
    let last = fs::read_to_string(root().join("code/examples/10-15-close.rs")).expect("a step");
    for (name, file) in [
        ("struct EventLoop", "event_loop.rs"),
        ("fn new()", "event_loop.rs"),
        ("fn run_until_complete<F: Future>(", "event_loop.rs"),
        ("fn spawn<F: Future + 'static>(", "event_loop.rs"),
        ("fn close(", "event_loop.rs"),
        ("fn poll_task(&self", "executor.rs"),
        ("struct Task", "task.rs"),
        ("struct TaskWaker", "wakers.rs"),
        ("struct ReadyQueue", "ready_queue.rs"),
        ("queued: AtomicBool", "wakers.rs"),
        ("impl Wake for TaskWaker", "wakers.rs"),
        ("struct JoinHandle<T>", "join_handle.rs"),
        ("struct JoinError", "join_handle.rs"),
        ("fn gather<", "join.rs"),
    ] {
        assert!(last.contains(name), "the last step has no {name}");
        let text = fs::read_to_string(root().join("code/src").join(file)).expect("a source file");
        assert!(text.contains(name), "code/src/{file} has no {name}");
    }
}
