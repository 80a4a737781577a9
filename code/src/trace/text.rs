//! A trace in words, and as a picture made of characters.

use std::fmt;
use std::time::Duration;

use super::axis::nanos;
use super::{
    Event, EventKind, Hold, Lane, PollEdge, Segment, State, TaskId, Timeline, Trace, Wait, WokenBy,
};

/// The width of a text timeline's bar, in characters: with the names it fits a page of 80.
const WIDTH: u32 = 60;

/// One event a line: the time, the task, what happened.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.name_width();
        for event in &self.events {
            let who = event.task.map_or("loop", |task| self.name(task));
            let at = elapsed(event.at);
            writeln!(f, "{at:>10}  {who:<width$}  {}", self.sentence(event))?;
        }
        Ok(())
    }
}

impl Trace {
    /// One event in words, without its time and its task.
    pub fn sentence(&self, event: &Event) -> String {
        match &event.kind {
            EventKind::Spawned => "is spawned".to_string(),
            EventKind::Woken { by } => match by {
                WokenBy::Timer => "is woken: its time has come".to_string(),
                WokenBy::Task(task) if event.task == Some(*task) => "wakes itself".to_string(),
                WokenBy::Task(task) => format!("is woken by {}", self.name(*task)),
                WokenBy::Socket => "is woken: its socket is ready".to_string(),
                WokenBy::Outside => "is woken from outside the loop".to_string(),
            },
            EventKind::Polled => "is polled".to_string(),
            EventKind::Suspended { on } if on.is_empty() => "is suspended".to_string(),
            EventKind::Suspended { on } => {
                format!("is suspended: waits {}", self.waits(on))
            }
            EventKind::Held {
                by: Hold::Computing,
                lasts,
                ..
            } => {
                format!("computes for {}", elapsed(*lasts))
            }
            EventKind::Held {
                by: Hold::Blocking,
                lasts,
                ..
            } => {
                format!("blocks the loop for {}", elapsed(*lasts))
            }
            EventKind::Released => "goes on".to_string(),
            EventKind::Noted { text, .. } => format!("says: {text}"),
            EventKind::SlowPoll { lasts, from, to } => format!(
                "has held the loop for {}, from {} to {}",
                elapsed(*lasts),
                self.edge(event.task, from),
                self.edge(event.task, to)
            ),
            EventKind::Finished => "finishes".to_string(),
            EventKind::Panicked => "panics".to_string(),
            EventKind::Dropped => "is dropped before it has finished".to_string(),
            EventKind::Parked { until: Some(until) } => {
                format!("has nothing to do until {}", elapsed(*until))
            }
            EventKind::Parked { until: None } => "has nothing to do until it is woken".to_string(),
            EventKind::Unparked => "goes on".to_string(),
        }
    }

    /// What a task waits for. Only the first of many is named: a gather waits for all its tasks.
    pub(super) fn waits(&self, on: &[Wait]) -> String {
        let Some((first, more)) = on.split_first() else {
            return String::new();
        };
        let first = match first {
            Wait::Until { deadline, .. } => format!("until {}", elapsed(*deadline)),
            Wait::Task(task) => format!("for the end of {}", self.name(*task)),
            Wait::For { what, .. } => format!("for {what}"),
            Wait::Socket { interest, .. } => format!("for {interest}"),
            Wait::BlockingJob { .. } => "for a blocking job".to_string(),
            Wait::NextTurn { .. } => "for its next turn".to_string(),
            Wait::Budget { .. } => "for its next turn: its budget is used up".to_string(),
        };
        if more.is_empty() {
            first
        } else {
            format!("{first} and {} more", more.len())
        }
    }

    /// A place in a task's program.
    fn edge(&self, task: Option<TaskId>, edge: &PollEdge) -> String {
        let wait = match edge {
            PollEdge::Start => {
                let record = task.and_then(|task| self.tasks.get(task.0));
                return record.map_or("its start".to_string(), |record| {
                    format!("its start (spawned at {})", record.spawned_at)
                });
            }
            PollEdge::End => return "its end".to_string(),
            PollEdge::OtherAwait => return "an await of something that is not ours".to_string(),
            PollEdge::Await(wait) => wait,
        };
        match wait {
            Wait::Until { line, .. } => format!("the sleep at {line}"),
            Wait::Task(task) => format!("the await of {}", self.name(*task)),
            Wait::For { what, line } => format!("the await of {what} at {line}"),
            Wait::Socket { interest, line } => format!("the await of {interest} at {line}"),
            Wait::BlockingJob { line } => format!("the await of a blocking job at {line}"),
            Wait::NextTurn { line } => format!("the yield at {line}"),
            Wait::Budget { line: Some(line) } => format!("the end of its budget at {line}"),
            Wait::Budget { line: None } => "the end of its budget".to_string(),
        }
    }

    /// The lanes as text: one line a lane, time to the right, a legend below.
    ///
    /// ```
    /// use event_loops::{EventLoop, gather, sleep};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock().with_trace();
    /// let calls = [sleep(Duration::from_secs(1)), sleep(Duration::from_secs(2))];
    /// event_loop.run_until_complete(gather(calls));
    /// print!("{}", event_loop.trace().timeline());
    /// ```
    pub fn timeline(&self) -> String {
        timeline(&self.drawn())
    }

    fn name_width(&self) -> usize {
        self.tasks
            .iter()
            .map(|task| task.name.chars().count())
            .max()
            .unwrap_or(0)
            .max(4)
    }
}

pub(super) fn timeline(timeline: &Timeline) -> String {
    let Timeline {
        subject,
        lanes,
        total,
        ..
    } = timeline;
    let names = lanes.iter().map(|lane| lane.name.chars().count());
    let width = names.max().unwrap_or(0).max(4);
    let bars: Vec<_> = lanes.iter().map(|lane| bar(lane, *total)).collect();
    let mut lines = Vec::new();
    for (lane, bar) in lanes.iter().zip(&bars) {
        lines.push(format!("{:<width$}  {bar}", lane.name));
    }
    let (end, room) = (elapsed(*total), WIDTH as usize - 1);
    lines.push(format!("{:width$}  0{end:>room$}", ""));
    let seen = |state: &State| bars.iter().any(|bar| bar.contains(character(*state)));
    let legend: Vec<_> = State::ALL
        .into_iter()
        .filter(|state| *state != State::Done && seen(state))
        .map(|state| format!("{} {}", character(state), subject.word(state)))
        .collect();
    lines.push(format!("{:width$}  {}", "", legend.join("   ")));
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// Each character shows the state in which the lane was for most of that character's time. What
/// was too short for that is in the list of events.
fn bar(lane: &Lane, total: Duration) -> String {
    let (cells, total) = (u128::from(WIDTH), total.as_nanos());
    let state_at = |cell: u128| {
        let (from, to) = (total * cell, total * (cell + 1));
        let overlap = |segment: &&Segment| {
            let begin = from.max(segment.from.as_nanos() * cells);
            to.min(segment.to.as_nanos() * cells).saturating_sub(begin)
        };
        lane.segments
            .iter()
            .filter(|s| overlap(s) > 0)
            .max_by_key(overlap)
    };
    let cells = (0..cells).map(|cell| state_at(cell).map_or(' ', |s| character(s.state)));
    cells.collect()
}

fn character(state: State) -> char {
    match state {
        State::Running => '█',
        State::Ready => '?',
        State::Waiting => '·',
        State::Blocking => 'X',
        State::Done => ' ',
    }
}

/// A time as people say it.
///
/// ```
/// use event_loops::elapsed;
/// use std::time::Duration;
///
/// assert_eq!(elapsed(Duration::from_secs(3)), "3.0 s");
/// assert_eq!(elapsed(Duration::from_micros(12_500)), "12.5 ms");
/// assert_eq!(elapsed(Duration::from_secs(80 * 60)), "80 min");
/// ```
pub fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    let whole = time.subsec_nanos() == 0;
    if seconds >= 60 && whole && seconds.is_multiple_of(60) {
        let minutes = seconds / 60;
        return format!("{minutes} min");
    }
    if time < Duration::from_micros(1) && !time.is_zero() {
        return format!("{} ns", time.subsec_nanos());
    }
    if time < Duration::from_millis(1) && !time.is_zero() {
        return format!("{} µs", time.subsec_micros());
    }
    if time < Duration::from_secs(1) && !time.is_zero() {
        let millis = decimal((u64::from(time.subsec_nanos()) + 500) / 1_000);
        return format!("{} ms", millis.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = decimal(nanos(time).saturating_add(500_000) / 1_000_000);
    let text = text.trim_end_matches('0');
    if text.ends_with('.') {
        format!("{text}0 s")
    } else {
        format!("{text} s")
    }
}

/// A number of thousandths, as `3.000`.
fn decimal(thousandths: u64) -> String {
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}
