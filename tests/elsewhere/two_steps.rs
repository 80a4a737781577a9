//! Chapters 5 and 6 in Python: callbacks on asyncio's loop, generators on a loop of their own.

use std::fs;

use course_tests::root;
use event_loops::demos::on_tokio::What;
use event_loops::demos::two_steps::{Settings, Way, run};

use super::asyncio::{Python, answered};
use super::{ms, told};

pub fn callbacks(python: &Python) {
    same(python, Way::Callbacks, "callbacks.py --mode callbacks");
    same(python, Way::Blocking, "callbacks.py --mode blocking");
}

pub fn generators(python: &Python) {
    same(python, Way::StateMachine, "generators.py --mode generator");
    same(python, Way::Iterator, "generators.py --mode iterator");
    same(python, Way::StateMachine, "generators.py --sequential");
}

fn same(python: &Python, way: Way, command: &str) {
    for (tasks, refused) in [(5, 3), (1, 1), (2, 0), (3, 3)] {
        let settings = Settings {
            tasks,
            refused,
            wait: ms(20),
            way,
            sequential: command.contains("--sequential"),
            ..Settings::default()
        };
        let words = format!("{command} --tasks {tasks} --refused {refused} --wait 0.02");
        let real = python.entries(&words);
        python.compare(&told(&run(&settings)), &real);

        let last = real.iter().rev().find_map(|entry| match &entry.what {
            What::Note(text) => Some(text.as_str()),
            What::Step(_) => None,
        });
        let refusals = last.expect("main's word").matches("refused").count();
        assert_eq!(refusals, usize::from(refused > 0), "{words}: {last:?}");
    }
}

pub fn mistakes(python: &Python) {
    answered(
        python,
        &[
            ("callbacks.py --tasks 0", "not from 1 to 10000"),
            ("callbacks.py --refused -1", "not from 0 to 10000"),
            ("callbacks.py --mode generator", "'callbacks', 'blocking'"),
            ("generators.py --refused third", "say a whole number"),
            ("generators.py --wait nan", "not from 0 seconds to a day"),
        ],
    );
}

/// The first program in Python of each chapter, as it stands there, with waits of 20 ms.
pub fn shown(python: &Python) {
    for (chapter, said) in [
        (
            "05-callbacks",
            "call 1 asks\ncall 2 asks\ncall 1 fetches\ncall 2 fetches\n\
             call 1: 1\ncall 2: refused\n",
        ),
        (
            "06-generators",
            "call 2 asks\nwaits 3 s\ncall 2 fetches\nwaits 3 s\nrefused\n",
        ),
    ] {
        let path = root().join(format!("src/{chapter}.md"));
        let chapter = fs::read_to_string(path).expect("the chapter");
        let block = chapter.split("```python\n").nth(1).expect("a program");
        let program = block.split("```").next().expect("its end");
        let program = program.replace("call_later(3,", "call_later(0.02,");
        let output = python.run_text(&program);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{errors}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), said, "{program}");
    }
}
