//! Chapter 2: what five calls that each wait three seconds prove.

mod common;

use std::time::Duration;

use common::{millis, secs, story};
use event_loops::demos::waiting::{self, Mode, Settings};
use event_loops::{ClockKind, EventKind, Hold, TaskId, Trace};

fn run(mode: Mode) -> Trace {
    waiting::run(&Settings {
        mode,
        ..Settings::default()
    })
}

#[test]
fn fifteen_seconds_or_three() {
    assert_eq!(run(Mode::Blocking).total(), secs(15));
    assert_eq!(run(Mode::Sequential).total(), secs(15)); // async, and no faster
    assert_eq!(run(Mode::Together).total(), secs(3));
}

#[test]
fn waiting_asynchronously_leaves_the_thread_idle_and_blocking_never_does() {
    assert_eq!(run(Mode::Together).idle(), secs(3));
    assert_eq!(run(Mode::Sequential).idle(), secs(15));
    assert_eq!(run(Mode::Blocking).idle(), Duration::ZERO);
    assert_eq!(run(Mode::Blocking).held_by(Hold::Blocking), secs(15));
}

#[test]
fn each_task_is_polled_to_start_and_to_go_on_and_never_between() {
    let together = run(Mode::Together);
    for number in 1..=5 {
        let call = together.task(&format!("call {number}")).unwrap();
        assert_eq!(together.polls(call), 2);
    }
    assert_eq!(together.polls(TaskId::MAIN), 2);
    assert_eq!(run(Mode::Sequential).polls(TaskId::MAIN), 6); // to start, and after each of five
    assert_eq!(run(Mode::Blocking).polls(TaskId::MAIN), 1);
}

#[test]
fn every_step_of_two_calls_together() {
    let trace = waiting::run(&Settings {
        tasks: 2,
        ..Settings::default()
    });
    assert_eq!(
        story(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s call 1 is spawned",
            "0.0 s call 2 is spawned",
            "0.0 s main is suspended: waits for the end of call 1 and 1 more",
            "0.0 s call 1 is polled",
            "0.0 s call 1 says: call 1 starts",
            "0.0 s call 1 is suspended: waits until 3.0 s",
            "0.0 s call 2 is polled", // while call 1 waits
            "0.0 s call 2 says: call 2 starts",
            "0.0 s call 2 is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s call 1 is woken: its time has come",
            "3.0 s call 2 is woken: its time has come",
            "3.0 s call 1 is polled",
            "3.0 s call 1 says: call 1 is back",
            "3.0 s call 1 finishes",
            "3.0 s call 2 is polled",
            "3.0 s call 2 says: call 2 is back",
            "3.0 s main is woken by call 2",
            "3.0 s call 2 finishes",
            "3.0 s main is polled",
            "3.0 s main finishes",
        ]
    );
}

#[test]
fn every_step_of_two_calls_in_sequence() {
    let trace = waiting::run(&Settings {
        tasks: 2,
        mode: Mode::Sequential,
        ..Settings::default()
    });
    assert_eq!(
        story(&trace),
        [
            "0.0 s main is spawned", // the only task: `.await` makes no other
            "0.0 s main is polled",
            "0.0 s main says: call 1 starts",
            "0.0 s main is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s main is woken: its time has come",
            "3.0 s main is polled",
            "3.0 s main says: call 1 is back",
            "3.0 s main says: call 2 starts", // only now
            "3.0 s main is suspended: waits until 6.0 s",
            "3.0 s loop has nothing to do until 6.0 s",
            "6.0 s loop goes on",
            "6.0 s main is woken: its time has come",
            "6.0 s main is polled",
            "6.0 s main says: call 2 is back",
            "6.0 s main finishes",
        ]
    );
}

#[test]
fn every_step_of_two_blocking_calls() {
    let trace = waiting::run(&Settings {
        tasks: 2,
        mode: Mode::Blocking,
        ..Settings::default()
    });
    assert_eq!(
        story(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main says: call 1 starts",
            "0.0 s main blocks the loop for 3.0 s",
            "3.0 s main goes on", // in the same poll
            "3.0 s main says: call 1 is back",
            "3.0 s main says: call 2 starts",
            "3.0 s main blocks the loop for 3.0 s",
            "6.0 s main goes on",
            "6.0 s main says: call 2 is back",
            "6.0 s main finishes",
        ]
    );
}

#[test]
fn any_number_of_calls_and_any_wait() {
    for (tasks, wait) in [
        (1, secs(3)),
        (7, millis(1500)),
        (100, secs(60)),
        (3, Duration::ZERO),
    ] {
        let total = |mode| {
            let settings = Settings {
                tasks,
                wait,
                mode,
                ..Settings::default()
            };
            waiting::run(&settings).total()
        };
        let sum = wait * u32::try_from(tasks).unwrap();
        assert_eq!(total(Mode::Together), wait);
        assert_eq!(total(Mode::Sequential), sum);
        assert_eq!(total(Mode::Blocking), sum);
    }
}

#[test]
fn the_notes_say_when_each_call_starts_and_is_back() {
    let trace = run(Mode::Together);
    let told: Vec<_> = trace
        .notes()
        .map(|(at, who, what)| (at.as_secs(), who.to_string(), what.to_string()))
        .collect();
    let expected = [(0, "starts"), (3, "is back")]
        .into_iter()
        .flat_map(|(at, what)| {
            (1..=5).map(move |n| (at, format!("call {n}"), format!("call {n} {what}")))
        });
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn on_the_real_clock_together_is_as_long_as_one_wait_and_in_sequence_as_all() {
    let run = |mode| {
        waiting::run(&Settings {
            tasks: 5,
            wait: millis(40),
            mode,
            clock: ClockKind::Real,
        })
    };
    assert!(run(Mode::Blocking).total() >= millis(200));
    assert!(run(Mode::Sequential).total() >= millis(200));
    let together = run(Mode::Together);
    assert!(together.total() >= millis(40));
    // All five wait at the same time: the last starts before the first is back. That is what
    // together means, however slow the machine is.
    let when = |text: &str| together.notes().find(|note| note.2 == text).unwrap().0;
    assert!(when("call 5 starts") < when("call 1 is back"));
    let polled = |event: &&event_loops::Event| event.kind == EventKind::Polled;
    assert_eq!(together.events.iter().filter(polled).count(), 12);
}
