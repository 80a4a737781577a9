//! What a timeout promises: it ends in time, and what it gives up leaves nothing behind.

mod common;

use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use common::{Log, OnDrop, millis, my_waker, panic_text, secs, story};
use event_loops::{
    ClockKind, EventLoop, block_for, compute_for, gather, now, sleep, sleep_until, spawn_named,
    timeout, yield_now,
};

#[test]
fn a_future_that_takes_too_long_is_dropped_before_the_timeout_returns() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let call = async {
            let _guard = OnDrop(|| log.push("dropped"));
            sleep(secs(15)).await;
            log.push("went on");
        };
        let error = timeout(secs(3), call).await.unwrap_err();
        assert_eq!(log.take(), ["dropped"]);
        assert_eq!(error.to_string(), "timed out after 3.0 s");
        sleep(secs(20)).await; // the deadline of the call is no longer on the list
    });
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(
        story(&event_loop.trace())[2..],
        [
            "0.0 s main is suspended: waits until 15.0 s and 1 more",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s main is woken: its time has come",
            "3.0 s main is polled",
            "3.0 s main is suspended: waits until 23.0 s", // and no longer for the call
            "3.0 s loop has nothing to do until 23.0 s",
            "23.0 s loop goes on",
            "23.0 s main is woken: its time has come",
            "23.0 s main is polled",
            "23.0 s main finishes",
        ]
    );
}

#[test]
fn a_future_in_time_gives_its_result_and_leaves_no_deadline_behind() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let call = async {
            sleep(secs(1)).await;
            "back"
        };
        assert_eq!(timeout(secs(3), call).await, Ok("back"));
        sleep(secs(9)).await;
    });
    let parked = "1.0 s loop has nothing to do until 10.0 s"; // and not until 3 s
    assert!(story(&event_loop.trace()).contains(&parked.to_string()));
}

#[test]
fn a_result_that_is_there_when_the_time_is_up_counts() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        assert_eq!(timeout(secs(3), sleep(secs(3))).await, Ok(()));
        assert_eq!(timeout(Duration::ZERO, ready(1)).await, Ok(1));
        assert!(timeout(Duration::ZERO, pending::<()>()).await.is_err());
    });
}

#[test]
fn a_future_that_holds_the_thread_is_not_stopped() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let stubborn = async {
            yield_now().await;
            compute_for(secs(5));
            "late, and yet"
        };
        assert_eq!(timeout(secs(3), stubborn).await, Ok("late, and yet"));
        assert_eq!(now(), secs(5));
    });
}

#[test]
fn the_time_starts_when_a_timeout_is_first_awaited() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let call = timeout(secs(3), sleep_until(secs(12)));
        block_for(secs(10));
        assert_eq!(call.await, Ok(()));
    });
}

#[test]
fn what_the_future_does_in_its_first_poll_counts() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let call = async |computes| {
            compute_for(computes);
            sleep(secs(2)).await;
        };
        assert!(timeout(secs(3), call(secs(2))).await.is_err());
        assert_eq!(now(), secs(3)); // and not 2 + 3
        assert!(timeout(secs(3), call(secs(5))).await.is_err());
        assert_eq!(now(), secs(8)); // the time is up when it gives the thread back
    });
}

#[test]
fn the_inner_of_two_timeouts_ends_first_and_tells_the_outer() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let inner = timeout(secs(1), pending::<()>());
        let outer = timeout(secs(5), inner).await;
        assert!(outer.expect("the outer one has time left").is_err());
        assert_eq!(now(), secs(1));
        let inner = timeout(secs(5), pending::<()>());
        assert!(timeout(secs(1), inner).await.is_err());
        assert_eq!(now(), secs(2));
    });
}

#[test]
fn dropping_a_timeout_drops_its_future_and_its_deadline() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let to = log.clone();
        let task = spawn_named("task", async move {
            let _guard = OnDrop(|| to.push("dropped"));
            let _in_time = timeout(secs(3), pending::<()>()).await;
        });
        yield_now().await;
        task.abort();
        assert_eq!(log.take(), ["dropped"]);
    });
    event_loop
        .try_run_until_complete(pending::<()>())
        .unwrap_err();
    assert_eq!(event_loop.trace().total(), Duration::ZERO);
}

#[test]
fn a_timeout_on_what_never_comes_is_no_deadlock_and_polls_nobody_without_need() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let stuck = |seconds| async move { timeout(secs(seconds), pending::<()>()).await };
        assert!(gather([1, 2].map(stuck)).await.iter().all(Result::is_err));
    });
    let trace = event_loop.trace();
    assert_eq!(trace.total(), secs(2));
    assert!(trace.tasks.iter().all(|task| trace.polls(task.id) == 2));
}

#[test]
fn a_wake_before_the_time_polls_the_future_again_and_keeps_the_deadline() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut polls = 0;
        let waker = my_waker().await;
        spawn_named("nuisance", async move {
            sleep(secs(1)).await;
            waker.wake();
        });
        let counted = poll_fn(|_| {
            polls += 1;
            Poll::<()>::Pending
        });
        assert!(timeout(secs(3), counted).await.is_err());
        assert_eq!((polls, now()), (3, secs(3)));
    });
}

#[test]
fn a_panic_goes_to_whoever_awaits_the_timeout() {
    let text = panic_text(|| {
        let failing = async { panic!("on purpose") };
        let main = timeout(secs(1), failing);
        EventLoop::with_virtual_clock()
            .run_until_complete(main)
            .unwrap();
    });
    assert_eq!(text, "on purpose");
}

#[test]
fn on_the_real_clock_it_takes_its_time_and_no_less() {
    let event_loop = EventLoop::with_clock(ClockKind::Real);
    event_loop.run_until_complete(async {
        let call = pin!(sleep(secs(3600)));
        assert!(timeout(millis(5), call).await.is_err());
        assert!(now() >= millis(5));
    });
}
