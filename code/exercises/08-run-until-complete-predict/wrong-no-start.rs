//! Only the wakes are counted: but somebody has to begin.

/// Says how often each of the four is polled.
pub fn polls() -> [usize; 4] {
    [0, 2, 3, 10]
}
