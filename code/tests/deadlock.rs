//! A loop that could only wait forever says so; one that is waited for elsewhere never does.

mod common;

use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::hint;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;

use common::{Gate, OnDrop, millis, my_waker, panic_text, poll_once, secs, story};
use event_loops::{
    ClockKind, Deadlock, EventLoop, JoinHandle, gather, scope, sleep, spawn, spawn_named, yield_now,
};

fn report(main: impl Future) -> Deadlock {
    let event_loop = EventLoop::with_virtual_clock();
    match event_loop.try_run_until_complete(main) {
        Ok(_) => panic!("this should be a deadlock"),
        Err(deadlock) => deadlock,
    }
}

/// The names of the stuck tasks and what they wait for.
fn waits(deadlock: &Deadlock) -> Vec<(&str, Option<&str>)> {
    let stuck = deadlock.stuck.iter();
    stuck
        .map(|task| (task.name.as_str(), task.waits_for.as_deref()))
        .collect()
}

#[test]
fn two_tasks_that_await_each_other_are_named() {
    let place: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    let deadlock = report(async {
        let other = place.clone();
        let hen = spawn_named("hen", async move {
            let egg = other.take().unwrap();
            egg.await.unwrap();
        });
        let egg = spawn_named("egg", async { hen.await.unwrap() });
        *place.borrow_mut() = Some(egg);
        pending::<()>().await;
    });
    assert_eq!(
        waits(&deadlock),
        [
            ("main", None),
            ("hen", Some("the end of egg")),
            ("egg", Some("the end of hen")),
        ]
    );
}

#[test]
fn the_report_says_where_each_task_was_spawned() {
    let event_loop = EventLoop::new(); // the real clock knows deadlocks just as well
    let line = line!() + 2;
    let deadlock = event_loop
        .try_run_until_complete(async { spawn_named("forgotten", pending::<()>()).await })
        .unwrap_err();
    assert_eq!(
        deadlock.to_string(),
        format!(
            "deadlock: nothing is left that could wake a task\n  \
             main, spawned at deadlock.rs:{line}, waits for the end of forgotten\n  \
             forgotten, spawned at deadlock.rs:{line}, waits for something that is not ours: a \
             future that returned Pending and kept no waker"
        )
    );
}

#[test]
fn the_report_names_tasks_in_the_order_in_which_they_were_spawned() {
    let deadlock = report(async {
        spawn_named("short", async {});
        spawn_named("old", pending::<()>());
        yield_now().await;
        spawn_named("young", pending::<()>()); // in the slot of "short", before that of "old"
        pending::<()>().await;
    });
    assert_eq!(
        waits(&deadlock),
        [("main", None), ("old", None), ("young", None)]
    );
}

#[test]
fn run_until_complete_panics_with_the_report() {
    let text = panic_text(|| EventLoop::new().run_until_complete(pending()));
    assert!(text.starts_with("deadlock: nothing is left"), "{text}");
}

#[test]
fn a_gather_of_tasks_that_are_stuck_is_stuck() {
    let deadlock = report(gather([pending::<()>(), pending()]).named(|i| format!("child {i}")));
    assert_eq!(
        waits(&deadlock),
        [
            ("main", Some("the end of child 0")),
            ("child 0", None),
            ("child 1", None),
        ]
    );
}

#[test]
fn a_gather_or_a_scope_that_is_stuck_does_not_name_a_task_that_is_over() {
    let stuck_unless = async |over: bool| {
        if !over {
            pending::<()>().await;
        }
    };
    let others = Some("the end of other tasks that it spawned");
    let deadlock = report(gather([true, false].map(stuck_unless)));
    assert_eq!(waits(&deadlock), [("main", others), ("task 2", None)]);
    let deadlock = report(scope(async |scope| {
        for over in [true, false] {
            scope.spawn(stuck_unless(over));
        }
    }));
    assert_eq!(waits(&deadlock), [("main", others), ("task 2", None)]);
}

#[test]
fn a_task_that_polled_more_than_it_awaits_is_found_stuck_all_the_same() {
    let deadlock = report(async {
        let mut task = spawn_named("task", pending::<()>());
        let mut other = spawn_named("other", pending::<()>());
        assert!(poll_once(&mut other).await.is_pending());
        yield_now().await;
        // In this poll only one of the two handles is polled, and both are still waited for.
        assert!(poll_once(&mut task).await.is_pending());
        let _ = task.await;
        drop(other);
    });
    assert_eq!(waits(&deadlock)[0], ("main", Some("the end of task")));
}

#[test]
fn the_main_future_is_dropped_and_the_loop_can_be_used_again() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let (tell, told) = mpsc::channel();
    let stuck = event_loop.spawn_named("stuck", pending::<()>());
    let main = async {
        let _guard = OnDrop(|| tell.send("dropped").unwrap());
        pending::<()>().await;
    };
    event_loop.try_run_until_complete(main).unwrap_err();
    assert_eq!(told.try_recv(), Ok("dropped"));
    assert!(!stuck.is_finished());
    event_loop.run_until_complete(sleep(secs(1)));
    assert_eq!(
        story(&event_loop.trace())[2..8],
        [
            "0.0 s stuck is polled",
            "0.0 s stuck is suspended",
            "0.0 s main is polled",
            "0.0 s main is suspended",
            "0.0 s main is dropped before it has finished", // here: no parking before it
            "0.0 s main is spawned",
        ]
    );
}

/// Runs `main` on both clocks while another thread opens the gate that it waits for.
fn never_a_deadlock<M: Future>(main: impl Fn(Gate) -> M) {
    for kind in [ClockKind::Virtual, ClockKind::Real] {
        let gate = Gate::default();
        let event_loop = EventLoop::with_clock(kind);
        let opener = {
            let gate = gate.clone();
            thread::spawn(move || {
                thread::sleep(millis(10)); // so that the loop has nothing to do for a while
                gate.open();
            })
        };
        if let Err(deadlock) = event_loop.try_run_until_complete(main(gate)) {
            panic!("another thread was about to wake a task, and yet: {deadlock}");
        }
        opener.join().unwrap();
    }
}

#[test]
fn a_waker_in_another_thread_is_no_deadlock() {
    never_a_deadlock(|gate| async move { gate.wait().await });
}

#[test]
fn a_waker_of_any_task_in_another_thread_is_no_deadlock() {
    never_a_deadlock(|gate| async move {
        spawn(pending::<()>());
        spawn(async move { gate.wait().await }).await.unwrap();
    });
}

#[test]
fn a_waker_that_is_used_up_while_the_loop_looks_for_deadlocks_is_none() {
    // Each round the only waker there is goes to another thread, which uses it up at another
    // moment: also right between the loop's look at its queue and its look at the wakers.
    const ROUNDS: usize = 20_000;
    let woken = Arc::new(AtomicUsize::new(0));
    let place: Arc<Mutex<Option<Waker>>> = Arc::default();
    let thread = {
        let (woken, place) = (woken.clone(), place.clone());
        thread::spawn(move || {
            let mut round = 0;
            while round < ROUNDS && Arc::strong_count(&place) > 1 {
                let Some(waker) = place.lock().unwrap().take() else {
                    hint::spin_loop();
                    continue;
                };
                round += 1;
                (0..round * 7919 % 100).for_each(|_| hint::spin_loop());
                woken.store(round, Ordering::Relaxed);
                waker.wake();
            }
        })
    };
    let mut given = 0;
    let main = poll_fn(move |cx| {
        if woken.load(Ordering::Relaxed) == given {
            if given == ROUNDS {
                return Poll::Ready(());
            }
            given += 1;
            *place.lock().unwrap() = Some(cx.waker().clone());
        }
        Poll::Pending
    });
    EventLoop::new().run_until_complete(main);
    thread.join().unwrap();
}

#[test]
fn a_sleep_that_is_given_up_in_the_same_poll_hides_no_foreign_waker() {
    never_a_deadlock(|gate| async move {
        let mut given_up = sleep(secs(1));
        assert!(poll_once(&mut given_up).await.is_pending());
        drop(given_up);
        gate.wait().await;
    });
}

#[test]
fn a_handle_that_is_polled_twice_in_one_poll_hides_no_foreign_waker() {
    never_a_deadlock(|gate| async move {
        let mut task = spawn(pending::<()>());
        let gate = async { gate.wait().await };
        let mut gate = std::pin::pin!(gate);
        poll_fn(|cx| {
            assert!(Pin::new(&mut task).poll(cx).is_pending());
            assert!(Pin::new(&mut task).poll(cx).is_pending());
            gate.as_mut().poll(cx)
        })
        .await;
    });
}

#[test]
fn a_waker_kept_in_another_future_is_no_deadlock_as_far_as_the_loop_can_know() {
    // Nobody will ever call that waker, but the loop can't know: it parks. Another thread ends it.
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let gate = Gate::default();
    let (tell, told) = mpsc::channel();
    let opener = {
        let gate = gate.clone();
        thread::spawn(move || {
            told.recv().unwrap();
            gate.open();
        })
    };
    event_loop.run_until_complete(async {
        let kept = my_waker().await;
        tell.send(()).unwrap();
        gate.wait().await;
        drop(kept);
    });
    opener.join().unwrap();
}

#[test]
fn a_waker_that_was_dropped_keeps_no_deadlock_from_being_reported() {
    report(async {
        let kept = my_waker().await;
        thread::spawn(move || drop(kept)).join().unwrap();
        pending::<()>().await;
    });
}

#[test]
fn a_wait_for_a_task_of_another_loop_is_not_told_as_one_of_this_loop() {
    let other = EventLoop::new();
    let _zero = other.spawn_named("zero", pending::<()>());
    let foreign = other.spawn_named("foreign", pending::<()>());
    let event_loop = EventLoop::new().with_trace();
    event_loop.spawn_named("mine", pending::<()>());
    let _mine_too = event_loop.spawn_named("mine too", pending::<()>());
    let deadlock = event_loop.try_run_until_complete(foreign).unwrap_err();
    assert_eq!(
        waits(&deadlock),
        [("main", None), ("mine", None), ("mine too", None)]
    );
    let poll_of_main = poll_fn(|_| Poll::Ready(()));
    event_loop.run_until_complete(poll_of_main);
    let told = story(&event_loop.trace());
    assert!(told.iter().all(|line| !line.contains("waits for the end")));
}
