//! The loop at each of its events, as it is told to somebody who steps through a run.

use std::time::Duration;

use event_loops::demos::program::{self, Step};
use event_loops::demos::{
    async_await, cake, run_until_complete, tasks, two_steps, waiting, wakers,
};
use event_loops::{
    EventKind, EventLoop, Moment, State, Status, TaskId, Trace, WokenBy, note, sleep, spawn_named,
};
use proptest::prelude::*;

/// What holds at every event of every loop.
fn holds(trace: &Trace) {
    let moments: Vec<Moment> = (0..trace.events.len())
        .map(|event| trace.moment(event))
        .collect();
    for (place, moment) in moments.iter().enumerate() {
        let told = || format!("after event {place}, {:?}, of\n{trace}", trace.why(place));
        if let Some(next) = trace.events.get(place + 1)
            && next.kind == EventKind::Polled
        {
            assert_eq!(moment.ready.first(), next.task.as_ref(), "{}", told());
            assert_eq!(moment.polled, None, "{}", told());
        }
        let (event, by) = (&trace.events[place], WokenBy::Timer);
        if event.kind == (EventKind::Woken { by }) {
            let due = |(at, task): &(_, TaskId)| *at <= event.at && Some(*task) == event.task;
            assert!(!moment.timers.iter().any(due), "{}", told());
        }
        if let Some(until) = moment.parked {
            assert!(
                moment.ready.is_empty() && moment.polled.is_none(),
                "{}",
                told()
            );
            assert_eq!(
                moment.timers.first().map(|(at, _)| *at),
                until,
                "{}",
                told()
            );
        }
        for (number, task) in moment.tasks.iter().enumerate() {
            let id = TaskId(number);
            let has_thread = moment.polled == Some(id);
            let is_ready = task.status == Status::Ready;
            assert_eq!(
                is_ready,
                moment.ready.contains(&id) && !has_thread,
                "{}",
                told()
            );
            let runs = matches!(
                task.status,
                Status::Running | Status::Computing | Status::Blocking
            );
            assert_eq!(runs, has_thread, "{}", told());
        }
    }
    agrees_with_the_picture(trace, &moments);
}

/// What the last event of an instant leaves is what is drawn from there on.
fn agrees_with_the_picture(trace: &Trace, moments: &[Moment]) {
    let lanes = trace.lanes();
    let pairs = moments.iter().zip(moments.iter().skip(1));
    for (now, _) in pairs.filter(|(now, next)| now.at < next.at) {
        for (task, lane) in now.tasks.iter().zip(&lanes[1..]) {
            let drawn = lane
                .segments
                .iter()
                .find(|s| s.from <= now.at && now.at < s.to);
            let drawn = drawn.map(|segment| segment.state);
            let told = task.status.state();
            let over = told == Some(State::Done) && drawn.is_none();
            assert!(
                told == drawn || over,
                "{} at {:?}: {told:?}, drawn {drawn:?}\n{trace}",
                lane.name,
                now.at
            );
        }
    }
}

#[test]
fn the_demos_of_all_chapters_are_told_as_they_run() {
    for mode in [cake::Mode::Concurrent, cake::Mode::Sequential] {
        holds(&cake::run(&cake::Settings {
            mode,
            ..Default::default()
        }));
    }
    for mode in [
        waiting::Mode::Together,
        waiting::Mode::Sequential,
        waiting::Mode::Blocking,
    ] {
        holds(&waiting::run(&waiting::Settings {
            mode,
            ..Default::default()
        }));
    }
    for sequential in [false, true] {
        holds(&async_await::run(&two_steps::Settings {
            sequential,
            ..Default::default()
        }));
    }
    use run_until_complete::Mode as Loop;
    for mode in [Loop::Parked, Loop::Busy, Loop::Napping] {
        let settings = run_until_complete::Settings {
            mode,
            ..Default::default()
        };
        holds(&run_until_complete::run(&settings));
    }
    for mode in [
        wakers::Mode::Kept,
        wakers::Mode::Forgotten,
        wakers::Mode::Gap,
    ] {
        holds(&wakers::run(&wakers::Settings {
            mode,
            ..Default::default()
        }));
    }
    for mode in [tasks::Mode::Joined, tasks::Mode::Forgotten] {
        holds(&tasks::run(&tasks::Settings {
            mode,
            panics: 2,
            ..Default::default()
        }));
    }
}

fn step() -> impl Strategy<Value = Step> {
    let time = || (0_u64..4).prop_map(Duration::from_secs);
    prop_oneof![
        3 => time().prop_map(Step::Wait),
        1 => time().prop_map(Step::Compute),
        1 => time().prop_map(Step::Block),
        2 => (1_usize..=3).prop_map(Step::Send),
        2 => Just(Step::Receive),
        1 => Just(Step::Yield),
        1 => Just(Step::Print("hello".to_string())),
        1 => Just(Step::Fail),
    ]
}

/// What a task says or holds, it says and holds at the line that asks for it.
fn stands_where_it_happens(outcome: &program::Outcome, source: &program::Source) {
    for (number, event) in outcome.trace.events.iter().enumerate() {
        let words = match event.kind {
            EventKind::Noted { .. } => ["note(", "print_errors("],
            EventKind::Held { .. } => ["compute_for(", "block_for("],
            _ => continue,
        };
        let mut until_now = outcome.places.iter().rev();
        let place = until_now.find(|place| place.event <= number && Some(place.task) == event.task);
        let line = place.map_or("", |place| &source.lines[place.line - 1]);
        let is_there = words.iter().any(|word| line.contains(word));
        assert!(is_there, "{event:?} at {line:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_program_of_any_steps_is_told_as_it_runs(
        tasks in prop::collection::vec(prop::collection::vec(step(), 0..6), 3),
    ) {
        for mode in [program::Mode::Together, program::Mode::Blocking] {
            let settings = program::Settings { tasks: tasks.clone(), mode, ..Default::default() };
            prop_assert_eq!(settings.check(), Ok(()));
            let outcome = program::run(&settings);
            holds(&outcome.trace);
            let lines = program::source(&settings).lines.len();
            prop_assert!(outcome.places.iter().all(|place| (1..=lines).contains(&place.line)));
            stands_where_it_happens(&outcome, &program::source(&settings));
            let comes_to_its_end = outcome.trace.finished_at(TaskId::MAIN).is_some();
            prop_assert!(comes_to_its_end || outcome.stuck.is_some());
        }
    }
}

#[test]
fn each_event_is_told_with_its_reason() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let call = spawn_named("call", async {
            sleep(Duration::from_secs(3)).await;
            note("back");
        });
        call.await.expect("it does not panic");
    });
    let trace = event_loop.trace();
    let told: Vec<String> = (0..trace.events.len())
        .map(|event| trace.why(event))
        .collect();
    let back = "Its poll returns Pending: the loop has the thread back.";
    assert_eq!(
        told,
        [
            "run_until_complete hands main to the loop. It stands in the ready queue.".to_string(),
            "The loop takes main from the front of the ready queue and polls it for the first time: its code begins to run.".to_string(),
            "main spawns call, which goes to the end of the ready queue. None of its code has run yet.".to_string(),
            format!("main waits for the end of call, and has left its waker there. {back}"),
            "The loop takes call from the front of the ready queue and polls it for the first time: its code begins to run.".to_string(),
            format!("call sleeps until 3.0 s: a timer is set that will wake it. {back}"),
            "Nobody is ready: the loop parks until 3.0 s, when the timer of call is due. Its clock is a virtual one, and jumps there.".to_string(),
            "It is 3.0 s: the loop has the thread again, and looks whose time has come.".to_string(),
            "call set a timer, and its time has come: the loop wakes call, which goes to the end of the ready queue.".to_string(),
            "The loop takes call from the front of the ready queue and polls it again: it goes on where it was suspended.".to_string(),
            "call prints: back".to_string(),
            "main awaits call, which has ended: main is woken, and goes to the end of the ready queue.".to_string(),
            "call comes to its end: its poll returns Ready, and the loop never polls it again.".to_string(),
            "The loop takes main from the front of the ready queue and polls it again: it goes on where it was suspended.".to_string(),
            "main comes to its end: its poll returns Ready. When this round of polls is over, so is run_until_complete.".to_string(),
        ]
    );
}

/// Somebody who is ready and can't go on, and somebody whose timer has been due for a while.
#[test]
fn whoever_starves_is_named() {
    let second = Duration::from_secs;
    let tasks = vec![
        vec![Step::Wait(second(1)), Step::Wait(second(1))],
        vec![Step::Block(second(3))],
        vec![Step::Print("at last".to_string())],
    ];
    let trace = program::run(&program::Settings {
        tasks,
        ..Default::default()
    })
    .trace;
    let told: Vec<String> = (0..trace.events.len())
        .map(|event| trace.why(event))
        .collect();
    let has = |line: &str| assert!(told.iter().any(|told| told == line), "{line}\n{told:#?}");
    has(
        "task 2 waits for 3.0 s and keeps the thread: it blocks the loop. task 3 is ready, and starves meanwhile.",
    );
    has(
        "task 2 goes on, in the same poll. The timer of task 1 was due at 1.0 s, and the loop had no chance to look.",
    );
}
