//! A run, printed.

use std::cell::RefCell;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::rc::Rc;
use std::time::Duration;

use event_loops::demos::processes::{Run, Said};
use event_loops::{ClockKind, Event, EventKind, TaskId, Trace, elapsed};
use serde_json::{Value, json};

use super::{Demo, Format};
use crate::problem::Problem;

/// Runs a demo and prints it to `out`: text while it runs, JSON and SVG when it has finished.
///
/// # Errors
///
/// When `out` can't be written to, unless its reader has gone away; when a real program can't be
/// started.
pub fn show(demo: &Demo, out: impl Write + 'static) -> Result<(), Problem> {
    // The listener outlives this borrow of `out` as far as the compiler knows: they share it.
    let page = Rc::new(RefCell::new(Page {
        out,
        written: Ok(()),
    }));
    match (demo, demo.made()) {
        (_, Some(made)) => page.borrow_mut().write_end(&made),
        _ if demo.shows_calls() => page.borrow_mut().write_end(&called(demo)),
        (Demo::Processes(_) | Demo::Threads(_), _) => of_a_system(demo, &mut page.borrow_mut())?,
        _ => of_a_loop(demo, &page),
    }
    let written = std::mem::replace(&mut page.borrow_mut().written, Ok(()));
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Problem::failure(format!(
            "the output can't be written: {error}"
        ))),
        _ => Ok(()),
    }
}

fn called(demo: &Demo) -> String {
    let (drawn, told) = demo.picture();
    if demo.format() == Format::Svg {
        drawn
    } else {
        told
    }
}

fn of_a_loop(demo: &Demo, page: &Rc<RefCell<Page<impl Write + 'static>>>) {
    let (notes, clock) = (Rc::clone(page), demo.clock());
    let says = demo.format() == Format::Text && !demo.lists();
    let listener = move |event: &Event| {
        if says {
            notes.borrow_mut().note(event, clock);
        }
    };
    let Some((trace, stuck)) = demo.outcome(listener) else {
        return;
    };
    let stuck = stuck.map(|line| format!("{line}\n\n")).unwrap_or_default();
    let text = match demo.format() {
        Format::Text if demo.lists() => demo.list(&trace),
        Format::Text => in_all(trace.total(), clock, &(stuck + &trace.timeline())),
        Format::Summary => format!("{}\n{stuck}", summary(&trace)),
        Format::Events => format!("{trace}{stuck}"),
        Format::Json => trace.to_json(),
        Format::Svg => trace.to_svg(),
    };
    page.borrow_mut().write_end(&text);
}

/// Programs or threads: real ones, or those that are drawn.
fn of_a_system(demo: &Demo, page: &mut Page<impl Write>) -> Result<(), Problem> {
    let failed = |error: io::Error| Problem::failure(error.to_string());
    let text = match (demo.clock(), demo.drawn(), demo) {
        (ClockKind::Virtual, Some(drawn), _) => match demo.format() {
            Format::Svg => drawn.to_svg(),
            Format::Text => in_all(drawn.total, ClockKind::Virtual, &drawn.to_string()),
            _ => format!("{} in all", elapsed(drawn.total)),
        },
        (_, _, Demo::Processes(processes)) => {
            let says = demo.format() == Format::Text;
            let run = processes.run(|said| {
                if says {
                    page.say(said.at, ClockKind::Real, said);
                }
            });
            let run = run.map_err(failed)?;
            match demo.format() {
                Format::Json => as_json(&run),
                _ => in_all(run.total(), ClockKind::Real, ""),
            }
        }
        (_, _, Demo::Threads(threads)) => {
            in_all(threads.run().map_err(failed)?, ClockKind::Real, "")
        }
        _ => return Ok(()),
    };
    page.write_end(&text);
    Ok(())
}

fn in_all(total: Duration, clock: ClockKind, timeline: &str) -> String {
    format!("{:>10}  in all\n\n{timeline}", told(total, clock))
}

/// The same list as the program in Python prints.
fn as_json(run: &Run) -> String {
    let entry = |said: &Said| {
        let task = format!("program {}", said.program);
        json!({ "at": said.at.as_secs_f64(), "task": task, "kind": "note", "text": said.to_string() })
    };
    format!("{:#}", run.said.iter().map(entry).collect::<Value>())
}

/// A measured time with the same precision in every line, a virtual one as round as it is.
pub fn told(time: Duration, clock: ClockKind) -> String {
    match clock {
        ClockKind::Real => format!("{:.3} s", time.as_secs_f64()),
        ClockKind::Virtual => elapsed(time),
    }
}

fn summary(trace: &Trace) -> String {
    let (total, idle) = (elapsed(trace.total()), elapsed(trace.idle()));
    let who = match trace.tasks.len() {
        1 => format!(
            "main is the only task, polled {} times",
            trace.polls(TaskId::MAIN)
        ),
        tasks => format!("{} tasks beside main", tasks - 1),
    };
    format!("{total} in all, {idle} of them with nothing to do; {who}")
}

/// Where the text goes, and the first error on the way.
struct Page<W> {
    out: W,
    written: io::Result<()>,
}

impl<W: Write> Page<W> {
    /// What a task says, at once: on the real clock one sees when it happens.
    fn note(&mut self, event: &Event, clock: ClockKind) {
        if let EventKind::Noted { text, .. } = &event.kind {
            self.say(event.at, clock, text);
        }
    }

    fn say(&mut self, at: Duration, clock: ClockKind, text: impl Display) {
        self.write(&format!("{:>10}  {text}\n", told(at, clock)));
    }

    fn write_end(&mut self, text: &str) {
        self.write(&format!("{}\n", text.trim_end()));
    }

    fn write(&mut self, text: &str) {
        if self.written.is_ok() {
            self.written = self
                .out
                .write_all(text.as_bytes())
                .and_then(|()| self.out.flush());
        }
    }
}
