//! The steps of the reader's own loop: each is a small step from the one before, compiles without a
//! warning, and does what its chapter says.

use course_tests::{Said, course, names, root};
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
    steps.sort();
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
    assert_eq!(panics > 0, step == "10-6-panic", "{step}: {stderr:#?}");
    assert!(!said.stderr.contains("warning"), "{step}: {}", said.stderr);
}

#[test]
fn busy_napping_and_parked_loops_come_to_the_same_end() {
    for step in ["08-1-busy", "08-2-nap", "08-3-park"] {
        prints(step, &["the call is back"]);
    }
}

#[test]
fn a_sleep_and_a_yield_are_each_polled_twice() {
    prints("09-1-yield", &["2 polls", "2 polls"]);
}

#[test]
fn a_flag_that_is_cleared_after_the_poll_loses_the_wakeup_and_one_before_it_does_not() {
    prints(
        "09-2-late",
        &["2 polls", "it sleeps on: its wakeup is lost"],
    );
    prints(
        "09-3-early",
        &["2 polls", "2 polls", "it is over: \"back\""],
    );
}

#[test]
fn a_letter_in_the_gap_is_never_read_and_under_one_lock_there_is_no_gap() {
    prints("09-4-gap", &["it sleeps on: its wakeup is lost"]);
    prints("09-5-letter", &["it is over: 42"]);
}

#[test]
fn the_queue_and_the_loop_still_deliver_the_letter() {
    prints("10-1-queue", &["it is over: 42"]);
    prints("10-2-waker", &["it is over: 42"]);
    let with_a_call = ["call 1 starts", "call 1 is back", "it is over: 42"];
    prints("10-3-event-loop", &with_a_call);
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
    check("10-4-spawn", with(calls(&[3]), &["the answer is 9"]));
    let answers = [
        "call 2 is back",
        "the answer is 1",
        "the answer is 4",
        "the answer is 9",
    ];
    check("10-5-join", with(calls(&[1, 2, 3]), &answers));
    let answers = [
        "the answer is Ok(1)",
        "the answer is Err(JoinError)",
        "the answer is Ok(9)",
    ];
    check("10-6-panic", with(calls(&[1, 2, 3]), &answers));
    let end = ["the answers are [9, 16, 25]", "task 0 was not finished"];
    check("10-7-close", with(calls(&[3, 4, 5]), &end));
}

#[test]
fn the_list_has_every_step_in_order_and_a_wrong_name_is_one_line() {
    let listed = course(root(), ["step"]);
    let listed: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(listed, steps());
    let said = run("9-2");
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("did you mean 09-2-late?"), "{said:#?}");
}

/// Lines with something new to read: no closing bracket, no import, and not moved further in.
#[test]
fn no_step_adds_more_than_27_lines_to_read() {
    let mut before: Vec<String> = Vec::new();
    for step in steps() {
        let text =
            fs::read_to_string(root().join(format!("code/examples/{step}.rs"))).expect("a step");
        let lines: Vec<String> = text.lines().map(|line| line.trim().to_string()).collect();
        let mut left = before.clone();
        let is_new = |line: &&String| match left.iter().position(|old| old == *line) {
            Some(place) => {
                left.remove(place);
                false
            }
            None => true,
        };
        let new = lines.iter().filter(is_new).filter(|line| {
            let says_something = line.chars().any(char::is_alphanumeric);
            says_something && !line.starts_with("use ")
        });
        let new: Vec<_> = new.collect();
        assert!(new.len() <= 27, "{step} adds {} lines: {new:#?}", new.len());
        before = lines;
    }
}

/// The last step has the names of the real loop, in the files that ARCHITECTURE.md names.
#[test]
fn the_last_step_is_recognisably_event_loops() {
    let last = fs::read_to_string(root().join("code/examples/10-7-close.rs")).expect("a step");
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
