//! Many senders, one receiver, and room for a fixed number of messages between them.
//!
//! When the room is used up, senders wait until the receiver has taken something out: a slow
//! consumer slows its producers down, and memory does not grow. That is back-pressure. Messages
//! come out in the order in which they went in; senders that wait get room in the order in which
//! they came. All ends stay on the loop's thread; messages need not be `Send`.
//!
//! ```
//! use event_loops::{EventLoop, mpsc, now, sleep, spawn};
//! use std::time::Duration;
//!
//! EventLoop::with_virtual_clock().run_until_complete(async {
//!     let (sender, mut receiver) = mpsc::channel(1);
//!     spawn(async move {
//!         for number in 1..=3 {
//!             sender.send(number).await.unwrap(); // from the second on it has to wait
//!         }
//!         assert_eq!(now(), Duration::from_secs(2));
//!     });
//!     let mut sum = 0;
//!     while let Some(number) = receiver.recv().await {
//!         sum += number;
//!         sleep(Duration::from_secs(1)).await;
//!     }
//!     assert_eq!(sum, 6);
//! });
//! ```

mod errors;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::budget;
use crate::places::Places;
use crate::running;
use crate::trace::{Awaited, SourceLine, Wait};
use crate::wakers::KeptWaker;

pub use errors::{SendError, TryRecvError, TrySendError};

/// Makes a channel with room for `capacity` messages.
///
/// # Panics
///
/// When `capacity` is 0: no message could ever be sent.
///
/// ```
/// use event_loops::mpsc;
///
/// let (sender, mut receiver) = mpsc::channel(2);
/// sender.try_send("hello").unwrap();
/// assert_eq!(receiver.try_recv(), Ok("hello"));
/// ```
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(
        capacity > 0,
        "a channel needs room for at least one message"
    );
    let shared = Rc::new(Shared {
        messages: RefCell::default(),
        room: Places::new(capacity),
        senders: Cell::new(1),
        waiter: RefCell::default(),
    });
    let receiver = Receiver {
        shared: shared.clone(),
    };
    (Sender { shared }, receiver)
}

/// The end that messages go into. Clones go into the same channel; when the last one is dropped,
/// the receiver gets what is left, and then `None`.
pub struct Sender<T> {
    shared: Rc<Shared<T>>,
}

/// The end that messages come out of. When it is dropped, so are the messages in the channel, and
/// senders get an error.
pub struct Receiver<T> {
    shared: Rc<Shared<T>>,
}

struct Shared<T> {
    messages: RefCell<VecDeque<T>>,
    /// What is left of the capacity. A place is taken before a message goes in, and given back
    /// when it has come out. Closed when the receiver is gone.
    room: Places,
    senders: Cell<usize>,
    /// Of the receiver.
    waiter: RefCell<Option<KeptWaker>>,
}

impl<T> Sender<T> {
    /// Waits for room, and sends `message`. With room it does not give the thread back.
    ///
    /// Dropped before its end it has sent nothing, its place in the line is lost, and the message
    /// is dropped with it. Who must keep the message asks for room first: [`reserve`](Self::reserve).
    ///
    /// # Errors
    ///
    /// The message, when the receiver is gone, also when that happens during the wait.
    ///
    /// ```
    /// use event_loops::{EventLoop, mpsc};
    ///
    /// EventLoop::new().run_until_complete(async {
    ///     let (sender, receiver) = mpsc::channel(1);
    ///     sender.send(1).await.unwrap();
    ///     drop(receiver);
    ///     assert_eq!(sender.send(2).await.unwrap_err().0, 2);
    /// });
    /// ```
    #[track_caller]
    pub fn send(&self, message: T) -> impl Future<Output = Result<(), SendError<T>>> {
        let room = self.reserve();
        async move {
            match room.await {
                Ok(permit) => permit.send(message),
                Err(SendError(())) => Err(SendError(message)),
            }
        }
    }

    /// Waits for room for one message, and keeps it free until the permit is used or dropped.
    ///
    /// Cancel-safe: dropped before its end it loses its place in the line, and nothing else; room
    /// that it has been given by then goes to the next sender.
    ///
    /// # Errors
    ///
    /// When the receiver is gone.
    ///
    /// ```
    /// use event_loops::{EventLoop, mpsc};
    ///
    /// EventLoop::new().run_until_complete(async {
    ///     let (sender, mut receiver) = mpsc::channel(1);
    ///     let permit = sender.reserve().await.unwrap();
    ///     assert!(sender.try_send("full").is_err());
    ///     permit.send("hello").unwrap();
    ///     assert_eq!(receiver.recv().await, Some("hello"));
    /// });
    /// ```
    #[track_caller]
    pub fn reserve(&self) -> impl Future<Output = Result<Permit<'_, T>, SendError<()>>> {
        let room = self.shared.room.take(Awaited::Room, SourceLine::caller());
        async move {
            match room.await {
                Ok(()) => Ok(Permit { sender: self }),
                Err(_) => Err(SendError(())),
            }
        }
    }

    /// Sends `message` if there is room right now.
    ///
    /// # Errors
    ///
    /// The message, when there is no room, or when the receiver is gone.
    ///
    /// ```
    /// use event_loops::mpsc::{self, TrySendError};
    ///
    /// let (sender, receiver) = mpsc::channel(1);
    /// sender.try_send(1).unwrap();
    /// assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    /// drop(receiver);
    /// assert_eq!(sender.try_send(3), Err(TrySendError::Closed(3)));
    /// ```
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        if self.is_closed() {
            Err(TrySendError::Closed(message))
        } else if self.shared.room.try_take() {
            self.shared.put(message);
            Ok(())
        } else {
            Err(TrySendError::Full(message))
        }
    }

    /// Is the receiver gone?
    pub fn is_closed(&self) -> bool {
        self.shared.room.is_closed()
    }
}

/// Room for one message: see [`Sender::reserve`]. Dropped unused it gives the room to the next.
#[must_use = "the room is given back when this is dropped"]
pub struct Permit<'a, T> {
    sender: &'a Sender<T>,
}

impl<T> Permit<'_, T> {
    /// Sends `message` without waiting.
    ///
    /// # Errors
    ///
    /// The message, when the receiver is gone by now.
    pub fn send(self, message: T) -> Result<(), SendError<T>> {
        if self.sender.is_closed() {
            return Err(SendError(message));
        }
        self.sender.shared.put(message);
        // The room is used now: it is given back when the message has come out.
        std::mem::forget(self);
        Ok(())
    }
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        self.sender.shared.room.give_back();
    }
}

impl<T> Receiver<T> {
    /// Waits for the next message; `None` when there is none left and all senders are gone. With
    /// a message there it does not give the thread back.
    ///
    /// Cancel-safe: dropped before its end it has taken nothing out.
    ///
    /// ```
    /// use event_loops::{EventLoop, mpsc};
    ///
    /// EventLoop::new().run_until_complete(async {
    ///     let (sender, mut receiver) = mpsc::channel(1);
    ///     sender.send("last").await.unwrap();
    ///     drop(sender);
    ///     assert_eq!(receiver.recv().await, Some("last"));
    ///     assert_eq!(receiver.recv().await, None);
    /// });
    /// ```
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Option<T>> {
        Recv {
            shared: &self.shared,
            line: SourceLine::caller(),
        }
    }

    /// Takes the next message if there is one right now.
    ///
    /// # Errors
    ///
    /// When there is none; the error says whether there may still be one.
    ///
    /// ```
    /// use event_loops::mpsc::{self, TryRecvError};
    ///
    /// let (sender, mut receiver) = mpsc::channel::<u32>(1);
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        match self.shared.take() {
            Some(message) => Ok(message),
            None if self.shared.senders.get() == 0 => Err(TryRecvError::Closed),
            None => Err(TryRecvError::Empty),
        }
    }
}

struct Recv<'a, T> {
    shared: &'a Shared<T>,
    line: SourceLine,
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        ready!(budget::poll_left(cx, Some(self.line)));
        if let Some(message) = self.shared.take() {
            budget::spend();
            return Poll::Ready(Some(message));
        }
        if self.shared.senders.get() == 0 {
            return Poll::Ready(None);
        }
        let waiter = KeptWaker::of(cx);
        let before = self.shared.waiter.replace(Some(waiter));
        drop(before);
        let (what, line) = (Awaited::Message, self.line);
        running::with(|event_loop| event_loop.suspends_on([Wait::For { what, line }]));
        Poll::Pending
    }
}

/// Nobody waits for a message any more, and nobody is to be woken by one.
impl<T> Drop for Recv<'_, T> {
    fn drop(&mut self) {
        drop(self.shared.waiter.take());
    }
}

impl<T> Shared<T> {
    /// Puts a message in, whose room has been taken.
    fn put(&self, message: T) {
        self.messages.borrow_mut().push_back(message);
        self.wake_receiver();
    }

    fn take(&self) -> Option<T> {
        let message = self.messages.borrow_mut().pop_front()?;
        self.room.give_back();
        Some(message)
    }

    fn wake_receiver(&self) {
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.senders.update(|senders| senders + 1);
        Sender {
            shared: self.shared.clone(),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.senders.update(|senders| senders - 1);
        if self.shared.senders.get() == 0 {
            self.shared.wake_receiver();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.room.close();
        drop(self.shared.messages.take());
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("free", &self.shared.room.free())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = self.shared.messages.borrow().len();
        f.debug_struct("Receiver")
            .field("messages", &messages)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}
