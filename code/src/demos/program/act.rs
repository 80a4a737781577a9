//! The program, acted out.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::rc::Rc;

use super::{Mode, Outcome, Place, Settings, Source, Step, source};
use crate::mpsc::{Receiver, Sender, channel};
use crate::{
    Deadlock, Event, EventKind, EventLoop, TaskId, block_for, compute_for, gather, note, sleep,
    yield_now,
};

pub(super) fn run(settings: &Settings, mut listener: impl FnMut(&Event) + 'static) -> Outcome {
    let log = Rc::new(Log::of(source(settings)));
    let events = Rc::clone(&log);
    let event_loop = EventLoop::with_clock(settings.clock).on_event(move |event| {
        events.seen.set(events.seen.get() + 1);
        events
            .has_begun_to_poll
            .set(event.kind == EventKind::Polled);
        listener(event);
    });
    let stuck = match settings.mode {
        Mode::Together => {
            let ended = event_loop.try_run_until_complete(together(settings, Rc::clone(&log)));
            ended.err().map(|deadlock| told(&deadlock))
        }
        Mode::Blocking => event_loop.run_until_complete(one_after_the_other(settings, &log)),
    };
    event_loop.close();
    Outcome {
        trace: event_loop.trace(),
        places: log.places.take(),
        stuck,
    }
}

/// What a task is told by another one.
type Letter = ();

/// Who stands at which line.
struct Log {
    source: Source,
    /// How many events have happened.
    seen: Cell<usize>,
    /// Was the last of them the beginning of a poll?
    has_begun_to_poll: Cell<bool>,
    places: RefCell<Vec<Place>>,
}

impl Log {
    fn of(source: Source) -> Self {
        Log {
            source,
            seen: Cell::default(),
            has_begun_to_poll: Cell::default(),
            places: RefCell::default(),
        }
    }

    /// A task comes to a line, and what happens next happens there. Also the beginning of a poll has
    /// let it run to that line.
    fn stands(&self, task: usize, line: usize) {
        let polled = usize::from(self.has_begun_to_poll.get());
        self.places.borrow_mut().push(Place {
            event: self.seen.get() - polled,
            task: TaskId(task),
            line,
        });
    }
}

async fn together(settings: &Settings, log: Rc<Log>) {
    log.stands(0, log.source.calls[0]);
    let (outboxes, inboxes): (Vec<_>, Vec<_>) =
        settings.tasks.iter().map(|_| channel::<Letter>(1)).unzip();
    let parts = settings.tasks.iter().zip(inboxes).enumerate();
    let tasks = parts.map(|(place, (steps, inbox))| {
        let actor = Actor {
            place,
            log: Rc::clone(&log),
        };
        actor.act(steps.clone(), inbox, outboxes.clone())
    });
    let tasks: Vec<_> = tasks.collect();
    // A task that is left keeps the others' boxes: one that waits for a letter waits.
    drop(outboxes);
    let results = gather(tasks)
        .named(|place| format!("task {}", place + 1))
        .await;
    log.stands(0, log.source.errors);
    print_errors(results);
}

/// One task on its way through its steps.
struct Actor {
    place: usize,
    log: Rc<Log>,
}

impl Actor {
    async fn act(
        self,
        steps: Vec<Step>,
        mut inbox: Receiver<Letter>,
        to: Vec<Sender<Letter>>,
    ) -> Result<(), String> {
        for (number, step) in steps.iter().enumerate() {
            self.comes_to(number);
            match step {
                Step::Wait(lasts) => sleep(*lasts).await,
                Step::Compute(lasts) => compute_for(*lasts),
                Step::Block(lasts) => block_for(*lasts),
                Step::Send(receiver) => {
                    let sent = to[receiver - 1].send(()).await;
                    sent.map_err(|error| error.to_string())?;
                }
                Step::Receive => {
                    inbox.recv().await;
                }
                Step::Yield => yield_now().await,
                Step::Print(text) => note(text),
                Step::Fail => return Err("failed".to_string()),
            }
        }
        self.comes_to(steps.len());
        Ok(())
    }

    fn comes_to(&self, step: usize) {
        let line = self.log.source.steps[self.place][step];
        self.log.stands(self.place + 1, line);
    }
}

/// Functions, called in turn. Returns why they came to no end, if so.
async fn one_after_the_other(settings: &Settings, log: &Log) -> Option<String> {
    let mut letters = vec![0_usize; settings.tasks.len()];
    let mut over = vec![false; settings.tasks.len()];
    let mut results = Vec::new();
    for (place, steps) in settings.tasks.iter().enumerate() {
        log.stands(0, log.source.calls[place]);
        let lines = &log.source.steps[place];
        log.stands(0, lines[0]);
        note(format_args!("task {} begins", place + 1));
        let mut result = Ok(());
        for (step, line) in steps.iter().zip(&lines[1..]) {
            log.stands(0, *line);
            match step {
                Step::Wait(lasts) | Step::Block(lasts) => block_for(*lasts),
                Step::Compute(lasts) => compute_for(*lasts),
                Step::Send(receiver) if over[receiver - 1] => {
                    // As the standard library's channel says it.
                    result = Err("sending on a closed channel".to_string());
                }
                Step::Send(receiver) if letters[receiver - 1] == 1 => {
                    return Some(waits(
                        place,
                        format_args!("for room for a message to task {receiver}"),
                    ));
                }
                Step::Send(receiver) => letters[receiver - 1] += 1,
                Step::Receive if letters[place] == 0 => {
                    return Some(waits(place, "for a message"));
                }
                Step::Receive => letters[place] -= 1,
                Step::Yield => {}
                Step::Print(text) => note(text),
                Step::Fail => result = Err("failed".to_string()),
            }
            if result.is_err() {
                break;
            }
        }
        over[place] = true;
        results.push(result);
    }
    log.stands(0, log.source.errors);
    print_errors(results);
    None
}

fn waits(place: usize, what: impl Display) -> String {
    format!(
        "It goes no further: task {} waits {what} and keeps the thread, so nobody else can ever see to it.",
        place + 1
    )
}

fn print_errors(results: Vec<Result<(), String>>) {
    for (number, result) in (1..).zip(results) {
        if let Err(error) = result {
            note(format_args!("task {number}: {error}"));
        }
    }
}

fn told(deadlock: &Deadlock) -> String {
    let stuck = deadlock
        .stuck
        .iter()
        .filter(|stuck| stuck.task != TaskId::MAIN);
    let each = stuck.map(|stuck| {
        let what = stuck.waits_for.as_deref().unwrap_or("something");
        // Without the line, which is one of this file.
        let what = what.split(", at ").next().unwrap_or(what);
        format!("{} waits for {what}", stuck.name)
    });
    let each: Vec<_> = each.collect();
    format!(
        "A deadlock: {}, and nobody is left who could see to it.",
        each.join(", ")
    )
}
