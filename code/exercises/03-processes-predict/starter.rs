//! Exercise 03-processes-predict: one core, and some programs.
//!
//! - Five programs that wait three seconds each, one after the other.
//! - The five started together.
//! - Two programs that compute for three seconds each, started together.
//! - One program that waits three seconds, started together with one that computes for ten: when is
//!   the first one back?
//!
//! Put your predictions in place of the zeros, in seconds.

use event_loops::exercises::processes::Prediction;

/// When have they ended? In seconds.
pub fn predict() -> Prediction {
    Prediction {
        waiting_in_sequence: 0,
        waiting_together: 0,
        computing_together: 0,
        waiting_beside_computing: 0,
    }
}
