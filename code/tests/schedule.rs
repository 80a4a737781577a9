//! The model of an operating system: who has a core, from when to when.

mod common;

use std::time::Duration;

use common::{millis, secs};
use event_loops::demos::schedule::{Act, Machine, Program, schedule};
use event_loops::{Lane, State, Timeline};

fn program(name: &str, acts: &[Act]) -> Program {
    Program {
        name: name.to_string(),
        acts: acts.to_vec(),
        after: None,
    }
}

fn computing(count: usize, seconds: u64) -> Vec<Program> {
    let one = |number| program(&format!("{number}"), &[Act::Compute(secs(seconds))]);
    (1..=count).map(one).collect()
}

fn machine(cores: usize, slice: Option<u64>) -> Machine {
    let slice = slice.map(millis);
    Machine { cores, slice }
}

/// A lane as `running 0-1, waiting 1-3`.
fn told(lane: &Lane) -> String {
    let segments = lane.segments.iter().filter(|s| s.state != State::Done);
    let told = |segment: &event_loops::Segment| {
        let (from, to) = (segment.from.as_secs_f64(), segment.to.as_secs_f64());
        format!("{:?} {from}-{to}", segment.state).to_lowercase()
    };
    segments.map(told).collect::<Vec<_>>().join(", ")
}

fn lanes(timeline: &Timeline) -> Vec<String> {
    timeline.lanes.iter().map(told).collect()
}

#[test]
fn waiting_needs_no_core() {
    let waiting = vec![program("w", &[Act::Wait(secs(3))]); 5];
    let drawn = schedule(&waiting, machine(1, None));
    assert_eq!(drawn.total, secs(3));
    assert_eq!(lanes(&drawn), ["waiting 0-3"; 5]);
}

#[test]
fn a_slice_takes_the_core_away_when_somebody_else_is_ready() {
    let drawn = schedule(&computing(2, 2), machine(1, Some(1000)));
    assert_eq!(
        lanes(&drawn),
        [
            "running 0-1, ready 1-2, running 2-3",
            "ready 0-1, running 1-2, ready 2-3, running 3-4",
        ]
    );
    // Nobody else is ready: it keeps the core.
    let alone = schedule(&computing(1, 2), machine(1, Some(100)));
    assert_eq!(lanes(&alone), ["running 0-2"]);
}

#[test]
fn without_a_slice_nobody_is_interrupted() {
    let drawn = schedule(&computing(2, 2), machine(1, None));
    assert_eq!(lanes(&drawn), ["running 0-2", "ready 0-2, running 2-4"]);
}

#[test]
fn two_cores_compute_two_programs_at_the_same_instant() {
    let drawn = schedule(&computing(2, 2), machine(2, Some(1000)));
    assert_eq!(lanes(&drawn), ["running 0-2"; 2]);
    let three = schedule(&computing(3, 2), machine(2, Some(1000)));
    assert_eq!(three.total, secs(3)); // six seconds of work on two cores
}

#[test]
fn who_becomes_ready_waits_no_longer_than_a_slice_for_one_who_computes() {
    let programs = [
        program("busy", &[Act::Compute(secs(9))]),
        program("caller", &[Act::Wait(secs(2)), Act::Compute(secs(1))]),
    ];
    let sliced = schedule(&programs, machine(1, Some(500)));
    // The slice of the busy one was over long ago: it had the core since nobody wanted it.
    assert_eq!(
        lanes(&sliced)[1],
        "waiting 0-2, running 2-2.5, ready 2.5-3, running 3-3.5"
    );
    let cooperative = schedule(&programs, machine(1, None));
    assert_eq!(
        lanes(&cooperative)[1],
        "waiting 0-2, ready 2-9, running 9-10"
    );
}

#[test]
fn one_starts_when_the_one_before_it_has_ended() {
    let mut programs = computing(2, 1);
    programs[1].after = Some(0);
    let drawn = schedule(&programs, machine(4, None));
    assert_eq!(lanes(&drawn), ["running 0-1", "running 1-2"]);
}

#[test]
fn the_cores_do_all_the_work_and_no_more_than_they_can() {
    for cores in 1..=5 {
        for count in 1..=7 {
            for slice in [None, Some(7), Some(300), Some(5000)] {
                let drawn = schedule(&computing(count, 2), machine(cores, slice));
                let running = |lane: &Lane| -> Duration {
                    let running = lane.segments.iter().filter(|s| s.state == State::Running);
                    running.map(|segment| segment.to - segment.from).sum()
                };
                assert!(drawn.lanes.iter().all(|lane| running(lane) == secs(2)));
                let least = secs(2).max(secs(2) * count as u32 / cores as u32);
                assert!(drawn.total >= least, "{cores} {count} {slice:?}");
                let at_once = |at: Duration| {
                    let segments = drawn.lanes.iter().flat_map(|lane| &lane.segments);
                    segments
                        .filter(|s| s.state == State::Running && s.from <= at && at < s.to)
                        .count()
                };
                let starts = drawn.lanes.iter().flat_map(|lane| &lane.segments);
                assert!(starts.map(|s| at_once(s.from)).max() <= Some(cores));
            }
        }
    }
}

#[test]
fn what_takes_no_time_is_left_out() {
    let nothing = [program(
        "n",
        &[Act::Wait(Duration::ZERO), Act::Compute(Duration::ZERO)],
    )];
    let drawn = schedule(&nothing, machine(1, Some(1)));
    assert_eq!(
        (drawn.total, lanes(&drawn)),
        (Duration::ZERO, vec![String::new()])
    );
}

#[test]
fn its_picture_speaks_of_programs_and_cores() {
    let svg = schedule(&computing(2, 2), machine(1, Some(1000))).to_svg();
    assert!(svg.contains("Timeline of 2 programs over 4.0 s"), "{svg}");
    assert!(
        svg.contains("1: running from 0.0 s to 1.0 s, ready, no turn from 1.0 s"),
        "{svg}"
    );
    assert!(!svg.contains("poll"), "{svg}");
    let text = schedule(&computing(1, 2), machine(1, None)).to_string();
    assert!(text.contains('█') && text.contains("running"), "{text}");
}
