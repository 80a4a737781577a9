//! What is said to somebody who asks for what can't be.

mod common;

use std::time::Duration;

use common::{panic_text, poll_once, secs};
use event_loops::demos::{cake, waiting};
use event_loops::{
    EventLoop, block_for, compute_for, gather, note, now, sleep, spawn, spawn_named, yield_now,
};

#[test]
fn a_loop_inside_a_loop() {
    let outer = EventLoop::with_virtual_clock();
    outer.run_until_complete(async {
        let expected = "an event loop already runs on this thread, and one inside another would \
                        stop it: use `.await`, or `spawn`, in place of `run_until_complete`";
        let inner = EventLoop::with_virtual_clock();
        assert_eq!(panic_text(|| inner.run_until_complete(async {})), expected);
        assert_eq!(panic_text(|| outer.run_until_complete(async {})), expected);
        // The outer one goes on, as the running one.
        assert_eq!(now(), Duration::ZERO);
        spawn(sleep(secs(1))).await.unwrap();
    });
    outer.run_until_complete(sleep(secs(1)));
}

#[test]
fn one_loop_after_the_other_is_fine_also_after_a_panic() {
    panic_text(|| EventLoop::new().run_until_complete(async { panic!("on purpose") }));
    let event_loop = EventLoop::new();
    event_loop.run_until_complete(async {});
    event_loop.run_until_complete(async {});
}

#[test]
fn a_closed_loop_takes_neither_tasks_nor_runs() {
    let event_loop = EventLoop::new();
    event_loop.close();
    assert_eq!(
        panic_text(|| drop(event_loop.spawn(async {}))),
        "this event loop is closed: it takes no more tasks"
    );
    assert_eq!(
        panic_text(|| event_loop.run_until_complete(async {})),
        "this event loop is closed: it runs no more futures"
    );
}

#[test]
fn closing_a_loop_that_runs() {
    let event_loop = EventLoop::new();
    event_loop.run_until_complete(async {
        assert_eq!(
            panic_text(|| event_loop.close()),
            "this event loop is running: close it after run_until_complete has returned"
        );
        yield_now().await;
    });
    assert!(!event_loop.is_closed());
}

#[test]
fn asking_for_a_loop_where_none_runs() {
    let needs_a_loop = |what: &str, call: &dyn Fn()| {
        assert_eq!(
            panic_text(call),
            format!(
                "{what} needs a running event loop, and none runs on this thread: call it inside \
                 a future that EventLoop::run_until_complete drives"
            )
        );
    };
    needs_a_loop("spawn", &|| drop(spawn(async {})));
    needs_a_loop("spawn_named", &|| drop(spawn_named("name", async {})));
    needs_a_loop("now", &|| assert!(now() < Duration::MAX));
    needs_a_loop("note", &|| note("hello"));
    needs_a_loop("block_for", &|| block_for(secs(1)));
    needs_a_loop("compute_for", &|| compute_for(secs(1)));
    let noop = || std::task::Context::from_waker(std::task::Waker::noop());
    needs_a_loop("sleep", &|| {
        let _ = Box::pin(sleep(secs(1))).as_mut().poll(&mut noop());
    });
    needs_a_loop("gather", &|| {
        let _ = Box::pin(gather([async {}])).as_mut().poll(&mut noop());
    });
}

#[test]
fn a_trace_asked_for_too_late_or_twice() {
    let event_loop = EventLoop::new();
    event_loop.spawn(async {});
    assert_eq!(
        panic_text(|| drop(event_loop.with_trace())),
        "a trace must be asked for before the first task is spawned"
    );
    assert_eq!(
        panic_text(|| drop(EventLoop::new().with_trace().on_event(|_| {}))),
        "this event loop writes a trace already"
    );
}

#[test]
fn a_sleep_on_a_second_loop() {
    let first = EventLoop::with_virtual_clock();
    let mut asleep = sleep(secs(1));
    let line = line!() - 1;
    first.run_until_complete(async { assert!(poll_once(&mut asleep).await.is_pending()) });
    let second = EventLoop::with_virtual_clock();
    // Also when the second loop's clock is past the deadline already.
    for late in [0, 5] {
        let text = panic_text(|| {
            second.run_until_complete(async {
                block_for(secs(late));
                (&mut asleep).await;
            });
        });
        assert_eq!(
            text,
            format!("the sleep made at errors.rs:{line} waits on another event loop already")
        );
    }
    first.run_until_complete(async {
        asleep.await;
        assert_eq!(now(), secs(1)); // on its own loop it is as good as new
    });
}

#[test]
fn settings_of_demos_that_can_not_be() {
    let waiting = |tasks: usize, wait: Duration| {
        let settings = waiting::Settings {
            tasks,
            wait,
            ..Default::default()
        };
        settings.check().map_err(|error| error.to_string())
    };
    let day = secs(24 * 60 * 60);
    assert_eq!(waiting(1, Duration::ZERO), Ok(()));
    assert_eq!(waiting(10_000, day), Ok(()));
    let bad = |line: &str| Err(line.to_string());
    assert_eq!(
        waiting(0, secs(3)),
        bad("--tasks is 0: choose a number from 1 to 10000")
    );
    assert_eq!(
        waiting(10_001, secs(3)),
        bad("--tasks is 10001: choose a number from 1 to 10000")
    );
    assert_eq!(
        waiting(5, day + Duration::from_nanos(1)),
        bad("--wait is longer than a day: choose 24h or less, such as 3s")
    );

    assert_eq!(cake::Settings::default().check(), Ok(()));
    let too_long = |name: &str, change: fn(&mut cake::Settings)| {
        let mut settings = cake::Settings::default();
        change(&mut settings);
        assert_eq!(
            settings.check().unwrap_err().to_string(),
            format!("{name} is longer than a day: choose 24h or less, such as 3s")
        );
    };
    too_long("--dough", |settings| settings.dough = Duration::MAX);
    too_long("--oven", |settings| settings.oven = Duration::MAX);
    too_long("--shopping", |settings| settings.shopping = Duration::MAX);
}
