//! What each step waits for, and what it gives when that has come.

use super::bodies::{Body, Doing, Step, Turn};
use super::places::{Shared, is_in};
use super::{Group, Oracle, Timer};
use crate::story::{Joined, Outcome, What};

impl<'p> Oracle<'p> {
    /// Looks whether a step can end now. Whoever is woken looks, whatever woke it.
    pub fn advance(&mut self, doing: &mut Doing<'p>) -> Step<'p> {
        match doing {
            Doing::NextTurn { had: true } => Step::Done(Outcome::Done),
            Doing::NextTurn { had } => {
                *had = true;
                self.call(self.me());
                Step::Waits
            }
            Doing::Sleep { from, until, timer } => {
                let outcome = Outcome::Slept {
                    from: *from,
                    lasts: *until - *from,
                };
                if self.is_past(*until, timer) {
                    Step::Done(outcome)
                } else {
                    Step::Waits
                }
            }
            Doing::Forever => Step::Waits,
            Doing::Join { task, place } => match self.tasks[*task].end {
                Some(end) => {
                    if let Some(place) = *place {
                        self.handles[place].is_there = false;
                        self.handles[place].is_awaited = false;
                    }
                    Step::Done(Outcome::Joined(*task, end))
                }
                None => {
                    self.tasks[*task].awaited_by = Some(self.me());
                    Step::Waits
                }
            },
            // First the future, then the time.
            Doing::Timeout { until, timer, body } => match self.go_on(body) {
                Turn::Over => {
                    self.drop_timer(timer);
                    Step::Done(Outcome::InTime(body.number))
                }
                Turn::Panics => Step::Panics,
                Turn::Waits if self.is_past(*until, timer) => {
                    self.drop_body(body);
                    Step::Done(Outcome::Elapsed)
                }
                Turn::Waits => Step::Waits,
            },
            Doing::Two {
                is_race: true,
                bodies,
            } => self.advance_race(bodies),
            Doing::Two { bodies, .. } => self.advance_both(bodies),
            Doing::Gather { group, numbers } => {
                let tasks = &self.groups[*group].tasks;
                let ends = || tasks.iter().map(|&task| self.tasks[task].end);
                if ends().any(|end| end.is_some_and(|end| !matches!(end, Joined::Result(_)))) {
                    Step::Panics
                } else if ends().all(|end| end.is_some()) {
                    Step::Done(Outcome::All(std::mem::take(numbers)))
                } else {
                    self.await_all(*group);
                    Step::Waits
                }
            }
            Doing::Scope { group, body } => {
                if !body.is_gone {
                    match self.go_on(body) {
                        Turn::Waits => return Step::Waits,
                        Turn::Panics => return Step::Panics,
                        Turn::Over => {}
                    }
                }
                if self.are_over(*group) {
                    Step::Done(Outcome::All(vec![body.number]))
                } else {
                    self.await_all(*group);
                    Step::Waits
                }
            }

            Doing::Receive(channel) => {
                let channel = *channel;
                let message = self.channels[channel].messages.pop_front();
                if message.is_some() {
                    let next = self.channels[channel].room.give_back();
                    self.call_any(next.map(|(_, task)| task));
                } else if self.channels[channel].senders > 0 {
                    self.channels[channel].receiving = Some(self.me());
                    return Step::Waits;
                }
                self.channels[channel].receiving = None;
                self.channels[channel].receiver_is_free = true;
                Step::Done(Outcome::Received(message))
            }
            Doing::AwaitTold(number) => {
                let me = self.me();
                let letter = &mut self.letters[*number];
                let message = letter.message.take();
                if message.is_none() && letter.sender_is_there {
                    letter.receiving = Some(me);
                    return Step::Waits;
                }
                letter.receiving = None;
                letter.receiver_is_there = false;
                Step::Done(Outcome::Received(message))
            }
            Doing::Queue { of, ticket, then } => {
                if let Shared::Room(channel, message) = *of
                    && self.channels[channel].room.is_closed
                {
                    self.drop_sender(channel);
                    return Step::Done(Outcome::Refused(message));
                }
                if !self.has_place(*of, ticket) {
                    return Step::Waits;
                }
                let Some((place, steps)) = *then else {
                    return Step::Done(self.use_up(*of));
                };
                self.tell(What::Holds(place.0, place.1));
                Step::Does(Doing::Hold {
                    of: *of,
                    body: self.make(steps),
                })
            }
            Doing::Hold { of, body } => match self.go_on(body) {
                Turn::Waits => Step::Waits,
                Turn::Over => Step::Done(self.use_up(*of)),
                Turn::Panics => Step::Panics,
            },
            Doing::Notified { ticket: None } if self.bell.is_rung => {
                self.bell.is_rung = false;
                Step::Done(Outcome::Done)
            }
            Doing::Notified {
                ticket: ticket @ None,
            } => {
                let number = self.number();
                *ticket = Some(number);
                self.bell.waiting.push_back((number, self.me()));
                Step::Waits
            }
            Doing::Notified {
                ticket: Some(number),
            } => {
                if is_in(&self.bell.waiting, *number) {
                    return Step::Waits;
                }
                self.bell.called.retain(|called| called != number);
                Step::Done(Outcome::Done)
            }
        }
    }

    /// The first is looked at first. When it is over, the second has no turn; whichever is over,
    /// the other is dropped.
    fn advance_race(&mut self, [a, b]: &mut [Body<'p>; 2]) -> Step<'p> {
        match self.go_on(a) {
            Turn::Panics => return Step::Panics,
            Turn::Over => {
                self.drop_body(b);
                return Step::Done(Outcome::First(a.number));
            }
            Turn::Waits => {}
        }
        match self.go_on(b) {
            Turn::Panics => Step::Panics,
            Turn::Over => {
                self.drop_body(a);
                Step::Done(Outcome::First(b.number))
            }
            Turn::Waits => Step::Waits,
        }
    }

    /// Each is looked at until it is over.
    fn advance_both(&mut self, bodies: &mut [Body<'p>; 2]) -> Step<'p> {
        for body in bodies.iter_mut().filter(|body| !body.is_gone) {
            if let Turn::Panics = self.go_on(body) {
                return Step::Panics;
            }
        }
        match bodies {
            [a, b] if a.is_gone && b.is_gone => Step::Done(Outcome::All(vec![a.number, b.number])),
            _ => Step::Waits,
        }
    }

    pub fn await_all(&mut self, group: usize) {
        let Group {
            tasks,
            is_awaited,
            said,
            ..
        } = &mut self.groups[group];
        *is_awaited = true;
        *said = tasks.clone();
        said.retain(|&task| self.tasks[task].end.is_none());
    }

    /// Aborts the tasks of a gather or a scope that are not over, as they were spawned.
    pub fn abort_all(&mut self, group: usize) {
        self.groups[group].is_awaited = false;
        for task in self.groups[group].tasks.clone() {
            self.abort(task);
        }
    }

    /// Has a deadline passed? If not, it is on the list of timers from now on.
    pub fn is_past(&mut self, until: u64, timer: &mut Option<Timer>) -> bool {
        if self.now >= until {
            self.drop_timer(timer);
            return true;
        }
        if timer.is_none() {
            let key = (until, self.number());
            self.timers.insert(key, self.me());
            *timer = Some(key);
        }
        false
    }

    pub fn drop_timer(&mut self, timer: &mut Option<Timer>) {
        if let Some(key) = timer.take() {
            self.timers.remove(&key);
        }
    }
}
