//! What each [`Way`] of writing one program gains and loses, found in its code and its runs.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::generator_loop::{Generator, GeneratorLoop};
use super::generators::{iterator, state_machine};
use super::two_steps::{self, Request, Settings, Way};
use super::{CallbackLoop, async_await, callbacks};
use crate::ClockKind;

/// One way of writing the program of [`two_steps`], as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The way.
    pub way: Way,
    /// Lines of code of the call and its second step, without empty lines and comments.
    pub lines: usize,
    /// The type of what the second step returns to whoever calls it.
    pub returns: String,
    /// The line of code in the first step that hands on an error of the second.
    pub hands_on: String,
    /// The bytes that keep a call while it waits, in its first and in its second step; `None` where
    /// it is a thread that keeps them.
    pub bytes: Option<[usize; 2]>,
    /// How often one call asks for memory, on its loop, from its start to its end.
    pub allocations: u64,
}

/// Several ways, side by side. Its [`Display`](fmt::Display) is a table in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison(pub Vec<Column>);

/// Looks at each of these ways.
///
/// `count` runs what it is given, and says how often that asked for memory. Only a program can have
/// an allocator that counts, a library like this one can't.
///
/// ```
/// use event_loops::demos::{compare::compare, two_steps::Way};
///
/// let uncounted = |work: &mut dyn FnMut()| { work(); 0 };
/// let comparison = compare(&[Way::Callbacks, Way::StateMachine], &uncounted);
/// assert_eq!(comparison.0[0].returns, "()"); // an error has no way back to the caller
/// assert_eq!(comparison.0[1].returns, "Resumed<Result<u64, Refused>>");
/// ```
///
/// # Panics
///
/// Inside a running event loop: one way runs one of its own.
pub fn compare(ways: &[Way], count: &dyn Fn(&mut dyn FnMut()) -> u64) -> Comparison {
    let column = |way: &Way| {
        let source = source(*way);
        Column {
            way: *way,
            lines: source.iter().filter(|line| is_code(line)).count(),
            returns: returns(*way),
            hands_on: hands_on(&source),
            bytes: bytes(*way),
            allocations: allocations(*way, count),
        }
    };
    Comparison(ways.iter().map(column).collect())
}

/// The lines between the marks of that way.
fn source(way: Way) -> Vec<&'static str> {
    let (file, mark) = match way {
        Way::Blocking => (include_str!("callbacks.rs"), "blocking"),
        Way::Callbacks => (include_str!("callbacks.rs"), "callbacks"),
        Way::StateMachine => (include_str!("generators/state_machine.rs"), "state-machine"),
        Way::Iterator => (include_str!("generators/iterator.rs"), "iterator"),
        Way::Async => (include_str!("async_await.rs"), "async"),
    };
    let (begin, end) = (
        format!("// ANCHOR: {mark}"),
        format!("// ANCHOR_END: {mark}"),
    );
    let lines = file.lines().map(str::trim);
    let marked = lines.skip_while(|line| *line != begin).skip(1);
    marked.take_while(|line| *line != end).collect()
}

fn is_code(line: &str) -> bool {
    !line.is_empty() && !line.starts_with("//")
}

/// It gives the error a name, or leaves that to `?`.
fn hands_on(source: &[&str]) -> String {
    let hands_on = |line: &&&str| line.contains("Err(error)") || line.contains("?;");
    let line = source.iter().find(hands_on);
    line.map_or("", |line| line.trim_end_matches([',', ';']))
        .to_string()
}

const REQUEST: Request = Request {
    number: 1,
    wait: Duration::from_secs(3),
    refused: false,
};

fn returns(way: Way) -> String {
    fn of<R>(_: impl FnOnce(&mut CallbackLoop) -> R) -> &'static str {
        type_name::<R>()
    }
    fn of_generator<R>(
        _: impl FnOnce(&mut state_machine::Fetch, &mut GeneratorLoop) -> R,
    ) -> &'static str {
        type_name::<R>()
    }
    fn of_iterator<R>(_: impl FnOnce(&mut iterator::Fetch) -> R) -> &'static str {
        type_name::<R>()
    }
    fn of_future<F: Future>(_: impl FnOnce() -> F) -> &'static str {
        type_name::<F::Output>()
    }
    let name = match way {
        Way::Blocking => of(|event_loop| callbacks::blocking::fetch(event_loop, REQUEST)),
        Way::Callbacks => of(|event_loop| callbacks::fetch(event_loop, REQUEST, |_, _| {})),
        Way::StateMachine => of_generator(|fetch, event_loop| fetch.resume(event_loop)),
        Way::Iterator => of_iterator(Iterator::next),
        Way::Async => of_future(|| async_await::fetch(REQUEST)),
    };
    without_paths(name)
}

/// `core::option::Option<u64>` → `Option<u64>`
fn without_paths(name: &str) -> String {
    let mut short = String::new();
    for part in name.split_inclusive(['<', '>', ',', ' ']) {
        short += part.rsplit("::").next().unwrap_or(part);
    }
    short
}

fn bytes(way: Way) -> Option<[usize; 2]> {
    match way {
        Way::Blocking => None,
        Way::Callbacks => {
            let mut event_loop = CallbackLoop::new(ClockKind::Virtual);
            let one = Settings {
                tasks: 1,
                way,
                ..Settings::default()
            };
            callbacks::start_on(&mut event_loop, &one);
            event_loop.turn(); // main starts the call
            let mut next_wait = || {
                event_loop.turn();
                event_loop.waiting_bytes().next().unwrap_or(0)
            };
            Some([next_wait(), next_wait()])
        }
        Way::StateMachine => Some([size_of::<state_machine::Call>(); 2]),
        Way::Iterator => Some([size_of::<iterator::Call>(); 2]),
        Way::Async => Some([size_of_val(&async_await::call(REQUEST)); 2]),
    }
}

/// By so many calls more: what a run asks for once is not counted, and what its lists ask for now
/// and then, when they grow, is less than one a call.
const MORE: usize = 1000;

fn allocations(way: Way, count: &dyn Fn(&mut dyn FnMut()) -> u64) -> u64 {
    let of = |tasks| {
        let settings = Settings {
            tasks,
            way,
            ..Settings::default()
        };
        count(&mut || two_steps::run_unseen(&settings))
    };
    of(2 * MORE).saturating_sub(of(MORE)) / MORE as u64
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = |text: &str| format!("`{text}`");
        let row = |what: &str, cell: &dyn Fn(&Column) -> String| -> Vec<String> {
            let cells = self.0.iter().map(cell);
            [what.to_string()].into_iter().chain(cells).collect()
        };
        let rows = [
            row("what", &|column| column.way.to_string()),
            row("lines", &|column| column.lines.to_string()),
            row("the second step returns", &|column| code(&column.returns)),
            row("an error of it is handed on", &|column| {
                column.hand().to_string()
            }),
            row("who keeps a waiting call", &|column| {
                column.keeper().to_string()
            }),
            row("bytes of a waiting call", &Column::size),
            row("allocations for a call", &|column| {
                column.allocations.to_string()
            }),
        ];
        let width = |place: usize| rows.iter().map(|row| row[place].chars().count()).max();
        let widths: Vec<_> = (0..=self.0.len()).filter_map(width).collect();
        for (number, row) in rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if number == 0 {
                for width in &widths {
                    write!(f, "| {} ", "-".repeat((*width).max(3)))?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

impl Column {
    /// A call that is moved while it waits is a callback after another; one that stays is a value
    /// of the loop's.
    fn keeper(&self) -> &'static str {
        match self.bytes {
            None => "the thread, on its stack",
            Some([first, second]) if first != second => "a new box for each wait",
            Some(_) => "the loop, as one value",
        }
    }

    /// The operator does it, or a line that says so.
    fn hand(&self) -> &'static str {
        if self.hands_on.ends_with('?') {
            "by `?`"
        } else {
            "by hand"
        }
    }

    fn size(&self) -> String {
        match self.bytes {
            None => "a stack".to_string(),
            Some([first, second]) if first != second => format!("{first}, then {second}"),
            Some([bytes, _]) => bytes.to_string(),
        }
    }
}
