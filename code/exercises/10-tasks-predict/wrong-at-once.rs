//! `spawn` is taken for a call that runs its task at once.

/// Says the seven lines in order.
pub fn order() -> [&'static str; 7] {
    ["a 1", "c", "b 1", "main 1", "a 2", "b 2", "main 2"]
}
