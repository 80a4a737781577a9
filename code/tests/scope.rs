//! When a scope is over, so are its tasks: finished when it ends, aborted when it is dropped.

mod common;

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use common::{Log, OnDrop, panic_text, secs, story};
use event_loops::{
    EventLoop, JoinHandle, now, scope, sleep, spawn, spawn_named, timeout, yield_now,
};

#[test]
fn a_scope_ends_when_its_body_and_all_its_tasks_have() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let result = scope(async |scope| {
            for seconds in [2, 1] {
                scope.spawn_named(format!("{seconds} s"), sleep(secs(seconds)));
            }
            "the body's"
        });
        assert_eq!((result.await, now()), ("the body's", secs(2)));
    });
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s 2 s is spawned",
            "0.0 s 1 s is spawned",
            "0.0 s main is suspended: waits for the end of 2 s and 1 more",
            "0.0 s 2 s is polled",
            "0.0 s 2 s is suspended: waits until 2.0 s",
            "0.0 s 1 s is polled",
            "0.0 s 1 s is suspended: waits until 1.0 s",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s 1 s is woken: its time has come",
            "1.0 s 1 s is polled",
            "1.0 s 1 s finishes", // the scope is not woken before the last one
            "1.0 s loop has nothing to do until 2.0 s",
            "2.0 s loop goes on",
            "2.0 s 2 s is woken: its time has come",
            "2.0 s 2 s is polled",
            "2.0 s main is woken by 2 s",
            "2.0 s 2 s finishes",
            "2.0 s main is polled",
            "2.0 s main finishes",
        ]
    );
}

/// A task that says when it is dropped.
fn sleeper(word: &'static str, log: &Log) -> impl Future<Output = ()> + 'static {
    let log = log.clone();
    async move {
        let _guard = OnDrop(|| log.push(format!("{word} is dropped")));
        sleep(secs(3600)).await;
        log.push(format!("{word} ends"));
    }
}

#[test]
fn a_dropped_scope_aborts_its_tasks_in_the_order_in_which_they_were_spawned() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let work = scope(async |scope| {
            for word in ["a", "b", "c"] {
                scope.spawn_named(word, sleeper(word, &log));
            }
            scope.spawn(async {}); // over by then
        });
        assert!(timeout(secs(1), work).await.is_err());
        assert_eq!(log.take(), ["a is dropped", "b is dropped", "c is dropped"]);
    });
    let told = story(&event_loop.trace());
    assert_eq!(
        told[told.len() - 5..],
        [
            "1.0 s main is polled",
            "1.0 s a is dropped before it has finished",
            "1.0 s b is dropped before it has finished",
            "1.0 s c is dropped before it has finished",
            "1.0 s main finishes",
        ]
    );
}

#[test]
fn a_scope_that_is_dropped_in_its_body_aborts_its_tasks_too() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let to = log.clone();
    event_loop.run_until_complete(async {
        let owner = spawn(scope(async move |scope| {
            scope.spawn(sleeper("child", &to));
            pending::<()>().await;
        }));
        sleep(secs(1)).await;
        owner.abort();
        assert_eq!(log.take(), ["child is dropped"]);
    });
}

#[test]
fn a_panic_in_the_body_aborts_the_tasks() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let text = panic_text(|| {
        event_loop.run_until_complete(scope(async |scope| {
            scope.spawn(sleeper("child", &log));
            yield_now().await;
            panic!("on purpose");
        }));
    });
    assert_eq!(text, "on purpose");
    assert_eq!(log.take(), ["child is dropped"]);
}

#[test]
fn a_panic_in_a_task_stays_in_its_handle() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let mut failed = None;
        scope(async |scope| {
            scope.spawn(sleep(secs(3)));
            failed = Some(scope.spawn(async { panic!("on purpose") }));
        })
        .await;
        assert_eq!(now(), secs(3));
        let failed: JoinHandle<()> = failed.unwrap();
        assert!(failed.await.unwrap_err().is_panic());
    });
}

#[test]
fn tasks_that_end_during_the_body_leave_nothing_to_wait_for() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(scope(async |scope| {
        let aborted = scope.spawn(pending::<()>());
        let finished = scope.spawn(async { 42 });
        assert_eq!(finished.await.unwrap(), 42);
        aborted.abort();
        scope.spawn(pending::<()>()).abort(); // before it was ever polled
    }));
    let trace = event_loop.trace();
    assert_eq!(trace.polls(trace.task("main").unwrap()), 2);
}

#[test]
fn scopes_inside_scopes_end_from_the_inside() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let to = log.clone();
    event_loop.run_until_complete(async {
        let outer = scope(async |outer| {
            outer.spawn(scope(async move |inner| {
                inner.spawn(sleeper("inner", &to));
                let _guard = OnDrop(|| to.push("the inner body is dropped"));
                pending::<()>().await;
            }));
            pending::<()>().await;
        });
        assert!(timeout(secs(1), outer).await.is_err());
    });
    assert_eq!(
        log.take(),
        ["the inner body is dropped", "inner is dropped"]
    );
}

#[test]
fn a_task_that_ends_its_own_scope_runs_to_its_next_await() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let place: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    event_loop.run_until_complete(async {
        let (from, to) = (place.clone(), log.clone());
        let owner = spawn_named("owner", async {
            scope(async move |scope| {
                scope.spawn(async move {
                    let owner = from.take().unwrap();
                    owner.abort();
                    to.push("goes on");
                    yield_now().await;
                    to.push("went too far");
                });
            })
            .await;
        });
        place.replace(Some(owner));
        sleep(secs(1)).await;
        assert_eq!(log.take(), ["goes on"]);
    });
}

#[test]
fn a_scope_of_tasks_that_are_stuck_is_stuck() {
    let event_loop = EventLoop::with_virtual_clock();
    let main = scope(async |scope| {
        scope.spawn_named("stuck", pending::<()>());
    });
    let deadlock = event_loop.try_run_until_complete(main).unwrap_err();
    let waits_for = deadlock.stuck[0].waits_for.as_deref();
    assert_eq!(waits_for, Some("the end of stuck"));
}
