//! A trace as data and as text.

mod common;

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use common::{busy_trace, millis, poll_once, secs};
use event_loops::demos::waiting;
use event_loops::{
    Event, EventKind, EventLoop, Hold, TaskId, Wait, WokenBy, block_for, compute_for, elapsed,
    note, now, sleep, spawn, spawn_named, yield_now,
};

#[test]
fn one_event_a_line_in_columns() {
    assert_eq!(
        busy_trace().to_string(),
        "     0.0 s  main     is spawned
     0.0 s  main     is polled
     0.0 s  sleeper  is spawned
     0.0 s  blocker  is spawned
     0.0 s  victim   is spawned
     0.0 s  main     is suspended: waits for the end of blocker
     0.0 s  sleeper  is polled
     0.0 s  sleeper  says: sleeps
     0.0 s  sleeper  is suspended: waits until 2.0 s
     0.0 s  blocker  is polled
     0.0 s  blocker  computes for 1.0 s
     1.0 s  blocker  goes on
     1.0 s  blocker  blocks the loop for 3.0 s
     4.0 s  blocker  goes on
     4.0 s  blocker  wakes itself
     4.0 s  blocker  is suspended: waits for its next turn
     4.0 s  victim   is polled
     4.0 s  victim   is suspended
     4.0 s  sleeper  is woken: its time has come
     4.0 s  blocker  is polled
     4.0 s  main     is woken by blocker
     4.0 s  blocker  finishes
     4.0 s  sleeper  is polled
     4.0 s  sleeper  says: is up
     4.0 s  sleeper  computes for 1.0 s
     5.0 s  sleeper  goes on
     5.0 s  sleeper  finishes
     5.0 s  main     is polled
     5.0 s  victim   is dropped before it has finished
     5.0 s  main     is suspended: waits until 6.0 s
     5.0 s  loop     has nothing to do until 6.0 s
     6.0 s  loop     goes on
     6.0 s  main     is woken: its time has come
     6.0 s  main     is polled
     6.0 s  main     finishes
     6.0 s  left     is spawned
     6.0 s  left     is dropped before it has finished
"
    );
}

#[test]
fn the_same_events_as_data() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let line = line!() + 2;
    event_loop.run_until_complete(async {
        sleep(secs(1)).await;
        block_for(secs(2));
        note("done");
    });
    let trace = event_loop.trace();
    let main = Some(TaskId::MAIN);
    let seen: Vec<_> = trace
        .events
        .iter()
        .map(|Event { at, task, kind }| (at.as_secs(), *task, kind.clone()))
        .collect();
    let at = |kind: &EventKind| match kind {
        EventKind::Suspended { on } => match on[..] {
            [Wait::Until { line, .. }] => line,
            _ => panic!("one wait was expected"),
        },
        EventKind::Held { line, .. } | EventKind::Noted { line, .. } => *line,
        _ => panic!("an event without a line"),
    };
    let (slept, held, noted) = (at(&seen[2].2), at(&seen[7].2), at(&seen[9].2));
    assert_eq!(slept.to_string(), format!("trace.rs:{line}"));
    assert_eq!(held.line(), line + 1);
    assert_eq!(noted.line(), line + 2);
    assert_eq!(
        seen,
        [
            (0, main, EventKind::Spawned),
            (0, main, EventKind::Polled),
            (
                0,
                main,
                EventKind::Suspended {
                    on: vec![Wait::Until {
                        deadline: secs(1),
                        line: slept
                    }]
                }
            ),
            (
                0,
                None,
                EventKind::Parked {
                    until: Some(secs(1))
                }
            ),
            (1, None, EventKind::Unparked),
            (1, main, EventKind::Woken { by: WokenBy::Timer }),
            (1, main, EventKind::Polled),
            (
                1,
                main,
                EventKind::Held {
                    by: Hold::Blocking,
                    lasts: secs(2),
                    line: held
                }
            ),
            (3, main, EventKind::Released),
            (
                3,
                main,
                EventKind::Noted {
                    text: "done".to_string(),
                    line: noted
                }
            ),
            (3, main, EventKind::Finished),
        ]
    );
    assert_eq!(trace.tasks[0].spawned_at.line(), line - 1);
    assert_eq!(trace.held_by(Hold::Blocking), secs(2));
    assert_eq!(trace.held_by(Hold::Computing), Duration::ZERO);
}

#[test]
fn a_loop_without_a_trace_writes_nothing_down_and_words_no_note() {
    struct Unspeakable;
    impl std::fmt::Display for Unspeakable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("nobody asked for this text")
        }
    }
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async { note(Unspeakable) });
    let trace = event_loop.trace();
    assert!(trace.events.is_empty() && trace.tasks.is_empty());
    assert_eq!(trace.total(), Duration::ZERO);
    assert_eq!(trace.to_string(), "");
}

#[test]
fn time_never_goes_back_in_a_trace_even_when_a_note_takes_some() {
    struct Slow;
    impl std::fmt::Display for Slow {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            compute_for(secs(1));
            f.write_str("slow")
        }
    }
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async { note(Slow) });
    for trace in [event_loop.trace(), busy_trace()] {
        assert!(trace.events.is_sorted_by_key(|event| event.at), "{trace}");
    }
}

#[test]
fn a_listener_hears_every_event_as_it_happens_and_the_trace_has_them_all() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let ears = heard.clone();
    let trace = waiting::run_with(&waiting::Settings::default(), move |event| {
        ears.borrow_mut().push(event.clone());
    });
    assert_eq!(heard.take(), trace.events);
}

#[test]
fn the_timeline_is_a_picture_made_of_characters() {
    assert_eq!(
        busy_trace().timeline(),
        "\
loop     ██████████XXXXXXXXXXXXXXXXXXXXXXXXXXXXXX██████████··········
main     ········································??????????··········
sleeper  ········································██████████
blocker  ██████████XXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
victim   ????????????????????????????????????????··········
left
         0                                                      6.0 s
         █ running   ? ready, not polled   · waiting   X blocking the loop
"
    );
}

#[test]
fn a_trace_without_time_has_a_timeline_without_bars() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {});
    assert_eq!(
        event_loop
            .trace()
            .timeline()
            .lines()
            .map(str::trim_end)
            .collect::<Vec<_>>(),
        [
            "loop",
            "main",
            "      0                                                      0.0 s",
            "",
        ]
    );
}

#[test]
fn times_as_people_say_them() {
    let said = [
        (Duration::ZERO, "0.0 s"),
        (Duration::from_nanos(1), "1 ns"),
        (Duration::from_nanos(999), "999 ns"),
        (Duration::from_micros(80), "80 µs"),
        (Duration::from_micros(12_500), "12.5 ms"),
        (millis(100), "100 ms"),
        (millis(1500), "1.5 s"),
        (secs(3), "3.0 s"),
        (secs(59), "59.0 s"),
        (secs(60), "1 min"),
        (secs(90), "90.0 s"),
        (secs(80 * 60), "80 min"),
    ];
    for (time, text) in said {
        assert_eq!(elapsed(time), text);
    }
}

#[test]
fn polls_times_and_names_can_be_asked_for() {
    let trace = busy_trace();
    let sleeper = trace.task("sleeper").unwrap();
    assert_eq!(sleeper, TaskId(1));
    assert_eq!(trace.name(sleeper), "sleeper");
    assert_eq!(trace.name(TaskId(99)), "?");
    assert_eq!(trace.task("nobody"), None);
    assert_eq!(trace.polls(sleeper), 2);
    assert_eq!(trace.finished_at(sleeper), Some(secs(5)));
    assert_eq!(trace.finished_at(trace.task("victim").unwrap()), None);
    assert_eq!(trace.idle(), secs(1));
    assert_eq!(trace.total(), secs(6));
    assert_eq!(trace.held_by(Hold::Blocking), secs(3));
    assert_eq!(trace.held_by(Hold::Computing), secs(2));
}

#[test]
fn every_kind_of_wait_is_told() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut task = spawn_named("task", sleep(secs(1)));
        let mut moment = yield_now();
        assert!(poll_once(&mut moment).await.is_pending());
        assert!(poll_once(&mut task).await.is_pending());
        sleep(secs(3)).await;
    });
    let trace = event_loop.trace();
    let suspended = trace.events.iter().find_map(|event| match &event.kind {
        EventKind::Suspended { on } => Some(on.clone()),
        _ => None,
    });
    assert!(matches!(
        suspended.unwrap()[..],
        [
            Wait::NextTurn { .. },
            Wait::Task(TaskId(1)),
            Wait::Until { deadline, .. }
        ] if deadline == secs(3)
    ));
}

#[test]
fn a_listener_may_wake_a_task_as_the_loop_parks() {
    let place: Rc<RefCell<Option<Waker>>> = Rc::default();
    let (theirs, kept) = (place.clone(), place);
    let event_loop = EventLoop::with_virtual_clock().on_event(move |event| {
        if let EventKind::Parked { .. } = event.kind
            && let Some(waker) = theirs.take()
        {
            waker.wake();
        }
    });
    event_loop.run_until_complete(async {
        spawn(sleep(secs(3600))); // the clock would jump there, over the task that is ready
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready(());
            }
            kept.replace(Some(cx.waker().clone()));
            Poll::Pending
        })
        .await;
        assert_eq!(now(), secs(0));
    });
}
