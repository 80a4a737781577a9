//! How large the compiler makes the futures of a few functions.

use std::fmt;
use std::time::Duration;

use crate::demos::async_await::{call, fetch};
use crate::demos::two_steps::Request;
use crate::{join, sleep};

/// How large the future of a function is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// What the function does.
    pub what: &'static str,
    /// The size of its future, in bytes.
    pub bytes: usize,
}

/// The sizes of several futures. Its [`Display`](fmt::Display) is a list, a line for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// `sleep`: what all of the others wait for.
    pub sleep: Size,
    /// The second step of chapter 7's call, which waits once.
    pub fetch: Size,
    /// The call itself, which waits, and then awaits [`fetch`](Self::fetch).
    pub call: Size,
    /// A function that uses a buffer of [`BUFFER`](Self::BUFFER) bytes before it waits and after.
    pub held: Size,
    /// The same with a buffer that is in use only before it waits, and in scope to the end.
    pub in_scope: Size,
    /// The same with a buffer that goes out of scope before it waits.
    pub gone: Size,
    /// Two of those that hold their buffer, one awaited after the other.
    pub one_after_the_other: Size,
    /// The same two, both under way at once.
    pub at_once: Size,
}

impl Sizes {
    /// The size of each buffer, in bytes.
    pub const BUFFER: usize = 1024;

    /// All of them, in order.
    pub fn all(&self) -> [&Size; 8] {
        [
            &self.sleep,
            &self.fetch,
            &self.call,
            &self.gone,
            &self.in_scope,
            &self.held,
            &self.one_after_the_other,
            &self.at_once,
        ]
    }
}

/// Makes each future, measures it, and drops it without having polled it.
///
/// ```
/// use event_loops::demos::async_await::{Sizes, sizes};
///
/// let sizes = sizes();
/// assert!(sizes.held.bytes >= Sizes::BUFFER);
/// assert!(sizes.gone.bytes < Sizes::BUFFER);
/// ```
pub fn sizes() -> Sizes {
    let request = Request {
        number: 1,
        wait: WAIT,
        refused: false,
    };
    Sizes {
        sleep: size("sleep", &sleep(WAIT)),
        fetch: size("fetch: sleeps once", &fetch(request)),
        call: size("call: sleeps, and then awaits fetch", &call(request)),
        gone: size("gone: its buffer is gone before the await", &gone()),
        in_scope: size("in_scope: its buffer is in scope at the await", &in_scope()),
        held: size("held: its buffer is used after the await", &held()),
        one_after_the_other: size(
            "awaits held twice, one after the other",
            &one_after_the_other(),
        ),
        at_once: size("awaits two of held, joined", &at_once()),
    }
}

fn size<T>(what: &'static str, future: &T) -> Size {
    let bytes = size_of_val(future);
    Size { what, bytes }
}

const WAIT: Duration = Duration::from_secs(3);

// ANCHOR: buffers
async fn held() -> u32 {
    let buffer = [1_u8; Sizes::BUFFER];
    sleep(WAIT).await;
    sum(&buffer)
}

async fn in_scope() -> u32 {
    let buffer = [1_u8; Sizes::BUFFER];
    let total = sum(&buffer);
    sleep(WAIT).await;
    total
}

async fn gone() -> u32 {
    let total = {
        let buffer = [1_u8; Sizes::BUFFER];
        sum(&buffer)
    };
    sleep(WAIT).await;
    total
}
// ANCHOR_END: buffers

async fn one_after_the_other() -> u32 {
    held().await + held().await
}

async fn at_once() -> u32 {
    let (first, second) = join(held(), held()).await;
    first + second
}

fn sum(buffer: &[u8]) -> u32 {
    buffer.iter().copied().map(u32::from).sum()
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "bytes  the future of")?;
        for Size { what, bytes } in self.all() {
            writeln!(f, "{bytes:>5}  {what}")?;
        }
        Ok(())
    }
}
