//! Calling says nothing, and `inner` begins when it is awaited, in the poll that comes to that.

/// The letters said by the call, and at the three polls.
pub fn predict() -> [&'static str; 4] {
    ["", "ab", "ce", "fd"]
}
