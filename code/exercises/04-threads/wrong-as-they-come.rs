//! All jobs are under way at once, and the results are in the order in which they come.

use event_loops::exercises::threads::Job;
use std::sync::mpsc;
use std::thread;

/// Does all jobs at once, and returns their results in the order in which they come.
pub fn run_all(jobs: Vec<Job>) -> Vec<u64> {
    let (sender, receiver) = mpsc::channel();
    for job in jobs {
        let sender = sender.clone();
        thread::spawn(move || sender.send(job.run()).unwrap());
    }
    drop(sender);
    receiver.iter().collect()
}
