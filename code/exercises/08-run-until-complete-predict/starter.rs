//! Exercise 08-run-until-complete-predict: how often is main polled?
//!
//! Four times `run_until_complete(main)`, on a loop that polls a future when it has been woken, and
//! never else. Predict how often it calls `poll`, for these as `main`:
//!
//! 1. `async { 6 * 7 }`
//! 2. `async { sleep(3 s).await; sleep(2 s).await; }`
//! 3. `async { for _ in 0..3 { yield_now().await; } }`, where `yield_now` wakes its task and says
//!    Pending, and is done the next time
//! 4. a call that is back after one second, and that is not waited for but asked: it says at each poll
//!    that it wants another one, and a poll takes 100 ms

/// Shall say how often each of the four is polled.
pub fn polls() -> [usize; 4] {
    [0, 0, 0, 0]
}
