//! Where in its future a function keeps a variable, and a reference to it.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, pending};
use std::ops::Range;
use std::pin::pin;
use std::ptr::from_ref;
use std::task::{Context, Waker};

/// A look into a future that is suspended. All places are bytes from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The size of the future.
    pub bytes: usize,
    /// Where the variable `letters` is.
    pub letters: Range<usize>,
    /// Where the variable `third` is, a reference.
    pub third: Range<usize>,
    /// The place whose address is in `third`.
    pub points_to: usize,
}

/// Polls a function once, up to its `await`, and looks where its variables are.
///
/// ```
/// use event_loops::demos::async_await::layout;
///
/// let future = layout();
/// assert!(future.letters.contains(&future.points_to)); // it points into itself
/// ```
pub fn layout() -> Layout {
    let seen = Cell::new([0; 3]);
    // ANCHOR: machine
    let machine = async {
        let letters = *b"abcdefgh";
        let third = &letters[2];
        seen.set([address(&letters), address(&third), address(third)]);
        pending::<()>().await;
        *third
    };
    // ANCHOR_END: machine
    let mut machine = pin!(machine);
    let mut cx = Context::from_waker(Waker::noop());
    let pending = machine.as_mut().poll(&mut cx).is_pending();
    debug_assert!(pending, "nothing wakes it");

    let begin = address(&*machine);
    let [letters, third, points_to] = seen.get().map(|address| address - begin);
    Layout {
        bytes: size_of_val(&*machine),
        letters: letters..letters + size_of::<[u8; 8]>(),
        third: third..third + size_of::<&u8>(),
        points_to,
    }
}

fn address<T>(of: &T) -> usize {
    from_ref(of).addr()
}

/// The future as a column of its parts, the first byte on top.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |place: usize| {
            let letter = char::from(b"abcdefgh"[place]);
            match self.letters.start + place == self.points_to {
                true => format!("[{letter}]"),
                false => letter.to_string(),
            }
        };
        let letters: String = (0..self.letters.len()).map(letter).collect();
        let letters = format!("letters = {letters}");
        let third = format!("third = the address of byte {}", self.points_to);
        let mut parts = [(self.letters.clone(), letters), (self.third.clone(), third)];
        parts.sort_by_key(|(bytes, _)| bytes.start);

        let line = format!("           +{}+", "-".repeat(WIDTH + 2));
        writeln!(f, "{line}")?;
        let mut next = 0;
        // Between the reference and what it points to, the arrow passes by.
        let mut inside = false;
        let end = (self.bytes..self.bytes, String::new());
        for (bytes, text) in parts.into_iter().chain([end]) {
            if next < bytes.start {
                row(f, next..bytes.start, "…", if inside { "  |" } else { "" })?;
            }
            if !bytes.is_empty() {
                let arrow = if bytes == self.letters { "<-+" } else { "--+" };
                row(f, bytes.clone(), &text, arrow)?;
                inside = !inside;
            }
            next = bytes.end;
        }
        writeln!(f, "{line}")
    }
}

const WIDTH: usize = 32;

fn row(f: &mut fmt::Formatter<'_>, bytes: Range<usize>, text: &str, arrow: &str) -> fmt::Result {
    let last = bytes.end - 1;
    writeln!(
        f,
        "{:>3} to {last:>3} | {text:WIDTH$} |{arrow}",
        bytes.start
    )
}
