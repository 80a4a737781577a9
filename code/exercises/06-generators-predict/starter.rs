//! Exercise 06-generators-predict: when is which of two generators resumed?
//!
//! Both are spawned at second 0, `a` before `b`. Each waits for so many seconds, once for each
//! number, and is then over.
//!
//! ```
//! event_loop.spawn("a", Waits(vec![1, 2, 1].into_iter()));
//! event_loop.spawn("b", Waits(vec![2, 2].into_iter()));
//!
//! fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<()> {
//!     event_loop.note("resumed");
//!     match self.0.next() {
//!         Some(seconds) => Resumed::Yielded(Until::Elapsed(Duration::from_secs(seconds))),
//!         None => Resumed::Complete(()),
//!     }
//! }
//! ```

/// Shall give second and name for each call of `resume`, in order.
pub fn predict() -> Vec<(u64, char)> {
    vec![(0, 'a'), (0, 'b')]
}
