//! Each job is a task, and all of them are with the loop. But a job keeps the thread until it is
//! done, and an event loop has one.

use event_loops::exercises::threads::Job;
use event_loops::{EventLoop, gather};

/// Does all jobs, and returns their results in the order of the jobs.
pub fn run_all(jobs: Vec<Job>) -> Vec<u64> {
    let task = |job: Job| async move { job.run() };
    EventLoop::new().run_until_complete(gather(jobs.into_iter().map(task)))
}
