//! Wakers: from any thread, at any time, and after everything else is gone.

mod common;

use std::future::poll_fn;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use common::{Gate, OnDrop, my_waker, secs, story, story_of_tasks};
use event_loops::{EventKind, EventLoop, TaskId, gather, sleep, spawn_named, yield_now};

#[test]
fn a_wake_from_another_thread_is_told_as_one_from_outside() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let gate = Gate::default();
    let (waits, is_waiting) = mpsc::channel();
    let opener = {
        let gate = gate.clone();
        thread::spawn(move || {
            is_waiting.recv().unwrap();
            gate.open();
        })
    };
    event_loop.run_until_complete(async {
        spawn_named("last", async move {
            yield_now().await; // by now main waits at the gate
            waits.send(()).unwrap();
        });
        gate.wait().await;
    });
    opener.join().unwrap();
    let story = story_of_tasks(&event_loop.trace());
    assert_eq!(
        story[story.len() - 3..],
        [
            "0.0 s main is woken from outside the loop",
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

/// Another thread writes a number and wakes the task, which answers by writing it back. Each time
/// at another moment: while the task waits in the queue, in the middle of its poll, while the loop
/// parks, when it is parked.
///
/// In the queue is the subtle one. The wake then changes nothing, so the poll that comes must see
/// the number: without the acquire in `leave_queue` an optimised build loses a wake in every ten
/// thousand.
#[test]
fn twenty_thousand_wakes_from_another_thread_and_none_is_lost() {
    const ROUNDS: usize = 20_000;
    let (number, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (give, take) = mpsc::channel::<Waker>();
    let thread = {
        let (number, answer) = (number.clone(), answer.clone());
        thread::spawn(move || {
            let waker = take.recv().unwrap();
            for round in 1..=ROUNDS {
                (0..round * 7919 % 40).for_each(|_| spin_loop());
                number.store(round, Ordering::Relaxed);
                waker.wake_by_ref();
                let began = Instant::now();
                while answer.load(Ordering::Relaxed) != round {
                    if began.elapsed() > Duration::from_secs(20) {
                        // The test is to fail, and not to hang.
                        number.store(ROUNDS, Ordering::Relaxed);
                        waker.wake();
                        return false;
                    }
                    spin_loop();
                }
            }
            true
        })
    };
    let mut give = Some(give);
    let (mut seen, mut more_polls) = (0, 0);
    EventLoop::new().run_until_complete(poll_fn(|cx| {
        let now = number.load(Ordering::Relaxed);
        answer.store(now, Ordering::Relaxed);
        if let Some(give) = give.take() {
            give.send(cx.waker().clone()).unwrap();
        }
        if now == ROUNDS {
            return Poll::Ready(());
        }
        if now != seen {
            (seen, more_polls) = (now, 1 + now % 4);
        }
        if more_polls > 0 {
            more_polls -= 1;
            cx.waker().wake_by_ref(); // so that the next wake may find it in the queue
        }
        Poll::Pending
    }));
    assert!(thread.join().unwrap(), "a wake was lost");
}

#[test]
fn wakers_work_between_two_runs() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let gate = Gate::default();
    let task = {
        let gate = gate.clone();
        event_loop.spawn_named("waits", async move { gate.wait().await })
    };
    event_loop.run_until_complete(yield_now());
    gate.open();
    assert!(!task.is_finished()); // it is ready, and nobody polls it now
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(
        story(&event_loop.trace())[9..],
        [
            "0.0 s main is spawned", // the second one
            "0.0 s waits is woken from outside the loop",
            "0.0 s waits is polled",
            "0.0 s waits finishes",
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn wakers_outlive_their_loop_here_and_on_another_thread() {
    let event_loop = EventLoop::new();
    let wakers = event_loop.run_until_complete(async {
        let of_task = spawn_named("task", async {
            let waker = my_waker().await;
            event_loops::spawn(async move { drop(waker) });
            my_waker().await
        });
        [my_waker().await, of_task.await.unwrap()]
    });
    drop(event_loop);
    for waker in wakers {
        waker.wake_by_ref();
        let thread = thread::spawn(move || {
            waker.wake_by_ref();
            let clone = waker.clone();
            clone.wake();
            drop(waker);
        });
        thread.join().unwrap();
    }
}

#[test]
fn the_trace_says_who_woke_whom() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let sleeper = spawn_named("sleeper", sleep(secs(1)));
        let finisher = spawn_named("finisher", async {});
        let panicker = spawn_named("panicker", async { panic!("on purpose") });
        let selfish = spawn_named("selfish", yield_now());
        sleeper.await.unwrap();
        finisher.await.unwrap();
        panicker.await.unwrap_err();
        selfish.await.unwrap();
    });
    let woken: Vec<_> = story(&event_loop.trace())
        .into_iter()
        .filter(|line| line.contains("wake") || line.contains("woken"))
        .collect();
    assert_eq!(
        woken,
        [
            "0.0 s selfish wakes itself",
            "1.0 s sleeper is woken: its time has come",
            "1.0 s main is woken by sleeper", // the others were finished by then
        ]
    );
}

#[test]
fn the_end_of_a_task_wakes_in_its_own_name_and_not_in_the_clock_s() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let panicker = spawn_named("panicker", async { panic!("on purpose") });
        panicker.await.unwrap_err();
        let waker = my_waker().await;
        let mut polls = 0;
        spawn_named("cleaner", async move {
            // Not called in the poll, but when the future is dropped after it.
            let on_drop = OnDrop(move || waker.wake_by_ref());
            poll_fn(move |_| {
                let _keep = &on_drop;
                Poll::Ready(())
            })
            .await;
        });
        poll_fn(|_| {
            polls += 1;
            if polls == 1 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        let victim = spawn_named("victim", std::future::pending::<()>());
        let watcher = spawn_named("watcher", async move {
            let waiting = spawn_named("hangman", async move { victim.abort() });
            waiting.await.unwrap();
        });
        watcher.await.unwrap();
    });
    let trace = event_loop.trace();
    let woken: Vec<_> = story(&trace)
        .into_iter()
        .filter(|line| line.contains("woken"))
        .collect();
    assert_eq!(
        woken,
        [
            "0.0 s main is woken by panicker",
            "0.0 s main is woken by cleaner",
            "0.0 s watcher is woken by hangman",
            "0.0 s main is woken by watcher",
        ]
    );
    assert_eq!(trace.polls(TaskId::MAIN), 4);
}

#[test]
fn a_task_woken_by_many_threads_at_once_is_polled_until_it_has_seen_all() {
    let event_loop = EventLoop::new();
    let counter = Arc::new(AtomicUsize::new(0));
    const THREADS: usize = 4;
    const EACH: usize = 500;
    let threads = std::cell::RefCell::new(Vec::new());
    event_loop.run_until_complete(poll_fn(|cx| {
        if threads.borrow().is_empty() {
            for _ in 0..THREADS {
                let (counter, waker) = (counter.clone(), cx.waker().clone());
                threads.borrow_mut().push(thread::spawn(move || {
                    for _ in 0..EACH {
                        counter.fetch_add(1, Ordering::Relaxed);
                        waker.wake_by_ref();
                    }
                }));
            }
        }
        // The last wake of all comes after the last count: who misses it waits forever.
        if counter.load(Ordering::Relaxed) == THREADS * EACH {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
    for thread in threads.take() {
        thread.join().unwrap();
    }
}

#[test]
fn a_gather_wakes_its_owner_once() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(gather([secs(1), secs(2), secs(3)].map(sleep)));
    assert_eq!(event_loop.trace().polls(TaskId::MAIN), 2);
}

/// The listener runs on the loop's own thread, between its last look at the queue and the parking.
#[test]
fn a_listener_that_wakes_a_task_on_hearing_that_the_loop_parks_is_in_time() {
    let gate = Gate::default();
    let key = gate.clone();
    let event_loop = EventLoop::new().on_event(move |event| {
        if matches!(event.kind, EventKind::Parked { .. }) {
            key.open();
        }
    });
    event_loop.run_until_complete(gate.wait());
}
