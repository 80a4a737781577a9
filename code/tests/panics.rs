//! A panic stays with the task that panicked.

mod common;

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::Poll;

use common::{Log, OnDrop, foreign_waker, my_waker, panic_text, poll_with, secs, story};
use event_loops::{EventKind, EventLoop, note, sleep, spawn, spawn_named, yield_now};

/// A future, or a result, whose destructor panics.
struct Mine;

impl Drop for Mine {
    fn drop(&mut self) {
        panic!("a destructor panics on purpose");
    }
}

#[test]
fn a_panic_becomes_an_error_for_who_awaits_the_task_and_touches_no_other() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let bad = spawn_named("bad", async {
            sleep(secs(1)).await;
            panic!("burnt");
        });
        let good = spawn_named("good", sleep(secs(1)));
        let error: event_loops::JoinError = bad.await.unwrap_err();
        assert!(error.is_panic() && !error.is_aborted());
        assert_eq!(error.to_string(), "the task panicked: burnt");
        let payload = error.try_into_panic().unwrap();
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"burnt"));
        good.await.unwrap();
    });
    assert_eq!(
        story(&event_loop.trace())[11..],
        [
            "1.0 s bad is woken: its time has come",
            "1.0 s good is woken: its time has come",
            "1.0 s bad is polled",
            "1.0 s bad panics",
            "1.0 s main is woken by bad",
            "1.0 s good is polled", // in the very same round
            "1.0 s good finishes",
            "1.0 s main is polled",
            "1.0 s main finishes",
        ]
    );
}

#[test]
fn a_task_that_panicked_is_dropped_and_never_polled_again() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut waker = None;
        let dropped = Rc::new(Cell::new(false));
        let tell = dropped.clone();
        let guard = OnDrop(move || tell.set(true));
        let (give, take) = std::sync::mpsc::channel();
        let task = spawn_named(
            "bad",
            poll_fn(move |cx| -> Poll<()> {
                let _keep = &guard;
                give.send(cx.waker().clone()).unwrap();
                panic!("burnt");
            }),
        );
        yield_now().await;
        assert!(dropped.get());
        waker.replace(take.recv().unwrap());
        waker.unwrap().wake();
        yield_now().await;
        task.await.unwrap_err();
    });
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("bad").unwrap()), 1);
}

#[test]
fn a_panic_of_the_main_future_comes_out_after_the_others_have_had_their_turn() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let text = panic_text(|| {
        event_loop.run_until_complete(async {
            my_waker().await.wake(); // main is in the queue before the task is
            let to = log.clone();
            spawn(async move {
                to.push("first turn");
                yield_now().await;
                to.push("second turn");
            });
            yield_now().await;
            panic!("main has burnt");
        });
    });
    assert_eq!(text, "main has burnt");
    assert_eq!(log.take(), ["first turn"]);

    // The loop is fit for use, and the task is where it was.
    event_loop.run_until_complete(yield_now());
    assert_eq!(log.take(), ["second turn"]);
}

#[test]
fn destructors_that_panic_touch_no_other_task() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let task = || async {
        let _mine = Mine;
        pending::<()>().await;
    };
    event_loop.spawn_named("left over", task());
    event_loop.run_until_complete(async {
        let aborted = spawn_named("aborted", task());
        let witness = spawn_named("witness", sleep(secs(1)));
        yield_now().await;
        aborted.abort();
        assert!(aborted.await.unwrap_err().is_aborted());
        witness.await.unwrap();
    });
    let witness = event_loop.spawn_named("second witness", pending::<()>());
    event_loop.close();
    assert!(witness.is_finished());
}

#[test]
fn the_destructor_of_a_future_that_is_over_may_panic_too() {
    /// Unlike an `async fn`, it still holds its parts when it is ready.
    struct Done(Mine);
    impl Future for Done {
        type Output = i32;
        fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<i32> {
            let _still_mine = &self.0;
            Poll::Ready(7)
        }
    }
    let event_loop = EventLoop::with_virtual_clock();
    let result = event_loop.run_until_complete(async {
        let task = spawn(Done(Mine));
        let witness = spawn(yield_now());
        // The future belongs to the task, and ends inside its poll: the result is lost with it.
        assert!(task.await.unwrap_err().is_panic());
        witness.await.unwrap();
        1
    });
    assert_eq!(result, 1);
    // The main future is the loop's own to drop, when its result is safe.
    assert_eq!(event_loop.run_until_complete(Done(Mine)), 7);
}

#[test]
fn a_result_that_nobody_takes_may_panic_when_it_is_dropped() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        drop(spawn_named("careless", async { Mine }));
        let witness = spawn_named("witness", yield_now());
        witness.await.unwrap();
    });
    assert_eq!(
        story(&event_loop.trace())[5..],
        [
            "0.0 s careless is polled",
            "0.0 s careless finishes",
            "0.0 s witness is polled", // in the same round, as if nothing had happened
            "0.0 s witness wakes itself",
            "0.0 s witness is suspended: waits for its next turn",
            "0.0 s witness is polled",
            "0.0 s main is woken by witness",
            "0.0 s witness finishes",
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn a_foreign_waker_that_panics_keeps_no_other_from_being_woken() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let bad = foreign_waker(|| panic!("a waker panics on purpose"), || {});
        let mut first = sleep(secs(1));
        assert!(poll_with(&mut first, &bad).is_pending());
        sleep(secs(1)).await; // the second deadline at that time
    });
}

#[test]
fn the_panic_of_a_listener_comes_out_of_the_run_and_leaves_the_loop_fit() {
    let polls = Rc::new(Cell::new(0));
    let counted = polls.clone();
    let event_loop = EventLoop::with_virtual_clock().on_event(move |event| {
        if event.kind == EventKind::Polled {
            counted.set(counted.get() + 1);
            assert!(counted.get() < 3, "the listener has heard enough");
        }
    });
    let task = event_loop.spawn_named("task", sleep(secs(1)));
    let text = panic_text(|| event_loop.run_until_complete(sleep(secs(3))));
    assert_eq!(text, "the listener has heard enough");
    assert_eq!(polls.get(), 3);

    // No task is lost, no event is missing, and the listener hears no more.
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(polls.get(), 3);
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s task is spawned",
            "0.0 s main is spawned",
            "0.0 s task is polled",
            "0.0 s task is suspended: waits until 1.0 s",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s task is woken: its time has come",
            "1.0 s task is polled", // here the listener panics; the round goes on
            "1.0 s task finishes",
            "1.0 s main is dropped before it has finished", // and nobody sleeps before that
            "1.0 s main is spawned",
            "1.0 s main is polled",
            "1.0 s main finishes",
        ]
    );
}

#[test]
fn a_listener_that_calls_into_the_loop_is_not_told_of_what_it_caused() {
    let heard = Rc::new(RefCell::new(0));
    let count = heard.clone();
    let event_loop = EventLoop::with_virtual_clock().on_event(move |event| {
        *count.borrow_mut() += 1;
        if event.kind == EventKind::Polled {
            note("polled!");
        }
    });
    event_loop.run_until_complete(async {});
    assert_eq!(*heard.borrow(), 3);
    assert_eq!(event_loop.trace().events.len(), 4);
}
