//! Each job has a thread of its own, and each is waited for before the next one is started.

use event_loops::exercises::threads::Job;
use std::thread;

/// Does all jobs, and returns their results in the order of the jobs.
pub fn run_all(jobs: Vec<Job>) -> Vec<u64> {
    let mut results = Vec::new();
    for job in jobs {
        let thread = thread::spawn(move || job.run());
        results.push(thread.join().unwrap());
    }
    results
}
