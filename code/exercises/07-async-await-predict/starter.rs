//! Exercise 07-async-await-predict: at which poll is what said? `pause()` is a future that is pending
//! at its first poll, and ready at its second. `outer(&log)` is called once, and polled three times.
//!
//! ```
//! async fn outer(log: &Log) {
//!     log.say('a');
//!     let second = inner(log);
//!     log.say('b');
//!     pause().await;
//!     log.say('c');
//!     second.await;
//!     log.say('d');
//! }
//! async fn inner(log: &Log) {
//!     log.say('e');
//!     pause().await;
//!     log.say('f');
//! }
//! ```

/// The letters that are said when `outer` is called, and at its first, second and third poll.
pub fn predict() -> [&'static str; 4] {
    ["abcdef", "", "", ""]
}
