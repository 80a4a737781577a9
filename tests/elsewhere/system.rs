//! The programs of chapters 3 and 4 in Python: what no event loop runs.

use course_tests::root;
use event_loops::demos::on_tokio::What;
use event_loops::demos::processes::{self, Program};
use libtest_mimic::Trial;
use serde_json::Value;

use super::asyncio::{Python, trial};
use super::ms;

pub fn trials() -> Vec<Trial> {
    Vec::from([
        trial(
            "python_starts_the_same_programs_in_the_same_order",
            same_programs,
        ),
        trial(
            "threads_of_python_are_concurrent_also_while_they_compute",
            meeting,
        ),
        trial("the_table_of_python_has_all_its_times", table),
        trial("the_program_that_chapter_3_shows_does_what_it_says", shown),
        trial("mistakes_in_processes_and_threads_are_one_line", mistakes),
    ])
}

/// Which of several programs is first is up to the system: the order is that of what is said.
fn same_programs(python: &Python) {
    let program = Program::compile().expect("a compiler compiled this test");
    for (busy, mode, name) in [
        (0, processes::Mode::Together, "together"),
        (3, processes::Mode::Together, "together"),
        (0, processes::Mode::Sequential, "sequential"),
    ] {
        let settings = processes::Settings {
            programs: 3,
            wait: ms(5),
            busy,
            mode,
            ..processes::Settings::default()
        };
        let ours = processes::run(&settings, &program).expect("programs start");
        let ours: Vec<String> = ours.said.iter().map(|said| said.what.to_string()).collect();
        let busy = if busy > 0 {
            format!(" --busy {busy}")
        } else {
            String::new()
        };
        let words = format!("processes.py --mode {name} --programs 3 --wait 0.005{busy}");
        let theirs = python.entries(&words).into_iter().map(|entry| {
            let What::Note(text) = entry.what else {
                panic!("{entry:?}");
            };
            text.strip_prefix(&format!("{} ", entry.task))
                .unwrap_or_else(|| panic!("{text}"))
                .to_string()
        });
        assert_eq!(theirs.collect::<Vec<_>>(), ours, "{words}");
    }
}

/// Each job computes, and never waits, until it has seen all others begin. With the GIL, too, that
/// comes to an end: it is taken from one thread and given to another. Tasks are not interrupted.
fn meeting(python: &Python) {
    for (mode, met) in [("threads", 4), ("async", 1), ("sequence", 1)] {
        let output = python.run(&format!("threads.py --kind meeting --mode {mode}"));
        let said = String::from_utf8_lossy(&output.stdout);
        let expected = format!("{met} of 4 jobs saw all others begin before they ended");
        assert_eq!(said.trim(), expected, "{mode}: {output:?}");
    }
}

fn table(python: &Python) {
    let output = python.run("threads.py --table --jobs 2 --work 0.01 --repeat 1");
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let language = said["language"].as_str().expect("a name");
    assert!(
        language.starts_with("CPython 3.") || language.starts_with("PyPy "),
        "{language}"
    );
    for kind in ["waiting", "computing"] {
        for way in ["sequence", "threads", "processes", "async"] {
            let time = said["times"][kind][way].as_f64().expect("a time");
            assert!(time > 0.0, "{kind} {way}");
            // No wait is shorter than asked for, and one after the other they add up.
            let least = match (kind, way) {
                ("waiting", "sequence") => 0.02,
                ("waiting", _) => 0.01,
                _ => 0.0,
            };
            assert!(
                time + 2.0 * python.resolution.as_secs_f64() >= least,
                "{kind} {way}: {time}"
            );
        }
    }
}

/// As it stands in the chapter, with a wait of 20 ms. What a child prints into a pipe comes when it
/// ends, so that only how much it is can be told.
fn shown(python: &Python) {
    let chapter = std::fs::read_to_string(root().join("src/03-processes.md")).expect("the chapter");
    let block = chapter.split("```python\n").nth(1).expect("a program");
    let program = block.split("```").next().expect("its end");
    let short = program.replacen("time.sleep(0.3)", "time.sleep(0.02)", 1);
    assert_ne!(short, program);
    let output = python.run_text(&short);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    for what in ["starts", "is back"] {
        assert_eq!(said.matches(what).count(), 5, "{said}");
    }
}

fn mistakes(python: &Python) {
    for (words, hint) in [
        ("processes.py --programs 0", "not from 1 to 10000"),
        ("processes.py --busy 1 --mode sequential", "leave it out"),
        ("processes.py --wait 3s", "say a number of seconds"),
        (
            "threads.py --mode parallel",
            "'threads', 'sequence', 'processes', 'async'",
        ),
        (
            "threads.py --kind dreaming",
            "'waiting', 'computing', 'meeting'",
        ),
        (
            "threads.py --kind meeting --mode processes",
            "choose threads",
        ),
    ] {
        let output = python.run(words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(
            said.contains(hint) && said.lines().count() == 1,
            "{words}: {said}"
        );
    }
}
