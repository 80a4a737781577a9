//! Main is thought to go on as soon as what it waits for is over. It is ready then, and has to queue.

/// Says the seven lines in order.
pub fn order() -> [&'static str; 7] {
    ["main 1", "a 1", "b 1", "c", "a 2", "main 2", "b 2"]
}
