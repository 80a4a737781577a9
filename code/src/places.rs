//! A number of places, and who waits for one: the core of the channel, the semaphore and the lock.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::budget;
use crate::running;
use crate::trace::{Awaited, SourceLine, Wait};
use crate::wait_queue::{Ticket, WaitQueue};
use crate::wakers::KeptWaker;

/// Places that are taken and given back, first come, first served.
///
/// A place that is given back while somebody waits goes to the first of them right away, and is
/// never free in between: nobody who comes later can take it.
pub(crate) struct Places {
    state: RefCell<State>,
}

struct State {
    /// Never more than zero while somebody waits.
    free: usize,
    closed: bool,
    waiting: WaitQueue,
}

/// Nobody gets a place any more.
#[derive(Debug)]
pub(crate) struct Closed;

impl Places {
    pub(crate) fn new(free: usize) -> Self {
        let state = State {
            free,
            closed: false,
            waiting: WaitQueue::default(),
        };
        Places {
            state: RefCell::new(state),
        }
    }

    /// Waits for a place. What is waited for, and since which line, is for traces and messages.
    pub(crate) fn take(&self, what: Awaited, line: SourceLine) -> Take<'_> {
        Take {
            places: self,
            what,
            line,
            ticket: None,
        }
    }

    /// Takes a place if there is one right now.
    pub(crate) fn try_take(&self) -> bool {
        let mut state = self.state.borrow_mut();
        let there_is_one = state.free > 0 && !state.closed;
        if there_is_one {
            state.free -= 1;
        }
        there_is_one
    }

    pub(crate) fn give_back(&self) {
        let first = {
            let mut state = self.state.borrow_mut();
            let first = state.waiting.call_first();
            if first.is_none() {
                state.free += 1;
            }
            first
        };
        if let Some((_, waker)) = first {
            waker.wake();
        }
    }

    /// Sends home everybody who waits.
    pub(crate) fn close(&self) {
        let all = {
            let mut state = self.state.borrow_mut();
            state.closed = true;
            state.waiting.call_all()
        };
        all.for_each(KeptWaker::wake);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.borrow().closed
    }

    pub(crate) fn free(&self) -> usize {
        self.state.borrow().free
    }
}

/// Somebody who wants a place. Dropped before its end it leaves the queue at once; a place that it
/// has been given by then, and not yet come to take, goes to the next.
pub(crate) struct Take<'a> {
    places: &'a Places,
    what: Awaited,
    line: SourceLine,
    ticket: Option<Ticket>,
}

impl Future for Take<'_> {
    type Output = Result<(), Closed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        {
            let state = self.places.state.borrow();
            if state.closed {
                return Poll::Ready(Err(Closed));
            }
            match self.ticket {
                Some(ticket) if !state.waiting.is_waiting(ticket) => {
                    self.ticket = None;
                    return Poll::Ready(Ok(()));
                }
                None if state.free > 0 => {
                    drop(state);
                    ready!(budget::poll_spend(cx, Some(self.line)));
                    self.places.state.borrow_mut().free -= 1;
                    return Poll::Ready(Ok(()));
                }
                _ => {}
            }
        }
        let waker = KeptWaker::of(cx);
        let mut state = self.places.state.borrow_mut();
        let (ticket, before) = state.waiting.wait(self.ticket, waker);
        drop(state);
        drop(before);
        self.ticket = Some(ticket);
        let (what, line) = (self.what, self.line);
        running::with(|event_loop| event_loop.suspends_on([Wait::For { what, line }]));
        Poll::Pending
    }
}

impl Drop for Take<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let waker = self.places.state.borrow_mut().waiting.leave(ticket);
        match waker {
            Some(waker) => drop(waker),
            None => self.places.give_back(),
        }
    }
}
