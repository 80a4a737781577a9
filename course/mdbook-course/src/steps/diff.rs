//! What two programs have in common.

/// Which lines of `after` are in `before` too, in the same order: the longest list of such lines.
pub(super) fn kept(before: &[String], after: &[String]) -> Vec<bool> {
    // `longest[b][a]`: how many lines the rest of both, from `b` and from `a`, have in common.
    let mut longest = vec![vec![0_u32; after.len() + 1]; before.len() + 1];
    for b in (0..before.len()).rev() {
        for a in (0..after.len()).rev() {
            longest[b][a] = if before[b] == after[a] {
                1 + longest[b + 1][a + 1]
            } else {
                longest[b + 1][a].max(longest[b][a + 1])
            };
        }
    }
    let mut kept = vec![false; after.len()];
    let (mut b, mut a) = (0, 0);
    while b < before.len() && a < after.len() {
        if before[b] == after[a] {
            kept[a] = true;
            (b, a) = (b + 1, a + 1);
        } else if longest[b + 1][a] >= longest[b][a + 1] {
            b += 1;
        } else {
            a += 1;
        }
    }
    kept
}
