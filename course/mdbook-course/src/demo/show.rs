//! A run, printed.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Write};
use std::rc::Rc;
use std::time::Duration;

use event_loops::{ClockKind, Event, EventKind, Trace, elapsed};

use super::{Demo, Format};
use crate::problem::Problem;

/// Runs a demo and prints it to `out`: text while it runs, JSON and SVG when it has finished.
///
/// # Errors
///
/// When `out` can't be written to, unless its reader has gone away.
pub fn show(demo: &Demo, out: impl Write + 'static) -> Result<Trace, Problem> {
    // The listener outlives this borrow of `out` as far as the compiler knows: they share it.
    let page = Rc::new(RefCell::new(Page {
        out,
        written: Ok(()),
    }));
    let trace = match demo.format() {
        Format::Text if demo.lists() => {
            let trace = demo.run(|_| {});
            page.borrow_mut().write(&demo.list(&trace));
            trace
        }
        Format::Text => {
            let (notes, clock) = (Rc::clone(&page), demo.clock());
            let trace = demo.run(move |event| notes.borrow_mut().note(event, clock));
            let total = told(trace.total(), demo.clock());
            page.borrow_mut()
                .write(&format!("{total:>10}  in all\n\n{}", trace.timeline()));
            trace
        }
        format => {
            let trace = demo.run(|_| {});
            let text = match format {
                Format::Json => trace.to_json(),
                Format::Svg => trace.to_svg(),
                Format::Text | Format::Summary => summary(&trace),
            };
            page.borrow_mut().write(&format!("{}\n", text.trim_end()));
            trace
        }
    };
    let written = std::mem::replace(&mut page.borrow_mut().written, Ok(()));
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Problem::failure(format!(
            "the output can't be written: {error}"
        ))),
        _ => Ok(trace),
    }
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
    let tasks = trace.tasks.len() - 1;
    format!("{total} in all, {idle} of them with nothing to do; {tasks} tasks beside main")
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
            self.write(&format!("{:>10}  {text}\n", told(event.at, clock)));
        }
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
