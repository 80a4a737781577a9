//! As promises do in JavaScript: as if a call ran up to its first wait.

/// The letters said by the call, and at the three polls.
pub fn predict() -> [&'static str; 4] {
    ["aeb", "fc", "d", ""]
}
