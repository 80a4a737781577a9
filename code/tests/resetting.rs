//! A sleep with a new deadline wakes whoever waits for it by that one, and by no other.

mod common;

use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;

use common::{Log, poll_once, secs, story};
use event_loops::{EventLoop, Sleep, block_for, now, sleep, spawn_named, yield_now};

/// A task that waits for a sleep which others can reach.
fn sleeper(name: &str, seconds: u64, log: &Log) -> Rc<RefCell<Sleep>> {
    let shared = Rc::new(RefCell::new(sleep(secs(seconds))));
    let (own, log) = (shared.clone(), log.clone());
    let word = name.to_string();
    spawn_named(name, async move {
        poll_fn(|cx| Pin::new(&mut *own.borrow_mut()).poll(cx)).await;
        log.push(format!("{word} at {}", now().as_secs()));
    });
    shared
}

#[test]
fn a_sleep_that_somebody_waits_for_moves_either_way() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let later = sleeper("later", 3, &log);
        let sooner = sleeper("sooner", 3600, &log);
        yield_now().await;
        later.borrow_mut().reset(secs(5));
        sooner.borrow_mut().reset(secs(2));
        sleep(secs(10)).await;
    });
    assert_eq!(log.take(), ["sooner at 2", "later at 5"]);
    let told = story(&event_loop.trace());
    let woken = told.iter().filter(|line| line.contains("its time"));
    assert_eq!(
        woken.collect::<Vec<_>>(),
        [
            "2.0 s sooner is woken: its time has come",
            "5.0 s later is woken: its time has come", // and not at 3 s, too
            "10.0 s main is woken: its time has come",
        ]
    );
}

#[test]
fn a_deadline_in_the_past_wakes_in_the_same_turn() {
    let log = Log::default();
    EventLoop::with_virtual_clock().run_until_complete(async {
        let asleep = sleeper("asleep", 3600, &log);
        sleep(secs(4)).await;
        asleep.borrow_mut().reset(secs(1));
        yield_now().await;
        yield_now().await;
        assert_eq!(log.take(), ["asleep at 4"]);
    });
}

#[test]
fn one_whose_time_has_come_but_that_was_not_polled_yet_sleeps_on() {
    let log = Log::default();
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut own = sleep(secs(3));
        assert!(poll_once(&mut own).await.is_pending());
        block_for(secs(3));
        yield_now().await; // its waker has been called
        own.reset(secs(7));
        own.await;
        assert_eq!(now(), secs(7));

        let asleep = sleeper("asleep", 3, &log);
        yield_now().await;
        block_for(secs(3)); // both are woken, this task first
        sleep(secs(0)).await;
        yield_now().await;
        asleep.borrow_mut().reset(secs(20));
        sleep(secs(30)).await;
    });
    assert_eq!(log.take().len(), 1);
}

#[test]
fn one_that_is_over_or_was_never_awaited_waits_anew() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut again = sleep(secs(1));
        (&mut again).await;
        again.reset(secs(5));
        (&mut again).await;
        assert_eq!(now(), secs(5));
        let mut fresh = sleep(secs(1));
        fresh.reset(secs(8));
        fresh.await;
        assert_eq!(now(), secs(8));
    });
}

#[test]
fn among_equal_deadlines_a_reset_one_is_the_last() {
    let log = Log::default();
    EventLoop::with_virtual_clock().run_until_complete(async {
        let first = sleeper("first", 3, &log);
        let _second = sleeper("second", 3, &log);
        yield_now().await;
        first.borrow_mut().reset(secs(3));
        sleep(secs(9)).await;
    });
    assert_eq!(log.take(), ["second at 3", "first at 3"]);
}

#[test]
fn no_deadline_is_left_behind() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut asleep = sleep(secs(3));
        assert!(poll_once(&mut asleep).await.is_pending());
        asleep.reset(secs(5));
        asleep.reset(secs(6));
        drop(asleep);
    });
    event_loop
        .try_run_until_complete(pending::<()>())
        .unwrap_err();
    assert_eq!(event_loop.trace().total(), secs(0));
}
