//! A future as the oracle sees it: steps, how far it has got, and what it is in the middle of.

use event_loops::Awaited;

use super::places::{Shared, leave};
use super::{Oracle, Timer};
use crate::program::{self, Op};
use crate::story::{On, Outcome, What};

/// What a future has still to do: a task's, or one inside a step.
pub struct Body<'p> {
    pub number: usize,
    steps: &'p [Op],
    next: usize,
    /// The step that it is in the middle of.
    doing: Option<Box<Doing<'p>>>,
    /// What it does when it is dropped.
    pub at_the_end: Vec<&'p Op>,
    /// It is over, or was dropped before.
    pub is_gone: bool,
}

/// What came of a turn.
pub enum Turn {
    Waits,
    Over,
    Panics,
}

/// A step that has begun and may have to wait.
pub enum Doing<'p> {
    NextTurn {
        had: bool,
    },
    Sleep {
        from: u64,
        until: u64,
        timer: Option<Timer>,
    },
    Forever,
    /// Its handle has a place on the list, or goes with the wait.
    Join {
        task: usize,
        place: Option<usize>,
    },
    Timeout {
        until: u64,
        timer: Option<Timer>,
        body: Body<'p>,
    },
    /// Two futures in one task.
    Two {
        is_race: bool,
        bodies: [Body<'p>; 2],
    },
    Gather {
        group: usize,
        numbers: Vec<usize>,
    },
    Scope {
        group: usize,
        body: Body<'p>,
    },
    Receive(usize),
    AwaitTold(usize),
    Queue {
        of: Shared,
        ticket: Option<usize>,
        then: Then<'p>,
    },
    Hold {
        of: Shared,
        body: Body<'p>,
    },
    Notified {
        ticket: Option<usize>,
    },
}

/// What is to be done with a place in hand, and which step of which body that is.
pub type Then<'p> = Option<((usize, usize), &'p program::Body)>;

/// What came of looking at a step.
pub enum Step<'p> {
    Does(Doing<'p>),
    Waits,
    Done(Outcome),
    Panics,
}

impl<'p> Oracle<'p> {
    pub fn make(&mut self, steps: &'p program::Body) -> Body<'p> {
        self.bodies += 1;
        Body {
            number: self.bodies - 1,
            steps,
            next: 0,
            doing: None,
            at_the_end: Vec::new(),
            is_gone: false,
        }
    }

    /// Takes a future as far as it gets.
    pub fn go_on(&mut self, body: &mut Body<'p>) -> Turn {
        while let Some(op) = body.steps.get(body.next) {
            let step = match (op, &mut body.doing) {
                (_, Some(doing)) => self.advance(doing),
                (Op::OnDrop(op), None) => {
                    body.at_the_end.push(op);
                    Step::Done(Outcome::Done)
                }
                (op, None) => self.begin(op, (body.number, body.next)),
            };
            match step {
                Step::Does(doing) => body.doing = Some(Box::new(doing)),
                Step::Waits => return Turn::Waits,
                Step::Done(outcome) => {
                    body.doing = None;
                    self.tell(What::Did(body.number, body.next, outcome));
                    body.next += 1;
                }
                Step::Panics => {
                    self.drop_body(body);
                    return Turn::Panics;
                }
            }
        }
        self.drop_body(body);
        Turn::Over
    }

    /// Drops a future where it is suspended: what it waits for first, then what it has.
    pub fn drop_body(&mut self, body: &mut Body<'p>) {
        if let Some(doing) = body.doing.take() {
            self.drop_doing(*doing);
        }
        for op in std::mem::take(&mut body.at_the_end) {
            self.begin(op, (body.number, body.next)); // none of these waits
        }
        if !std::mem::replace(&mut body.is_gone, true) {
            self.tell(What::Gone(body.number));
        }
    }

    /// Leaves no deadline and no place in a queue behind, and gives back what it has.
    fn drop_doing(&mut self, doing: Doing<'p>) {
        match doing {
            Doing::NextTurn { .. } | Doing::Forever => {}
            Doing::Sleep { mut timer, .. } => self.drop_timer(&mut timer),
            // On the list the handle stays, and will wake whoever polled it last.
            Doing::Join { task, place } => match place {
                Some(place) => self.handles[place].is_awaited = false,
                None => self.tasks[task].awaited_by = None,
            },
            Doing::Timeout {
                mut timer,
                mut body,
                ..
            } => {
                self.drop_timer(&mut timer);
                self.drop_body(&mut body);
            }
            // The last first, as a function drops its variables.
            Doing::Two { mut bodies, .. } => {
                bodies
                    .iter_mut()
                    .rev()
                    .for_each(|body| self.drop_body(body));
            }
            Doing::Gather { group, .. } => self.abort_all(group),
            Doing::Scope { group, mut body } => {
                self.groups[group].is_awaited = false;
                self.drop_body(&mut body);
                self.abort_all(group);
            }
            Doing::Receive(channel) => {
                self.channels[channel].receiving = None;
                self.channels[channel].receiver_is_free = true;
            }
            // As a handle, it still wakes whoever polled it last.
            Doing::AwaitTold(number) => self.letters[number].receiver_is_free = true,
            Doing::Queue { of, ticket, .. } => self.leave(of, ticket),
            Doing::Hold { of, mut body } => {
                self.drop_body(&mut body);
                self.give_back_unused(of);
            }
            Doing::Notified { ticket: None } => {}
            Doing::Notified {
                ticket: Some(number),
            } => {
                leave(&mut self.bell.waiting, number);
                if self.bell.called.contains(&number) {
                    self.bell.called.retain(|&called| called != number);
                    self.notify_one(); // somebody else has to have it
                }
            }
        }
    }

    /// What a suspended future waits for: inner things first.
    pub fn waits(&self, body: &Body<'p>, waits: &mut Vec<On>) {
        let Some(doing) = &body.doing else {
            return;
        };
        let on = match &**doing {
            Doing::Forever => return,
            Doing::Two { bodies, .. } => {
                return bodies.iter().for_each(|body| self.waits(body, waits));
            }
            Doing::Hold { body, .. } => return self.waits(body, waits),
            Doing::Scope { body, .. } if !body.is_gone => return self.waits(body, waits),
            Doing::Gather { group, .. } | Doing::Scope { group, .. } => {
                return waits.extend(self.groups[*group].said.iter().copied().map(On::Task));
            }
            Doing::Timeout { until, body, .. } => {
                self.waits(body, waits);
                On::Until(*until)
            }
            Doing::Sleep { until, .. } => On::Until(*until),
            Doing::NextTurn { .. } => On::NextTurn,
            Doing::Join { task, .. } => On::Task(*task),
            Doing::Receive(_) | Doing::AwaitTold(_) => On::For(Awaited::Message),
            Doing::Notified { .. } => On::For(Awaited::Notification),
            Doing::Queue { of, .. } => On::For(match of {
                Shared::Lock => Awaited::Lock,
                Shared::Permits => Awaited::Permit,
                Shared::Room(..) => Awaited::Room,
            }),
        };
        waits.push(on);
    }
}
