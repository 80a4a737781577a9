//! A clock that nobody has to wait for.

mod common;

use std::time::Instant;

use common::{millis, secs};
use event_loops::{EventLoop, block_for, compute_for, gather, now, sleep, yield_now};

#[test]
fn fifteen_seconds_pass_within_milliseconds() {
    let began = Instant::now();
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        for _ in 0..5 {
            sleep(secs(3)).await;
        }
    });
    assert_eq!(event_loop.trace().total(), secs(15)); // exactly
    // It takes well under a millisecond. The machine may stop a test for a while, but a loop that
    // waited for even one of the five sleeps would need three seconds.
    assert!(began.elapsed() < secs(1), "{:?}", began.elapsed());
}

#[test]
fn a_year_takes_no_longer() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let days = |day: u64| async move { sleep(secs(day * 24 * 60 * 60)).await };
        gather((1..=365).map(days)).await;
        block_for(secs(3600));
        compute_for(secs(3600));
        assert_eq!(now(), secs((365 * 24 + 2) * 60 * 60));
    });
}

#[test]
fn time_stands_still_while_a_task_runs() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let before = now();
        std::thread::sleep(millis(2));
        for _ in 0..1000 {
            yield_now().await;
        }
        assert_eq!(now(), before);
    });
}

#[test]
fn only_the_next_deadline_is_jumped_to_and_never_a_later_one() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let seen = gather([5, 1, 3].map(|seconds| async move {
            sleep(secs(seconds)).await;
            now()
        }));
        assert_eq!(seen.await, [secs(5), secs(1), secs(3)]);
    });
}

#[test]
fn the_clock_goes_on_from_run_to_run() {
    let event_loop = EventLoop::with_virtual_clock();
    let asleep = event_loop.spawn(sleep(secs(5)));
    event_loop.run_until_complete(sleep(secs(3)));
    event_loop.run_until_complete(async {
        assert_eq!(now(), secs(3));
        asleep.await.unwrap();
        assert_eq!(now(), secs(5)); // five from when it was first polled, in the first run
    });
}
