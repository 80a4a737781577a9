//! What two programs have in common.

use std::collections::BTreeMap;

/// Which lines of `after` are in `before` too, in the same order: the longest list of such lines.
pub(super) fn kept(before: &[String], after: &[String]) -> Vec<bool> {
    let mut longest = BTreeMap::new();
    let length = |longest: &BTreeMap<(usize, usize), usize>, b, a| -> usize {
        longest.get(&(b, a)).copied().unwrap_or(0)
    };
    for b in (0..before.len()).rev() {
        for a in (0..after.len()).rev() {
            let most = if before[b] == after[a] {
                1 + length(&longest, b + 1, a + 1)
            } else {
                length(&longest, b + 1, a).max(length(&longest, b, a + 1))
            };
            longest.insert((b, a), most);
        }
    }
    let mut kept = vec![false; after.len()];
    let (mut b, mut a) = (0, 0);
    while b < before.len() && a < after.len() {
        if before[b] == after[a] {
            kept[a] = true;
            (b, a) = (b + 1, a + 1);
        } else if length(&longest, b + 1, a) >= length(&longest, b, a + 1) {
            b += 1;
        } else {
            a += 1;
        }
    }
    kept
}
