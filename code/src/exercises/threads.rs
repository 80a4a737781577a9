//! Exercises 04-threads and 04-threads-predict: jobs on threads, and when they end.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::report::{Check, Report, call, predicted};
use crate::demos::threads::{Kind, Language, Settings, Way, model};

/// A job that needs all the others: it comes to an end when all of them have begun, and the jobs
/// after it have ended.
#[derive(Debug)]
pub struct Job {
    number: usize,
    meeting: Arc<Meeting>,
}

#[derive(Debug, Default)]
struct Meeting {
    jobs: usize,
    log: Mutex<Log>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Log {
    begun: usize,
    /// The jobs that have ended, in order.
    ended: Vec<usize>,
    /// A job has waited for the others in vain: no other one tries.
    in_vain: bool,
}

/// Who has not come by then is waited for by nobody.
const IN_VAIN: Duration = Duration::from_secs(3);

impl Job {
    /// Does the job: it keeps the thread until it is done, and returns the square of its number.
    pub fn run(self) -> u64 {
        let Job { number, meeting } = self;
        let mut log = meeting.log();
        log.begun += 1;
        meeting.changed.notify_all();
        log = meeting.wait(log, |log| log.begun < meeting.jobs);
        // Backwards, so that whoever collects the results as they come has them in that order.
        let later = meeting.jobs - number;
        log = meeting.wait(log, |log| log.ended.len() < later);
        log.ended.push(number);
        meeting.changed.notify_all();
        (number * number) as u64
    }
}

impl Meeting {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is no longer so, or in vain.
    fn wait<'a>(
        &self,
        log: MutexGuard<'a, Log>,
        is_so: impl Fn(&Log) -> bool,
    ) -> MutexGuard<'a, Log> {
        let goes_on = |log: &mut Log| !log.in_vain && is_so(log);
        let waited = self.changed.wait_timeout_while(log, IN_VAIN, goes_on);
        let (mut log, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        log.in_vain |= timeout.timed_out();
        self.changed.notify_all();
        log
    }
}

/// Has `run_all` do some jobs that wait for each other, and checks that all were under way at once,
/// and that their results are in order.
///
/// ```
/// use event_loops::exercises::threads::{Job, check};
///
/// let report = check(|jobs| jobs.into_iter().map(Job::run).collect());
/// assert!(!report.passed()); // one after the other: the first waits for the others in vain
/// ```
pub fn check(run_all: impl Fn(Vec<Job>) -> Vec<u64>) -> Report {
    let four = meet(&run_all, 4);
    let mut checks = vec![Check::new("comes to an end", four.output.is_ok(), || {
        four.output.clone().err().unwrap_or_default()
    })];
    if let Ok(output) = &four.output {
        checks.push(Check::new("does each job", four.ended == 4, || {
            format!(
                "of four jobs {} were done: `job.run()` does one",
                four.ended
            )
        }));
        checks.push(Check::new(
            "all jobs are under way at once",
            !four.in_vain && four.ended == 4,
            || {
                "a job waited for the others in vain. A job keeps its thread until it is done, and \
                 `join` keeps the one that calls it: when does the second thread start?"
                    .to_string()
            },
        ));
        let right = answers(4);
        checks.push(Check::new(
            "gives the results in order",
            *output == right,
            || {
                format!(
                    "it gave {output:?}, and {right:?} was asked for: the first job is done last"
                )
            },
        ));
        let fine = !four.in_vain && *output == right;
        let wrong = if fine {
            [0, 1, 32]
                .into_iter()
                .find(|count| meet(&run_all, *count).output != Ok(answers(*count)))
                .map(|count| format!("it is right for four jobs, and not for {count}"))
        } else {
            Some("first mend what is wrong for four".to_string())
        };
        checks.push(Check::new(
            "does none, or one, or thirty-two",
            wrong.is_none(),
            || wrong.unwrap_or_default(),
        ));
    }
    Report {
        exercise: "04-threads",
        checks,
        timeline: None,
    }
}

struct Met {
    output: Result<Vec<u64>, String>,
    ended: usize,
    in_vain: bool,
}

fn meet(run_all: &impl Fn(Vec<Job>) -> Vec<u64>, jobs: usize) -> Met {
    let meeting = Arc::new(Meeting {
        jobs,
        ..Meeting::default()
    });
    let job = |number| Job {
        number,
        meeting: Arc::clone(&meeting),
    };
    let all = (1..=jobs).map(job).collect();
    let output = call(|| run_all(all));
    let log = meeting.log();
    Met {
        output,
        ended: log.ended.len(),
        in_vain: log.in_vain,
    }
}

fn answers(jobs: usize) -> Vec<u64> {
    (1..=jobs).map(|number| (number * number) as u64).collect()
}

/// When four jobs of three seconds each have ended on a machine with four cores, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prediction {
    /// Jobs that compute, on four threads in Rust.
    pub rust_computing_on_threads: u64,
    /// Jobs that wait, on four threads in Python with its GIL.
    pub python_waiting_on_threads: u64,
    /// Jobs that compute, on four threads in Python with its GIL.
    pub python_computing_on_threads: u64,
    /// Jobs that compute, in four processes in Python.
    pub python_computing_in_processes: u64,
    /// Jobs that wait, as tasks of an event loop on one thread.
    pub waiting_as_tasks: u64,
    /// Jobs that compute, as tasks of an event loop on one thread.
    pub computing_as_tasks: u64,
}

/// Lays a prediction beside what comes out on a machine with four cores.
///
/// ```
/// use event_loops::exercises::threads::{Prediction, check_prediction};
///
/// let report = check_prediction(Prediction::default);
/// assert!(!report.passed()); // nothing is predicted yet
/// ```
pub fn check_prediction(predict: impl FnOnce() -> Prediction) -> Report {
    let output = call(predict);
    let mut checks = vec![Check::new("predicts", output.is_ok(), || {
        output.as_ref().err().cloned().unwrap_or_default()
    })];
    let drawn = |kind, way, language| {
        model(&Settings {
            kind,
            way,
            language,
            ..Settings::default()
        })
    };
    let right = |kind, way, language| drawn(kind, way, language).total.as_secs();
    if let Ok(said) = output {
        use Kind::{Computing, Waiting};
        use Language::{Python, Rust};
        let mut compare = |claim, said, right, hint| {
            checks.push(predicted(claim, said, right, hint));
        };
        compare(
            "Rust: computing, on threads",
            said.rust_computing_on_threads,
            right(Computing, Way::Threads, Rust),
            "there are four cores, and nothing that the threads have to share",
        );
        compare(
            "Python: waiting, on threads",
            said.python_waiting_on_threads,
            right(Waiting, Way::Threads, Python),
            "does a thread that waits hold the lock?",
        );
        compare(
            "Python: computing, on threads",
            said.python_computing_on_threads,
            right(Computing, Way::Threads, Python),
            "how many of the four threads have the lock at the same instant?",
        );
        compare(
            "Python: computing, in processes",
            said.python_computing_in_processes,
            right(Computing, Way::Processes, Python),
            "how many locks are there, when each process has its own?",
        );
        compare(
            "waiting, as tasks on one thread",
            said.waiting_as_tasks,
            right(Waiting, Way::Async, Rust),
            "that is chapter 2",
        );
        compare(
            "computing, as tasks on one thread",
            said.computing_as_tasks,
            right(Computing, Way::Async, Rust),
            "where does a task that computes give the thread back?",
        );
    }
    let fine = checks.iter().all(|check| check.wrong.is_none());
    Report {
        exercise: "04-threads-predict",
        checks,
        timeline: fine.then(|| drawn(Kind::Computing, Way::Threads, Language::Python)),
    }
}
