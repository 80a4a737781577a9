//! As if `call_soon` called: then a callback would run in the middle of another one.

/// The eight letters, in the order in which they are said.
pub fn predict() -> &'static str {
    "acdghebf"
}
