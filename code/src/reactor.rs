//! Who waits for which socket, and the one place where the loop asks the operating system about
//! all of them.
//!
//! ```text
//! a task             its socket                 the operating system          the loop
//!   | read: would block |                                |                        |
//!   +------------------>| not ready; the task's waker    |                        |
//!                       |            something arrives   |                        |
//!                       |                                +---- wait ends -------->|
//!                       | ready  <-------------------------------------------- for each event
//!   ready queue <-------+ wake                                                    |
//! ```
//!
//! The operating system tells once of each change (edge-triggered), so a socket is taken to be ready
//! until it says that it would block.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use mio::event;
use mio::{Events, Poll, Token};
use slab::Slab;

use crate::ready_queue::Bell;
use crate::trace::Interest;
use crate::wait_queue::{Ticket, WaitQueue};
use crate::wakers::KeptWaker;

/// A loop's connection to the operating system's readiness queue: epoll, kqueue, or their like.
pub(crate) struct Reactor {
    poll: RefCell<Poll>,
    events: RefCell<Events>,
    sources: RefCell<Slab<Rc<Source>>>,
    /// How many waits there are on all sources together.
    waits: Rc<Cell<usize>>,
}

/// A socket as its reactor knows it. Its number there is its token.
pub(crate) struct Source {
    number: usize,
    read: Direction,
    write: Direction,
}

/// One of the two directions of a socket.
pub(crate) struct Direction {
    /// May the next operation succeed? If not, an event has to come first.
    ready: Cell<bool>,
    waiting: RefCell<WaitQueue>,
    /// The reactor's count.
    waits: Rc<Cell<usize>>,
}

/// The token of the bell that ends a wait from another thread.
const BELL: Token = Token(usize::MAX);

/// How many events are fetched at once. What does not fit comes with the next wait.
const EVENTS: usize = 1024;

impl Reactor {
    /// # Errors
    ///
    /// When the operating system has no descriptor left for it.
    pub(crate) fn new() -> io::Result<(Self, Bell)> {
        let poll = Poll::new()?;
        let waker = mio::Waker::new(poll.registry(), BELL)?;
        let bell = move || {
            let rung = waker.wake();
            rung.expect("the operating system wakes the loop's thread");
        };
        let reactor = Reactor {
            poll: RefCell::new(poll),
            events: RefCell::new(Events::with_capacity(EVENTS)),
            sources: RefCell::default(),
            waits: Rc::default(),
        };
        Ok((reactor, Box::new(bell)))
    }

    /// From now on the reactor hears of this socket.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    pub(crate) fn register(
        &self,
        socket: &mut impl event::Source,
        ready: bool,
    ) -> io::Result<Rc<Source>> {
        let mut sources = self.sources.borrow_mut();
        let place = sources.vacant_entry();
        let both = mio::Interest::READABLE | mio::Interest::WRITABLE;
        let poll = self.poll.borrow();
        poll.registry().register(socket, Token(place.key()), both)?;
        let direction = || Direction {
            ready: Cell::new(ready),
            waiting: RefCell::default(),
            waits: self.waits.clone(),
        };
        let source = Rc::new(Source {
            number: place.key(),
            read: direction(),
            write: direction(),
        });
        place.insert(source.clone());
        Ok(source)
    }

    pub(crate) fn deregister(&self, socket: &mut impl event::Source, source: &Source) {
        let poll = self.poll.borrow();
        // It is closed right after this, and forgotten by the operating system then at the latest.
        let _forgotten = poll.registry().deregister(socket);
        self.sources.borrow_mut().remove(source.number);
        for direction in [&source.read, &source.write] {
            direction.forget_waits();
        }
    }

    /// Waits until something happens to a socket, somebody rings, or `timeout` has passed. Returns
    /// the wakers of those who waited for what happened.
    ///
    /// # Panics
    ///
    /// When the operating system refuses to wait.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Vec<KeptWaker> {
        let mut events = self.events.borrow_mut();
        match self.poll.borrow_mut().poll(&mut events, timeout) {
            Ok(()) => {}
            // A signal has come: to its handler, not to us.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Vec::new(),
            Err(error) => panic!("the operating system does not wait for sockets: {error}"),
        }
        let mut wakers = Vec::new();
        let sources = self.sources.borrow();
        for event in events.iter().filter(|event| event.token() != BELL) {
            // Nothing of the program runs between the wait and this, so no number has changed hands.
            let Some(source) = sources.get(event.token().0) else {
                continue;
            };
            let over = event.is_error();
            if event.is_readable() || event.is_read_closed() || over {
                wakers.extend(source.read.becomes_ready());
            }
            if event.is_writable() || event.is_write_closed() || over {
                wakers.extend(source.write.becomes_ready());
            }
        }
        wakers
    }

    /// Does any task wait for a socket?
    pub(crate) fn is_waited_for(&self) -> bool {
        self.waits.get() > 0
    }
}

impl Source {
    pub(crate) fn direction(&self, interest: Interest) -> &Direction {
        match interest {
            Interest::Read => &self.read,
            Interest::Write => &self.write,
        }
    }
}

impl Direction {
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.get()
    }

    /// An operation has said that it would block.
    pub(crate) fn would_block(&self) {
        self.ready.set(false);
    }

    fn becomes_ready(&self) -> impl Iterator<Item = KeptWaker> + use<> {
        self.ready.set(true);
        let mut waiting = self.waiting.borrow_mut();
        self.count(|waits| waits - waiting.len());
        waiting.call_all()
    }

    /// Waits for the next event, at the end of the queue or where `ticket` says. The waker before is
    /// handed back, to be dropped when nothing is borrowed.
    pub(crate) fn wait(
        &self,
        ticket: Option<Ticket>,
        waker: KeptWaker,
    ) -> (Ticket, Option<KeptWaker>) {
        let (ticket, before) = self.waiting.borrow_mut().wait(ticket, waker);
        if before.is_none() {
            self.count(|waits| waits + 1);
        }
        (ticket, before)
    }

    /// Gives up waiting.
    pub(crate) fn leave(&self, ticket: Ticket) {
        let waker = self.waiting.borrow_mut().leave(ticket);
        if waker.is_some() {
            self.count(|waits| waits - 1);
        }
    }

    /// The socket is closed, with whoever may have said that it waits for it.
    fn forget_waits(&self) {
        let waiting = self.waiting.take();
        self.count(|waits| waits - waiting.len());
    }

    fn count(&self, change: impl FnOnce(usize) -> usize) {
        self.waits.set(change(self.waits.get()));
    }
}
