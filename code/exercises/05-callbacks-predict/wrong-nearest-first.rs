//! As if what a callback hands in came right after it, before what was in the queue already.

/// The eight letters, in the order in which they are said.
pub fn predict() -> &'static str {
    "ahcdgefb"
}
