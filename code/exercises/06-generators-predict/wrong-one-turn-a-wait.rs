//! As if three waits took three turns. The last turn, in which it ends, is one more.

/// Second and name for each call of `resume`, in order.
pub fn predict() -> Vec<(u64, char)> {
    vec![(0, 'a'), (0, 'b'), (1, 'a'), (2, 'b'), (3, 'a')]
}
