//! The demos on somebody else's event loop.

use crate::{Problem, root, tools};
use event_loops::demos::on_tokio::{self, Entry, Record, What};
use event_loops::demos::two_steps::{Settings, Way};
use event_loops::demos::{cake, processes, run_until_complete, tasks, waiting, wakers};
use mdbook_course::demo::{Demo, Format, told};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::rc::Rc;
use std::time::Duration;

/// Runs a demo on tokio, and prints what the tasks say as they say it, or all that they did as JSON.
pub(super) fn on_tokio(demo: &Demo, out: impl Write + 'static) -> Result<(), Problem> {
    let (clock, is_json) = (demo.clock(), demo.format() == Format::Json);
    let page = Rc::new(RefCell::new((out, Ok(()))));
    let print = {
        let page = Rc::clone(&page);
        move |line: String| {
            let (out, written) = &mut *page.borrow_mut();
            if written.is_ok() {
                *written = writeln!(out, "{line}").and_then(|()| out.flush());
            }
        }
    };
    let say = print.clone();
    let listener = move |entry: &Entry| {
        if let (What::Note(text), false) = (&entry.what, is_json) {
            say(format!("{:>10}  {text}", told(entry.at, clock)));
        }
    };
    let record = match demo {
        Demo::Cake(cake) => on_tokio::cake::run_with(&cake.settings(), listener),
        Demo::Waiting(waiting) => on_tokio::waiting::run_with(&waiting.settings(), listener),
        Demo::AsyncAwait(demo) => on_tokio::async_await::run_with(&demo.settings(), listener),
        _ => {
            return Err(Problem::usage(
                "it has no future that tokio could run: leave out --runtime tokio",
            ));
        }
    };
    if is_json {
        print(format!("{:#}", as_json(&record)));
    } else {
        print(format!("{:>10}  in all", told(record.total(), clock)));
    }
    let (_, written) = &*page.borrow();
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Problem::failure(format!(
            "the output can't be written: {error}"
        ))),
        _ => Ok(()),
    }
}

/// The same list as the programs in Python print.
fn as_json(record: &Record) -> Value {
    let entry = |entry: &Entry| {
        let (at, task) = (entry.at.as_secs_f64(), &entry.task);
        match &entry.what {
            What::Step(kind) => json!({"at": at, "task": task, "kind": kind.to_string()}),
            What::Note(text) => json!({"at": at, "task": task, "kind": "note", "text": text}),
        }
    };
    record.entries.iter().map(entry).collect()
}

fn two_steps(command: &mut Command, root: &Path, settings: &Settings) {
    let (file, mode) = match settings.way {
        Way::Blocking => ("callbacks.py", "blocking"),
        Way::Callbacks => ("callbacks.py", "callbacks"),
        Way::StateMachine => ("generators.py", "generator"),
        Way::Iterator => ("generators.py", "iterator"),
        Way::Async => ("async_await.py", "asyncio"),
    };
    command.arg(root.join("code/asyncio").join(file));
    command.args(["--mode", mode]);
    command.args(["--tasks", &settings.tasks.to_string()]);
    command.args(["--refused", &settings.refused.to_string()]);
    command.args(["--wait", &settings.wait.as_secs_f64().to_string()]);
    command.args(settings.sequential.then_some("--sequential"));
}

/// Runs a demo's Python version, which prints by itself.
pub(super) fn in_asyncio(demo: &Demo) -> Result<ExitCode, Problem> {
    let root = root::find()?;
    let python = tools::python()?;
    let mut command = Command::new(python[0]);
    // Without a folder of compiled files in the checkout.
    command.args(&python[1..]).arg("-B");
    let seconds = |time: Duration| time.as_secs_f64().to_string();
    match demo {
        Demo::Cake(cake) => {
            let settings = cake.settings();
            command.arg(root.join("code/asyncio/cake.py"));
            command.args(["--dough", &seconds(settings.dough)]);
            command.args(["--oven", &seconds(settings.oven)]);
            command.args(["--shopping", &seconds(settings.shopping)]);
            command.args(match settings.mode {
                cake::Mode::Concurrent => ["--mode", "concurrent"],
                cake::Mode::Sequential => ["--mode", "sequential"],
            });
        }
        Demo::Waiting(waiting) => {
            let settings = waiting.settings();
            command.arg(root.join("code/asyncio/waiting.py"));
            command.args(["--tasks", &settings.tasks.to_string()]);
            command.args(["--wait", &seconds(settings.wait)]);
            command.args(match settings.mode {
                waiting::Mode::Together => ["--mode", "together"],
                waiting::Mode::Sequential => ["--mode", "sequential"],
                waiting::Mode::Blocking => ["--mode", "blocking"],
            });
        }
        Demo::Processes(processes) => {
            let settings = processes.settings();
            command.arg(root.join("code/asyncio/processes.py"));
            command.args(["--programs", &settings.programs.to_string()]);
            command.args(["--wait", &seconds(settings.wait)]);
            if settings.busy > 0 {
                command.args(["--busy", &settings.busy.to_string()]);
            }
            command.args(match settings.mode {
                processes::Mode::Together => ["--mode", "together"],
                processes::Mode::Sequential => ["--mode", "sequential"],
            });
        }
        Demo::Threads(threads) => {
            let settings = threads.settings();
            command.arg(root.join("code/asyncio/threads.py"));
            command.args(["--jobs", &settings.jobs.to_string()]);
            command.args(["--work", &seconds(settings.work)]);
            command.args(["--mode", settings.way.word()]);
            command.args(["--kind", settings.kind.word()]);
        }
        Demo::Callbacks(demo) => two_steps(&mut command, &root, &demo.settings()),
        Demo::Generators(demo) => two_steps(&mut command, &root, &demo.settings()),
        Demo::AsyncAwait(demo) => two_steps(&mut command, &root, &demo.settings()),
        Demo::RunUntilComplete(demo) => {
            let settings = demo.settings();
            command.arg(root.join("code/asyncio/run_until_complete.py"));
            command.args(["--wait", &seconds(settings.wait)]);
            command.args(["--nap", &seconds(settings.nap)]);
            command.args(match settings.mode {
                run_until_complete::Mode::Parked => ["--mode", "parked"],
                run_until_complete::Mode::Busy => ["--mode", "busy"],
                run_until_complete::Mode::Napping => ["--mode", "napping"],
            });
        }
        Demo::Wakers(demo) => {
            let settings = demo.settings();
            command.arg(root.join("code/asyncio/wakers.py"));
            command.args(["--wait", &seconds(settings.wait)]);
            command.args(["--patience", &seconds(settings.patience)]);
            command.args(match settings.mode {
                wakers::Mode::Kept => ["--mode", "kept"],
                wakers::Mode::Forgotten => ["--mode", "forgotten"],
                wakers::Mode::Gap => ["--mode", "gap"],
            });
        }
        Demo::Program(_) => {
            return Err(Problem::usage(
                "it is not written in Python: leave out --runtime asyncio",
            ));
        }
        Demo::Tasks(demo) => {
            let settings = demo.settings();
            command.arg(root.join("code/asyncio/tasks.py"));
            command.args(["--tasks", &settings.tasks.to_string()]);
            command.args(["--panics", &settings.panics.to_string()]);
            command.args(["--wait", &seconds(settings.wait)]);
            command.args(match settings.mode {
                tasks::Mode::Joined => ["--mode", "joined"],
                tasks::Mode::Forgotten => ["--mode", "forgotten"],
            });
        }
    }
    if demo.format() == Format::Json {
        command.args(["--format", "json"]);
    }
    let ended = command
        .status()
        .map_err(|error| Problem::failure(format!("{} can't be started: {error}", python[0])))?;
    match ended.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        _ => Err(Problem::failure(format!(
            "the program in Python failed ({ended})"
        ))),
    }
}
