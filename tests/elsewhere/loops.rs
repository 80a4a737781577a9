//! Chapters 8 to 10 beside Python: a loop written by hand, the letter, and the tasks.

use std::time::Duration;

use event_loops::demos::on_tokio::{Entry, What};
use event_loops::demos::{StepKind, run_until_complete, tasks, wakers};

use super::asyncio::Python;
use super::{ms, told};

/// The parked loop does what ours does. The others ask again, as often as the machine lets them.
pub fn a_loop_by_hand(python: &Python) {
    use run_until_complete::{Mode, Settings};
    let wait = ms(20);
    let ours = told(&run_until_complete::run(&Settings {
        wait,
        ..Settings::default()
    }));
    let words = |mode| format!("run_until_complete.py --mode {mode} --wait 0.02 --nap 0.002");
    python.compare(&ours, &python.entries(&words("parked")));
    for (mode, name) in [(Mode::Busy, "busy"), (Mode::Napping, "napping")] {
        let ours = told(&run_until_complete::run(&Settings {
            wait,
            poll: ms(1),
            nap: ms(1),
            mode,
            ..Settings::default()
        }));
        let theirs = python.entries(&words(name));
        let resumed = |entries: &[Entry]| {
            let resume = |entry: &&Entry| entry.what == What::Step(StepKind::Resume);
            entries.iter().filter(resume).count()
        };
        assert!(resumed(&ours) > 1 && resumed(&theirs) > 0, "{name}");
        assert_eq!(notes(&ours), notes(&theirs), "{name}");
    }
}

/// In all three ways the same things happen in the same order; and what nobody says is found late.
pub fn a_letter(python: &Python) {
    use wakers::{Mode, Settings};
    let (wait, patience) = (ms(30), ms(600));
    for (mode, name) in [
        (Mode::Kept, "kept"),
        (Mode::Forgotten, "forgotten"),
        (Mode::Gap, "gap"),
    ] {
        let ours = told(&wakers::run(&Settings {
            wait,
            patience,
            mode,
            ..Settings::default()
        }));
        let words = format!("wakers.py --mode {name} --wait 0.03 --patience 0.6");
        let theirs = python.entries(&words);
        assert_eq!(done(&ours, "reader"), done(&theirs, "reader"), "{name}");
        // Never early: the reader of a lost letter is woken by its patience and nothing else.
        if mode != Mode::Kept {
            assert!(read_at(&theirs) >= patience - ms(1), "{name}: {theirs:#?}");
        }
        assert!(read_at(&ours) == if mode == Mode::Kept { wait } else { patience });
    }
}

fn done(entries: &[Entry], task: &str) -> Vec<String> {
    let of_task = entries.iter().filter(|entry| entry.task == task);
    of_task.map(|entry| format!("{:?}", entry.what)).collect()
}

fn read_at(entries: &[Entry]) -> Duration {
    let says =
        |entry: &&Entry| matches!(&entry.what, What::Note(text) if text.starts_with("reads"));
    entries.iter().find(says).expect("it reads").at
}

/// Awaited, with one that fails, and forgotten.
pub fn calls(python: &Python) {
    use tasks::{Mode, Settings};
    for panics in [0, 2] {
        let ours = told(&tasks::run(&Settings {
            wait: ms(30),
            panics,
            ..Settings::default()
        }));
        let words = format!("tasks.py --tasks 3 --wait 0.03 --panics {panics}");
        let mut theirs = python.entries(&words);
        for entry in &mut theirs {
            if let What::Note(text) = &mut entry.what {
                *text = text.replace("the task raised", "the task panicked");
            }
        }
        // Which of two tasks is first, when both are late, is up to the machine, and so is whether
        // main has to wait for an answer at all.
        for task in ["call 1", "call 2", "call 3"] {
            assert_eq!(done(&ours, task), done(&theirs, task), "{task}");
        }
        let of_main = |entries: &[Entry]| {
            let notes = done(entries, "main").into_iter();
            notes
                .filter(|what| what.starts_with("Note"))
                .collect::<Vec<_>>()
        };
        assert_eq!(of_main(&ours), of_main(&theirs));
    }
    let forgotten = told(&tasks::run(&Settings {
        wait: ms(30),
        mode: Mode::Forgotten,
        ..Settings::default()
    }));
    let theirs = python.entries("tasks.py --tasks 3 --wait 0.03 --mode forgotten");
    assert_eq!(notes(&forgotten), notes(&theirs));
    assert_eq!(
        notes(&theirs).last(),
        Some(&"main is at its end".to_string())
    );
}

/// What chapter 10 says of it: it made a loop, then with a warning, and since 3.14 it raises.
pub fn get_event_loop(python: &Python) {
    let ask = "import sys, warnings, asyncio
warnings.simplefilter('error')
try: asyncio.get_event_loop(); made = 'made'
except DeprecationWarning: made = 'warned'
except RuntimeError: made = 'raised'
print(sys.version_info.minor, made)";
    let said = python.said(ask);
    let (minor, made) = said.trim().split_once(' ').expect("two words");
    let expected = match minor.parse::<u32>().expect("a version") {
        ..12 => "made",
        12 | 13 => "warned",
        _ => "raised",
    };
    assert_eq!(made, expected, "Python 3.{minor}");
}

fn notes(entries: &[Entry]) -> Vec<String> {
    let text = |entry: &Entry| match &entry.what {
        What::Note(text) => Some(text.clone()),
        What::Step(_) => None,
    };
    entries.iter().filter_map(text).collect()
}
