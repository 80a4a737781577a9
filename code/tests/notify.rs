//! What a notification promises: it reaches one or all who wait, and is not lost by giving up.

mod common;

use std::rc::Rc;

use common::{Log, poll_once, secs, story};
use event_loops::{EventLoop, Notify, gather, sleep, spawn, spawn_named, timeout, yield_now};

#[test]
fn one_notification_wakes_the_one_who_has_waited_longest() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let bell = Rc::new(Notify::new());
        for name in ["a", "b"] {
            let bell = bell.clone();
            spawn_named(name, async move { bell.notified().await });
        }
        yield_now().await;
        bell.notify_one();
        sleep(secs(1)).await;
    });
    assert_eq!(
        story(&event_loop.trace())[6..14],
        [
            "0.0 s a is polled",
            "0.0 s a is suspended: waits for a notification",
            "0.0 s b is polled",
            "0.0 s b is suspended: waits for a notification",
            "0.0 s main is polled",
            "0.0 s a is woken by main",
            "0.0 s main is suspended: waits until 1.0 s",
            "0.0 s a is polled", // and b is not
        ]
    );
}

#[test]
fn a_notification_with_nobody_there_is_kept_once() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let bell = Notify::new();
        bell.notify_one();
        bell.notify_one();
        bell.notified().await;
        assert!(timeout(secs(1), bell.notified()).await.is_err());
    });
}

#[test]
fn all_who_wait_are_woken_in_order_and_nobody_who_comes_later() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (bell, log) = (Rc::new(Notify::new()), Log::default());
        let wait = |word: &'static str| {
            let (bell, log) = (bell.clone(), log.clone());
            async move {
                bell.notified().await;
                log.push(word);
            }
        };
        let all = spawn(gather(["a", "b", "c"].map(wait)));
        sleep(secs(1)).await;
        bell.notify_waiters();
        assert!(timeout(secs(1), bell.notified()).await.is_err());
        all.await.unwrap();
        assert_eq!(log.take(), ["a", "b", "c"]);
    });
}

#[test]
fn who_gives_up_after_the_call_passes_it_on() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let bell = Notify::new();
        let (mut unlucky, mut next) = (Box::pin(bell.notified()), Box::pin(bell.notified()));
        assert!(poll_once(&mut unlucky).await.is_pending());
        assert!(poll_once(&mut next).await.is_pending());
        bell.notify_one();
        assert!(poll_once(&mut next).await.is_pending());
        drop(unlucky);
        assert!(poll_once(&mut next).await.is_ready());
        drop(next); // it has had its turn: nothing is left to pass on
        assert!(timeout(secs(1), bell.notified()).await.is_err());
    });
}

#[test]
fn who_gives_up_before_the_call_or_was_called_with_all_passes_nothing_on() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let bell = Notify::new();
        assert!(timeout(secs(1), bell.notified()).await.is_err());
        assert!(timeout(secs(1), bell.notified()).await.is_err());
        let mut called = Box::pin(bell.notified());
        assert!(poll_once(&mut called).await.is_pending());
        bell.notify_waiters();
        drop(called);
        assert!(timeout(secs(1), bell.notified()).await.is_err());
    });
}

#[test]
fn who_has_had_its_turn_leaves_nothing_behind() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let bell = Notify::new();
        let mut waiting = Box::pin(bell.notified());
        assert!(poll_once(&mut waiting).await.is_pending());
        bell.notify_one();
        assert_eq!(format!("{bell:?}"), "Notify { kept: false, called: 1, .. }");
        waiting.await;
        assert_eq!(format!("{bell:?}"), "Notify { kept: false, called: 0, .. }");
    });
}

#[test]
fn a_notification_that_nobody_sends_is_a_deadlock_that_says_where() {
    let event_loop = EventLoop::new();
    let bell = Notify::new();
    let line = line!() + 1;
    let deadlock = event_loop.try_run_until_complete(bell.notified());
    assert_eq!(
        deadlock.unwrap_err().stuck[0].waits_for,
        Some(format!("a notification, at notify.rs:{line}"))
    );
}
