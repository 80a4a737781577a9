//! Exercise 09-wakers-predict: how often are they polled?
//!
//! 1. A hundred tasks sleep for a day. How many polls are there after the first moment and before the
//!    last, all tasks together?
//! 2. During its first poll, a task calls its own waker three times and says Pending. At its next poll
//!    it is ready. How often is it polled, all in all?
//! 3. A task says Pending, and keeps no waker. Then what it waits for happens. How often is it polled,
//!    all in all?
//! 4. One task sleeps for a second, and again for a second. Another one awaits its handle, and then is
//!    done. How often is the other one polled?

/// Shall say the four numbers.
pub fn polls() -> [usize; 4] {
    [1, 1, 1, 0]
}
