//! Waiting needs neither a core nor the lock.

use event_loops::exercises::threads::Prediction;

/// When have they ended? In seconds.
pub fn predict() -> Prediction {
    Prediction {
        rust_computing_on_threads: 3,
        python_waiting_on_threads: 3,
        python_computing_on_threads: 12,
        python_computing_in_processes: 3,
        waiting_as_tasks: 3,
        computing_as_tasks: 12,
    }
}
