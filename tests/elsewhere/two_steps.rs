//! Chapters 5 to 7 in Python: callbacks on asyncio's loop, generators on a loop of their own,
//! coroutines on both. And chapter 7 on tokio.

use std::fs;

use course_tests::root;
use event_loops::demos::on_tokio::{self, What};
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

pub fn coroutines(python: &Python) {
    same(python, Way::Async, "async_await.py --mode asyncio");
    same(python, Way::Async, "async_await.py --mode send");
    same(python, Way::Async, "async_await.py --sequential");
    same(
        python,
        Way::Async,
        "async_await.py --mode send --sequential",
    );
}

/// The same instructions but for one, which takes nothing but what is meant to be awaited.
pub fn await_is_yield_from(python: &Python) {
    let said = said(
        python,
        "import dis\n\
         async def awaits(what): return await what\n\
         def yields(what): return (yield from what)\n\
         names = lambda f: {step.opname for step in dis.get_instructions(f)}\n\
         print('SEND' in names(awaits), names(awaits) - names(yields), len(names(yields) - names(awaits)))",
    );
    assert_eq!(said, "True {'GET_AWAITABLE'} 1\n");
}

pub fn on_tokio() {
    for (tasks, refused, sequential) in [(5, 3, false), (1, 1, false), (7, 0, false), (5, 3, true)]
    {
        let settings = Settings {
            tasks,
            refused,
            way: Way::Async,
            sequential,
            ..Settings::default()
        };
        let theirs = on_tokio::async_await::run(&settings);
        super::same(&told(&run(&settings)), &theirs.entries, super::exactly);
    }
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
            ("async_await.py --tasks many", "say a whole number"),
            ("async_await.py --mode yield", "'asyncio', 'send'"),
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
        (
            "07-async-await",
            "made\ncall 2 asks\nwaits 3 s\ncall 2 fetches\nwaits 3 s\ncall 2 is back\n\
             the answer is 4\n",
        ),
    ] {
        let path = root().join(format!("src/{chapter}.md"));
        let chapter = fs::read_to_string(path).expect("the chapter");
        let block = chapter.split("```python\n").nth(1).expect("a program");
        let program = block.split("```").next().expect("its end");
        let program = program.replace("call_later(3,", "call_later(0.02,");
        assert_eq!(self::said(python, &program), said, "{program}");
    }
}

/// What a program prints.
fn said(python: &Python, program: &str) -> String {
    let output = python.run_text(program);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
