//! First come, first served. `c` was put into the queue before `a` and `b` came back to it.

/// Says the seven lines in order.
pub fn order() -> [&'static str; 7] {
    ["main 1", "a 1", "b 1", "c", "a 2", "b 2", "main 2"]
}
