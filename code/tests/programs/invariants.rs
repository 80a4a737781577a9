//! What must never happen, looked for in what a run has left behind. This knows nothing of the
//! program, and nothing of the oracle.

use std::collections::VecDeque;
use std::time::Duration;

use event_loops::{ClockKind, Event, EventKind, TaskId, Trace, Wait, WokenBy};

use crate::run::Run;
use crate::story::{Outcome, What};

/// Looks through a run of which the loop has been closed.
///
/// # Errors
///
/// Which rule is broken, and at which event.
pub fn check(run: &Run) -> Result<(), String> {
    check_trace(&run.trace)?;
    check_bodies(run)
}

/// No body is left over or dropped twice, and no sleep ends early.
fn check_bodies(run: &Run) -> Result<(), String> {
    let mut gone = Vec::new();
    for line in &run.story.lines {
        match line.what {
            What::Gone(body) if gone.contains(&body) => {
                return Err(format!("body {body} was dropped twice"));
            }
            What::Gone(body) => gone.push(body),
            What::Did(body, _, Outcome::Slept { from, lasts }) if line.at < from + lasts => {
                return Err(format!("a sleep of body {body} ended early: {line:?}"));
            }
            _ => {}
        }
    }
    match run.bodies - gone.len() {
        0 => Ok(()),
        left => Err(format!("{left} futures were left over at close")),
    }
}

fn check_trace(trace: &Trace) -> Result<(), String> {
    let mut loop_ = Watched::default();
    for (place, event) in trace.events.iter().enumerate() {
        let next = trace.events.get(place + 1);
        (loop_.see(event, next)).map_err(|rule| format!("event {place}, {event:?}: {rule}"))?;
    }
    if trace.clock != ClockKind::Virtual {
        return Err("this is for the virtual clock".to_string());
    }
    match loop_
        .tasks
        .iter()
        .position(|task| task.state != State::Over)
    {
        Some(left) => Err(format!("task {left} has no end, after close")),
        None => Ok(()),
    }
}

/// What can be known of a loop from the events so far.
#[derive(Default)]
struct Watched {
    now: Duration,
    tasks: Vec<Task>,
    /// The tasks that are ready, in the order in which they became so.
    ready: VecDeque<TaskId>,
    polled: Option<TaskId>,
    polled_last: Option<TaskId>,
    /// Until when it is parked, with the thread given away.
    parked: Option<Option<Duration>>,
}

struct Task {
    state: State,
    /// The soonest deadline that it said it waits for.
    deadline: Option<Duration>,
    /// Who has had a turn since that deadline passed.
    passed_over_by: Vec<TaskId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Polled,
    /// Woken while it is polled.
    PolledAndWoken,
    Waiting,
    Over,
}

type Rule = Result<(), &'static str>;

fn rule(holds: bool, otherwise: &'static str) -> Rule {
    if holds { Ok(()) } else { Err(otherwise) }
}

impl Watched {
    fn see(&mut self, event: &Event, next: Option<&Event>) -> Rule {
        self.see_time(event)?;
        match (event.task, &event.kind) {
            (Some(task), EventKind::Spawned) => self.spawned(task),
            (Some(task), EventKind::Woken { by }) => self.woken(task, *by, next),
            (Some(task), EventKind::Polled) => self.polled(task),
            (Some(task), EventKind::Suspended { on }) => self.suspended(task, on),
            (Some(task), EventKind::Finished | EventKind::Panicked) => {
                rule(
                    self.polled == Some(task),
                    "it ends without a poll of its own",
                )?;
                self.polled = None;
                self.over(task)
            }
            (Some(task), EventKind::Dropped) => {
                rule(
                    self.polled != Some(task),
                    "it is dropped in the middle of its poll",
                )?;
                self.over(task)
            }
            (Some(task), EventKind::Held { .. } | EventKind::Released) => rule(
                self.polled == Some(task),
                "it holds a thread that it does not have",
            ),
            (None, EventKind::Parked { until }) => self.parks(*until),
            (None, EventKind::Unparked) => rule(
                self.parked.take().is_some(),
                "it goes on without having parked",
            ),
            _ => Err("no such event is known"),
        }
    }

    /// Time never goes back, and passes only while a task holds the thread or the loop is parked:
    /// then it jumps to the deadline at once.
    fn see_time(&mut self, event: &Event) -> Rule {
        rule(event.at >= self.now, "time goes back")?;
        match (&event.kind, self.parked) {
            (EventKind::Released, _) => {}
            (EventKind::Unparked, Some(Some(deadline))) => {
                rule(
                    event.at == deadline,
                    "the clock does not jump to the deadline",
                )?;
            }
            _ => rule(event.at == self.now, "time passes on its own")?,
        }
        self.now = event.at;
        Ok(())
    }

    fn spawned(&mut self, task: TaskId) -> Rule {
        rule(task.0 == self.tasks.len(), "its number is not the next one")?;
        self.tasks.push(Task {
            state: State::Ready,
            deadline: None,
            passed_over_by: Vec::new(),
        });
        self.ready.push_back(task);
        Ok(())
    }

    fn woken(&mut self, task: TaskId, by: WokenBy, next: Option<&Event>) -> Rule {
        let now = self.now;
        match by {
            WokenBy::Timer => {
                let due = self.tasks[task.0].deadline.is_some_and(|time| time <= now);
                rule(due, "it is woken before its time")?;
            }
            WokenBy::Task(other) => {
                let knows = self.polled == Some(other) || self.polled_last == Some(other);
                rule(knows, "it is woken by a task that has no turn")?;
            }
            WokenBy::Outside => {}
            WokenBy::Socket => return Err("no program has a socket"),
        }
        let known = &mut self.tasks[task.0];
        known.passed_over_by.clear();
        match known.state {
            State::Polled => {
                known.state = State::PolledAndWoken;
                self.ready.push_back(task);
            }
            State::Waiting => {
                known.state = State::Ready;
                // From outside the loop it was ready before, and the loop finds out with the poll.
                let is_late = next
                    .is_some_and(|next| next.task == Some(task) && next.kind == EventKind::Polled);
                if by == WokenBy::Outside && is_late {
                    self.ready.push_front(task);
                } else {
                    self.ready.push_back(task);
                }
            }
            State::Ready | State::PolledAndWoken => return Err("it is in the queue already"),
            State::Over => return Err("it is woken though it is over"),
        }
        Ok(())
    }

    /// Each has its turn as it became ready, so nobody has two while another waits for one.
    fn polled(&mut self, task: TaskId) -> Rule {
        rule(self.polled.is_none(), "one poll in another")?;
        rule(self.parked.is_none(), "a poll while the loop is parked")?;
        rule(
            self.tasks[task.0].state == State::Ready,
            "it was not woken, or is over",
        )?;
        rule(
            self.ready.pop_front() == Some(task),
            "others were ready before it",
        )?;
        for other in &mut self.tasks {
            let is_due = other.deadline.is_some_and(|deadline| deadline <= self.now);
            if other.state == State::Waiting && is_due {
                let again = other.passed_over_by.contains(&task);
                rule(!again, "it has two turns before a deadline that has passed")?;
                other.passed_over_by.push(task);
            }
        }
        self.tasks[task.0].state = State::Polled;
        self.tasks[task.0].deadline = None;
        self.polled = Some(task);
        self.polled_last = Some(task);
        Ok(())
    }

    fn suspended(&mut self, task: TaskId, on: &[Wait]) -> Rule {
        rule(
            self.polled.take() == Some(task),
            "it has no poll to return from",
        )?;
        let deadline = on.iter().filter_map(|wait| match wait {
            Wait::Until { deadline, .. } => Some(*deadline),
            _ => None,
        });
        let known = &mut self.tasks[task.0];
        known.deadline = deadline.min();
        known.state = match known.state {
            State::PolledAndWoken => State::Ready,
            _ => State::Waiting,
        };
        Ok(())
    }

    fn over(&mut self, task: TaskId) -> Rule {
        let known = &mut self.tasks[task.0];
        rule(known.state != State::Over, "it ends twice")?;
        known.state = State::Over;
        self.ready.retain(|ready| *ready != task);
        Ok(())
    }

    /// The loop parks when nothing is ready, and until the soonest deadline of all: one that
    /// nobody waits for any more does not count.
    fn parks(&mut self, until: Option<Duration>) -> Rule {
        rule(self.polled.is_none(), "it parks in the middle of a poll")?;
        rule(self.ready.is_empty(), "it parks though a task is ready")?;
        let waiting = self
            .tasks
            .iter()
            .filter(|task| task.state == State::Waiting);
        let soonest = waiting.filter_map(|task| task.deadline).min();
        rule(
            until == soonest,
            "it parks until another time than the soonest deadline",
        )?;
        rule(self.parked.is_none(), "it parks twice")?;
        self.parked = Some(until);
        Ok(())
    }
}
