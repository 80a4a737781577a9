//! A task's handle: awaits it, aborts it, or lets it go.

mod common;

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::task::Poll;

use common::{Log, OnDrop, foreign_waker, panic_text, poll_once, poll_with, secs, story};
use event_loops::{
    EventLoop, JoinHandle, TaskId, gather, now, sleep, spawn, spawn_named, yield_now,
};

#[test]
fn awaiting_gives_the_result_of_a_task_that_is_over_or_will_be() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let quick = spawn(async { 1 });
        let slow = spawn(async {
            sleep(secs(3)).await;
            2
        });
        assert_eq!(slow.await.unwrap(), 2);
        assert_eq!(quick.await.unwrap(), 1); // over for three seconds
        assert_eq!(now(), secs(3));
    });
}

#[test]
fn a_dropped_handle_lets_the_task_go_on_by_itself() {
    let event_loop = EventLoop::with_virtual_clock();
    let done = Rc::new(Cell::new(false));
    let to = done.clone();
    drop(event_loop.spawn(async move {
        sleep(secs(1)).await;
        to.set(true);
    }));
    event_loop.run_until_complete(sleep(secs(2)));
    assert!(done.get());
}

#[test]
fn a_handle_dropped_while_it_is_awaited_wakes_nobody() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut task = spawn_named("task", sleep(secs(1)));
        assert!(poll_once(&mut task).await.is_pending());
        drop(task);
        sleep(secs(2)).await;
    });
    assert_eq!(event_loop.trace().polls(TaskId::MAIN), 2);
}

#[test]
fn abort_drops_the_future_before_it_returns() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let inside = log.clone();
        let task = spawn_named("task", async move {
            let _guard = OnDrop(|| inside.push("dropped"));
            pending::<()>().await;
        });
        yield_now().await;
        task.abort();
        log.push("aborted");
        assert!(task.is_finished());
        task.abort(); // once more changes nothing
        assert!(task.await.unwrap_err().is_aborted());
    });
    assert_eq!(log.take(), ["dropped", "aborted"]);
    assert_eq!(
        story(&event_loop.trace())[3..],
        [
            "0.0 s main wakes itself",
            "0.0 s main is suspended: waits for its next turn",
            "0.0 s task is polled",
            "0.0 s task is suspended",
            "0.0 s main is polled",
            "0.0 s task is dropped before it has finished",
            "0.0 s main finishes", // without another turn: the handle knew already
        ]
    );
}

#[test]
fn an_aborted_task_leaves_an_error_to_who_awaits_it() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let task = Rc::new(spawn(pending::<()>()));
        let killer = task.clone();
        let hangman = spawn(async move {
            sleep(secs(1)).await;
            killer.abort();
            drop(killer);
        });
        hangman.await.unwrap();
        let task = Rc::into_inner(task).unwrap();
        let error = task.await.unwrap_err();
        assert!(error.is_aborted() && !error.is_panic());
        assert_eq!(error.to_string(), "the task was aborted");
        assert!(error.try_into_panic().unwrap_err().is_aborted());
    });
}

#[test]
fn a_task_that_aborts_itself_runs_to_its_next_await() {
    let log = Log::default();
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let place: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    event_loop.run_until_complete(async {
        let (inside, own) = (log.clone(), place.clone());
        let task = spawn_named("suicidal", async move {
            let inside = &inside;
            let _guard = OnDrop(|| inside.push("dropped"));
            own.borrow().as_ref().unwrap().abort();
            inside.push("goes on");
            yield_now().await;
            inside.push("never");
        });
        *place.borrow_mut() = Some(task);
        yield_now().await;
        yield_now().await;
        let task = place.take().unwrap();
        assert!(task.await.unwrap_err().is_aborted());
    });
    assert_eq!(log.take(), ["goes on", "dropped"]);
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("suicidal").unwrap()), 1);
}

#[test]
fn a_task_that_aborts_itself_and_has_no_await_left_finishes() {
    let event_loop = EventLoop::with_virtual_clock();
    let place: Rc<RefCell<Option<JoinHandle<i32>>>> = Rc::default();
    event_loop.run_until_complete(async {
        let own = place.clone();
        *place.borrow_mut() = Some(spawn(async move {
            own.borrow().as_ref().unwrap().abort();
            7
        }));
        yield_now().await;
        assert_eq!(place.take().unwrap().await.unwrap(), 7);
    });
}

#[test]
fn aborting_a_finished_task_leaves_its_result() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let task = spawn(async { 7 });
        yield_now().await;
        assert!(task.is_finished());
        task.abort();
        assert_eq!(task.await.unwrap(), 7);
    });
}

#[test]
fn aborting_through_an_old_handle_does_not_reach_the_next_task_in_the_slot() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let old = spawn(async {});
        yield_now().await;
        let new = spawn(sleep(secs(1))); // in the slot that is free by now
        old.abort();
        new.await.unwrap();
    });
}

#[test]
fn the_destructor_of_an_aborted_task_may_use_the_loop() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let other = spawn(pending::<()>());
        let inside = log.clone();
        let task = spawn(async move {
            let _guard = OnDrop(|| {
                other.abort();
                let inside = inside.clone();
                spawn(async move { inside.push("spawned by a destructor") });
            });
            sleep(secs(9)).await;
        });
        yield_now().await;
        task.abort();
        yield_now().await;
    });
    assert_eq!(log.take(), ["spawned by a destructor"]);
}

#[test]
fn a_handle_may_move_to_another_task_which_is_then_the_one_to_be_woken() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut task = spawn_named("task", sleep(secs(1)));
        assert!(poll_once(&mut task).await.is_pending());
        let heir = spawn_named("heir", task);
        sleep(secs(5)).await;
        heir.await.unwrap().unwrap();
    });
    let trace = event_loop.trace();
    assert_eq!(trace.polls(TaskId::MAIN), 2); // at 0 s and at 5 s, and not at 1 s
    assert_eq!(
        trace.finished_at(trace.task("heir").unwrap()),
        Some(secs(1))
    );
}

#[test]
fn awaiting_its_own_handle_is_an_error_of_that_task_alone() {
    let event_loop = EventLoop::with_virtual_clock();
    let place: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    event_loop.run_until_complete(async {
        let (own, (tell, told)) = (place.clone(), std::sync::mpsc::channel());
        let task = spawn(async move {
            let handle = own.take().unwrap();
            let _tell = OnDrop(|| tell.send(()).unwrap());
            let _ = handle.await;
        });
        *place.borrow_mut() = Some(task);
        yield_now().await;
        told.try_recv().expect("the task is over");
    });
}

#[test]
fn the_error_says_which_task_awaits_itself() {
    let event_loop = EventLoop::with_virtual_clock();
    let place: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    event_loop.run_until_complete(async {
        let own = place.clone();
        let task = spawn(async move {
            let mut handle = own.take().unwrap();
            let text = panic_text(|| {
                let _ = poll_with(&mut handle, std::task::Waker::noop());
            });
            assert_eq!(
                text,
                "task 1 awaits its own JoinHandle: it would wait for itself forever"
            );
            *own.borrow_mut() = Some(handle);
        });
        *place.borrow_mut() = Some(task);
        yield_now().await;
        place.take().unwrap().await.unwrap();
    });
}

/// Whoever still keeps the task's waker keeps nothing else of it.
#[test]
fn a_result_that_nobody_can_take_is_dropped_although_the_waker_is_kept() {
    for dropped_before_the_end in [true, false] {
        let log = Log::default();
        EventLoop::with_virtual_clock().run_until_complete(async {
            let left = Rc::new(Cell::new(None));
            let (leave, to) = (left.clone(), log.clone());
            let handle = spawn(async move {
                // It leaves its waker in the sleep, which outlives it.
                let mut sleep = Box::pin(sleep(secs(3)));
                assert!(poll_once(&mut sleep).await.is_pending());
                leave.set(Some(sleep));
                OnDrop(move || to.push("dropped"))
            });
            if dropped_before_the_end {
                drop(handle);
                yield_now().await;
            } else {
                yield_now().await;
                assert!(handle.is_finished());
                assert!(log.take().is_empty()); // there for whoever awaits it
                drop(handle);
            }
            assert_eq!(log.take(), ["dropped"]);
            assert!(left.take().is_some());
        });
    }
}

#[test]
fn a_handle_gives_its_result_once() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut task = spawn(async { 7 });
        assert_eq!((&mut task).await.unwrap(), 7);
        assert!(task.is_finished());
        let text = panic_text(|| {
            let _ = poll_with(&mut task, std::task::Waker::noop());
        });
        assert_eq!(
            text,
            "a JoinHandle was polled after it had given its result"
        );
    });
}

#[test]
fn a_foreign_waker_that_aborts_a_task_when_it_is_dropped_finds_everything_free() {
    thread_local! {
        static VICTIM: RefCell<Option<JoinHandle<()>>> = const { RefCell::new(None) };
    }
    EventLoop::with_virtual_clock().run_until_complete(async {
        VICTIM.set(Some(spawn(sleep(secs(9)))));
        let aborts = || {
            foreign_waker(
                || {},
                || {
                    if let Some(task) = VICTIM.take() {
                        task.abort();
                    }
                },
            )
        };
        let nothing = foreign_waker(|| {}, || {});
        let mut task = spawn(sleep(secs(1)));
        assert!(poll_with(&mut task, &aborts()).is_pending());
        assert!(poll_with(&mut task, &nothing).is_pending()); // drops the one before
        assert!(VICTIM.take().is_none());

        VICTIM.set(Some(spawn(sleep(secs(9)))));
        assert!(poll_with(&mut task, &aborts()).is_pending());
        drop(task);
        assert!(VICTIM.take().is_none());

        VICTIM.set(Some(spawn(sleep(secs(9)))));
        let mut all = gather([sleep(secs(1)), sleep(secs(2))]);
        assert!(poll_with(&mut all, &aborts()).is_pending());
        assert!(poll_with(&mut all, &nothing).is_pending());
        assert!(VICTIM.take().is_none());
        assert!(matches!(poll_once(&mut all).await, Poll::Pending));
        all.await;
    });
}
