//! Chapter 3: what programs that were really started prove.

mod common;

use std::thread;
use std::time::Duration;

use common::{millis, secs};
use event_loops::demos::processes::{self, Mode, Program, Run, Settings, What};
use event_loops::{EventLoop, State, spawn, yield_now};

fn play(settings: &Settings) -> Run {
    let program = Program::compile().expect("a compiler compiles this test");
    processes::run(settings, &program).expect("programs start")
}

fn short() -> Settings {
    Settings {
        wait: millis(5),
        ..Settings::default()
    }
}

fn whats(run: &Run) -> Vec<What> {
    run.said.iter().map(|said| said.what).collect()
}

#[test]
fn all_have_started_before_one_is_told_to_go_on() {
    let run = play(&short());
    assert_eq!(whats(&run), [[What::Starts; 5], [What::IsBack; 5]].concat());
    for what in [What::Starts, What::IsBack] {
        let said = run.said.iter().filter(|said| said.what == what);
        let mut programs: Vec<_> = said.map(|said| said.program).collect();
        programs.sort_unstable();
        assert_eq!(programs, [1, 2, 3, 4, 5]);
    }
}

#[test]
fn one_after_the_other_no_two_are_under_way() {
    let settings = Settings {
        mode: Mode::Sequential,
        programs: 3,
        ..short()
    };
    let told: Vec<_> = play(&settings)
        .said
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "program 1 starts",
            "program 1 is back",
            "program 2 starts",
            "program 2 is back",
            "program 3 starts",
            "program 3 is back",
        ]
    );
}

/// More busy programs than cores: the others get a turn only if the system takes a core
/// away from one that never gives it back. The busy ones stop when all others are back, so if it
/// did not, this would not end.
#[test]
fn programs_that_never_stop_computing_do_not_stop_the_others() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let busy = cores + 1;
    let run = play(&Settings { busy, ..short() });
    let expected = [
        vec![What::Starts; busy],
        vec![What::Computes; busy],
        vec![What::Starts; 5],
        vec![What::IsBack; 5],
        vec![What::Stops; busy],
    ];
    assert_eq!(whats(&run), expected.concat());
    assert_eq!(run.still_busy, busy, "all of them computed to the end");
}

/// The same on an event loop: a task that computes until another one is back waits for ever. Here
/// it gives up after a million looks.
#[test]
fn on_an_event_loop_a_task_that_never_stops_computing_stops_the_others() {
    use std::{cell::Cell, rc::Rc};
    let is_back = Rc::new(Cell::new(false));
    let looks = |is_back: &Cell<bool>| (0..1_000_000).take_while(|_| !is_back.get()).count();
    let event_loop = EventLoop::with_virtual_clock();
    let counts = event_loop.run_until_complete(async move {
        let other = Rc::clone(&is_back);
        drop(spawn(async move { other.set(true) }));
        let before = looks(&is_back);
        yield_now().await;
        (before, looks(&is_back))
    });
    assert_eq!(counts, (1_000_000, 0));
}

#[test]
fn a_program_nobody_tells_to_go_on_ends_when_its_starter_is_gone() {
    let program = Program::compile().unwrap();
    let mut command = program.command(7, processes::Work::Wait(60_000));
    command.stdin(std::process::Stdio::piped());
    let output = command.output().unwrap(); // closes its input
    assert_eq!(output.stdout, b"7 starts\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_real_wait_is_not_shorter_than_asked_for() {
    let run = play(&Settings {
        programs: 2,
        wait: millis(30),
        ..Settings::default()
    });
    let last_start = run.said[1].at;
    assert!(run.total() - last_start >= millis(30), "{run:?}");
}

#[test]
fn the_drawn_programs_wait_at_the_same_time_or_one_after_the_other() {
    let total = |mode| {
        let settings = Settings {
            mode,
            ..Settings::default()
        };
        processes::model(&settings).total
    };
    assert_eq!(total(Mode::Together), secs(3));
    assert_eq!(total(Mode::Sequential), secs(15));
}

#[test]
fn the_drawn_busy_programs_share_the_cores_and_delay_nobody() {
    let settings = Settings {
        busy: 2,
        ..Settings::default()
    };
    let drawn = processes::model(&settings);
    assert_eq!(drawn.total, secs(3));
    let time_in = |name: &str, state| -> Duration {
        let lane = drawn.lanes.iter().find(|lane| lane.name == name).unwrap();
        let segments = lane.segments.iter().filter(|s| s.state == state);
        segments.map(|segment| segment.to - segment.from).sum()
    };
    for number in 1..=5 {
        assert_eq!(
            time_in(&format!("program {number}"), State::Waiting),
            secs(3)
        );
    }
    for name in ["program 6", "program 7"] {
        assert_eq!(time_in(name, State::Running), millis(1500));
    }
}

#[test]
fn settings_that_make_no_sense_are_told_in_a_line() {
    let told = |settings: Settings| settings.check().expect_err("no sense").to_string();
    let settings = Settings::default;
    let sequential_and_busy = Settings {
        mode: Mode::Sequential,
        busy: 1,
        ..settings()
    };
    for (settings, said) in [
        (
            Settings {
                programs: 0,
                ..settings()
            },
            "--programs is 0",
        ),
        (
            Settings {
                programs: 201,
                ..settings()
            },
            "from 1 to 200",
        ),
        (
            Settings {
                busy: 201,
                ..settings()
            },
            "--busy is 201",
        ),
        (
            Settings {
                wait: secs(100_000),
                ..settings()
            },
            "longer than a day",
        ),
        (sequential_and_busy, "leave out --sequential or --busy"),
    ] {
        let line = told(settings);
        assert!(line.contains(said) && line.lines().count() == 1, "{line}");
    }
    let mut slow = settings();
    slow.machine.slice = Some(Duration::from_micros(1));
    assert!(told(slow).contains("--slice is shorter than 1ms"));
    let mut none = settings();
    none.machine.cores = 0;
    assert!(told(none).contains("--cores is 0"));
    assert_eq!(settings().check(), Ok(()));
}
