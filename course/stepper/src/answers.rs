//! What the page asks, and what it is told.

use event_loops::{EventKind, SourceLine, State, Status, TaskId, Trace, elapsed};
use std::time::Duration;

use crate::json::Json;
use crate::listing::Listing;
use crate::programs::{self, Chosen, Outcome};
use crate::settings::Bad;

/// More events than this nobody steps through.
const MOST_EVENTS: usize = 2_000;

/// Runs that are looked at: two, so that they can stand beside each other.
#[derive(Default)]
pub struct Stepper {
    slots: [Option<Run>; 2],
}

/// A program, and what came of it.
struct Run {
    chosen: Chosen,
    outcome: Outcome,
    listing: Listing,
}

impl Stepper {
    /// Answers a question. Whatever it asks, there is an answer: a bad one is told what is wrong, as
    /// `{"error":"…"}`.
    ///
    /// | question | answer |
    /// | --- | --- |
    /// | `programs` | all programs, with their settings |
    /// | `fields SETTINGS` | what can be set, to make a form of |
    /// | `run SLOT SETTINGS` | runs it: totals, tasks, events, source |
    /// | `draw SLOT TOTAL ID` | the picture, SVG, on an axis of so many nanoseconds, with ids that begin with ID |
    /// | `moment SLOT EVENT` | the loop right after that event, counted from 0 |
    ///
    /// ```
    /// let mut stepper = stepper::Stepper::default();
    /// let run = stepper.answer("run 0 waiting?tasks=2");
    /// assert!(run.starts_with(r#"{"settings":"waiting?tasks=2&wait=3s&mode=together""#), "{run}");
    /// assert!(stepper.answer("moment 0 0").contains(r#""ready":[0]"#));
    /// assert!(stepper.answer("run 0 waiting?tasks=many").starts_with(r#"{"error":"choose a whole number"#));
    /// ```
    pub fn answer(&mut self, question: &str) -> String {
        self.try_answer(question).unwrap_or_else(|bad| {
            let mut json = Json::default();
            json.object(|json| {
                json.text_member("error", &bad.line);
                if let Some(field) = bad.field {
                    json.text_member("field", field);
                }
            });
            json.finish()
        })
    }

    fn try_answer(&mut self, question: &str) -> Result<String, Bad> {
        let (what, rest) = question.split_once(' ').unwrap_or((question, ""));
        match what {
            "programs" => Ok(all_programs()),
            "fields" => Ok(fields(&programs::read(rest)?)),
            "run" => {
                let (slot, settings) = rest.split_once(' ').unwrap_or((rest, ""));
                let slot = slot_number(slot)?;
                let run = Run::of(programs::read(settings)?);
                Ok(self.slots[slot].insert(run).told())
            }
            "draw" => {
                let [slot, total, id] = words(rest)?;
                let total = total.parse().map_err(|_| not_asked_so())?;
                let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
                if !id.chars().all(is_plain) {
                    return Err(not_asked_so());
                }
                Ok(self.run(slot)?.drawn(Duration::from_nanos(total), id))
            }
            "moment" => {
                let [slot, event] = words(rest)?;
                let event = event.parse().map_err(|_| not_asked_so())?;
                self.run(slot)?.moment(event)
            }
            _ => Err(not_asked_so()),
        }
    }

    fn run(&self, slot: &str) -> Result<&Run, Bad> {
        let run = self.slots[slot_number(slot)?].as_ref();
        run.ok_or_else(|| Bad::new("nothing has been run there yet"))
    }
}

fn words<const N: usize>(text: &str) -> Result<[&str; N], Bad> {
    let words: Vec<_> = text.split(' ').collect();
    words.try_into().map_err(|_| not_asked_so())
}

fn slot_number(text: &str) -> Result<usize, Bad> {
    match text {
        "0" => Ok(0),
        "1" => Ok(1),
        _ => Err(not_asked_so()),
    }
}

fn not_asked_so() -> Bad {
    Bad::new("this question is not one of: programs, fields, run, draw, moment")
}

fn all_programs() -> String {
    let mut json = Json::default();
    json.list(programs::all(), |json, (settings, label)| {
        json.object(|json| {
            json.text_member("settings", &settings);
            json.text_member("label", label);
        });
    });
    json.finish()
}

fn fields(chosen: &Chosen) -> String {
    let mut json = Json::default();
    json.list(chosen.program.fields(), |json, field| field.write(json));
    json.finish()
}

impl Run {
    fn of(chosen: Chosen) -> Self {
        Run {
            outcome: chosen.program.run(),
            listing: chosen.program.listing(),
            chosen,
        }
    }

    fn trace(&self) -> &Trace {
        &self.outcome.trace
    }

    /// How many events the page is told of.
    fn events(&self) -> usize {
        self.trace().events.len().min(MOST_EVENTS)
    }

    fn told(&self) -> String {
        let (trace, program) = (self.trace(), &self.chosen.program);
        let (total, idle) = (trace.total(), trace.idle());
        let mut json = Json::default();
        json.object(|json| {
            json.text_member("settings", &self.chosen.settings());
            json.text_member("name", program.name());
            json.text_member(
                "words",
                &format!(
                    "{} in all, {} of them with nothing to do",
                    elapsed(total),
                    elapsed(idle)
                ),
            );
            json.text_member("command", &self.chosen.command());
            json.member("beside", |json| {
                json.text_or_null(self.chosen.other().as_deref());
            });
            json.number_member("total", Some(nanos(total)));
            json.number_member("idle", Some(nanos(idle)));
            json.member("tasks", |json| {
                json.list(&trace.tasks, |json, task| {
                    json.object(|json| json.text_member("name", &task.name));
                });
            });
            json.member("events", |json| {
                json.list(0..self.events(), |json, place| self.event(json, place));
            });
            json.member("listing", |json| self.listing.write(json));
            json.member("cut", |json| json.text_or_null(self.cut().as_deref()));
            json.member("deadlock", |json| {
                json.text_or_null(self.outcome.deadlock.as_deref());
            });
        });
        json.finish()
    }

    fn cut(&self) -> Option<String> {
        let all = self.trace().events.len();
        (all > MOST_EVENTS).then(|| {
            format!("These are the first {MOST_EVENTS} of {all} events: set less, to step through all of them.")
        })
    }

    fn event(&self, json: &mut Json, place: usize) {
        let event = &self.trace().events[place];
        json.object(|json| {
            json.number_member("at", Some(nanos(event.at)));
            json.text_member("clock", &elapsed(event.at));
            json.number_member("task", event.task.map(|task| task.0));
            json.text_member("kind", kind(&event.kind));
            json.text_member("sentence", &self.sentence(place));
        });
    }

    fn sentence(&self, place: usize) -> String {
        let (trace, event) = (self.trace(), &self.trace().events[place]);
        let who = event.task.map_or("the loop", |task| trace.name(task));
        format!("{who} {}", trace.sentence(event))
    }

    fn drawn(&self, total: Duration, id: &str) -> String {
        let mut timeline = self.trace().drawn();
        timeline.total = timeline.total.max(total);
        timeline.to_svg_with_id(id)
    }

    fn moment(&self, place: usize) -> Result<String, Bad> {
        let count = self.events();
        if place >= count {
            return Err(Bad::new(format!(
                "there is no event {place}: there are {count}"
            )));
        }
        let trace = self.trace();
        let moment = trace.moment(place);
        let who = trace.events[place].task;
        let mut json = Json::default();
        json.object(|json| {
            json.number_member("at", Some(nanos(moment.at)));
            json.text_member("clock", &elapsed(moment.at));
            json.text_member("now", &self.sentence(place));
            json.text_member("why", &trace.why(place));
            json.number_member("polled", moment.polled.map(|task| task.0));
            json.member("ready", |json| {
                json.list(&moment.ready, |json, task| json.number(Some(task.0)));
            });
            json.member("timers", |json| {
                json.list(&moment.timers, |json, (at, task)| {
                    json.object(|json| {
                        json.number_member("task", Some(task.0));
                        json.text_member("at", &elapsed(*at));
                    });
                });
            });
            let loops = match (moment.polled, moment.parked) {
                (Some(task), _) => format!("polling {}", trace.name(task)),
                (None, Some(Some(until))) => format!("parked until {}", elapsed(until)),
                (None, Some(None)) => "parked".to_string(),
                (None, None) => "between two polls".to_string(),
            };
            json.text_member("loop", &loops);
            json.member("tasks", |json| {
                json.list(
                    moment.tasks.iter().zip(&trace.tasks),
                    |json, (standing, task)| {
                        json.object(|json| {
                            json.text_member("status", status(&standing.status));
                            json.text_member("words", &trace.status_in_words(&standing.status));
                            json.number_member(
                                "line",
                                self.line(place, task.id, standing.line, &standing.status),
                            );
                        });
                    },
                );
            });
            let now = who.map(|task| (task, &moment.tasks[task.0]));
            json.number_member(
                "line",
                now.and_then(|(task, standing)| {
                    self.line(place, task, standing.line, &Status::Running)
                }),
            );
            json.member("printed", |json| {
                let printed = trace.events[..=place]
                    .iter()
                    .filter_map(|event| match &event.kind {
                        EventKind::Noted { text, .. } => Some((event.at, text)),
                        _ => None,
                    });
                json.list(printed, |json, (at, text)| {
                    json.text(&format!("{:>7}  {text}", elapsed(at)));
                });
            });
        });
        Ok(json.finish())
    }

    /// Where in the listing a task stands after that event; nowhere once it is over.
    fn line(
        &self,
        place: usize,
        task: TaskId,
        line: Option<SourceLine>,
        status: &Status,
    ) -> Option<usize> {
        if status.state().is_none_or(|state| state == State::Done) {
            return None;
        }
        if self.outcome.places.is_empty() {
            let line = line.filter(|line| line.file_name() == self.listing.file)?;
            return usize::try_from(line.line()).ok();
        }
        let places = self.outcome.places.iter().rev();
        let mut until_now = places.filter(|(event, other, _)| *event <= place && *other == task.0);
        until_now.next().map(|(.., line)| *line)
    }
}

fn kind(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Spawned => "spawned",
        EventKind::Woken { .. } => "woken",
        EventKind::Polled => "polled",
        EventKind::Suspended { .. } => "suspended",
        EventKind::Held { .. } => "held",
        EventKind::Released => "released",
        EventKind::Noted { .. } => "noted",
        EventKind::SlowPoll { .. } => "slow",
        EventKind::Finished => "finished",
        EventKind::Panicked => "panicked",
        EventKind::Dropped => "dropped",
        EventKind::Parked { .. } => "parked",
        EventKind::Unparked => "unparked",
    }
}

fn status(status: &Status) -> &'static str {
    match status {
        Status::NotSpawned => "new",
        Status::Ready => "ready",
        Status::Running => "running",
        Status::Computing => "computing",
        Status::Blocking => "blocking",
        Status::Waiting(on)
            if on
                .iter()
                .any(|wait| matches!(wait, event_loops::Wait::Until { .. })) =>
        {
            "sleeping"
        }
        Status::Waiting(_) => "waiting",
        Status::Finished => "done",
        Status::Panicked => "panicked",
        Status::Dropped => "dropped",
    }
}

/// 64 bits of nanoseconds are 584 years.
fn nanos(time: Duration) -> u64 {
    time.as_secs() * 1_000_000_000 + u64::from(time.subsec_nanos())
}
