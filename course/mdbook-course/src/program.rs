//! The snippets as programs that are run for what they print.

use std::ffi::OsString;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::externs::Externs;
use crate::page::{Page, Source};
use crate::snippets::{self, Folder, Kind, Snippet, alone};

/// A snippet that has an output: what it prints, or what the compiler says to one that it must
/// refuse.
#[derive(Clone, Debug)]
pub struct Program(Snippet);

/// How a program ended, and what it printed on either of its outputs, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// What was printed.
    pub text: String,
    /// The exit code; `None` when the compiler refused the program.
    pub code: Option<i32>,
}

/// A preprocessor in the place of [`Course`](crate::Course) that collects the programs of a book
/// and changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Programs(Arc<Mutex<Vec<Program>>>);

impl Programs {
    /// What was collected.
    pub fn take(&self) -> Vec<Program> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Preprocessor for Programs {
    fn name(&self) -> &str {
        "course"
    }

    fn run(&self, ctx: &PreprocessorContext, book: Book) -> Result<Book> {
        let mut programs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chapter in book.chapters() {
            let page = Page::new(&Source::read(&ctx.root, &ctx.config.book.src, chapter));
            programs.extend(
                snippets::collect(&page)
                    .snippets
                    .into_iter()
                    .filter_map(Program::new),
            );
        }
        Ok(book)
    }
}

impl Program {
    /// `None` for a snippet that the text says is not run.
    pub(crate) fn new(snippet: Snippet) -> Option<Program> {
        matches!(snippet.kind, Kind::Run | Kind::Refused(_)).then_some(Program(snippet))
    }

    /// Where it stands: `src/02-waiting.md:27`.
    pub fn place(&self) -> String {
        self.0.place.to_string()
    }

    /// Its chapter's file: `src/02-waiting.md`.
    pub fn page(&self) -> &str {
        &self.0.place.page
    }

    /// The name of its recording: a hash of what decides about its output. That is its text, and
    /// the versions of the crates that it uses. It is not the crates' code: whether the output is
    /// still right after a change there is found by running, not by comparing names.
    pub fn name(&self) -> String {
        let mut text = format!("{}\n{:?}\n", self.0.edition(), self.0.kind);
        if self.0.mentions("event_loops") {
            text += concat!("event_loops ", env!("CARGO_PKG_VERSION"), "\n");
        }
        text += &self.text();
        format!("{:016x}", fnv1a(text.as_bytes()))
    }

    /// The program's text. Hidden lines stand in front of the next visible one, so that a line that
    /// the compiler names is the one that the reader counts.
    pub fn text(&self) -> String {
        self.0.joined()
    }

    /// Whether it needs one of [`Externs::CRATES`]: then they must be built.
    pub fn uses_crates(&self) -> bool {
        Externs::CRATES
            .into_iter()
            .any(|name| self.0.mentions(name))
    }

    /// Whether it prints what it has measured, or what the operating system decides: such a program
    /// may print something else each time.
    pub fn measures(&self) -> bool {
        MEASURES.iter().any(|word| self.0.mentions(word))
    }

    /// Compiles it, and runs it as often as is asked for: an output for each run. One that the
    /// compiler must refuse has one.
    ///
    /// # Errors
    ///
    /// When it does not come to an end in time, or can't be compiled though it should; in words.
    pub fn run(
        &self,
        crates: &[OsString],
        times: usize,
        limit: Duration,
    ) -> std::result::Result<Vec<Output>, String> {
        let refused = matches!(self.0.kind, Kind::Refused(_));
        let failed = |error: io::Error| error.to_string();
        let late = || format!("it did not end within {} s", limit.as_secs());
        let folder = Folder::new().map_err(failed)?;
        let (text, edition) = (self.text(), self.0.edition());
        let compiled =
            alone::compile_main(&text, edition, crates, folder.path(), limit).map_err(failed)?;
        let compiles = compiled.status.ok_or_else(late)?.success();
        match (compiles, refused) {
            (false, true) => {
                return Ok(vec![Output {
                    text: without_toolchain(&compiled.output),
                    code: None,
                }]);
            }
            (false, false) => return Err(format!("it does not compile:\n{}", compiled.output)),
            (true, true) => return Err("it compiles, and should not".to_string()),
            (true, false) => {}
        }
        let one = |_| {
            let ran = alone::run(folder.path(), limit).map_err(failed)?;
            let status = ran.status.ok_or_else(late)?;
            Ok(Output {
                text: settled(&ran.output),
                // One that a signal has ended has none; nobody needs to know here which it was.
                code: Some(status.code().unwrap_or(-1)),
            })
        };
        (0..times).map(one).collect()
    }
}

/// What a program names that goes by the real clock or lets the operating system schedule.
const MEASURES: [&str; 6] = [
    "Instant::",
    "SystemTime",
    "EventLoop::new(",
    "thread::",
    "process::",
    "tokio::",
];

/// The output without what is new in every run: `thread 'main' (4711) panicked` counts threads of
/// the whole machine.
fn settled(output: &str) -> String {
    let lines = output.split_inclusive('\n').map(|line| {
        let panicked = line
            .strip_prefix("thread '")
            .and_then(|rest| rest.split_once("' ("));
        match panicked.and_then(|(name, rest)| Some((name, rest.split_once(") ")?))) {
            Some((name, (number, rest))) if number.bytes().all(|b| b.is_ascii_digit()) => {
                format!("thread '{name}' {rest}")
            }
            _ => line.to_string(),
        }
    });
    lines.collect()
}

/// What the compiler says, without the folder that it is installed in: where it points into the
/// standard library it names that.
fn without_toolchain(output: &str) -> String {
    const SOURCES: &str = "/lib/rustlib/src/rust/";
    let lines = output.split_inclusive('\n').map(|line| {
        let Some((before, file)) = line.split_once(SOURCES) else {
            return line.to_string();
        };
        let arrow = before.rfind("> ").map_or(0, |arrow| arrow + 2);
        format!("{}{file}", &before[..arrow])
    });
    lines.collect()
}

/// Fowler, Noll and Vo's hash: short, and the same on every machine and with every Rust.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_compiler_is_installed_is_left_out() {
        assert_eq!(
            without_toolchain(
                "note: required by\n   --> /home/me/rust 1/lib/rustlib/src/rust/library/core/src/pin.rs:9:2\n"
            ),
            "note: required by\n   --> library/core/src/pin.rs:9:2\n"
        );
        let own = "  --> main.rs:5:27\n";
        assert_eq!(without_toolchain(own), own);
    }

    #[test]
    fn the_number_of_a_thread_is_left_out() {
        assert_eq!(
            settled("a\nthread 'main' (12) panicked at main.rs:1:1:\nno\n"),
            "a\nthread 'main' panicked at main.rs:1:1:\nno\n"
        );
        assert_eq!(
            settled("thread 'a' (b) panicked"),
            "thread 'a' (b) panicked"
        );
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
