//! Chapter 10: what calls that are tasks prove, and what the loop knows of each.

mod common;

use std::time::Duration;

use common::{millis, secs, story};
use event_loops::demos::tasks::{self, Mode, Settings, listed, moments};
use event_loops::{
    EventKind, EventLoop, State, TaskId, Trace, compute_for, sleep, spawn_named, yield_now,
};

fn run(mode: Mode) -> Trace {
    tasks::run(&Settings {
        mode,
        ..Settings::default()
    })
}

fn ends(trace: &Trace, kind: &EventKind) -> usize {
    trace
        .events
        .iter()
        .filter(|event| event.kind == *kind)
        .count()
}

#[test]
fn awaited_calls_all_end_in_the_time_of_the_longest() {
    let trace = run(Mode::Joined);
    assert_eq!(trace.total(), secs(5)); // 3, 4 and 5 seconds, together
    assert_eq!(ends(&trace, &EventKind::Finished), 4);
    assert_eq!(ends(&trace, &EventKind::Dropped), 0);
}

#[test]
fn forgotten_calls_are_dropped_when_the_loop_is_closed_and_never_come_back() {
    let trace = run(Mode::Forgotten);
    assert_eq!(trace.total(), secs(1));
    assert_eq!(ends(&trace, &EventKind::Dropped), 3);
    assert_eq!(ends(&trace, &EventKind::Finished), 1); // main
    assert!(trace.notes().all(|note| !note.2.contains("is back")));
}

#[test]
fn a_call_that_panics_ends_alone_and_whoever_awaits_it_is_told() {
    for panics in 1..=3 {
        let trace = tasks::run(&Settings {
            panics,
            ..Settings::default()
        });
        assert_eq!(ends(&trace, &EventKind::Panicked), 1);
        assert_eq!(ends(&trace, &EventKind::Finished), 3); // main, too
        let said: Vec<_> = trace.notes().filter(|note| note.1 == "main").collect();
        for (number, (_, _, text)) in (1..).zip(said) {
            let failed = format!("call {number}: the task panicked: nobody answers");
            let answer = format!("call {number}: {}", number * number);
            assert_eq!(text, if number == panics { failed } else { answer });
        }
    }
}

#[test]
fn handles_are_awaited_in_order_and_main_is_woken_once_for_each() {
    let trace = run(Mode::Joined);
    assert_eq!(trace.polls(TaskId::MAIN), 4);
    let slow_first = tasks::run(&Settings {
        tasks: 1,
        ..Settings::default()
    });
    assert_eq!(slow_first.polls(TaskId::MAIN), 2);
}

#[test]
fn whoever_awaits_the_slowest_first_is_woken_once() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let calls: Vec<_> = (1..=3)
            .map(|n| spawn_named("call", sleep(secs(n))))
            .collect();
        for call in calls.into_iter().rev() {
            call.await.unwrap();
        }
    });
    assert_eq!(event_loop.trace().polls(TaskId::MAIN), 2);
    assert_eq!(event_loop.trace().total(), secs(3));
}

#[test]
fn every_step_of_two_calls_of_which_one_panics() {
    let trace = tasks::run(&Settings {
        tasks: 2,
        panics: 1,
        ..Settings::default()
    });
    assert_eq!(
        story(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s call 1 is spawned", // into the ready queue, and no further
            "0.0 s call 2 is spawned",
            "0.0 s main is suspended: waits for the end of call 1",
            "0.0 s call 1 is polled",
            "0.0 s call 1 says: call 1 starts",
            "0.0 s call 1 is suspended: waits until 3.0 s",
            "0.0 s call 2 is polled",
            "0.0 s call 2 says: call 2 starts",
            "0.0 s call 2 is suspended: waits until 4.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s call 1 is woken: its time has come",
            "3.0 s call 1 is polled",
            "3.0 s call 1 panics", // and nobody else does
            "3.0 s main is woken by call 1",
            "3.0 s main is polled",
            "3.0 s main says: call 1: the task panicked: nobody answers",
            "3.0 s main is suspended: waits for the end of call 2",
            "3.0 s loop has nothing to do until 4.0 s",
            "4.0 s loop goes on",
            "4.0 s call 2 is woken: its time has come",
            "4.0 s call 2 is polled",
            "4.0 s call 2 says: call 2 is back",
            "4.0 s main is woken by call 2",
            "4.0 s call 2 finishes",
            "4.0 s main is polled",
            "4.0 s main says: call 2: 4",
            "4.0 s main finishes",
        ]
    );
}

#[test]
fn the_list_has_the_tasks_that_are_not_over_and_what_each_waits_for() {
    let trace = run(Mode::Joined);
    let lines = |at| -> Vec<String> {
        let list = listed(&trace, at);
        list.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        lines(secs(2)),
        [
            "main: waiting for the end of call 1",
            "call 1: waiting until 3.0 s",
            "call 2: waiting until 4.0 s",
            "call 3: waiting until 5.0 s",
        ]
    );
    assert_eq!(lines(secs(3)).len(), 3);
    assert_eq!(lines(secs(5)), [""; 0]);
    let sizes: Vec<usize> = moments(&trace).iter().map(|(_, list)| list.len()).collect();
    assert_eq!(sizes, [4, 3, 2, 0]);
}

/// The list that is read out of the trace, beside what the loop itself says.
#[test]
fn a_deadlock_names_the_tasks_of_the_list() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let deadlock = event_loop.try_run_until_complete(async {
        let stuck = spawn_named("stuck", std::future::pending::<()>());
        spawn_named("done", async {}).await.unwrap();
        stuck.await.unwrap();
    });
    let trace = event_loop.trace();
    let before_its_end = trace.events.len() - 1; // main is dropped at the end
    let alive = Trace {
        events: trace.events[..before_its_end].to_vec(),
        ..trace.clone()
    };
    let named: Vec<_> = listed(&alive, Duration::MAX)
        .into_iter()
        .map(|line| line.name)
        .collect();
    let stuck: Vec<_> = deadlock
        .unwrap_err()
        .stuck
        .into_iter()
        .map(|task| task.name)
        .collect();
    assert_eq!(named, stuck);
}

#[test]
fn a_task_that_is_ready_is_listed_as_ready() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        spawn_named("yields", async {
            yield_now().await;
            compute_for(secs(1));
        });
        compute_for(secs(1));
        yield_now().await; // from here on both are ready, one after the other
        yield_now().await;
        compute_for(secs(1));
    });
    let trace = event_loop.trace();
    let states = |at| -> Vec<State> { listed(&trace, at).iter().map(|line| line.state).collect() };
    assert_eq!(states(millis(500)), [State::Running, State::Ready]);
}

#[test]
fn any_number_of_calls_takes_the_time_of_the_longest() {
    for count in [1, 2, 10, 100] {
        let trace = tasks::run(&Settings {
            tasks: count,
            ..Settings::default()
        });
        let longest = secs(2 + count as u64);
        assert_eq!(trace.total(), longest);
        assert_eq!(trace.tasks.len(), count + 1);
    }
}
