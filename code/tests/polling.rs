//! When a task is polled, and when it is not.

mod common;

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use common::{my_waker, secs, story};
use event_loops::{EventLoop, TaskId, gather, note, sleep, spawn_named, yield_now};

#[test]
fn nothing_runs_before_it_is_polled() {
    let ran = Rc::new(Cell::new(false));
    let event_loop = EventLoop::with_virtual_clock();

    let future = {
        let ran = ran.clone();
        async move { ran.set(true) }
    };
    assert!(!ran.get(), "a future that was only made");
    let task = event_loop.spawn(future);
    assert!(!ran.get(), "a task that was only spawned");
    event_loop.run_until_complete(async {});
    assert!(ran.get());
    assert!(task.is_finished());
}

#[test]
fn a_sleeper_is_polled_to_start_and_to_finish_and_never_between() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let sleeper = spawn_named("sleeper", sleep(secs(15)));
        let busy = spawn_named("busy", async {
            for _ in 0..100 {
                yield_now().await;
            }
            for _ in 0..10 {
                sleep(secs(1)).await;
            }
        });
        gather([sleeper, busy]).await;
    });
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("sleeper").unwrap()), 2);
    assert_eq!(trace.polls(trace.task("busy").unwrap()), 1 + 100 + 10);
    assert_eq!(trace.polls(TaskId::MAIN), 2);
}

#[test]
fn a_task_is_polled_once_however_often_it_is_woken() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let waker = my_waker().await;
        spawn_named("bell", async move {
            waker.wake_by_ref();
            waker.wake_by_ref();
            waker.wake_by_ref();
            waker.wake();
        });
        let mut polls = 0;
        poll_fn(|_| {
            polls += 1;
            if polls == 2 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        // Had the other wakes been kept, the loop would poll this task once more before it sleeps.
        sleep(secs(1)).await;
    });
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s bell is spawned",
            "0.0 s main is suspended", // on a future that is not ours: nobody knows on what
            "0.0 s bell is polled",
            "0.0 s main is woken by bell", // four times, and it counts once
            "0.0 s bell finishes",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits until 1.0 s",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s main is woken: its time has come",
            "1.0 s main is polled",
            "1.0 s main finishes",
        ]
    );
}

#[test]
fn a_wake_in_the_middle_of_the_poll_counts() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let mut woken = false;
    event_loop.run_until_complete(poll_fn(|cx| {
        if woken {
            return Poll::Ready(());
        }
        woken = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }));
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main wakes itself",
            "0.0 s main is suspended", // and is ready all the same
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn a_finished_task_is_neither_woken_nor_polled_again() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let task = spawn_named("short", async {
            let waker = my_waker().await;
            sleep(secs(1)).await;
            waker
        });
        let waker = task.await.unwrap();
        waker.wake_by_ref(); // of a task that is over: nothing happens
        yield_now().await;
        note("still fine");
    });
    assert_eq!(
        story(&event_loop.trace())[8..],
        [
            "1.0 s short is woken: its time has come",
            "1.0 s short is polled",
            "1.0 s main is woken by short",
            "1.0 s short finishes",
            "1.0 s main is polled",
            "1.0 s main wakes itself",
            "1.0 s main is suspended: waits for its next turn",
            "1.0 s main is polled",
            "1.0 s main says: still fine",
            "1.0 s main finishes",
        ]
    );
}

#[test]
fn a_task_aborted_while_it_is_ready_loses_its_turn() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let task = spawn_named("late", async {
            unreachable!("it is aborted before its turn")
        });
        task.abort();
        yield_now().await;
    });
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("late").unwrap()), 0);
    assert_eq!(
        story(&trace)[2..4],
        [
            "0.0 s late is spawned",
            "0.0 s late is dropped before it has finished",
        ]
    );
}

#[test]
fn a_stale_waker_does_not_reach_the_next_task_in_the_same_slot() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let waker = spawn_named("first", my_waker()).await.unwrap();
        let second = spawn_named("second", sleep(secs(1)));
        yield_now().await;
        waker.wake();
        second.await.unwrap();
    });
    let trace = event_loop.trace();
    // Were "second" woken through the slot that it has from "first", it would be polled 3 times.
    assert_eq!(trace.polls(trace.task("second").unwrap()), 2);
}

#[test]
fn a_waker_of_the_run_before_wakes_nobody_in_the_next() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let waker = event_loop.run_until_complete(my_waker());
    event_loop.run_until_complete(async {
        waker.wake_by_ref();
        sleep(secs(1)).await;
    });
    waker.wake();
    event_loop.run_until_complete(async {});
    assert_eq!(
        story(&event_loop.trace())[3..],
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits until 1.0 s",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s main is woken: its time has come",
            "1.0 s main is polled",
            "1.0 s main finishes",
            "1.0 s main is spawned",
            "1.0 s main is polled",
            "1.0 s main finishes",
        ]
    );
}

/// Wakes itself and finishes all the same: its place in the queue is taken by nobody.
fn ends_while_it_is_woken() -> impl Future<Output = ()> {
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Ready(())
    })
}

#[test]
fn a_place_in_the_queue_that_a_task_left_behind_is_no_turn_for_the_next_in_its_slot() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let waker = my_waker().await;
        spawn_named("first", async move {
            waker.wake(); // so that main has its turn before the place that is left behind
            ends_while_it_is_woken().await;
        });
        let mut polls = 0;
        poll_fn(|_| {
            polls += 1;
            if polls == 1 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        spawn_named("second", sleep(secs(1))).await.unwrap();
    });
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("first").unwrap()), 1); // whoever is polled in its name
    assert_eq!(trace.polls(trace.task("second").unwrap()), 2);
}

#[test]
fn a_place_in_the_queue_that_a_run_left_behind_is_no_turn_for_the_next_main_future() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(ends_while_it_is_woken());
    event_loop.run_until_complete(sleep(secs(1)));
    assert_eq!(event_loop.trace().polls(TaskId(0)), 1); // whoever is polled in its name
    assert_eq!(event_loop.trace().polls(TaskId(1)), 2);
}
