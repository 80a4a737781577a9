//! How each step begins, and what those give that need not wait.

use super::bodies::{Body, Doing, Step, Then};
use super::places::Shared;
use super::{Group, Handle, Oracle};
use crate::program::Op;
use crate::story::{Outcome, What};

impl<'p> Oracle<'p> {
    /// A step that waits for nothing, or the beginning of one that may.
    pub fn begin(&mut self, op: &'p Op, place: (usize, usize)) -> Step<'p> {
        match op {
            Op::Yield => Step::Does(Doing::NextTurn { had: false }),
            Op::Sleep(time) => Step::Does(Doing::Sleep {
                from: self.now,
                until: self.now + time,
                timer: None,
            }),
            Op::Compute(time) => {
                self.tell(What::Held(self.me(), *time));
                self.now += time;
                self.tell(What::Released(self.me()));
                Step::Done(Outcome::Done)
            }
            Op::Panic => Step::Panics,
            Op::Forever => Step::Does(Doing::Forever),

            Op::Spawn(steps) => {
                let body = self.make(steps);
                let task = self.spawn(body, None);
                self.keep_handle(task);
                Step::Done(Outcome::Spawned(task))
            }
            Op::Call(steps) => {
                let body = self.make(steps);
                let task = self.spawn(body, None);
                Step::Does(Doing::Join { task, place: None })
            }
            Op::Join(number) => match self.handle(*number) {
                Some(handle) if !handle.is_awaited && Some(handle.task) != self.current => {
                    self.handles[handle.place].is_awaited = true;
                    Step::Does(Doing::Join {
                        task: handle.task,
                        place: Some(handle.place),
                    })
                }
                _ => Step::Done(Outcome::Nothing),
            },
            Op::Abort(number) => self.with(self.handle(*number), |oracle, handle| {
                oracle.abort(handle.task);
            }),
            Op::Detach(number) => {
                let handle = self.handle(*number).filter(|handle| !handle.is_awaited);
                self.with(handle, |oracle, handle| {
                    oracle.handles[handle.place].is_there = false;
                    oracle.tasks[handle.task].awaited_by = None;
                })
            }

            Op::Timeout(time, steps) => Step::Does(Doing::Timeout {
                until: self.now + time,
                timer: None,
                body: self.make(steps),
            }),
            Op::Race(bodies) | Op::JoinTwo(bodies) => Step::Does(Doing::Two {
                is_race: matches!(op, Op::Race(_)),
                bodies: bodies.each_ref().map(|steps| self.make(steps)),
            }),
            Op::Gather(bodies) => {
                let bodies: Vec<_> = bodies.iter().map(|steps| self.make(steps)).collect();
                let numbers = bodies.iter().map(|body| body.number).collect();
                let group = self.group(true);
                for body in bodies {
                    self.spawn_into(group, body);
                }
                Step::Does(Doing::Gather { group, numbers })
            }
            Op::Scope(tasks, steps) => {
                let group = self.group(false);
                for steps in tasks {
                    let body = self.make(steps);
                    let task = self.spawn_into(group, body);
                    self.keep_handle(task);
                }
                let body = self.make(steps);
                Step::Does(Doing::Scope { group, body })
            }
            Op::Lock(steps) => Step::Does(Doing::Queue {
                of: Shared::Lock,
                ticket: None,
                then: Some((place, steps)),
            }),
            Op::Permit(steps) => Step::Does(Doing::Queue {
                of: Shared::Permits,
                ticket: None,
                then: Some((place, steps)),
            }),
            Op::Reserve(channel, steps) => self.begin_to_send(*channel, Some((place, steps))),
            Op::Send(channel) => self.begin_to_send(*channel, None),
            talk => self.begin_to_talk(talk),
        }
    }

    fn begin_to_send(&mut self, channel: usize, then: Then<'p>) -> Step<'p> {
        if !self.channels[channel].sender_is_shared {
            return Step::Done(Outcome::Nothing);
        }
        self.channels[channel].senders += 1;
        Step::Does(Doing::Queue {
            of: Shared::Room(channel, self.message()),
            ticket: None,
            then,
        })
    }

    /// Channels, notifications, and wakers.
    fn begin_to_talk(&mut self, op: &Op) -> Step<'p> {
        match *op {
            Op::Receive(channel) if self.channels[channel].receiver_is_free => {
                self.channels[channel].receiver_is_free = false;
                Step::Does(Doing::Receive(channel))
            }
            Op::DropSender(channel) if self.channels[channel].sender_is_shared => {
                self.channels[channel].sender_is_shared = false;
                self.drop_sender(channel);
                Step::Done(Outcome::Done)
            }
            Op::DropReceiver(channel) if self.channels[channel].receiver_is_free => {
                self.channels[channel].receiver_is_free = false;
                self.drop_receiver(channel);
                Step::Done(Outcome::Done)
            }
            Op::Tell(number) if self.letters[number].sender_is_there => {
                self.letters[number].sender_is_there = false;
                let message = self.message();
                if !self.letters[number].receiver_is_there {
                    return Step::Done(Outcome::Refused(message));
                }
                self.letters[number].message = Some(message);
                let receiving = self.letters[number].receiving.take();
                self.call_any(receiving);
                Step::Done(Outcome::Sent(message))
            }
            Op::AwaitTold(number) if self.letters[number].receiver_is_free => {
                self.letters[number].receiver_is_free = false;
                Step::Does(Doing::AwaitTold(number))
            }
            Op::DropTeller(number) if self.letters[number].sender_is_there => {
                self.letters[number].sender_is_there = false;
                let receiving = self.letters[number].receiving.take();
                self.call_any(receiving);
                Step::Done(Outcome::Done)
            }
            Op::DropTold(number) if self.letters[number].receiver_is_free => {
                self.letters[number].receiver_is_free = false;
                self.letters[number].receiver_is_there = false;
                self.letters[number].receiving = None;
                Step::Done(Outcome::Done)
            }
            Op::Notified => Step::Does(Doing::Notified { ticket: None }),
            Op::NotifyOne => {
                self.notify_one();
                Step::Done(Outcome::Done)
            }
            Op::NotifyWaiters => {
                for (_, task) in std::mem::take(&mut self.bell.waiting) {
                    self.call(task);
                }
                Step::Done(Outcome::Done)
            }
            Op::LeaveWaker(place) => {
                self.wakers[place] = Some(self.me());
                Step::Done(Outcome::Done)
            }
            Op::CallWaker(place) => {
                let task = self.wakers[place].take();
                self.with(task, Self::call)
            }
            // An end of a channel that is gone or in use.
            _ => Step::Done(Outcome::Nothing),
        }
    }

    /// Does something with what may not be there.
    fn with<T>(&mut self, what: Option<T>, does: impl FnOnce(&mut Self, T)) -> Step<'p> {
        match what {
            Some(what) => {
                does(self, what);
                Step::Done(Outcome::Done)
            }
            None => Step::Done(Outcome::Nothing),
        }
    }

    fn group(&mut self, is_gather: bool) -> usize {
        self.groups.push(Group {
            tasks: Vec::new(),
            parent: self.me(),
            is_gather,
            is_awaited: is_gather,
            said: Vec::new(),
        });
        self.groups.len() - 1
    }

    fn spawn_into(&mut self, group: usize, body: Body<'p>) -> usize {
        let task = self.spawn(body, Some(group));
        self.groups[group].tasks.push(task);
        task
    }

    fn keep_handle(&mut self, task: usize) {
        self.handles.push(Handle {
            place: self.handles.len(),
            task,
            is_there: true,
            is_awaited: false,
        });
    }

    /// A handle that is there, counted round and round.
    fn handle(&self, number: usize) -> Option<Handle> {
        let place = number.checked_rem(self.handles.len())?;
        Some(self.handles[place]).filter(|handle| handle.is_there)
    }
}
