mod elsewhere;
pub(crate) mod usage;

use crate::{Problem, stdout};
use event_loops::ClockKind;
use mdbook_course::demo::{Demo, Format, Request, Runtime};
use std::cell::Cell;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use usage::Usage;

/// Runs a demo on the one thread that this process has, and says on the real clock what it cost.
pub(crate) fn demo(words: &[String]) -> Result<ExitCode, Problem> {
    match Request::parse(words)? {
        Request::Print(text) => stdout::print(text),
        Request::Run(demo) => match demo.runtime() {
            Runtime::Asyncio => elsewhere::in_asyncio(&demo),
            Runtime::EventLoops | Runtime::Tokio => run(&demo),
        },
    }
}

fn run(demo: &Demo) -> Result<ExitCode, Problem> {
    if let Some(table) = demo.comparison() {
        return stdout::print(table.to_string());
    }
    let threads = Rc::new(Cell::new(usage::threads()));
    let before = Usage::now();
    let out = Watched {
        out: io::stdout(),
        threads: Rc::clone(&threads),
    };
    match demo.runtime() {
        Runtime::Tokio => elsewhere::on_tokio(demo, out)?,
        _ => demo.print(out)?,
    }
    // What other processes and threads have used up is not ours to say.
    if demo.drawn().is_some() {
        return Ok(ExitCode::SUCCESS);
    }
    let spent = Usage::now().since(&before);

    // The virtual clock measures nothing, and JSON and SVG are for programs to read.
    match (demo.clock(), demo.format()) {
        (ClockKind::Real, Format::Text | Format::Summary) => {
            stdout::print(format!("\n{}\n", spent.line(threads.get())))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Counts the threads of the process at every line that the demo prints: threads that came and
/// went would show.
struct Watched<W> {
    out: W,
    threads: Rc<Cell<Option<usize>>>,
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.threads.set(self.threads.get().max(usage::threads()));
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
