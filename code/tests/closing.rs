//! The end of a loop: what is dropped, in which order, and what lives on.

mod common;

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::task::Waker;

use common::{Log, OnDrop, foreign_waker, my_waker, panic_text, poll_once, poll_with, secs, story};
use event_loops::{EventLoop, JoinHandle, now, sleep, spawn, yield_now};

#[test]
fn tasks_are_dropped_in_the_order_in_which_they_were_spawned() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    let task = |word: &'static str| {
        let log = log.clone();
        async move {
            let _guard = OnDrop(|| log.push(word));
            pending::<()>().await;
        }
    };
    let early = event_loop.spawn_named("early", async {});
    event_loop.spawn_named("a", task("a"));
    event_loop.spawn_named("b", task("b"));
    event_loop.run_until_complete(yield_now());
    assert!(early.is_finished());
    event_loop.spawn_named("c", task("c")); // in the slot of "early", before that of "a"
    event_loop.run_until_complete(yield_now());
    event_loop.spawn_named("never polled", task("never"));
    event_loop.close();
    assert_eq!(log.take(), ["a", "b", "c"]); // the fourth had not begun: it has no guard yet
    let story = story(&event_loop.trace());
    assert_eq!(
        story[story.len() - 4..],
        [
            "0.0 s a is dropped before it has finished",
            "0.0 s b is dropped before it has finished",
            "0.0 s c is dropped before it has finished",
            "0.0 s never polled is dropped before it has finished",
        ]
    );
}

#[test]
fn dropping_the_loop_closes_it() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let to = log.clone();
    let task = event_loop.spawn(async move {
        let _guard = OnDrop(|| to.push("dropped"));
        pending::<()>().await;
    });
    event_loop.run_until_complete(yield_now());
    drop(event_loop);
    assert_eq!(log.take(), ["dropped"]);
    assert!(task.is_finished());
    task.abort(); // of a loop that is gone: nothing happens
    let error = EventLoop::new().run_until_complete(task).unwrap_err();
    assert!(error.is_aborted());
}

#[test]
fn closing_once_more_changes_nothing() {
    let event_loop = EventLoop::new();
    event_loop.close();
    event_loop.close();
    assert!(event_loop.is_closed());
}

#[test]
fn a_destructor_may_abort_another_task_at_close() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let place: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    let first = {
        let (log, place) = (log.clone(), place.clone());
        async move {
            let _guard = OnDrop(|| {
                place.take().unwrap().abort();
                log.push("first");
            });
            pending::<()>().await;
        }
    };
    let second = {
        let log = log.clone();
        async move {
            let _guard = OnDrop(|| log.push("second"));
            pending::<()>().await;
        }
    };
    event_loop.spawn(first);
    *place.borrow_mut() = Some(event_loop.spawn(second));
    event_loop.run_until_complete(yield_now());
    event_loop.close();
    assert_eq!(log.take(), ["second", "first"]);
}

#[test]
fn a_task_that_holds_its_own_loop_is_dropped_at_close() {
    let event_loop = Rc::new(EventLoop::with_virtual_clock());
    let log = Log::default();
    let (own, to) = (event_loop.clone(), log.clone());
    event_loop.spawn(async move {
        let _guard = OnDrop(|| {
            // A closed loop takes no more tasks, whoever asks. The panic stays in here.
            to.push(panic_text(|| drop(own.spawn(async {}))));
        });
        pending::<()>().await;
    });
    event_loop.run_until_complete(yield_now());
    event_loop.close();
    assert_eq!(
        log.take(),
        ["this event loop is closed: it takes no more tasks"]
    );
    assert_eq!(Rc::strong_count(&event_loop), 1);
}

#[test]
fn sleeps_handles_and_wakers_outlive_their_loop() {
    let event_loop = EventLoop::with_virtual_clock();
    let (mut asleep, task, waker) = event_loop.run_until_complete(async {
        let mut asleep = sleep(secs(1));
        assert!(poll_once(&mut asleep).await.is_pending());
        (asleep, spawn(pending::<()>()), my_waker().await)
    });
    drop(event_loop);
    waker.wake();
    drop(task);
    let text = panic_text(|| EventLoop::new().run_until_complete(&mut asleep));
    assert!(
        text.contains("waits on another event loop already"),
        "{text}"
    );
    drop(asleep);
}

#[test]
fn what_a_task_holds_is_gone_when_its_loop_is() {
    let precious = Rc::new(());
    {
        let event_loop = EventLoop::with_virtual_clock();
        for _ in 0..3 {
            let held = precious.clone();
            event_loop.spawn(async move {
                // The sleep keeps hold of the loop, which keeps hold of the task.
                sleep(secs(9)).await;
                drop(held);
            });
        }
        event_loop.run_until_complete(sleep(secs(1)));
        assert_eq!(Rc::strong_count(&precious), 4);
    }
    assert_eq!(Rc::strong_count(&precious), 1);
}

#[test]
fn a_hundred_thousand_tasks_are_dropped_one_after_the_other() {
    let event_loop = EventLoop::with_virtual_clock();
    let last = Rc::new(RefCell::new(0));
    for number in 1..=100_000 {
        let last = last.clone();
        let guard = OnDrop(move || assert_eq!(last.replace(number), number - 1));
        event_loop.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
    }
    event_loop.close();
    assert_eq!(*last.borrow(), 100_000);
}

#[test]
fn a_foreign_waker_may_close_the_loop_when_it_is_dropped() {
    thread_local! {
        static LOOP: RefCell<Option<EventLoop>> = const { RefCell::new(None) };
    }
    let event_loop = EventLoop::with_virtual_clock();
    let mut task = event_loop.spawn(pending::<()>());
    LOOP.set(Some(event_loop));
    // A handle may be polled while no loop runs, by whatever runs then.
    let closes = foreign_waker(|| {}, || drop(LOOP.take()));
    assert!(poll_with(&mut task, &closes).is_pending());
    drop(closes);
    assert!(!task.is_finished()); // the handle keeps the last clone
    let _ = poll_with(&mut task, Waker::noop());
    assert!(task.is_finished());
    let error = EventLoop::new().run_until_complete(task).unwrap_err();
    assert!(error.is_aborted());
}

#[test]
fn the_main_future_is_dropped_while_its_loop_still_runs() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let to = log.clone();
    let guard = OnDrop(move || {
        let to = to.clone();
        spawn(async move { to.push(format!("spawned by a destructor at {:?}", now())) });
    });
    event_loop.run_until_complete(std::future::poll_fn(move |_| {
        let _keep = &guard; // until the future itself is dropped, after its last poll
        std::task::Poll::Ready(())
    }));
    event_loop.run_until_complete(yield_now());
    assert_eq!(log.take(), ["spawned by a destructor at 0ns"]);
}
