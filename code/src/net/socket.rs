//! What listener and stream have in common: a socket that its loop's reactor knows, and operations
//! that are tried again when it is ready.

use std::cell::OnceCell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use mio::event;

use crate::budget;
use crate::executor::Inner;
use crate::reactor::{Reactor, Source};
use crate::running;
use crate::trace::{Interest, SourceLine, Wait};
use crate::wait_queue::Ticket;
use crate::wakers::KeptWaker;

/// A socket that doesn't block, on a loop.
pub(super) struct Socket<S: event::Source> {
    socket: S,
    source: Rc<Source>,
    event_loop: Rc<Inner>,
}

impl<S: event::Source> Socket<S> {
    /// Takes a socket to the running loop. `ready` says whether to try an operation before any event
    /// has come.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    pub(super) fn new(mut socket: S, ready: bool, what: &str) -> io::Result<Self> {
        let event_loop = running::event_loop(what);
        let source = event_loop.reactor()?.register(&mut socket, ready)?;
        Ok(Socket {
            socket,
            source,
            event_loop,
        })
    }

    pub(super) fn get(&self) -> &S {
        &self.socket
    }

    /// Does `operation` as soon as it does not block. Cancel-safe: dropped before its end it has not
    /// been done.
    pub(super) fn when_ready<T, F>(
        &self,
        interest: Interest,
        line: SourceLine,
        operation: F,
    ) -> WhenReady<'_, S, F>
    where
        F: FnMut(&S) -> io::Result<T>,
    {
        WhenReady {
            socket: self,
            interest,
            line,
            ticket: None,
            operation,
        }
    }

    /// Tries `operation`, or waits. `ticket` is the caller's place in the line of those who wait.
    pub(super) fn poll_io<T>(
        &self,
        cx: &Context<'_>,
        (interest, line): (Interest, SourceLine),
        ticket: &mut Option<Ticket>,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        ready!(budget::poll_left(cx, Some(line)));
        let direction = self.source.direction(interest);
        while direction.is_ready() {
            match operation(&self.socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => direction.would_block(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    budget::spend();
                    self.leave(interest, ticket);
                    return Poll::Ready(result);
                }
            }
        }
        let is_ours = running::with(|running| std::ptr::eq(running, &*self.event_loop));
        assert!(
            is_ours == Some(true),
            "the socket awaited at {line} belongs to another event loop than the one that runs: \
             only its own hears of it"
        );
        let (taken, before) = direction.wait(*ticket, KeptWaker::of(cx));
        drop(before);
        *ticket = Some(taken);
        self.event_loop
            .suspends_on([Wait::Socket { interest, line }]);
        Poll::Pending
    }

    /// Gives up waiting.
    pub(super) fn leave(&self, interest: Interest, ticket: &mut Option<Ticket>) {
        if let Some(ticket) = ticket.take() {
            self.source.direction(interest).leave(ticket);
        }
    }
}

impl<S: event::Source> Drop for Socket<S> {
    fn drop(&mut self) {
        if let Some(reactor) = self.event_loop.reactor.get() {
            reactor.deregister(&mut self.socket, &self.source);
        }
    }
}

/// The future of [`Socket::when_ready`].
pub(super) struct WhenReady<'a, S: event::Source, F> {
    socket: &'a Socket<S>,
    interest: Interest,
    line: SourceLine,
    ticket: Option<Ticket>,
    operation: F,
}

impl<S, T, F> Future for WhenReady<'_, S, F>
where
    S: event::Source,
    F: FnMut(&S) -> io::Result<T> + Unpin,
{
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let this = &mut *self;
        let what = (this.interest, this.line);
        this.socket
            .poll_io(cx, what, &mut this.ticket, &mut this.operation)
    }
}

impl<S: event::Source, F> Drop for WhenReady<'_, S, F> {
    fn drop(&mut self) {
        self.socket.leave(self.interest, &mut self.ticket);
    }
}

impl Inner {
    /// The loop's reactor, made for its first socket.
    fn reactor(&self) -> io::Result<&Reactor> {
        get_or_try_init(&self.reactor, || {
            let (reactor, bell) = Reactor::new()?;
            self.ready.inbox.set_other_bell(bell);
            Ok(reactor)
        })
    }
}

/// As the method of this name, which is not stable yet.
fn get_or_try_init<T>(cell: &OnceCell<T>, init: impl FnOnce() -> io::Result<T>) -> io::Result<&T> {
    match cell.get() {
        Some(value) => Ok(value),
        None => {
            let value = init()?;
            Ok(cell.get_or_init(|| value))
        }
    }
}
