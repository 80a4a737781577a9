//! From events to lanes: who was in which state, from when to when.

mod common;

use std::future::pending;
use std::time::Duration;

use common::{OnDrop, busy_trace, millis, my_waker, secs};
use event_loops::demos::{cake, waiting};
use event_loops::{
    EventLoop, Lane, Segment, State, Trace, block_for, compute_for, gather, note, sleep,
    spawn_named, yield_now,
};

fn segment(state: State, from: u64, to: u64, label: Option<&str>) -> Segment {
    Segment {
        state,
        from: secs(from),
        to: secs(to),
        label: label.map(str::to_string),
    }
}

#[test]
fn lanes_say_who_was_in_which_state_from_when_to_when() {
    use State::{Blocking, Done, Ready, Running, Waiting};
    let lanes = busy_trace().lanes();
    let of = |name: &str| {
        let lane = lanes.iter().find(|lane| lane.name == name).unwrap();
        lane.segments.clone()
    };
    assert_eq!(
        of("loop"),
        [
            segment(Running, 0, 1, None),
            segment(Blocking, 1, 4, None),
            segment(Running, 4, 5, None),
            segment(Waiting, 5, 6, None),
        ]
    );
    assert_eq!(
        of("main"),
        [
            segment(Waiting, 0, 4, None),
            segment(Ready, 4, 5, None), // woken by blocker, but sleeper was woken before
            segment(Waiting, 5, 6, None),
        ]
    );
    assert_eq!(
        of("sleeper"),
        [
            segment(Waiting, 0, 4, Some("sleeps")), // two seconds late
            segment(Running, 4, 5, Some("is up")),
            segment(Done, 5, 6, None),
        ]
    );
    assert_eq!(
        of("blocker"),
        [
            segment(Running, 0, 1, None),
            segment(Blocking, 1, 4, None),
            segment(Done, 4, 6, None),
        ]
    );
    assert_eq!(
        of("victim"),
        [
            segment(Ready, 0, 4, None), // it could have started all the time
            segment(Waiting, 4, 5, None),
            segment(Done, 5, 6, None),
        ]
    );
    assert_eq!(of("left"), []); // it took no time
}

/// From its spawning on, every lane is in exactly one state at each moment.
fn assert_no_gaps_and_no_overlaps(trace: &Trace) {
    for Lane { name, segments, .. } in trace.lanes() {
        for segment in &segments {
            assert!(
                segment.from < segment.to,
                "{name}: {segment:?} has no length"
            );
        }
        for pair in segments.windows(2) {
            assert_eq!(pair[0].to, pair[1].from, "{name}: {pair:?}");
        }
        if let Some(last) = segments.last() {
            assert_eq!(last.to, trace.total(), "{name} ends before the trace");
        }
    }
    for record in &trace.tasks {
        let born = trace.of(record.id).next().unwrap().at;
        let lane = &trace.lanes()[record.id.0 + 1];
        assert_eq!(lane.task, Some(record.id));
        let first = lane.segments.first().map_or(trace.total(), |s| s.from);
        assert_eq!(first, born, "{}", record.name);
    }
}

#[test]
fn lanes_have_neither_gaps_nor_overlaps() {
    assert_no_gaps_and_no_overlaps(&busy_trace());
    for mode in [cake::Mode::Concurrent, cake::Mode::Sequential] {
        assert_no_gaps_and_no_overlaps(&cake::run(&cake::Settings {
            mode,
            ..Default::default()
        }));
    }
    use waiting::Mode::{Blocking, Sequential, Together};
    for mode in [Together, Sequential, Blocking] {
        assert_no_gaps_and_no_overlaps(&waiting::run(&waiting::Settings {
            mode,
            ..Default::default()
        }));
    }
    let real = EventLoop::new().with_trace();
    real.run_until_complete(gather([1, 2, 3].map(|ms| async move {
        block_for(millis(ms));
        sleep(millis(ms)).await;
        yield_now().await;
    })));
    assert_no_gaps_and_no_overlaps(&real.trace());
}

#[test]
fn a_task_that_wakes_itself_is_ready_as_soon_as_its_poll_is_over() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let polite = spawn_named("polite", yield_now());
        let busy = spawn_named("busy", async { compute_for(secs(1)) });
        gather([polite, busy]).await;
    });
    let lanes = event_loop.trace().lanes();
    assert_eq!(lanes[2].segments, [segment(State::Ready, 0, 1, None)]);
}

#[test]
fn the_loop_waits_in_its_lane_for_exactly_as_long_as_it_is_parked() {
    let event_loop = EventLoop::new().with_trace(); // by the real clock no two moments are equal
    event_loop.run_until_complete(gather([1, 2, 3].map(|ms| sleep(millis(ms)))));
    let trace = event_loop.trace();
    let lane = &trace.lanes()[0];
    let waiting = lane.segments.iter().filter(|s| s.state == State::Waiting);
    let waited: Duration = waiting.map(|segment| segment.to - segment.from).sum();
    assert_eq!(waited, trace.idle());
}

#[test]
fn a_lane_that_is_done_stays_done() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let waker = spawn_named("task", my_waker()).await.unwrap();
        sleep(secs(1)).await;
        waker.wake();
        sleep(secs(1)).await;
    });
    let lanes = event_loop.trace().lanes();
    assert_eq!(lanes[2].segments, [segment(State::Done, 0, 2, None)]);
}

#[test]
fn a_note_by_nobody_s_destructor_is_the_loop_s_and_no_lane_minds() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let deadlock = event_loop.try_run_until_complete(async {
        let _guard = OnDrop(|| {
            compute_for(secs(1));
            note("dropped in a deadlock");
        });
        pending::<()>().await;
    });
    assert!(deadlock.is_err());
    let trace = event_loop.trace();
    assert_eq!(trace.notes().count(), 0); // no task says it
    assert!(
        trace
            .to_string()
            .contains("loop  says: dropped in a deadlock")
    );
    assert_no_gaps_and_no_overlaps(&trace);
    assert_eq!(
        trace.lanes()[0].segments,
        [segment(State::Running, 0, 1, None)]
    );
}

#[test]
fn a_note_in_a_destructor_is_said_by_the_task_that_ends() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let task = spawn_named("aborted", async {
            let _guard = OnDrop(|| note("bye"));
            pending::<()>().await;
        });
        let finished = spawn_named("finished", async {
            let _guard = OnDrop(|| note("bye"));
        });
        finished.await.unwrap();
        task.abort();
    });
    let trace = event_loop.trace();
    let notes: Vec<_> = trace.notes().map(|(_, who, what)| (who, what)).collect();
    // Who aborts another task runs its destructors.
    assert_eq!(notes, [("finished", "bye"), ("main", "bye")]);
}
