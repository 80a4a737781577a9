//! Exercise 04-threads: all jobs under way at once.
//!
//! `job.run()` keeps its thread until it is done, and returns a number. A job needs all the others:
//! it is done when they, too, have begun. Done one after the other, the first waits in vain.
//!
//! `thread::spawn(move || job.run())` starts a thread and returns a handle; `handle.join().unwrap()`
//! waits for its end, and gives its result.

use event_loops::exercises::threads::Job;

/// Shall do all jobs at once, and return their results in the order of the jobs.
pub fn run_all(jobs: Vec<Job>) -> Vec<u64> {
    let mut results = Vec::new();
    for job in jobs {
        results.push(job.run());
    }
    results
}
