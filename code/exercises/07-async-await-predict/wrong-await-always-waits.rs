//! As if each `await` ended the poll. One on a future that has not begun polls it at once.

/// The letters said by the call, and at the three polls.
pub fn predict() -> [&'static str; 4] {
    ["", "ab", "c", "efd"]
}
