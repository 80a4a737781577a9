//! What was computed once, for who builds the same book again and again.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::Arc;

/// What was computed from each `K`, which has to be all that it depends on. What a whole build has
/// not asked for is forgotten.
#[derive(Debug)]
pub(crate) struct Memo<K, V>(HashMap<K, Entry<V>>);

#[derive(Debug)]
struct Entry<V> {
    value: Arc<V>,
    /// Whether the book that is being built has it.
    in_use: bool,
}

impl<K: Eq + Hash, V> Memo<K, V> {
    /// What `compute` makes of `from`, or has made of it before.
    ///
    /// # Errors
    ///
    /// Those of `compute`; they are not kept.
    pub(crate) fn get<E>(
        &mut self,
        from: K,
        compute: impl FnOnce(&K) -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        if let Some(entry) = self.0.get_mut(&from) {
            entry.in_use = true;
            return Ok(Arc::clone(&entry.value));
        }
        let value = Arc::new(compute(&from)?);
        let entry = Entry {
            value: Arc::clone(&value),
            in_use: true,
        };
        self.0.insert(from, entry);
        Ok(value)
    }

    /// A build has ended: what it has not asked for is forgotten.
    pub(crate) fn end_build(&mut self) {
        self.0.retain(|_, entry| mem::take(&mut entry.in_use));
    }
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo(HashMap::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_thing_is_computed_once_for_as_long_as_the_book_has_it() {
        let (mut memo, computed) = (Memo::default(), Cell::new(0));
        let length = |memo: &mut Memo<_, _>, text: &str| {
            let length = memo.get(text.to_string(), |text| {
                computed.set(computed.get() + 1);
                Ok::<_, ()>(text.len())
            });
            (*length.unwrap(), computed.get())
        };
        assert_eq!(length(&mut memo, "one"), (3, 1));
        assert_eq!(length(&mut memo, "one"), (3, 1));
        assert_eq!(length(&mut memo, "three"), (5, 2));
        memo.end_build();
        assert_eq!(length(&mut memo, "one"), (3, 2));
        memo.end_build();
        // The last build had no "three".
        assert_eq!(length(&mut memo, "one"), (3, 2));
        assert_eq!(length(&mut memo, "three"), (5, 3));
    }

    #[test]
    fn what_went_wrong_is_tried_again() {
        let mut memo = Memo::default();
        assert_eq!(memo.get("a", |_| Err::<u8, _>("no")), Err("no"));
        assert_eq!(memo.get("a", |_| Ok::<_, ()>(1)), Ok(Arc::new(1)));
    }
}
