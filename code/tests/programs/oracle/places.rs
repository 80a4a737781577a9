//! The things that tasks share: who waits for them, first come, first served.

use std::collections::VecDeque;

use super::Oracle;
use crate::story::Outcome;

/// Somebody in a queue: a number that nobody else has, and the task that it wakes.
pub type Waiter = (usize, usize);

/// Places that are taken and given back: the permits of a semaphore, the one of a lock, the room of
/// a channel.
pub struct Places {
    pub free: usize,
    pub waiting: VecDeque<Waiter>,
    pub is_closed: bool,
}

pub struct Channel {
    pub room: Places,
    pub messages: VecDeque<usize>,
    /// How many have the sender: those who are sending, and the list that all tasks share.
    pub senders: usize,
    pub sender_is_shared: bool,
    /// May somebody take the receiver?
    pub receiver_is_free: bool,
    /// The task that waits for a message.
    pub receiving: Option<usize>,
}

/// A oneshot.
pub struct Letter {
    pub message: Option<usize>,
    pub sender_is_there: bool,
    pub receiver_is_free: bool,
    pub receiver_is_there: bool,
    pub receiving: Option<usize>,
}

/// A notify.
#[derive(Default)]
pub struct Bell {
    /// It was rung while nobody waited.
    pub is_rung: bool,
    pub waiting: VecDeque<Waiter>,
    /// Whom `notify_one` has called, and who have not gone on yet.
    pub called: Vec<usize>,
}

impl Places {
    pub fn new(free: usize) -> Self {
        Places {
            free,
            waiting: VecDeque::new(),
            is_closed: false,
        }
    }

    /// Gives a place back: to the first who waits, who is to be woken, or else it is free.
    pub fn give_back(&mut self) -> Option<Waiter> {
        let first = self.waiting.pop_front();
        if first.is_none() {
            self.free += 1;
        }
        first
    }
}

impl Channel {
    pub fn new(capacity: usize) -> Self {
        Channel {
            room: Places::new(capacity),
            messages: VecDeque::new(),
            senders: 1,
            sender_is_shared: true,
            receiver_is_free: true,
            receiving: None,
        }
    }
}

impl Default for Letter {
    fn default() -> Self {
        Letter {
            message: None,
            sender_is_there: true,
            receiver_is_free: true,
            receiver_is_there: true,
            receiving: None,
        }
    }
}

/// Takes somebody out of a queue; false for one who is not in it any more.
pub fn leave(waiting: &mut VecDeque<Waiter>, number: usize) -> bool {
    let before = waiting.len();
    waiting.retain(|waiter| waiter.0 != number);
    waiting.len() < before
}

pub fn is_in(waiting: &VecDeque<Waiter>, number: usize) -> bool {
    waiting.iter().any(|waiter| waiter.0 == number)
}

/// Who hands out the places.
#[derive(Clone, Copy)]
pub enum Shared {
    Lock,
    Permits,
    /// Of a channel, for a message.
    Room(usize, usize),
}

impl Oracle<'_> {
    pub fn places(&mut self, of: Shared) -> &mut Places {
        match of {
            Shared::Lock => &mut self.lock,
            Shared::Permits => &mut self.permits,
            Shared::Room(channel, _) => &mut self.channels[channel].room,
        }
    }

    /// Takes a free place, or has been given one by somebody; otherwise it waits in the queue.
    pub fn has_place(&mut self, of: Shared, ticket: &mut Option<usize>) -> bool {
        match *ticket {
            Some(number) => !is_in(&self.places(of).waiting, number),
            None if self.places(of).free > 0 => {
                self.places(of).free -= 1;
                true
            }
            None => {
                let waiter = (self.number(), self.me());
                *ticket = Some(waiter.0);
                self.places(of).waiting.push_back(waiter);
                false
            }
        }
    }

    /// Room becomes a message in the channel; a lock or a permit is given back.
    pub fn use_up(&mut self, of: Shared) -> Outcome {
        let Shared::Room(channel, message) = of else {
            self.give_back(of);
            return Outcome::Done;
        };
        let outcome = if self.channels[channel].room.is_closed {
            Outcome::Refused(message)
        } else {
            self.channels[channel].messages.push_back(message);
            let receiving = self.channels[channel].receiving.take();
            self.call_any(receiving); // once: it comes and looks
            Outcome::Sent(message)
        };
        self.drop_sender(channel);
        outcome
    }

    /// Waits no longer. A place that it has been given goes to the next.
    pub fn leave(&mut self, of: Shared, ticket: Option<usize>) {
        if let Some(number) = ticket
            && !leave(&mut self.places(of).waiting, number)
        {
            self.give_back_unused(of);
        } else if let Shared::Room(channel, _) = of {
            self.drop_sender(channel);
        }
    }

    /// A place that is not used goes to the next, and its sender goes.
    pub fn give_back_unused(&mut self, of: Shared) {
        self.give_back(of);
        if let Shared::Room(channel, _) = of {
            self.drop_sender(channel);
        }
    }

    pub fn give_back(&mut self, of: Shared) {
        if let Some((_, task)) = self.places(of).give_back() {
            self.call(task);
        }
    }

    pub fn drop_sender(&mut self, channel: usize) {
        self.channels[channel].senders -= 1;
        if self.channels[channel].senders == 0 {
            let receiving = self.channels[channel].receiving.take();
            self.call_any(receiving); // once: it comes and looks
        }
    }

    /// The messages go with the receiver, and whoever waits for room is told.
    pub fn drop_receiver(&mut self, channel: usize) {
        let channel = &mut self.channels[channel];
        channel.room.is_closed = true;
        channel.messages.clear();
        for (_, task) in std::mem::take(&mut channel.room.waiting) {
            self.call(task);
        }
    }

    pub fn notify_one(&mut self) {
        match self.bell.waiting.pop_front() {
            Some((number, task)) => {
                self.bell.called.push(number);
                self.call(task);
            }
            None => self.bell.is_rung = true,
        }
    }
}
