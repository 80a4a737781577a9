//! Exercise 05-callbacks-predict: in which order does this program say its letters?
//!
//! ```
//! let second = Duration::from_secs(1);
//! event_loop.note("a");
//! event_loop.call_later(2 * second, |event_loop| event_loop.note("b"));
//! event_loop.call_soon(|event_loop| {
//!     event_loop.note("c");
//!     event_loop.call_soon(|event_loop| event_loop.note("d"));
//! });
//! event_loop.call_later(second, move |event_loop| {
//!     event_loop.note("e");
//!     event_loop.call_later(second, |event_loop| event_loop.note("f"));
//! });
//! event_loop.call_soon(|event_loop| event_loop.note("g"));
//! event_loop.note("h");
//! ```

/// Shall give the eight letters, in the order in which they are said.
pub fn predict() -> &'static str {
    "abcdefgh"
}
