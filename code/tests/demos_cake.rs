//! Chapter 1: what the cake proves.

mod common;

use std::time::Duration;

use common::{millis, secs, story};
use event_loops::demos::cake::{self, Mode, Settings};
use event_loops::demos::{StepKind, steps};
use event_loops::{ClockKind, EventKind, Hold, TaskId, Trace};

fn minutes(minutes: u64) -> Duration {
    secs(60 * minutes)
}

fn bake(mode: Mode) -> Trace {
    cake::run(&Settings {
        mode,
        ..Settings::default()
    })
}

#[test]
fn one_thing_after_the_other_takes_80_minutes_and_together_60() {
    assert_eq!(bake(Mode::Sequential).total(), minutes(80));
    assert_eq!(bake(Mode::Concurrent).total(), minutes(60));
}

#[test]
fn the_shopping_is_done_at_minute_35_and_then_25_minutes_are_waiting() {
    let trace = bake(Mode::Concurrent);
    let groceries = trace.task("groceries").unwrap();
    assert_eq!(trace.finished_at(groceries), Some(minutes(35)));
    let idle: Vec<_> = trace
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Parked { .. } | EventKind::Unparked))
        .map(|event| event.at)
        .collect();
    assert_eq!(idle, [minutes(35), minutes(60)]);
    assert_eq!(trace.idle(), minutes(25));
}

#[test]
fn every_step_of_the_concurrent_cake() {
    assert_eq!(
        story(&bake(Mode::Concurrent)),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s cake is spawned",
            "0.0 s groceries is spawned",
            "0.0 s main is suspended: waits for the end of cake and 1 more",
            "0.0 s cake is polled",
            "0.0 s cake says: dough",
            "0.0 s cake computes for 15 min", // groceries is ready, but there is one cook
            "15 min cake goes on",
            "15 min cake says: in the oven",
            "15 min cake is suspended: waits until 60 min",
            "15 min groceries is polled",
            "15 min groceries says: shopping",
            "15 min groceries computes for 20 min",
            "35 min groceries goes on",
            "35 min groceries says: groceries home",
            "35 min groceries finishes",
            "35 min loop has nothing to do until 60 min",
            "60 min loop goes on",
            "60 min cake is woken: its time has come",
            "60 min cake is polled",
            "60 min cake says: cake done",
            "60 min main is woken by cake",
            "60 min cake finishes",
            "60 min main is polled",
            "60 min main finishes",
        ]
    );
}

#[test]
fn every_step_of_the_sequential_cake() {
    assert_eq!(
        story(&bake(Mode::Sequential)),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled", // once and for all: nothing is ever given back
            "0.0 s main says: dough",
            "0.0 s main computes for 15 min",
            "15 min main goes on",
            "15 min main says: watches the oven",
            "15 min main blocks the loop for 45 min",
            "60 min main goes on",
            "60 min main says: cake done",
            "60 min main says: shopping",
            "60 min main computes for 20 min",
            "80 min main goes on",
            "80 min main says: groceries home",
            "80 min main finishes",
        ]
    );
}

#[test]
fn the_cook_works_35_minutes_either_way() {
    for mode in [Mode::Concurrent, Mode::Sequential] {
        assert_eq!(bake(mode).held_by(Hold::Computing), minutes(35));
    }
    assert_eq!(bake(Mode::Sequential).held_by(Hold::Blocking), minutes(45));
    assert_eq!(bake(Mode::Sequential).idle(), Duration::ZERO);
    assert_eq!(
        bake(Mode::Concurrent).held_by(Hold::Blocking),
        Duration::ZERO
    );
}

#[test]
fn the_times_are_the_settings_and_no_constants() {
    let settings = Settings {
        dough: secs(1),
        oven: secs(2),
        shopping: secs(5), // longer than the oven: the cake waits for the cook
        ..Settings::default()
    };
    let trace = cake::run(&settings);
    assert_eq!(trace.total(), secs(6));
    assert_eq!(trace.idle(), Duration::ZERO);
    let sequential = Settings {
        mode: Mode::Sequential,
        ..settings
    };
    assert_eq!(cake::run(&sequential).total(), secs(8));
}

#[test]
fn on_the_real_clock_the_same_things_happen_in_the_same_order() {
    let settings = Settings {
        dough: millis(3),
        oven: millis(40), // long enough that the shopping is done first, on a busy machine too
        shopping: millis(4),
        mode: Mode::Concurrent,
        clock: ClockKind::Real,
    };
    let real = cake::run(&settings);
    assert_eq!(real.clock, ClockKind::Real);
    assert!(real.total() >= millis(43));
    let expected = cake::run(&Settings {
        clock: ClockKind::Virtual,
        ..settings
    });
    let without_times = |trace: &Trace| {
        let steps = steps(trace).into_iter();
        steps.map(|step| (step.task, step.kind)).collect::<Vec<_>>()
    };
    assert_eq!(without_times(&real), without_times(&expected));
}

#[test]
fn steps_tell_the_same_story_in_four_words() {
    let trace = bake(Mode::Concurrent);
    let told: Vec<_> = steps(&trace)
        .into_iter()
        .map(|step| format!("{} {} at {}", step.task, step.kind, step.at.as_secs() / 60))
        .collect();
    assert_eq!(
        told,
        [
            "main start at 0",
            "main suspend at 0",
            "cake start at 0",
            "cake suspend at 15",
            "groceries start at 15",
            "groceries finish at 35",
            "cake resume at 60",
            "cake finish at 60",
            "main resume at 60",
            "main finish at 60",
        ]
    );
    assert_eq!(steps(&trace)[0].kind, StepKind::Start);
    assert_eq!(trace.polls(TaskId::MAIN), 2);
}
