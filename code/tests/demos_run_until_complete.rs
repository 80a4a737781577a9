//! Chapter 8: what three ways to wait with a call prove.

mod common;

use std::time::Duration;

use common::{millis, secs, story};
use event_loops::demos::run_until_complete::{self, Mode, Settings};
use event_loops::{ClockKind, Hold, TaskId, Trace};

fn run(mode: Mode) -> Trace {
    run_until_complete::run(&Settings {
        mode,
        ..Settings::default()
    })
}

#[test]
fn a_parked_loop_polls_twice_however_long_the_wait() {
    for wait in [millis(1), secs(3), secs(24 * 60 * 60)] {
        let settings = Settings {
            wait,
            ..Settings::default()
        };
        let trace = run_until_complete::run(&settings);
        assert_eq!(trace.polls(TaskId::MAIN), 2);
        assert_eq!(trace.idle(), wait);
        assert_eq!(trace.total(), wait);
    }
}

#[test]
fn a_busy_loop_polls_all_the_time_and_is_never_idle() {
    let busy = run(Mode::Busy);
    assert_eq!(busy.polls(TaskId::MAIN), 31); // thirty find nothing, and one finds the call back
    assert_eq!(busy.held_by(Hold::Computing), secs(3));
    assert_eq!(busy.idle(), Duration::ZERO);
    let faster = Settings {
        mode: Mode::Busy,
        poll: millis(10),
        ..Settings::default()
    };
    // A faster machine only asks more often.
    let polls = run_until_complete::run(&faster).polls(TaskId::MAIN);
    assert_eq!(polls, 301);
}

#[test]
fn a_napping_loop_polls_less_and_is_late() {
    let napping = run(Mode::Napping);
    assert_eq!(napping.polls(TaskId::MAIN), 5);
    assert_eq!(napping.total(), millis(3200)); // the call was back at 3.0 s
    assert_eq!(napping.held_by(Hold::Blocking), millis(4 * 700));
    let short = Settings {
        mode: Mode::Napping,
        nap: millis(50),
        ..Settings::default()
    };
    let short = run_until_complete::run(&short);
    assert_eq!(short.total(), secs(3)); // less late, and more polls
    assert_eq!(short.polls(TaskId::MAIN), 21);
}

#[test]
fn every_step_of_the_parked_loop() {
    assert_eq!(
        story(&run(Mode::Parked)),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main says: the call starts",
            "0.0 s main is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s", // no poll from here on
            "3.0 s loop goes on",
            "3.0 s main is woken: its time has come",
            "3.0 s main is polled",
            "3.0 s main says: the call is back",
            "3.0 s main finishes",
        ]
    );
}

#[test]
fn a_busy_poll_that_would_take_forever_is_refused() {
    for (mode, poll, nap) in [
        (Mode::Busy, Duration::ZERO, secs(1)),
        (Mode::Busy, Duration::from_micros(1), secs(1)),
        (Mode::Napping, Duration::ZERO, Duration::ZERO),
    ] {
        let settings = Settings {
            mode,
            poll,
            nap,
            ..Settings::default()
        };
        let said = settings.check().unwrap_err().to_string();
        assert!(said.contains("more than 10000 polls"), "{said}");
    }
    let parked = Settings {
        poll: Duration::ZERO,
        nap: Duration::ZERO,
        ..Settings::default()
    };
    assert_eq!(parked.check(), Ok(())); // no matter to a loop that parks
}

#[test]
fn on_the_real_clock_the_call_is_never_back_early() {
    for mode in [Mode::Parked, Mode::Busy, Mode::Napping] {
        let settings = Settings {
            wait: millis(20),
            poll: millis(1),
            nap: millis(5),
            mode,
            clock: ClockKind::Real,
        };
        let trace = run_until_complete::run(&settings);
        assert!(trace.total() >= millis(20));
        assert_eq!(trace.notes().count(), 2);
    }
}
