//! What happened, and why, in a sentence or two for somebody who steps through a run.

use super::{Event, EventKind, Hold, Moment, State, Status, TaskId, Trace, Wait, WokenBy, elapsed};
use crate::clock::ClockKind;

impl Trace {
    /// What the event at that place in [`Trace::events`] is about: what happened, why, and what comes
    /// of it.
    ///
    /// ```
    /// use event_loops::demos::waiting;
    ///
    /// let trace = waiting::run(&waiting::Settings { tasks: 1, ..Default::default() });
    /// assert_eq!(trace.why(0), "run_until_complete hands main to the loop. It stands in the ready queue.");
    /// ```
    ///
    /// # Panics
    ///
    /// When the trace has no such event.
    pub fn why(&self, event: usize) -> String {
        let before = event.checked_sub(1).map(|before| self.moment(before));
        let after = self.moment(event);
        let told = Told {
            trace: self,
            place: event,
            event: &self.events[event],
            before: before.as_ref(),
            after: &after,
        };
        told.tell()
    }

    /// What a task does at a moment, in a few words: `sleeping until 3.0 s`.
    pub fn status_in_words(&self, status: &Status) -> String {
        match status {
            Status::NotSpawned => "not there yet".to_string(),
            Status::Ready => "ready, not polled".to_string(),
            Status::Running => "running".to_string(),
            Status::Computing => "computing".to_string(),
            Status::Blocking => "blocking the loop".to_string(),
            Status::Waiting(on) => self.waiting_in_words(on),
            Status::Finished => "done".to_string(),
            Status::Panicked => "panicked".to_string(),
            Status::Dropped => "dropped".to_string(),
        }
    }

    fn waiting_in_words(&self, on: &[Wait]) -> String {
        match on {
            [] => "waiting".to_string(),
            [Wait::Until { deadline, .. }] => format!("sleeping until {}", elapsed(*deadline)),
            [Wait::Task(_), _, ..] if on.iter().all(is_for_a_task) => {
                format!("waiting for {} tasks", on.len())
            }
            _ => format!("waiting {}", self.waits(on)),
        }
    }
}

fn is_for_a_task(wait: &Wait) -> bool {
    matches!(wait, Wait::Task(_))
}

/// One event, between the moments before and after it.
struct Told<'a> {
    trace: &'a Trace,
    place: usize,
    event: &'a Event,
    before: Option<&'a Moment>,
    after: &'a Moment,
}

impl Told<'_> {
    fn tell(&self) -> String {
        let Some(task) = self.event.task else {
            return self.of_the_loop();
        };
        let name = self.trace.name(task);
        match &self.event.kind {
            EventKind::Spawned => self.spawned(name),
            EventKind::Woken { by } => self.woken(task, name, *by),
            EventKind::Polled => self.polled(task, name),
            EventKind::Suspended { on } => self.suspended(name, on),
            EventKind::Held { by, lasts, .. } => {
                let lasts = elapsed(*lasts);
                let how = match by {
                    Hold::Computing => format!("{name} computes for {lasts}"),
                    Hold::Blocking => {
                        format!("{name} waits for {lasts} and keeps the thread: it blocks the loop")
                    }
                };
                format!("{how}.{}", self.held_up())
            }
            EventKind::Released => format!("{name} goes on, in the same poll.{}", self.overslept()),
            EventKind::Noted { text, .. } => format!("{name} prints: {text}"),
            EventKind::SlowPoll { .. } => {
                format!("{name} {}.", self.trace.sentence(self.event))
            }
            EventKind::Finished if task == TaskId::MAIN => format!(
                "{name} comes to its end: its poll returns Ready. When this round of polls is over, so is \
                 run_until_complete."
            ),
            EventKind::Finished => format!(
                "{name} comes to its end: its poll returns Ready, and the loop never polls it again."
            ),
            EventKind::Panicked => {
                format!("{name} panics. That ends this task, and no other.")
            }
            EventKind::Dropped => self.dropped(name),
            EventKind::Parked { .. } | EventKind::Unparked => self.of_the_loop(),
        }
    }

    fn of_the_loop(&self) -> String {
        let clock = elapsed(self.event.at);
        match &self.event.kind {
            EventKind::Parked { until: Some(until) } => {
                let timers = self.after.timers.first();
                let whose = timers.map_or("the next timer is due".to_string(), |(_, task)| {
                    format!("the timer of {} is due", self.trace.name(*task))
                });
                let until = elapsed(*until);
                match self.trace.clock {
                    ClockKind::Virtual => format!(
                        "Nobody is ready: the loop parks until {until}, when {whose}. Its clock is a virtual one, and \
                         jumps there."
                    ),
                    ClockKind::Real => format!(
                        "Nobody is ready: the loop parks until {until}, when {whose}. The thread needs no processor \
                         meanwhile."
                    ),
                }
            }
            EventKind::Parked { until: None } => {
                "Nobody is ready, and no timer is set: the loop parks until somebody outside wakes a task."
                    .to_string()
            }
            EventKind::Unparked => {
                format!("It is {clock}: the loop has the thread again, and looks whose time has come.")
            }
            _ => format!("Outside of any task: {}.", self.trace.sentence(self.event)),
        }
    }

    fn spawned(&self, name: &str) -> String {
        match self.before.and_then(|before| before.polled) {
            Some(parent) => {
                let parent = self.trace.name(parent);
                format!(
                    "{parent} spawns {name}, which goes to the end of the ready queue. None of its code has run yet."
                )
            }
            None if name == "main" => {
                "run_until_complete hands main to the loop. It stands in the ready queue."
                    .to_string()
            }
            None => format!("{name} is spawned, and stands in the ready queue."),
        }
    }

    fn woken(&self, task: TaskId, name: &str, by: WokenBy) -> String {
        let queue = "goes to the end of the ready queue";
        let waited = match self.before.and_then(|before| before.tasks.get(task.0)) {
            Some(standing) => match &standing.status {
                Status::Waiting(on) => on.as_slice(),
                _ => &[],
            },
            None => &[],
        };
        match by {
            WokenBy::Timer => format!(
                "{name} set a timer, and its time has come: the loop wakes {name}, which {queue}."
            ),
            WokenBy::Task(other) if other == task => format!(
                "{name} wakes itself: it wants to go on, but lets the others have their turn first. It {queue}."
            ),
            WokenBy::Task(other) => {
                let by = self.trace.name(other);
                if waited.contains(&Wait::Task(other)) {
                    return format!(
                        "{name} awaits {by}, which has ended: {name} is woken, and {queue}."
                    );
                }
                let what = waited.iter().find_map(|wait| match wait {
                    Wait::For { what, .. } => Some(format!("for {what}")),
                    _ => None,
                });
                match what {
                    Some(what) => format!(
                        "{name} waits {what}, and {by} has seen to it: {by} wakes {name}, which {queue}."
                    ),
                    None => format!("{by} wakes {name}, which {queue}."),
                }
            }
            WokenBy::Socket => format!(
                "The operating system says that the socket of {name} is ready: the loop wakes {name}, which {queue}."
            ),
            WokenBy::Outside => {
                format!("Somebody outside the loop has woken {name}, which {queue}.")
            }
        }
    }

    fn polled(&self, task: TaskId, name: &str) -> String {
        let earlier = self.trace.events[..self.place].iter();
        let mut polls = earlier.filter(|e| e.task == Some(task) && e.kind == EventKind::Polled);
        let how = if polls.next().is_some() {
            "polls it again: it goes on where it was suspended"
        } else {
            "polls it for the first time: its code begins to run"
        };
        let rest = match self.after.ready.len() {
            0 => String::new(),
            1 => " One more task is ready, and has to wait until this poll returns.".to_string(),
            more => {
                format!(" {more} more tasks are ready, and have to wait until this poll returns.")
            }
        };
        format!("The loop takes {name} from the front of the ready queue and {how}.{rest}")
    }

    fn suspended(&self, name: &str, on: &[Wait]) -> String {
        let back = "Its poll returns Pending: the loop has the thread back";
        let [first, ..] = on else {
            return format!("{name} awaits something that is not there yet. {back}.");
        };
        match first {
            Wait::NextTurn { .. } | Wait::Budget { .. } => {
                let why = self.trace.waits(on);
                format!("{name} waits {why}. {back}, and {name} is in the ready queue already.")
            }
            Wait::Until { .. } if on.len() == 1 => {
                let until = self.trace.waits(on);
                format!("{name} sleeps {until}: a timer is set that will wake it. {back}.")
            }
            Wait::Task(_) if on.len() > 1 && on.iter().all(is_for_a_task) => {
                let count = on.len();
                format!("{name} awaits {count} tasks: their end will wake it. {back}.")
            }
            _ if on.len() > 1 => {
                let what = self.trace.waits(on);
                format!("{name} waits {what}: the first of these wakes it. {back}.")
            }
            _ => {
                let what = self.trace.waits(on);
                format!("{name} waits {what}, and has left its waker there. {back}.")
            }
        }
    }

    fn dropped(&self, name: &str) -> String {
        match self.before.and_then(|before| before.polled) {
            Some(other) if self.trace.name(other) != name => {
                let other = self.trace.name(other);
                format!(
                    "{name} is dropped while {other} runs: what comes after its await never happens."
                )
            }
            None if self.main_is_over() => format!(
                "The loop is closed: {name} is dropped, and what comes after its await never happens."
            ),
            _ => format!(
                "{name} is dropped before it has come to its end: what comes after its await never happens."
            ),
        }
    }

    fn main_is_over(&self) -> bool {
        let main = self.after.tasks.get(TaskId::MAIN.0);
        main.is_some_and(|main| main.status.state() == Some(State::Done))
    }

    /// Who can't go on because the thread is held.
    fn held_up(&self) -> String {
        match self.after.ready.as_slice() {
            [] => " Nobody else can be polled meanwhile.".to_string(),
            [one] => format!(
                " {} is ready, and starves meanwhile.",
                self.trace.name(*one)
            ),
            more => format!(" {} tasks are ready, and starve meanwhile.", more.len()),
        }
    }

    /// Whose time has come while the thread was held.
    fn overslept(&self) -> String {
        let due = |(deadline, _): &&(_, TaskId)| *deadline < self.event.at;
        let mut late = self.after.timers.iter().filter(due);
        match (late.next(), late.count()) {
            (None, _) => String::new(),
            (Some((deadline, task)), 0) => format!(
                " The timer of {} was due at {}, and the loop had no chance to look.",
                self.trace.name(*task),
                elapsed(*deadline)
            ),
            (Some(_), more) => format!(
                " {} timers were due meanwhile, and the loop had no chance to look.",
                more + 1
            ),
        }
    }
}
