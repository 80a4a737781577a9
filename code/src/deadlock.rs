//! The report of a loop that could only wait forever.

use std::fmt;
use std::rc::Rc;

use crate::task::Task;
use crate::tasks::Tasks;
use crate::trace::{SourceLine, TaskId, Wait};

/// No task is ready, no deadline is left, and nobody holds a waker who could wake one.
///
/// ```
/// use event_loops::{EventLoop, spawn_named};
///
/// let event_loop = EventLoop::with_virtual_clock();
/// let deadlock = event_loop
///     .try_run_until_complete(async {
///         spawn_named("forgotten", std::future::pending::<()>()).await
///     })
///     .unwrap_err();
/// assert_eq!(deadlock.stuck[0].waits_for.as_deref(), Some("the end of forgotten"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlock {
    /// The tasks that wait: first the future of `run_until_complete`, then the others, in
    /// the order in which they were spawned.
    pub stuck: Vec<Stuck>,
}

/// A task that waits for something that can't happen any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Its number.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// The line that spawned it.
    pub spawned_at: SourceLine,
    /// What it waits for, if that is one of our own futures.
    pub waits_for: Option<String>,
}

impl Deadlock {
    /// The report of a loop: of the future of `run_until_complete`, and of its tasks.
    pub(crate) fn of(main: &Task, tasks: &Tasks) -> Self {
        let name = |task: TaskId| {
            let mut all = tasks.iter().map(Rc::as_ref).chain([main]);
            all.find(|other| other.id() == task).map(Task::name)
        };
        let stuck = |task: &Task| Stuck {
            task: task.id(),
            name: task.name(),
            spawned_at: task.spawned_at,
            waits_for: task.waits_for.get().and_then(|wait| match wait {
                Wait::Task(task) => Some(match name(task) {
                    Some(name) => format!("the end of {name}"),
                    // A gather or a scope is woken by the last of its tasks, and not by this one.
                    None => "the end of other tasks that it spawned".to_string(),
                }),
                Wait::For { what, line } => Some(format!("{what}, at {line}")),
                // No deadline is left and nobody is busy outside: the task was polled with a future
                // that is gone by now.
                Wait::Until { .. }
                | Wait::Socket { .. }
                | Wait::BlockingJob { .. }
                | Wait::NextTurn { .. }
                | Wait::Budget { .. } => None,
            }),
        };
        let mut list = vec![stuck(main)];
        list.extend(tasks.iter().map(|task| stuck(task)));
        list[1..].sort_by_key(|stuck| stuck.task);
        Deadlock { stuck: list }
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock: nothing is left that could wake a task")?;
        for Stuck {
            name,
            spawned_at,
            waits_for,
            ..
        } in &self.stuck
        {
            let waits_for = waits_for.as_deref().unwrap_or(
                "something that is not ours: a future that returned Pending and kept no waker",
            );
            write!(
                f,
                "\n  {name}, spawned at {spawned_at}, waits for {waits_for}"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Deadlock {}
