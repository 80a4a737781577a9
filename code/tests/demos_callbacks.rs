//! Chapter 5: the program with callbacks, and the loop that calls them.

mod common;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use common::{Log, millis, panic_text, secs, story};
use event_loops::demos::two_steps::{self, Settings, Way};
use event_loops::demos::{CallbackLoop, StepKind, steps};
use event_loops::{ClockKind, EventKind, Hold, TaskId, Trace};

fn run(way: Way) -> Trace {
    two_steps::run(&Settings {
        way,
        ..Settings::default()
    })
}

#[test]
fn thirty_seconds_or_six() {
    assert_eq!(run(Way::Blocking).total(), secs(30));
    assert_eq!(run(Way::Callbacks).total(), secs(6));
    assert_eq!(run(Way::Blocking).held_by(Hold::Blocking), secs(30));
    assert_eq!(run(Way::Callbacks).idle(), secs(6));
}

#[test]
fn the_same_answers_and_the_same_error_as_with_async() {
    for way in [Way::Blocking, Way::Callbacks, Way::Async] {
        let trace = run(way);
        let last = trace.notes().last().unwrap();
        assert_eq!(last.1, "main");
        assert_eq!(last.2, "the answers: 1, 4, refused, 16, 25", "{way}");
    }
}

#[test]
fn the_same_steps_and_notes_as_with_async_at_the_same_times() {
    for (tasks, wait, refused) in [
        (5, secs(3), 3),
        (1, millis(1), 1),
        (1, millis(1), 0),
        (7, secs(3600), 7),
        (100, secs(60), 1),
    ] {
        let of = |way| {
            let settings = Settings {
                tasks,
                wait,
                refused,
                way,
                ..Settings::default()
            };
            two_steps::run(&settings)
        };
        let (callbacks, tasks) = (of(Way::Callbacks), of(Way::Async));
        assert_eq!(steps(&callbacks), steps(&tasks));
        assert!(callbacks.notes().eq(tasks.notes()));
        // Event for event, except for what main waits for.
        let known = |trace: &Trace| {
            let lines = story(trace).into_iter();
            let known = lines.filter(|line| !line.contains("main is suspended"));
            known.collect::<Vec<_>>()
        };
        assert_eq!(known(&callbacks), known(&tasks));
    }
}

#[test]
fn a_call_starts_is_suspended_twice_and_finishes_also_the_one_with_the_error() {
    let of_three: Vec<_> = steps(&run(Way::Callbacks))
        .into_iter()
        .filter(|step| step.task == "call 3")
        .map(|step| (step.at.as_secs(), step.kind))
        .collect();
    use StepKind::{Finish, Resume, Start, Suspend};
    let expected = [
        (0, Start),
        (0, Suspend),
        (3, Resume),
        (3, Suspend),
        (6, Resume),
        (6, Finish),
    ];
    assert_eq!(of_three, expected);
    assert!(
        !run(Way::Callbacks)
            .notes()
            .any(|note| note.2 == "call 3 is back")
    );
}

#[test]
fn every_step_of_one_call_that_is_refused() {
    let trace = two_steps::run(&Settings {
        tasks: 1,
        refused: 1,
        ..Settings::default()
    });
    assert_eq!(
        story(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s call 1 is spawned",
            "0.0 s main is suspended", // until when or whom the loop does not know
            "0.0 s call 1 is polled",
            "0.0 s call 1 says: call 1 asks",
            "0.0 s call 1 is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s call 1 is woken: its time has come",
            "3.0 s call 1 is polled",
            "3.0 s call 1 says: call 1 fetches",
            "3.0 s call 1 is suspended: waits until 6.0 s",
            "3.0 s loop has nothing to do until 6.0 s",
            "6.0 s loop goes on",
            "6.0 s call 1 is woken: its time has come",
            "6.0 s call 1 is polled",
            "6.0 s main is woken by call 1", // done, done: two callbacks deep
            "6.0 s call 1 finishes",
            "6.0 s main is polled",
            "6.0 s main says: the answers: refused",
            "6.0 s main finishes",
        ]
    );
}

/// A loop whose callbacks write into a log, and its trace at the end.
fn logged(program: impl FnOnce(&mut CallbackLoop, Log)) -> (Vec<String>, Trace) {
    let log = Log::default();
    let mut event_loop = CallbackLoop::new(ClockKind::Virtual).on_event(|_| {});
    program(&mut event_loop, log.clone());
    event_loop.run();
    (log.take(), event_loop.trace())
}

fn say(log: &Log, word: &'static str) -> impl FnOnce(&mut CallbackLoop) + use<> {
    let log = log.clone();
    move |_| log.push(word)
}

#[test]
fn deadlines_come_in_order_and_equal_ones_as_they_were_set() {
    let (log, trace) = logged(|event_loop, log| {
        event_loop.call_later(secs(2), say(&log, "two"));
        event_loop.call_later(secs(1), say(&log, "one"));
        event_loop.call_later(secs(2), say(&log, "two again"));
        event_loop.call_soon(say(&log, "soon"));
    });
    assert_eq!(log, ["soon", "one", "two", "two again"]);
    assert_eq!(trace.total(), secs(2));
}

#[test]
fn a_callback_is_never_called_in_the_middle_of_another() {
    let (log, _) = logged(|event_loop, log| {
        event_loop.call_soon(move |event_loop| {
            log.push("begins");
            event_loop.call_soon(say(&log, "soon"));
            event_loop.call_later(Duration::ZERO, say(&log, "at once"));
            log.push("ends");
        });
    });
    // What is due is put behind what is ready already.
    assert_eq!(log, ["begins", "ends", "soon", "at once"]);
}

#[test]
fn one_that_always_hands_itself_in_again_does_not_keep_the_timers_waiting() {
    fn again(event_loop: &mut CallbackLoop, log: Log, left: u32) {
        log.push("again");
        if left > 0 {
            event_loop.call_soon(move |event_loop| again(event_loop, log, left - 1));
        }
    }
    let (log, _) = logged(|event_loop, log| {
        event_loop.call_soon(move |event_loop| {
            event_loop.call_later(Duration::ZERO, say(&log, "timer"));
            again(event_loop, log, 9);
        });
    });
    let place = log.iter().position(|word| word == "timer");
    assert_eq!(place, Some(2), "{log:?}"); // in the second round, behind what was ready
    assert_eq!(log.len(), 11);
}

#[test]
fn a_call_that_forgets_its_done_leaves_main_waiting_and_nobody_is_told() {
    let (log, trace) = logged(|event_loop, log| {
        event_loop.start_chain("main", move |event_loop| {
            let main = event_loop.this_chain();
            event_loop.start_chain("call", move |event_loop| {
                event_loop.call_later(secs(3), move |event_loop| {
                    let refused = event_loop.now() == secs(3);
                    if !refused {
                        event_loop.call_soon_in(main, say(&log, "done"));
                    }
                });
            });
        });
    });
    assert_eq!(log, [""; 0]);
    let (main, call) = (trace.task("main").unwrap(), trace.task("call").unwrap());
    assert_eq!(trace.finished_at(call), Some(secs(3)));
    assert_eq!(trace.finished_at(main), None);
    assert_eq!(trace.events.last().unwrap().kind, EventKind::Finished);
}

#[test]
fn a_panic_comes_out_of_run_and_the_other_callbacks_are_still_there() {
    let log = Log::default();
    let mut event_loop = CallbackLoop::new(ClockKind::Virtual);
    event_loop.call_soon(|_| panic!("over the edge"));
    event_loop.call_soon(say(&log, "the next"));
    event_loop.call_later(secs(1), say(&log, "later"));
    assert_eq!(panic_text(|| event_loop.run()), "over the edge");
    assert_eq!(log.take(), [""; 0]);
    event_loop.run();
    assert_eq!(log.take(), ["the next", "later"]);
}

#[test]
fn without_a_listener_nothing_is_written_down_and_with_one_it_hears_it_all() {
    let mut silent = CallbackLoop::new(ClockKind::Virtual);
    silent.start_chain("one", |event_loop| event_loop.note("said"));
    silent.run();
    assert!(silent.trace().events.is_empty() && silent.trace().tasks.is_empty());

    let heard = Rc::new(RefCell::new(Vec::new()));
    let ears = heard.clone();
    let trace = two_steps::run_with(&Settings::default(), move |event| {
        ears.borrow_mut().push(event.clone());
    });
    assert_eq!(heard.take(), trace.events);
}

#[test]
fn a_wait_of_no_time_is_a_turn_in_the_next_round_and_with_async_none_at_all() {
    let polls = |way| {
        let trace = two_steps::run(&Settings {
            tasks: 1,
            wait: Duration::ZERO,
            way,
            ..Settings::default()
        });
        trace.polls(TaskId(1))
    };
    assert_eq!(polls(Way::Callbacks), 3);
    assert_eq!(polls(Way::StateMachine), 3);
    assert_eq!(polls(Way::Async), 1);
}

#[test]
fn on_the_real_clock_it_really_waits_and_all_calls_wait_at_once() {
    let trace = two_steps::run(&Settings {
        wait: millis(20),
        clock: ClockKind::Real,
        ..Settings::default()
    });
    assert!(trace.total() >= millis(40));
    let when = |text: &str| trace.notes().find(|note| note.2 == text).unwrap().0;
    assert!(when("call 5 asks") < when("call 1 fetches"));
    assert!(when("call 1 fetches") >= millis(20));
    // It sleeps until a deadline, and does not look again and again: once for each at the most.
    let parks = |event: &&event_loops::Event| matches!(event.kind, EventKind::Parked { .. });
    assert!(trace.events.iter().filter(parks).count() <= 10);
}
