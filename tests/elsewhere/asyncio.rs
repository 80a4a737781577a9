//! asyncio's half: the Python files, run as a learner runs them, with short waits.

use std::collections::BTreeMap;
use std::env;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use course_tests::root;
use event_loops::demos::on_tokio::{Entry, What};
use event_loops::demos::{StepKind, cake, waiting};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::{CAKE, WAITING, calls, loops, ms, not_early, told, two_steps};

/// The Python that this machine has.
#[derive(Clone, Debug)]
pub struct Python {
    program: &'static str,
    /// The smallest step of the clock that asyncio reads.
    pub resolution: Duration,
}

pub fn trials() -> Vec<Trial> {
    if let (Err(reason), false) = (python(), is_required()) {
        eprintln!("\n*** The comparison with Python is SKIPPED: {reason} ***\n");
    }
    Vec::from([
        trial("asyncio_makes_the_same_calls_in_the_same_order", same_calls),
        trial("asyncio_bakes_the_same_cake_in_the_same_order", same_cake),
        trial("asyncio_gives_the_thread_back_even_for_no_time", no_time),
        trial("the_python_files_print_what_the_tasks_say", text),
        trial("the_python_files_answer_a_mistake_in_one_line", mistakes),
        trial("the_program_that_chapter_2_shows_does_what_it_says", shown),
        trial(
            "callbacks_in_asyncio_do_the_same_steps",
            two_steps::callbacks,
        ),
        trial(
            "generators_in_python_do_the_same_steps",
            two_steps::generators,
        ),
        trial(
            "coroutines_do_the_same_steps_on_asyncio_and_sent_by_hand",
            two_steps::coroutines,
        ),
        trial(
            "await_in_python_is_yield_from",
            two_steps::await_is_yield_from,
        ),
        trial(
            "the_programs_of_two_steps_answer_a_mistake_in_one_line",
            two_steps::mistakes,
        ),
        trial(
            "the_programs_that_chapters_5_to_7_show_do_what_they_say",
            two_steps::shown,
        ),
        trial("a_loop_by_hand_parks_as_ours_does", loops::a_loop_by_hand),
        trial(
            "a_letter_is_lost_in_asyncio_as_on_our_loop",
            loops::a_letter,
        ),
        trial(
            "asyncio_joins_and_cancels_as_we_join_and_drop",
            loops::calls,
        ),
        trial(
            "get_event_loop_is_what_chapter_10_says",
            loops::get_event_loop,
        ),
    ])
}

/// A test that needs Python, and is ignored without one where none is required.
pub fn trial(name: &str, body: fn(&Python)) -> Trial {
    let run = move || python().as_ref().map(body).map_err(Failed::from);
    Trial::test(name, run).with_ignored_flag(python().is_err() && !is_required())
}

fn python() -> &'static Result<Python, String> {
    static PYTHON: OnceLock<Result<Python, String>> = OnceLock::new();
    PYTHON.get_or_init(find)
}

fn is_required() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// As it stands in the chapter, with a wait of 20 ms: all calls start before one is back.
fn shown(python: &Python) {
    let chapter = std::fs::read_to_string(root().join("src/02-waiting.md")).expect("the chapter");
    let block = chapter.split("```python\n").nth(1).expect("a program");
    let program = block.split("```").next().expect("its end");
    let program = program.replacen("asyncio.sleep(3)", "asyncio.sleep(0.02)", 1);
    assert!(program.contains("sleep(0.02)"), "{program}");
    let output = python.run_text(&format!("import asyncio\n{program}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let said = String::from_utf8_lossy(&output.stdout);
    let starts = (1..=5).map(|number| format!("call {number} starts"));
    assert!(said.lines().take(5).eq(starts), "{said}");
    assert_eq!(said.matches("is back").count(), 5, "{said}");
}

fn find() -> Result<Python, String> {
    // On Windows, `python3` may be a program that does nothing but name the shop.
    let programs = if cfg!(windows) {
        ["python", "python3"]
    } else {
        ["python3", "python"]
    };
    let ask = "import sys, time\n\
        print(sys.version_info >= (3, 11), time.get_clock_info('monotonic').resolution)";
    for program in programs {
        let Ok(output) = Command::new(program).args(["-c", ask]).output() else {
            continue;
        };
        let said = String::from_utf8_lossy(&output.stdout);
        if let Some(resolution) = said.trim().strip_prefix("True ") {
            let seconds = resolution
                .parse()
                .map_err(|_| format!("{program} says {said}"))?;
            return Ok(Python {
                program,
                resolution: Duration::from_secs_f64(seconds),
            });
        }
    }
    Err("there is no Python 3.11 or later here".to_string())
}

impl Python {
    /// Runs a program that stands in no file.
    pub fn run_text(&self, program: &str) -> Output {
        let mut command = Command::new(self.program);
        command
            .args(["-c", program])
            .output()
            .expect("Python starts")
    }

    pub fn run(&self, words: &str) -> Output {
        let mut words = words.split(' ');
        let file = words.next().expect("a file");
        Command::new(self.program)
            .arg("-B") // the checkout stays as it is
            .arg(root().join("code/asyncio").join(file))
            .args(words)
            .output()
            .expect("Python starts")
    }

    /// What a program prints.
    pub fn said(&self, program: &str) -> String {
        let output = Command::new(self.program).args(["-c", program]).output();
        let output = output.expect("Python starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub fn entries(&self, words: &str) -> Vec<Entry> {
        let output = self.run(&format!("{words} --format json"));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && errors.is_empty(),
            "{words}: {errors}"
        );
        let entries: Vec<Value> = serde_json::from_slice(&output.stdout).expect("a list in JSON");
        entries.iter().map(entry).collect()
    }

    /// On a clock of small steps no two sleeps have the same deadline, and asyncio wakes them in
    /// the order of their deadlines. On one of large steps (Windows before Python 3.13: 15.6 ms)
    /// they do, and asyncio's list of deadlines, a heap that compares nothing else (`heapq`, and
    /// `TimerHandle.__lt__` in `asyncio/events.py`), gives them in an order of its own. Which task
    /// does what is the same in any case.
    pub fn compare(&self, ideal: &[Entry], real: &[Entry]) {
        // asyncio takes a deadline for due that is less than one step of its clock away
        // (`_run_once` in `asyncio/base_events.py`).
        let early = self.resolution * u32::try_from(ideal.len()).expect("a short list");
        if self.resolution < Duration::from_micros(1) {
            return not_early(ideal, real, early);
        }
        let (ideal, real) = (by_task(ideal), by_task(real));
        assert!(ideal.keys().eq(real.keys()));
        for (task, ideal) in &ideal {
            not_early(ideal, &real[task], early);
        }
    }
}

fn by_task(entries: &[Entry]) -> BTreeMap<String, Vec<Entry>> {
    let mut tasks = BTreeMap::<String, Vec<Entry>>::new();
    for entry in entries {
        tasks
            .entry(entry.task.clone())
            .or_default()
            .push(entry.clone());
    }
    tasks
}

fn entry(json: &Value) -> Entry {
    let text = |key: &str| json[key].as_str().map(str::to_string);
    let kinds = [
        StepKind::Start,
        StepKind::Suspend,
        StepKind::Resume,
        StepKind::Finish,
    ];
    let what = match text("kind").expect("a kind").as_str() {
        "note" => What::Note(text("text").expect("a text")),
        step => What::Step(
            kinds
                .into_iter()
                .find(|kind| kind.to_string() == step)
                .expect("a step that we know"),
        ),
    };
    let at = Duration::from_secs_f64(json["at"].as_f64().expect("a time"));
    Entry {
        at,
        task: text("task").expect("a task"),
        what,
    }
}

fn same_calls(python: &Python) {
    for mode in WAITING {
        let name = format!("{mode:?}").to_lowercase();
        let real = python.entries(&format!("waiting.py --mode {name} --tasks 5 --wait 0.02"));
        let ideal = told(&waiting::run(&calls(mode, 5, ms(20))));
        python.compare(&ideal, &real);

        // What the chapter is about, seen in the order: who waits alone, and who beside others.
        let place = |text: &str| {
            real.iter()
                .position(|entry| entry.what == What::Note(text.into()))
        };
        let overlap = place("call 5 starts") < place("call 1 is back");
        assert_eq!(
            overlap,
            mode == waiting::Mode::Together,
            "{mode:?}: {real:#?}"
        );
    }
}

fn same_cake(python: &Python) {
    for mode in CAKE {
        let name = format!("{mode:?}").to_lowercase();
        let times = "--dough 0.015 --oven 0.045 --shopping 0.02";
        let real = python.entries(&format!("cake.py --mode {name} {times}"));
        let (dough, oven, shopping) = (ms(15), ms(45), ms(20));
        let clock = event_loops::ClockKind::Virtual;
        let settings = cake::Settings {
            dough,
            oven,
            shopping,
            mode,
            clock,
        };
        python.compare(&told(&cake::run(&settings)), &real);
    }
}

/// asyncio's `sleep(0)` is our `yield_now`: the task is suspended, and has its next turn in the
/// next round. Our `sleep(Duration::ZERO)` is over at once.
fn no_time(python: &Python) {
    let real = python.entries("waiting.py --tasks 1 --wait 0");
    let ideal = told(&waiting::run(&calls(waiting::Mode::Together, 1, ms(0))));
    let steps = |entries: &[Entry]| -> Vec<String> {
        let call = entries.iter().filter(|entry| entry.task == "call 1");
        call.filter_map(|entry| match entry.what {
            What::Step(kind) => Some(kind.to_string()),
            What::Note(_) => None,
        })
        .collect()
    };
    assert_eq!(steps(&ideal), ["start", "finish"]);
    assert_eq!(steps(&real), ["start", "suspend", "resume", "finish"]);
}

fn text(python: &Python) {
    for (words, ideal) in [
        (
            "waiting.py --tasks 2 --wait 0.01",
            told(&waiting::run(&calls(WAITING[0], 2, ms(10)))),
        ),
        (
            "cake.py --dough 0 --oven 0.01 --shopping 0",
            told(&cake::run(&cake::Settings::default())),
        ),
    ] {
        let output = python.run(words);
        let said = String::from_utf8_lossy(&output.stdout);
        // `   0.010 s  call 1 is back`: a number, its unit, and the text.
        let texts: Vec<String> = said
            .lines()
            .map(|line| {
                let words: Vec<_> = line.split_whitespace().collect();
                assert!(words[0].parse::<f64>().is_ok() && words[1] == "s", "{line}");
                words[2..].join(" ")
            })
            .collect();
        let notes = ideal.iter().filter_map(|entry| match &entry.what {
            What::Note(text) => Some(text.as_str()),
            What::Step(_) => None,
        });
        let expected: Vec<&str> = notes.chain(["in all"]).collect();
        assert_eq!(texts, expected, "{words}");
    }
}

fn mistakes(python: &Python) {
    answered(
        python,
        &[
            ("waiting.py --tasks 0", "not from 1 to 10000"),
            ("waiting.py --tasks 20000", "not from 1 to 10000"),
            ("waiting.py --tasks many", "say a whole number"),
            ("waiting.py --wait -1", "not from 0 seconds to a day"),
            ("waiting.py --wait inf", "not from 0 seconds to a day"),
            ("waiting.py --wait nan", "not from 0 seconds to a day"),
            ("waiting.py --wait 3s", "say a number of seconds"),
            (
                "waiting.py --mode at-once",
                "'together', 'sequential', 'blocking'",
            ),
            ("cake.py --oven hot", "say a number of seconds"),
            ("cake.py --eggs 3", "--eggs"),
        ],
    );
}

/// Each of these mistakes is answered by one line with a hint.
pub fn answered(python: &Python, mistakes: &[(&str, &str)]) {
    for (words, hint) in mistakes {
        let output = python.run(words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(
            said.contains(hint) && said.lines().count() == 1,
            "{words}: {said}"
        );
        assert!(output.stdout.is_empty());
    }
}
