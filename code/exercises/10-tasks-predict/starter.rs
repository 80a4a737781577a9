//! Exercise 10-tasks-predict: in which order do they speak?
//!
//! This is main. Predict the seven lines.
//!
//! ```text
//! let a = spawn(async {
//!     note("a 1");
//!     spawn(async { note("c") });
//!     yield_now().await;
//!     note("a 2");
//! });
//! spawn(async {
//!     note("b 1");
//!     yield_now().await;
//!     note("b 2");
//! });
//! note("main 1");
//! a.await;
//! note("main 2");
//! ```

/// Shall say the seven lines in order.
pub fn order() -> [&'static str; 7] {
    ["main 1", "main 2", "a 1", "a 2", "b 1", "b 2", "c"]
}
