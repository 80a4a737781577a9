//! A poll to start, and one for each time that it gets into the ready queue.

/// Says the four numbers.
pub fn polls() -> [usize; 4] {
    [0, 2, 1, 2]
}
