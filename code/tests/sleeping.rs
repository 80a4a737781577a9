//! What a sleep promises: never early, in order, gone when dropped, at home in any task.

mod common;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use common::{Log, foreign_waker, poll_once, poll_with, secs, story};
use event_loops::{
    EventLoop, Sleep, block_for, compute_for, gather, now, sleep, sleep_until, spawn, spawn_named,
    yield_now,
};

#[test]
fn the_time_starts_when_a_sleep_is_first_awaited() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let first = sleep(secs(3));
        let second = sleep(secs(3));
        first.await;
        assert_eq!(now(), secs(3));
        second.await; // it was made at 0 s, too, and yet
        assert_eq!(now(), secs(6));
    });
}

#[test]
fn sleeps_end_by_their_deadlines_and_equal_ones_in_the_order_in_which_they_began() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let sleeper = |(word, seconds)| {
        let log = log.clone();
        async move {
            sleep(secs(seconds)).await;
            log.push(format!("{word} at {}", now().as_secs()));
        }
    };
    event_loop.run_until_complete(gather(
        [("a", 3), ("b", 1), ("c", 3), ("d", 2), ("e", 1)].map(sleeper),
    ));
    assert_eq!(
        log.take(),
        ["b at 1", "e at 1", "d at 2", "a at 3", "c at 3"]
    );
}

#[test]
fn one_jump_wakes_all_whose_time_has_come() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let a = spawn_named("a", sleep(secs(3)));
        let b = spawn_named("b", sleep(secs(3)));
        a.await.unwrap();
        b.await.unwrap();
    });
    assert_eq!(
        story(&event_loop.trace())[9..],
        [
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s a is woken: its time has come",
            "3.0 s b is woken: its time has come", // before anyone is polled
            "3.0 s a is polled",
            "3.0 s main is woken by a",
            "3.0 s a finishes",
            "3.0 s b is polled",
            "3.0 s b finishes",
            "3.0 s main is polled",
            "3.0 s main finishes",
        ]
    );
}

#[test]
fn a_sleep_is_late_when_another_task_holds_the_thread() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let sleeper = spawn(async {
            sleep(secs(3)).await;
            now()
        });
        yield_now().await;
        block_for(secs(5));
        assert_eq!(sleeper.await.unwrap(), secs(5));
    });
}

#[test]
fn a_sleep_that_is_woken_before_its_time_goes_on_sleeping() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let sleeper = spawn_named("sleeper", async {
            let waker = common::my_waker().await;
            spawn_named("nuisance", async move {
                sleep(secs(1)).await;
                waker.wake();
            });
            sleep(secs(3)).await;
            now()
        });
        assert_eq!(sleeper.await.unwrap(), secs(3));
    });
    let trace = event_loop.trace();
    // To start, for the nuisance, to finish.
    assert_eq!(trace.polls(trace.task("sleeper").unwrap()), 3);
    assert_eq!(trace.total(), secs(3));
}

#[test]
fn a_dropped_sleep_leaves_no_deadline_behind() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut long = sleep(secs(3600));
        assert_eq!(poll_once(&mut long).await, Poll::Pending);
        drop(long);
        sleep(secs(7200)).await;
    });
    assert_eq!(
        story(&event_loop.trace())[2..],
        [
            "0.0 s main is suspended: waits until 60 min and 1 more", // said before it was dropped
            "0.0 s loop has nothing to do until 120 min",
            "120 min loop goes on",
            "120 min main is woken: its time has come",
            "120 min main is polled",
            "120 min main finishes",
        ]
    );
}

#[test]
fn the_sleep_of_an_aborted_task_leaves_no_deadline_behind() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let task = spawn(sleep(secs(3600)));
        yield_now().await;
        task.abort();
        sleep(secs(1)).await;
    });
    let deadlock = event_loop.try_run_until_complete(std::future::pending::<()>());
    assert!(deadlock.is_err());
    // With the hour still on the list the clock would have jumped there first.
    assert_eq!(event_loop.trace().total(), secs(1));
}

#[test]
fn a_sleep_that_moves_to_another_task_wakes_that_one_and_no_other() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let place: Rc<RefCell<Option<Sleep>>> = Rc::default();
        let to = place.clone();
        let giver = spawn_named("giver", async move {
            let mut asleep = sleep(secs(3));
            assert_eq!(poll_once(&mut asleep).await, Poll::Pending);
            *to.borrow_mut() = Some(asleep);
            sleep(secs(10)).await;
        });
        yield_now().await;
        let taker = spawn_named("taker", async move {
            let asleep = place.take().unwrap();
            asleep.await;
            now()
        });
        assert_eq!(taker.await.unwrap(), secs(3)); // three from its first poll, by the giver
        giver.await.unwrap();
    });
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("giver").unwrap()), 2);
    assert_eq!(trace.polls(trace.task("taker").unwrap()), 2);
}

#[test]
fn the_waker_of_the_last_poll_is_the_one_that_is_called() {
    let event_loop = EventLoop::with_virtual_clock();
    let rung = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let bell = |word: &'static str| {
        let rung = rung.clone();
        foreign_waker(move || rung.lock().unwrap().push(word), || {})
    };
    let (first, second) = (bell("first"), bell("second"));
    event_loop.run_until_complete(async {
        let mut asleep = sleep(secs(3));
        assert_eq!(poll_with(&mut asleep, &first), Poll::Pending);
        assert_eq!(poll_with(&mut asleep, &second), Poll::Pending);
        sleep(secs(4)).await;
        assert_eq!(poll_with(&mut asleep, &first), Poll::Ready(()));
    });
    assert_eq!(*rung.lock().unwrap(), ["second"]);
}

#[test]
fn a_foreign_waker_that_drops_another_sleep_when_it_is_dropped_finds_the_list_free() {
    thread_local! {
        static HIDDEN: RefCell<Vec<Sleep>> = const { RefCell::new(Vec::new()) };
        static DROPPED: Cell<usize> = const { Cell::new(0) };
    }
    /// A waker whose last clone takes a sleep with it.
    async fn waker_with_a_sleep() -> Waker {
        let mut asleep = sleep(secs(9));
        assert_eq!(poll_once(&mut asleep).await, Poll::Pending);
        HIDDEN.with_borrow_mut(|hidden| hidden.push(asleep));
        let on_drop = || {
            drop(HIDDEN.take());
            DROPPED.set(DROPPED.get() + 1); // not reached when it panics
        };
        foreign_waker(|| {}, on_drop)
    }
    let event_loop = EventLoop::with_virtual_clock();
    let kept = event_loop.run_until_complete(async {
        let mut replaced = sleep(secs(1));
        assert_eq!(
            poll_with(&mut replaced, &waker_with_a_sleep().await),
            Poll::Pending
        );
        assert_eq!(poll_once(&mut replaced).await, Poll::Pending); // by the task's own waker
        assert_eq!(DROPPED.get(), 1);

        let mut dropped = sleep(secs(1));
        assert_eq!(
            poll_with(&mut dropped, &waker_with_a_sleep().await),
            Poll::Pending
        );
        drop(dropped);
        assert_eq!(DROPPED.get(), 2);

        let mut rung = sleep(secs(1));
        assert_eq!(
            poll_with(&mut rung, &waker_with_a_sleep().await),
            Poll::Pending
        );
        sleep(secs(2)).await;
        assert_eq!(DROPPED.get(), 3);

        let mut closed = sleep(secs(9));
        assert_eq!(
            poll_with(&mut closed, &waker_with_a_sleep().await),
            Poll::Pending
        );
        Some(closed) // it stays on the list until the loop is closed
    });
    event_loop.close();
    assert_eq!(DROPPED.get(), 4);
    drop(kept);
}

#[test]
fn no_time_at_all_is_over_without_another_task_having_its_turn() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let ran = Rc::new(Cell::new(false));
        let to = ran.clone();
        spawn(async move { to.set(true) });
        sleep(Duration::ZERO).await;
        sleep_until(Duration::ZERO).await;
        assert!(!ran.get());
    });
}

#[test]
fn the_longest_sleep_of_all_is_no_overflow() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        compute_for(secs(1));
        sleep(Duration::MAX).await;
        assert_eq!(now(), Duration::MAX);
    });
    let trace = event_loop.trace();
    assert!(!trace.timeline().is_empty());
    assert!(!trace.to_svg().is_empty());
}

#[test]
fn a_sleep_that_is_over_stays_over() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let mut asleep = sleep(secs(1));
        (&mut asleep).await;
        assert_eq!(poll_once(&mut asleep).await, Poll::Ready(()));
        assert_eq!(now(), secs(1));
    });
}

#[test]
fn twenty_thousand_sleeps_at_once_end_each_at_its_time() {
    let event_loop = EventLoop::with_virtual_clock();
    let sleeper = |number: u64| async move {
        let time = Duration::from_millis(number * 7919 % 20_000);
        sleep(time).await;
        assert_eq!(now(), time);
    };
    event_loop.run_until_complete(gather((0..20_000).map(sleeper)));
}

#[test]
fn two_sleeps_in_one_task_wake_it_by_the_first() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let (mut short, mut long) = (sleep(secs(1)), sleep(secs(5)));
        let first = poll_fn(|cx| {
            if Pin::new(&mut long).poll(cx).is_ready() {
                return Poll::Ready("long");
            }
            Pin::new(&mut short).poll(cx).map(|()| "short")
        });
        assert_eq!(first.await, "short");
        assert_eq!(now(), secs(1));
        long.await;
        assert_eq!(now(), secs(5));
    });
}
