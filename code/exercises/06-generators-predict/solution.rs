//! At second 4 both are due, and `b` has set its deadline first: at second 2, and `a` at second 3.

/// Second and name for each call of `resume`, in order.
pub fn predict() -> Vec<(u64, char)> {
    vec![
        (0, 'a'),
        (0, 'b'),
        (1, 'a'),
        (2, 'b'),
        (3, 'a'),
        (4, 'b'),
        (4, 'a'),
    ]
}
