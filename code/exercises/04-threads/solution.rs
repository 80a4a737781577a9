//! First a thread for each job, then the results, in the order of the threads.

use event_loops::exercises::threads::Job;
use std::thread;

/// Does all jobs at once, and returns their results in the order of the jobs.
pub fn run_all(jobs: Vec<Job>) -> Vec<u64> {
    let mut threads = Vec::new();
    for job in jobs {
        threads.push(thread::spawn(move || job.run()));
    }
    let mut results = Vec::new();
    for thread in threads {
        results.push(thread.join().unwrap());
    }
    results
}
