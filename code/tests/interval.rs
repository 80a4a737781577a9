//! What an interval promises: ticks on the beat, none early, none in a burst, none lost.

mod common;

use std::time::Duration;

use common::{millis, panic_text, poll_once, secs, story};
use event_loops::{
    ClockKind, EventLoop, block_for, interval, now, sleep, spawn_named, timeout, yield_now,
};
use std::pin::pin;

#[test]
fn the_first_tick_comes_at_once_and_the_others_whole_periods_after_it() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut beat = interval(secs(2));
        sleep(secs(1)).await; // the first tick is when it is first awaited
        for due in [1, 3, 5] {
            assert_eq!(beat.tick().await, secs(due));
            assert_eq!(now(), secs(due));
        }
    });
    assert_eq!(
        story(&event_loop.trace())[6..],
        [
            "1.0 s main is polled",
            "1.0 s main is suspended: waits until 3.0 s", // the first tick took no turn
            "1.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s main is woken: its time has come",
            "3.0 s main is polled",
            "3.0 s main is suspended: waits until 5.0 s",
            "3.0 s loop has nothing to do until 5.0 s",
            "5.0 s loop goes on",
            "5.0 s main is woken: its time has come",
            "5.0 s main is polled",
            "5.0 s main finishes",
        ]
    );
}

#[test]
fn work_between_two_ticks_does_not_shift_the_beat() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut beat = interval(secs(10));
        beat.tick().await;
        for due in [10, 20, 30] {
            sleep(secs(3)).await;
            assert_eq!(beat.tick().await, secs(due));
            block_for(secs(3));
        }
    });
}

#[test]
fn a_late_tick_is_given_at_once_and_missed_ones_are_skipped() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut beat = interval(secs(1));
        beat.tick().await;
        block_for(millis(3500));
        assert_eq!((beat.tick().await, now()), (secs(1), millis(3500)));
        assert_eq!((beat.tick().await, now()), (secs(4), secs(4)));
        // A tick that is due right now is one of the missed ones, too.
        block_for(secs(3));
        assert_eq!((beat.tick().await, now()), (secs(5), secs(7)));
        assert_eq!((beat.tick().await, now()), (secs(8), secs(8)));
    });
}

#[test]
fn a_tick_that_is_given_up_is_not_lost() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut beat = interval(secs(10));
        beat.tick().await;
        for _ in 0..3 {
            assert!(timeout(secs(3), beat.tick()).await.is_err());
        }
        assert_eq!((beat.tick().await, now()), (secs(10), secs(10)));
    });
}

#[test]
fn a_tick_that_is_given_up_when_its_time_has_come_is_not_lost_either() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut beat = interval(secs(10));
        beat.tick().await;
        let mut tick = Box::pin(beat.tick());
        assert!(poll_once(&mut tick).await.is_pending());
        block_for(secs(10));
        yield_now().await; // the tick has woken this task, and has not been polled
        drop(tick);
        assert_eq!((beat.tick().await, now()), (secs(10), secs(10)));
    });
}

#[test]
fn a_dropped_interval_leaves_no_deadline_behind() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut beat = interval(secs(10));
        beat.tick().await;
        assert!(poll_once(&mut pin!(beat.tick())).await.is_pending());
        drop(beat);
        let beating = spawn_named("beating", async {
            let mut beat = interval(secs(10));
            loop {
                beat.tick().await;
            }
        });
        yield_now().await;
        beating.abort();
    });
    event_loop
        .try_run_until_complete(std::future::pending::<()>())
        .unwrap_err();
    assert_eq!(event_loop.trace().total(), Duration::ZERO);
}

#[test]
fn a_period_of_a_nanosecond_or_of_ages_is_no_overflow() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut fast = interval(Duration::from_nanos(1));
        fast.tick().await;
        sleep(Duration::from_secs(1 << 40)).await;
        assert_eq!(fast.tick().await, Duration::from_nanos(1));
        assert_eq!(fast.tick().await, now());
        let mut slow = interval(Duration::MAX);
        slow.tick().await;
        assert_eq!(slow.tick().await, Duration::MAX);
    });
}

#[test]
fn a_period_of_no_time_is_refused() {
    assert_eq!(
        panic_text(|| drop(interval(Duration::ZERO))),
        "an interval of no time at all would never wait"
    );
}

#[test]
fn on_the_real_clock_no_tick_is_early() {
    EventLoop::with_clock(ClockKind::Real).run_until_complete(async {
        let mut beat = interval(millis(2));
        for _ in 0..5 {
            let due = beat.tick().await;
            assert!(now() >= due);
        }
        assert!(now() >= millis(8));
    });
}
