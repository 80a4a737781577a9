//! Polls that held the loop for too long are reported: who, for how long, and where.

mod common;

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use common::{millis, panic_text, secs};
use event_loops::{
    EventKind, EventLoop, Mutex, PollEdge, TaskId, block_for, compute_for, mpsc, sleep,
    spawn_named, yield_now,
};

/// What the loop reports of `main`, in words, with a limit of 100 ms.
fn reports(main: impl Future<Output = ()>) -> Vec<String> {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let event_loop = event_loop.report_slow_polls(millis(100));
    event_loop.run_until_complete(main);
    let trace = event_loop.trace();
    let slow = trace
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::SlowPoll { .. }));
    slow.map(|event| {
        format!(
            "{} {}",
            trace.name(event.task.unwrap()),
            trace.sentence(event)
        )
    })
    .collect()
}

#[test]
fn a_poll_within_the_limit_is_no_news() {
    assert!(reports(async { block_for(millis(100)) }).is_empty());
    assert!(
        reports(async {
            for _ in 0..10 {
                compute_for(millis(50)); // half a second in all, but the thread is given back
                yield_now().await;
            }
        })
        .is_empty()
    );
}

#[test]
fn the_report_names_the_awaits_between_which_the_loop_was_held() {
    let line = line!();
    let reports = reports(async {
        sleep(secs(1)).await; // + 2
        block_for(millis(300));
        yield_now().await; // + 4
        compute_for(millis(200));
    });
    assert_eq!(
        reports,
        [
            format!(
                "main has held the loop for 300 ms, from the sleep at slow_polls.rs:{} to the yield \
                 at slow_polls.rs:{}",
                line + 2,
                line + 4
            ),
            format!(
                "main has held the loop for 200 ms, from the yield at slow_polls.rs:{} to its end",
                line + 4
            ),
        ]
    );
}

#[test]
fn a_first_poll_begins_where_the_task_was_spawned() {
    let line = line!() + 2;
    let reports = reports(async {
        let worker = spawn_named("worker", async { block_for(secs(1)) });
        worker.await.unwrap();
    });
    assert_eq!(
        reports,
        [format!(
            "worker has held the loop for 1.0 s, from its start (spawned at slow_polls.rs:{line}) to \
             its end"
        )]
    );
}

#[test]
fn every_kind_of_our_own_awaits_is_named() {
    let line = line!();
    let reports = reports(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let lock = Rc::new(Mutex::new(()));
        let theirs = lock.clone();
        let other = spawn_named("other", async move {
            let locked = theirs.lock().await;
            sleep(secs(1)).await;
            sender.send("hello").await.unwrap();
            sleep(secs(1)).await;
            drop(locked);
            sleep(secs(1)).await;
        });
        receiver.recv().await; // + 13
        block_for(millis(101));
        drop(lock.lock().await); // + 15
        block_for(millis(102));
        other.await.unwrap();
        block_for(millis(103));
    });
    assert_eq!(
        reports,
        [
            format!(
                "main has held the loop for 101 ms, from the await of a message at \
                 slow_polls.rs:{} to the await of a lock at slow_polls.rs:{}",
                line + 13,
                line + 15
            ),
            format!(
                "main has held the loop for 102 ms, from the await of a lock at slow_polls.rs:{} to \
                 the await of other",
                line + 15
            ),
            "main has held the loop for 103 ms, from the await of other to its end".to_string(),
        ]
    );
}

#[test]
fn an_await_of_somebody_elses_future_is_not_taken_for_an_older_one_of_ours() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let event_loop = event_loop.report_slow_polls(millis(100));
    event_loop.run_until_complete(async {
        sleep(secs(1)).await;
        let mut polled = false;
        poll_fn(|cx| {
            if polled {
                return Poll::Ready(());
            }
            polled = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        block_for(secs(1));
    });
    let trace = event_loop.trace();
    let edges = trace.of(TaskId::MAIN).find_map(|event| match event.kind {
        EventKind::SlowPoll { from, to, .. } => Some((from, to)),
        _ => None,
    });
    assert_eq!(edges, Some((PollEdge::OtherAwait, PollEdge::End)));
}

#[test]
fn a_task_that_panics_has_held_the_loop_as_well() {
    let reports = reports(async {
        let worker = spawn_named("worker", async {
            block_for(secs(1));
            panic!("too late");
        });
        assert!(worker.await.unwrap_err().is_panic());
    });
    assert_eq!(reports.len(), 1);
    assert!(reports[0].ends_with("to its end"), "{}", reports[0]);
}

#[test]
fn a_listener_hears_of_it_as_it_happens() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let list = heard.clone();
    let event_loop = EventLoop::with_virtual_clock()
        .on_event(move |event| {
            if let EventKind::SlowPoll { lasts, .. } = event.kind {
                list.borrow_mut().push((event.at, lasts));
            }
        })
        .report_slow_polls(millis(100));
    let heard_by_now = heard.clone();
    event_loop.run_until_complete(async move {
        block_for(secs(1));
        yield_now().await;
        assert_eq!(*heard_by_now.borrow(), [(secs(1), secs(1))]);
    });
}

#[test]
fn without_being_asked_the_loop_reports_nothing() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async { block_for(secs(100)) });
    let slow = |kind: &EventKind| matches!(kind, EventKind::SlowPoll { .. });
    assert!(
        !event_loop
            .trace()
            .events
            .iter()
            .any(|event| slow(&event.kind))
    );
}

#[test]
fn a_limit_without_a_trace_or_a_second_limit_is_a_clear_error() {
    let text = panic_text(|| drop(EventLoop::new().report_slow_polls(secs(1))));
    assert!(text.contains("this event loop writes none"), "{text}");
    let watched = || EventLoop::new().with_trace().report_slow_polls(secs(1));
    let text = panic_text(|| drop(watched().report_slow_polls(secs(1))));
    assert!(
        text.contains("has a limit for slow polls already"),
        "{text}"
    );
}
