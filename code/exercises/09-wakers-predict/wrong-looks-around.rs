//! The loop is thought to look after its tasks now and then, and so to find what was forgotten.

/// Says the four numbers.
pub fn polls() -> [usize; 4] {
    [100, 2, 2, 2]
}
