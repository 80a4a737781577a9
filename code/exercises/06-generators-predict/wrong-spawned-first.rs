//! As if `a`, spawned first, came first whenever both are due.

/// Second and name for each call of `resume`, in order.
pub fn predict() -> Vec<(u64, char)> {
    vec![
        (0, 'a'),
        (0, 'b'),
        (1, 'a'),
        (2, 'b'),
        (3, 'a'),
        (4, 'a'),
        (4, 'b'),
    ]
}
