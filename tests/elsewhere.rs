//! The programs on our loop, on tokio and in asyncio, laid side by side.
//!
//! On virtual clocks ours and tokio's do the same things at the same times. asyncio has no virtual
//! clock: there it is the same things in the same order, and none of them too early. Without
//! Python its half is ignored, loudly; where `CI` is set it fails instead.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use event_loops::demos::on_tokio::{self, Entry, What};
use event_loops::demos::{StepKind, cake, waiting};
use event_loops::{ClockKind, EventKind, Trace};
use libtest_mimic::{Arguments, Failed, Trial};

#[path = "elsewhere/asyncio.rs"]
mod asyncio;
#[path = "elsewhere/loops.rs"]
mod loops;
#[path = "elsewhere/phrasebook.rs"]
mod phrasebook;
#[path = "elsewhere/system.rs"]
mod system;
#[path = "elsewhere/two_steps.rs"]
mod two_steps;

fn main() -> ExitCode {
    let mut trials = Vec::from([
        test("tokio_does_the_same_calls_at_the_same_times", same_calls),
        test("tokio_bakes_the_same_cake_at_the_same_times", same_cake),
        test("the_times_are_those_of_the_chapters", headlines),
        test("tokio_on_the_real_clock_really_waits", real_clock),
        test("tokio_polls_main_between_rounds_of_61", rounds_of_61),
        test("tokio_rounds_up_to_a_millisecond", whole_milliseconds),
        test("tokio_may_wait_for_no_time_at_all", no_time),
        test("tokio_does_the_same_two_steps", two_steps::on_tokio),
    ]);
    trials.extend(asyncio::trials());
    trials.extend(phrasebook::trials());
    trials.extend(system::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn test(name: &str, body: fn()) -> Trial {
    Trial::test(name, move || {
        body();
        Ok::<(), Failed>(())
    })
}

/// What the tasks of our loop did and said, in the words of [`on_tokio`].
fn told(trace: &Trace) -> Vec<Entry> {
    let mut started = Vec::new();
    let entry = |event: &event_loops::Event| {
        let task = event.task?;
        let what = match &event.kind {
            EventKind::Polled if started.contains(&task) => What::Step(StepKind::Resume),
            EventKind::Polled => {
                started.push(task);
                What::Step(StepKind::Start)
            }
            EventKind::Suspended { .. } => What::Step(StepKind::Suspend),
            EventKind::Finished => What::Step(StepKind::Finish),
            EventKind::Noted { text, .. } => What::Note(text.clone()),
            _ => return None,
        };
        Some(Entry {
            at: event.at,
            task: trace.name(task).to_string(),
            what,
        })
    };
    trace.events.iter().filter_map(entry).collect()
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Calls by the virtual clock.
fn calls(mode: waiting::Mode, tasks: usize, wait: Duration) -> waiting::Settings {
    waiting::Settings {
        tasks,
        wait,
        mode,
        clock: ClockKind::Virtual,
    }
}

const WAITING: [waiting::Mode; 3] = [
    waiting::Mode::Together,
    waiting::Mode::Sequential,
    waiting::Mode::Blocking,
];
const CAKE: [cake::Mode; 2] = [cake::Mode::Concurrent, cake::Mode::Sequential];

fn same_calls() {
    for mode in WAITING {
        for (tasks, wait) in [
            (5, ms(3000)),
            (1, ms(1)),
            (61, ms(70)),
            (7, ms(3_600_000)),
            (4, ms(0)),
        ] {
            let settings = calls(mode, tasks, wait);
            let theirs = on_tokio::waiting::run(&settings);
            same(&told(&waiting::run(&settings)), &theirs.entries, exactly);
        }
    }
}

fn same_cake() {
    // The last two: the cake is done before the cook is back, and in the very moment.
    for (dough, oven, shopping) in [(15, 45, 20), (0, 45, 0), (15, 5, 20), (15, 20, 20)] {
        for mode in CAKE {
            let [dough, oven, shopping] =
                [dough, oven, shopping].map(|minutes| ms(60_000 * minutes));
            let settings = cake::Settings {
                dough,
                oven,
                shopping,
                mode,
                clock: ClockKind::Virtual,
            };
            let theirs = on_tokio::cake::run(&settings);
            same(&told(&cake::run(&settings)), &theirs.entries, exactly);
        }
    }
}

fn headlines() {
    use waiting::Mode::{Blocking, Sequential, Together};
    let total = |mode| {
        let settings = waiting::Settings {
            mode,
            ..waiting::Settings::default()
        };
        (
            waiting::run(&settings).total(),
            on_tokio::waiting::run(&settings).total(),
        )
    };
    let seconds = Duration::from_secs;
    assert_eq!(total(Together), (seconds(3), seconds(3)));
    assert_eq!(total(Sequential), (seconds(15), seconds(15)));
    assert_eq!(total(Blocking), (seconds(15), seconds(15)));

    let total = |mode| {
        let settings = cake::Settings {
            mode,
            ..cake::Settings::default()
        };
        (
            cake::run(&settings).total(),
            on_tokio::cake::run(&settings).total(),
        )
    };
    assert_eq!(
        total(cake::Mode::Concurrent),
        (seconds(60 * 60), seconds(60 * 60))
    );
    assert_eq!(
        total(cake::Mode::Sequential),
        (seconds(80 * 60), seconds(80 * 60))
    );
}

fn real_clock() {
    for mode in WAITING {
        let settings = calls(mode, 3, ms(20));
        let real = waiting::Settings {
            clock: ClockKind::Real,
            ..settings.clone()
        };
        not_early(
            &told(&waiting::run(&settings)),
            &on_tokio::waiting::run(&real).entries,
            Duration::ZERO,
        );
    }
    for mode in CAKE {
        let (dough, oven, shopping) = (ms(15), ms(45), ms(20));
        let settings = cake::Settings {
            dough,
            oven,
            shopping,
            mode,
            clock: ClockKind::Virtual,
        };
        let real = cake::Settings {
            clock: ClockKind::Real,
            ..settings.clone()
        };
        not_early(
            &told(&cake::run(&settings)),
            &on_tokio::cake::run(&real).entries,
            Duration::ZERO,
        );
    }
}

/// The same things in the same order, and none too early: between two of them a task lets at least
/// the time pass that it does on a virtual clock, where nothing but waiting and computing takes
/// any. When a task is suspended says little, for its wait has begun a moment before that.
fn not_early(ideal: &[Entry], real: &[Entry], resolution: Duration) {
    let done = |entry: &Entry| format!("{}: {:?}", entry.task, entry.what);
    same(ideal, real, done);
    let mut before = BTreeMap::new();
    for (ideal, real) in ideal.iter().zip(real) {
        if ideal.what == What::Step(StepKind::Suspend) {
            continue;
        }
        if let Some((then, really_then)) = before.insert(&ideal.task, (ideal.at, real.at)) {
            let (least, took) = (ideal.at - then, real.at - really_then);
            assert!(
                took + resolution >= least,
                "{real:?} comes after {took:?}, not {least:?}"
            );
        }
    }
    assert!(real.is_sorted_by_key(|entry| entry.at), "{real:?}");
}

/// Compares entry by entry, by what `line` says of them, and shows where they part.
fn same(ours: &[Entry], theirs: &[Entry], line: impl Fn(&Entry) -> String) {
    let lines = |entries: &[Entry]| -> Vec<String> { entries.iter().map(&line).collect() };
    let (ours, theirs) = (lines(ours), lines(theirs));
    let place = ours
        .iter()
        .zip(&theirs)
        .take_while(|(ours, theirs)| ours == theirs)
        .count();
    let (ours, theirs) = (ours.get(place), theirs.get(place));
    assert!(
        ours.is_none() && theirs.is_none(),
        "entry {place}: ours {ours:?}, theirs {theirs:?}"
    );
}

/// Everything that an entry says.
fn exactly(entry: &Entry) -> String {
    format!("{:?} {}: {:?}", entry.at, entry.task, entry.what)
}

/// More calls than a round of tokio's has room for: main, woken by the first call that ends, has a
/// look when the round is over. The calls themselves are none the wiser.
fn rounds_of_61() {
    let settings = calls(waiting::Mode::Together, 100, ms(3000));
    let (ours, theirs) = (
        told(&waiting::run(&settings)),
        on_tokio::waiting::run(&settings).entries,
    );
    let split = |entries: Vec<Entry>| -> (Vec<Entry>, Vec<Entry>) {
        entries.into_iter().partition(|entry| entry.task == "main")
    };
    let ((our_main, our_calls), (their_main, their_calls)) = (split(ours), split(theirs));
    same(&our_calls, &their_calls, exactly);

    let steps = |entries: &[Entry]| -> Vec<String> {
        entries
            .iter()
            .map(|entry| format!("{:?} {:?}", entry.at, entry.what))
            .collect()
    };
    assert_eq!(
        steps(&our_main),
        [
            "0ns Step(Start)",
            "0ns Step(Suspend)",
            "3s Step(Resume)",
            "3s Step(Finish)"
        ]
    );
    assert_eq!(
        steps(&their_main),
        [
            "0ns Step(Start)",
            "0ns Step(Suspend)",
            "3s Step(Resume)", // 61 calls have ended
            "3s Step(Suspend)",
            "3s Step(Resume)",
            "3s Step(Finish)",
        ]
    );
}

fn whole_milliseconds() {
    let settings = calls(waiting::Mode::Together, 1, Duration::from_micros(1500));
    assert_eq!(waiting::run(&settings).total(), Duration::from_micros(1500));
    assert_eq!(on_tokio::waiting::run(&settings).total(), ms(2));
}

fn no_time() {
    // The oven takes no time. Ours is over at once; tokio's timers don't know yet that the dough
    // has taken time, and have the cake wait for the next round.
    let settings = cake::Settings {
        oven: Duration::ZERO,
        ..cake::Settings::default()
    };
    let suspended = |entries: &[Entry], task: &str| {
        let of_task = entries.iter().filter(|entry| entry.task == task);
        of_task
            .filter(|entry| entry.what == What::Step(StepKind::Suspend))
            .count()
    };
    assert_eq!(suspended(&told(&cake::run(&settings)), "cake"), 0);
    assert_eq!(
        suspended(&on_tokio::cake::run(&settings).entries, "cake"),
        1
    );

    // 200 sleeps in one turn are more than either loop lets a task have.
    let settings = calls(waiting::Mode::Sequential, 200, Duration::ZERO);
    assert_eq!(suspended(&told(&waiting::run(&settings)), "main"), 1);
    assert_eq!(
        suspended(&on_tokio::waiting::run(&settings).entries, "main"),
        1
    );
}
