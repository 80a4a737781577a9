//! As if `let second = inner(log)` started it, and only `outer` had to be polled.

/// The letters said by the call, and at the three polls.
pub fn predict() -> [&'static str; 4] {
    ["", "aeb", "cfd", ""]
}
