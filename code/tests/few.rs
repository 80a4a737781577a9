//! What joins and races promise: order, who is dropped when, and that no task is spawned.

mod common;

use std::cell::Cell;
use std::future::{pending, poll_fn, ready};
use std::task::Poll;

use common::{Log, OnDrop, panic_text, secs, story};
use event_loops::{
    EventLoop, join, join3, now, oneshot, race, race3, sleep, spawn_named, timeout, yield_now,
};

/// Says when it begins, goes on and is dropped.
async fn step(word: &str, seconds: u64, log: &Log) -> String {
    let _guard = OnDrop(|| log.push(format!("{word} is dropped")));
    log.push(format!("{word} begins"));
    sleep(secs(seconds)).await;
    log.push(format!("{word} ends"));
    word.to_string()
}

#[test]
fn a_join_polls_in_the_order_given_and_drops_each_as_it_finishes() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let both = join(step("a", 2, &log), step("b", 1, &log));
        assert_eq!(both.await, ("a".to_string(), "b".to_string()));
        assert_eq!(now(), secs(2));
    });
    assert_eq!(
        log.take(),
        [
            "a begins",
            "b begins",
            "b ends",
            "b is dropped",
            "a ends",
            "a is dropped"
        ]
    );
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned", // and nobody else is
            "0.0 s main is polled",
            "0.0 s main is suspended: waits until 2.0 s and 1 more",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s main is woken: its time has come",
            "1.0 s main is polled",
            "1.0 s main is suspended: waits until 2.0 s",
            "1.0 s loop has nothing to do until 2.0 s",
            "2.0 s loop goes on",
            "2.0 s main is woken: its time has come",
            "2.0 s main is polled",
            "2.0 s main finishes",
        ]
    );
}

#[test]
fn a_join_of_three_takes_as_long_as_the_longest() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let log = Log::default();
        let all = join3(step("a", 2, &log), step("b", 3, &log), async { 1 }).await;
        assert_eq!(all, ("a".to_string(), "b".to_string(), 1));
        assert_eq!(now(), secs(3));
    });
}

#[test]
fn a_join_never_polls_what_has_finished() {
    let polls = Cell::new(0);
    EventLoop::with_virtual_clock().run_until_complete(async {
        let counted = poll_fn(|_| {
            polls.set(polls.get() + 1);
            Poll::Ready(())
        });
        join(counted, sleep(secs(1))).await;
    });
    assert_eq!(polls.get(), 1);
}

#[test]
fn a_join_may_borrow() {
    let mut left = 0;
    let mut right = 0;
    EventLoop::new().run_until_complete(join(async { left += 1 }, async { right += 2 }));
    assert_eq!((left, right), (1, 2));
}

#[test]
fn a_panic_in_a_join_drops_the_other() {
    let log = Log::default();
    let failing = async {
        sleep(secs(1)).await;
        panic!("on purpose");
    };
    let event_loop = EventLoop::with_virtual_clock();
    let text = panic_text(|| {
        event_loop.run_until_complete(join(step("a", 3, &log), failing));
    });
    assert_eq!(text, "on purpose");
    assert_eq!(log.take(), ["a begins", "a is dropped"]);
}

#[test]
fn dropping_a_join_drops_what_has_not_finished_and_its_deadlines() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let both = join(step("short", 1, &log), step("long", 3600, &log));
        assert!(timeout(secs(2), both).await.is_err());
        assert_eq!(
            log.take()[2..],
            ["short ends", "short is dropped", "long is dropped"]
        );
    });
    event_loop
        .try_run_until_complete(pending::<()>())
        .unwrap_err();
    assert_eq!(event_loop.trace().total(), secs(2));
}

#[test]
fn the_loser_of_a_race_is_dropped_before_the_race_returns() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let first = race(step("slow", 15, &log), step("fast", 3, &log)).await;
        assert_eq!(first, "fast");
        log.push("returned");
    });
    let told = log.take();
    assert_eq!(told[..3], ["slow begins", "fast begins", "fast ends"]);
    let place = |line: &str| told.iter().position(|told| told == line).unwrap();
    assert!(place("slow is dropped") < place("returned"));
    assert_eq!(event_loop.trace().total(), secs(3));
    event_loop
        .try_run_until_complete(pending::<()>())
        .unwrap_err();
    assert_eq!(event_loop.trace().total(), secs(3)); // the loser's deadline is gone
}

#[test]
fn ties_go_to_the_first_and_the_others_are_then_not_polled() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    event_loop.run_until_complete(async {
        assert_eq!(race(step("a", 1, &log), step("b", 1, &log)).await, "a");
        assert!(!log.take().contains(&"b ends".to_string()));
        let spoilt = async { panic!("polled though the race was over") };
        assert_eq!(race(ready(1), spoilt).await, 1);
        assert_eq!(race3(pending(), ready(2), ready(3)).await, 2);
        assert_eq!(race3(ready(1), ready(2), ready(3)).await, 1);
        assert_eq!(race3(pending(), pending(), ready(3)).await, 3);
    });
}

#[test]
fn a_deadlock_does_not_name_what_has_been_given_up_in_the_same_poll() {
    let event_loop = EventLoop::with_virtual_clock();
    let (_keep, given_up) = oneshot::channel::<()>();
    let (_keep_too, awaited) = oneshot::channel::<()>();
    let line = line!() - 1;
    let main = async {
        let given_up = async { given_up.await.unwrap() };
        race(given_up, sleep(secs(1))).await;
        awaited.await
    };
    let deadlock = event_loop.try_run_until_complete(main).unwrap_err();
    assert_eq!(
        deadlock.stuck[0].waits_for,
        Some(format!("a message, at few.rs:{line}"))
    );
}

#[test]
fn a_race_that_is_over_takes_back_nothing_that_others_have_said() {
    let event_loop = EventLoop::with_virtual_clock();
    let (_keep, told) = oneshot::channel::<()>();
    let line = line!() - 1;
    let other = async {
        race(pending(), sleep(secs(1))).await;
        pending::<()>().await;
    };
    let deadlock = event_loop
        .try_run_until_complete(join(told, other))
        .unwrap_err();
    assert_eq!(
        deadlock.stuck[0].waits_for,
        Some(format!("a message, at few.rs:{line}"))
    );
}

#[test]
fn dropping_a_race_drops_both() {
    let log = Log::default();
    let event_loop = EventLoop::with_virtual_clock();
    let to = log.clone();
    let task = event_loop.spawn(async move { race(step("a", 9, &to), step("b", 9, &to)).await });
    event_loop.run_until_complete(yield_now());
    log.take();
    task.abort();
    let mut told = log.take();
    told.sort();
    assert_eq!(told, ["a is dropped", "b is dropped"]);
}

#[test]
fn a_task_is_found_stuck_in_a_join_or_a_race_of_what_never_comes() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        spawn_named("join", join(pending::<()>(), pending::<()>()));
        spawn_named("race", race(pending::<()>(), pending::<()>()));
    });
    let main = join(pending::<()>(), sleep(secs(1)));
    let deadlock = event_loop.try_run_until_complete(main).unwrap_err();
    let names = deadlock.stuck.iter().map(|stuck| stuck.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["main", "join", "race"]);
}
