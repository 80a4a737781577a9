//! What the lock promises: one task at a time, in order, and free again however its holder ends.

mod common;

use std::rc::Rc;

use common::{Log, poll_once, secs};
use event_loops::{EventLoop, Mutex, gather, now, sleep, spawn, timeout, yield_now};

#[test]
fn nobody_comes_in_between_two_awaits() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let counter = Rc::new(Mutex::new(0));
        let count = |_| {
            let counter = counter.clone();
            async move {
                let mut counter = counter.lock().await;
                let before = *counter;
                sleep(secs(1)).await;
                *counter = before + 1;
            }
        };
        gather((0..10).map(count)).await;
        assert_eq!((*counter.lock().await, now()), (10, secs(10)));
    });
}

#[test]
fn tasks_get_the_lock_in_the_order_in_which_they_asked() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let log = Rc::new(Mutex::new(Vec::new()));
        let mut first = log.lock().await;
        let tasks: Vec<_> = ["a", "b", "c"]
            .map(|word| {
                let log = log.clone();
                spawn(async move { log.lock().await.push(word) })
            })
            .into();
        yield_now().await;
        first.push("first");
        drop(first);
        assert!(log.try_lock().is_none()); // it is a's by now
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*log.lock().await, ["first", "a", "b", "c"]);
    });
}

#[test]
fn giving_up_passes_the_lock_on() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mutex = Mutex::new(0);
        let held = mutex.lock().await;
        assert!(timeout(secs(1), mutex.lock()).await.is_err());
        let mut unlucky = Box::pin(mutex.lock());
        let mut next = Box::pin(mutex.lock());
        assert!(poll_once(&mut unlucky).await.is_pending());
        assert!(poll_once(&mut next).await.is_pending());
        drop(held);
        drop(unlucky); // it had the lock, and did not come to take it
        drop(timeout(secs(1), next).await.expect("it is free"));
        assert!(mutex.try_lock().is_some());
    });
}

#[test]
fn a_holder_that_panics_or_is_aborted_leaves_the_value_as_it_was() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (mutex, log) = (Rc::new(Mutex::new("untouched")), Log::default());
        let hold = |word: &'static str, panics: bool| {
            let (mutex, log) = (mutex.clone(), log.clone());
            spawn(async move {
                let mut value = mutex.lock().await;
                log.push(*value);
                *value = word;
                assert!(!panics, "on purpose");
                sleep(secs(3600)).await;
            })
        };
        let (failing, aborted) = (hold("half done", true), hold("by the aborted", false));
        assert!(failing.await.unwrap_err().is_panic());
        yield_now().await;
        aborted.abort();
        log.push(*mutex.try_lock().unwrap());
        assert_eq!(log.take(), ["untouched", "half done", "by the aborted"]);
    });
}

#[test]
fn the_value_comes_out_as_it_was_last_left() {
    let mutex = Mutex::new(1);
    *mutex.try_lock().unwrap() += 1;
    assert_eq!(*mutex.try_lock().unwrap(), 2);
    assert_eq!(mutex.into_inner(), 2);
}

#[test]
fn a_task_that_asks_for_what_it_holds_is_a_deadlock_that_says_where() {
    let event_loop = EventLoop::new();
    let mutex = Mutex::new(0);
    let line = line!() + 4;
    let deadlock = event_loop
        .try_run_until_complete(async {
            let first = mutex.lock().await;
            let second = mutex.lock().await;
            assert_eq!(*first, *second);
        })
        .unwrap_err();
    assert_eq!(
        deadlock.stuck[0].waits_for,
        Some(format!("a lock, at mutex.rs:{line}"))
    );
    assert!(mutex.try_lock().is_some()); // the stuck future is dropped, and its guard with it
}
