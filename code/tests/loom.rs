//! Whatever crosses threads, in every order in which the threads can meet. Only under
//! `RUSTFLAGS="--cfg loom"`, which puts loom's locks and atomics in the place of the standard
//! library's:
//!
//! ```console
//! RUSTFLAGS="--cfg loom" cargo test --release -p event-loops --no-default-features --test loom --target-dir target/loom
//! ```

#![cfg(loom)]

use std::future::{Future, pending, poll_fn};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use event_loops::{
    EventLoop, Outstanding, now, outstanding, sleep, spawn, spawn_blocking, yield_now,
};
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

/// Waits until `count` has reached `enough`. It is read without any ordering of its own: that the
/// task sees what happened before it was woken is the waker's work.
async fn at_least(count: Arc<AtomicUsize>, enough: usize, mut hand_out: impl FnMut(Waker)) {
    let mut handed_out = false;
    poll_fn(|cx| {
        if !std::mem::replace(&mut handed_out, true) {
            hand_out(cx.waker().clone());
        }
        if count.load(Ordering::Relaxed) >= enough {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Another thread that counts up and wakes.
fn counting_thread(count: &Arc<AtomicUsize>, waker: Waker) -> thread::JoinHandle<()> {
    let count = count.clone();
    thread::spawn(move || {
        count.fetch_add(1, Ordering::Relaxed);
        waker.wake();
    })
}

fn run<T>(main: impl Future<Output = T>) -> T {
    EventLoop::with_virtual_clock().run_until_complete(main)
}

/// Every order in which no thread is interrupted more than twice, for models that have too many
/// orders otherwise. It has been enough for every fault so far.
fn bounded(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(model);
}

#[test]
fn no_wake_is_lost_whenever_it_comes() {
    loom::model(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let theirs = count.clone();
        let mut threads = Vec::new();
        run(at_least(count, 1, |waker| {
            threads.push(counting_thread(&theirs, waker));
        }));
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn no_wake_is_lost_when_two_come_at_once() {
    bounded(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let theirs = count.clone();
        let mut threads = Vec::new();
        run(at_least(count, 2, |waker| {
            threads.push(counting_thread(&theirs, waker.clone()));
            threads.push(counting_thread(&theirs, waker));
        }));
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_wake_meets_a_task_that_wakes_itself() {
    loom::model(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let theirs = count.clone();
        let mut threads = Vec::new();
        run(async {
            let hand_out = |waker| threads.push(counting_thread(&theirs, waker));
            let mut waits = std::pin::pin!(at_least(count, 1, hand_out));
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                if polls <= 2 {
                    cx.waker().wake_by_ref();
                }
                waits.as_mut().poll(cx)
            })
            .await;
        });
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_waker_may_be_called_when_its_loop_is_gone_or_about_to_be() {
    loom::model(|| {
        let event_loop = EventLoop::with_virtual_clock();
        let count = Arc::new(AtomicUsize::new(0));
        let theirs = count.clone();
        let (tell, told) = std::sync::mpsc::channel();
        event_loop.spawn(at_least(count, 1, move |waker| {
            tell.send(counting_thread(&theirs, waker)).unwrap();
        }));
        event_loop.run_until_complete(yield_now());
        drop(event_loop);
        told.recv().unwrap().join().unwrap();
    });
}

#[test]
fn the_last_one_outside_goes_and_the_loop_notices() {
    loom::model(|| {
        let event_loop = EventLoop::with_virtual_clock();
        let mut threads = Vec::new();
        let deadlock = event_loop.try_run_until_complete(async {
            let leave = |busy: Outstanding| thread::spawn(move || drop(busy));
            threads.push(leave(outstanding()));
            pending::<()>().await;
        });
        assert!(deadlock.is_err());
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn one_that_wakes_and_goes_is_no_deadlock() {
    loom::model(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let theirs = count.clone();
        let mut threads = Vec::new();
        run(at_least(count, 1, |waker| {
            let (count, busy) = (theirs.clone(), outstanding());
            threads.push(thread::spawn(move || {
                count.fetch_add(1, Ordering::Relaxed);
                waker.wake();
                drop(busy);
            }));
        }));
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn the_result_of_a_blocking_job_arrives() {
    loom::model(|| {
        let answer = run(async { spawn_blocking(|| 42).await.unwrap() });
        assert_eq!(answer, 42);
    });
}

#[test]
fn the_virtual_clock_jumps_neither_before_a_job_has_woken_its_task_nor_while_it_does() {
    loom::model(|| {
        run(async {
            let hour = Duration::from_secs(3600);
            spawn(async move {
                sleep(hour).await;
                panic!("the clock has jumped");
            });
            assert_eq!(spawn_blocking(|| 42).await.unwrap(), 42);
            assert_eq!(now(), Duration::ZERO);
        });
    });
}

#[test]
fn two_jobs_on_one_thread_both_run() {
    bounded(|| {
        let event_loop = EventLoop::with_virtual_clock().with_blocking_threads(1);
        event_loop.run_until_complete(async {
            let (first, second) = (spawn_blocking(|| 1), spawn_blocking(|| 2));
            assert_eq!(first.await.unwrap() + second.await.unwrap(), 3);
        });
    });
}

#[test]
fn a_loop_may_be_closed_while_a_job_begins_or_ends() {
    loom::model(|| {
        let event_loop = EventLoop::with_virtual_clock();
        event_loop.run_until_complete(async { drop(spawn_blocking(|| ())) });
        event_loop.close();
    });
}
