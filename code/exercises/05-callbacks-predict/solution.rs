//! First what is said at once, then the queue, then the deadlines; equal ones as they were set.

/// The eight letters, in the order in which they are said.
pub fn predict() -> &'static str {
    "ahcgdebf"
}
