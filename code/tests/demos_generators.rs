//! Chapter 6: the program with state machines and iterators, and the loop that resumes them.

mod common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use common::{Log, millis, panic_text, secs, story};
use event_loops::demos::two_steps::{self, Settings, Way};
use event_loops::demos::{Generator, GeneratorLoop, Resumed, Until, steps};
use event_loops::{ClockKind, EventKind, Trace};

fn with(way: Way, tasks: usize, wait: Duration, refused: usize) -> Trace {
    two_steps::run(&Settings {
        tasks,
        wait,
        refused,
        way,
        ..Settings::default()
    })
}

fn one_after_the_other(way: Way, tasks: usize, refused: usize) -> Trace {
    two_steps::run(&Settings {
        tasks,
        refused,
        way,
        sequential: true,
        ..Settings::default()
    })
}

#[test]
fn one_after_the_other_it_takes_thirty_seconds_and_is_what_await_alone_does() {
    for (tasks, refused) in [(5, 3), (1, 1), (2, 0)] {
        let expected = one_after_the_other(Way::Async, tasks, refused);
        for way in [Way::StateMachine, Way::Iterator] {
            let found = one_after_the_other(way, tasks, refused);
            assert_eq!(found.to_string(), expected.to_string(), "{way}");
        }
    }
    let trace = one_after_the_other(Way::StateMachine, 5, 3);
    assert_eq!((trace.total(), trace.idle()), (secs(30), secs(30)));
    assert_eq!(trace.tasks.len(), 1); // main, which resumes the calls itself
}

#[test]
fn every_event_is_that_of_the_program_with_async() {
    for (tasks, wait, refused) in [
        (5, secs(3), 3),
        (1, millis(1), 1),
        (1, millis(1), 0),
        (7, secs(3600), 7),
        (100, secs(60), 1),
    ] {
        let expected = with(Way::Async, tasks, wait, refused);
        for way in [Way::StateMachine, Way::Iterator] {
            let found = with(way, tasks, wait, refused);
            // All but the lines of the program: who waits for whom, too.
            assert_eq!(found.to_string(), expected.to_string(), "{way}");
            assert_eq!(steps(&found), steps(&expected));
        }
    }
}

#[test]
fn all_ways_but_the_blocking_one_do_the_same_steps() {
    let trace = |way| with(way, 5, secs(3), 3);
    let expected = steps(&trace(Way::Async));
    assert_eq!(expected.len(), 34); // six of each call, four of main
    for way in Way::ALL {
        let same = steps(&trace(way)) == expected;
        assert_eq!(same, way != Way::Blocking, "{way}");
    }
}

#[test]
fn five_calls_of_two_steps_take_six_seconds_with_nothing_to_do() {
    for way in [Way::StateMachine, Way::Iterator] {
        let trace = with(way, 5, secs(3), 3);
        assert_eq!((trace.total(), trace.idle()), (secs(6), secs(6)));
        let last = trace.notes().last().unwrap();
        assert_eq!(last.2, "the answers: 1, 4, refused, 16, 25");
    }
}

/// Waits for each of these seconds, and writes into the log whenever it is resumed.
struct Waits {
    name: &'static str,
    seconds: Vec<u64>,
    log: Log,
}

impl Generator for Waits {
    type Return = &'static str;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<&'static str> {
        let now = event_loop.now().as_secs();
        self.log.push(format!("{now} {}", self.name));
        if self.seconds.is_empty() {
            return Resumed::Complete(self.name);
        }
        Resumed::Yielded(Until::Elapsed(secs(self.seconds.remove(0))))
    }
}

#[test]
fn deadlines_come_in_order_and_equal_ones_as_they_were_set() {
    let log = Log::default();
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual);
    let waits = |name, seconds: &[u64]| Waits {
        name,
        seconds: seconds.to_vec(),
        log: log.clone(),
    };
    let first = event_loop.spawn("a", waits("a", &[1, 2, 1]));
    let second = event_loop.spawn("b", waits("b", &[2, 2]));
    event_loop.run();
    assert_eq!(
        log.take(),
        // b set its deadline of second 4 at second 2, a only at second 3.
        ["0 a", "0 b", "1 a", "2 b", "3 a", "4 b", "4 a"]
    );
    assert_eq!((first.take(), second.take()), (Some("a"), Some("b")));
    assert_eq!(first.take(), None, "a result is taken once");
    assert_eq!(event_loop.unfinished(), []);
}

/// A generator that is a closure.
struct From<F>(F);

impl<T, F: FnMut() -> Resumed<T>> Generator for From<F> {
    type Return = T;

    fn resume(&mut self, _: &mut GeneratorLoop) -> Resumed<T> {
        (self.0)()
    }
}

#[test]
fn waiting_for_what_is_over_already_costs_one_turn() {
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual).on_event(|_| {});
    let child = event_loop.spawn("child", From(|| Resumed::Complete(7)));
    let (task, mut turns) = (child.task(), 0);
    let main = event_loop.spawn(
        "main",
        From(move || {
            turns += 1;
            match turns {
                1 => Resumed::Yielded(Until::Ended(vec![task])),
                _ => Resumed::Complete(child.take()),
            }
        }),
    );
    event_loop.run();
    assert_eq!(main.take(), Some(Some(7)));
    assert_eq!(event_loop.trace().polls(main.task()), 2);
}

#[test]
fn tasks_that_wait_for_each_other_are_left_over_and_can_be_named() {
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual).on_event(|_| {});
    let other = Rc::new(Cell::new(None));
    let to = Rc::clone(&other);
    let one = event_loop.spawn(
        "one",
        From(move || -> Resumed<()> { Resumed::Yielded(Until::Ended(vec![to.get().unwrap()])) }),
    );
    let task = one.task();
    let two = event_loop.spawn(
        "two",
        From(move || -> Resumed<()> { Resumed::Yielded(Until::Ended(vec![task])) }),
    );
    other.set(Some(two.task()));
    event_loop.run();
    assert_eq!(event_loop.unfinished(), [one.task(), two.task()]);
    let story = story(&event_loop.trace());
    assert!(
        story.contains(&"0.0 s one is suspended: waits for the end of two".to_string()),
        "{story:?}"
    );
}

#[test]
fn one_that_never_waits_has_one_turn_a_round_and_the_others_have_theirs() {
    let log = Log::default();
    let waits = |name, seconds: &[u64]| Waits {
        name,
        seconds: seconds.to_vec(),
        log: log.clone(),
    };
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual);
    event_loop.spawn("busy", waits("busy", &[0, 0, 0]));
    event_loop.spawn("other", waits("other", &[0]));
    event_loop.run();
    assert_eq!(
        log.take(),
        ["0 busy", "0 other", "0 busy", "0 other", "0 busy", "0 busy"]
    );
}

#[test]
fn one_that_only_wants_its_next_turn_does_not_keep_the_timers_waiting() {
    let log = Log::default();
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual);
    let (mut left, words) = (9, log.clone());
    event_loop.spawn(
        "again",
        From(move || {
            words.push("again");
            left -= 1;
            match left {
                0 => Resumed::Complete(()),
                _ => Resumed::Yielded(Until::Ended(Vec::new())),
            }
        }),
    );
    event_loop.spawn(
        "timer",
        Waits {
            name: "timer",
            seconds: vec![0],
            log: log.clone(),
        },
    );
    event_loop.run();
    let log = log.take();
    assert_eq!(log.len(), 11);
    assert_eq!(
        log[..4],
        ["again", "0 timer", "again", "0 timer"],
        "{log:?}"
    );
}

#[test]
fn a_panic_comes_out_of_run_and_the_other_generators_are_still_there() {
    let log = Log::default();
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual);
    event_loop.spawn("bad", From(|| -> Resumed<()> { panic!("over the edge") }));
    event_loop.spawn(
        "good",
        Waits {
            name: "good",
            seconds: vec![1],
            log: log.clone(),
        },
    );
    assert_eq!(panic_text(|| event_loop.run()), "over the edge");
    event_loop.run();
    assert_eq!(log.take(), ["0 good", "1 good"]);
}

#[test]
fn on_the_real_clock_it_really_waits_and_all_calls_wait_at_once() {
    let trace = two_steps::run(&Settings {
        wait: millis(20),
        way: Way::StateMachine,
        clock: ClockKind::Real,
        ..Settings::default()
    });
    assert!(trace.total() >= millis(40));
    let when = |text: &str| trace.notes().find(|note| note.2 == text).unwrap().0;
    assert!(when("call 5 asks") < when("call 1 fetches"));
    assert!(when("call 1 fetches") >= millis(20));
    let polled = |event: &&event_loops::Event| event.kind == EventKind::Polled;
    assert_eq!(trace.events.iter().filter(polled).count(), 17); // three of each call, two of main
}
