//! One message, once: from the task that has an answer to the one that waits for it.
//!
//! Both ends stay on the loop's thread; the message need not be `Send`.
//!
//! ```
//! use event_loops::{EventLoop, oneshot, sleep, spawn};
//! use std::time::Duration;
//!
//! EventLoop::with_virtual_clock().run_until_complete(async {
//!     let (tell, told) = oneshot::channel();
//!     spawn(async move {
//!         sleep(Duration::from_secs(3)).await;
//!         tell.send("the cake is done").unwrap();
//!     });
//!     assert_eq!(told.await.unwrap(), "the cake is done");
//! });
//! ```

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::budget;
use crate::running;
use crate::trace::{Awaited, SourceLine, Wait};
use crate::wakers::KeptWaker;

/// Makes a channel for one message.
///
/// ```
/// use event_loops::{EventLoop, oneshot};
///
/// let (tell, told) = oneshot::channel();
/// tell.send(42).unwrap(); // also before anyone waits
/// assert_eq!(EventLoop::new().run_until_complete(told), Ok(42));
/// ```
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(RefCell::new(Shared {
        message: None,
        sender_is_gone: false,
        receiver_is_gone: false,
        waiter: None,
    }));
    let receiver = Receiver {
        shared: shared.clone(),
        line: SourceLine::caller(),
    };
    (Sender { shared }, receiver)
}

/// The end that has the message, once.
pub struct Sender<T> {
    shared: Rc<RefCell<Shared<T>>>,
}

/// The end that awaits the message.
///
/// Cancel-safe: awaited by `&mut`, and dropped before its end, it loses nothing; the next `await`
/// gets the message. Dropping the receiver itself drops a message that nobody has taken.
#[must_use = "nobody gets the message unless this is awaited"]
pub struct Receiver<T> {
    shared: Rc<RefCell<Shared<T>>>,
    line: SourceLine,
}

struct Shared<T> {
    message: Option<T>,
    sender_is_gone: bool,
    receiver_is_gone: bool,
    waiter: Option<KeptWaker>,
}

impl<T> Sender<T> {
    /// Sends the message. It does not wait: there is always room for it.
    ///
    /// # Errors
    ///
    /// The message itself when the receiver is gone. That it could be sent does not mean that it
    /// will be read.
    ///
    /// ```
    /// use event_loops::oneshot;
    ///
    /// let (tell, told) = oneshot::channel();
    /// drop(told);
    /// assert_eq!(tell.send("anyone?"), Err("anyone?"));
    /// ```
    pub fn send(self, message: T) -> Result<(), T> {
        let mut shared = self.shared.borrow_mut();
        if shared.receiver_is_gone {
            return Err(message);
        }
        shared.message = Some(message);
        Ok(()) // the receiver is woken as this end is dropped
    }

    /// Is the receiver gone? Then there is nobody left to work for.
    ///
    /// ```
    /// use event_loops::oneshot;
    ///
    /// let (tell, told) = oneshot::channel::<u32>();
    /// assert!(!tell.is_closed());
    /// drop(told);
    /// assert!(tell.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.shared.borrow().receiver_is_gone
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waiter = {
            let mut shared = self.shared.borrow_mut();
            shared.sender_is_gone = true;
            shared.waiter.take()
        };
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(budget::poll_left(cx, Some(self.line)));
        {
            let mut shared = self.shared.borrow_mut();
            if let Some(message) = shared.message.take() {
                budget::spend();
                return Poll::Ready(Ok(message));
            }
            if shared.sender_is_gone {
                return Poll::Ready(Err(RecvError));
            }
        }
        let waiter = KeptWaker::of(cx);
        let before = self.shared.borrow_mut().waiter.replace(waiter);
        drop(before);
        let (what, line) = (Awaited::Message, self.line);
        running::with(|event_loop| event_loop.suspends_on([Wait::For { what, line }]));
        Poll::Pending
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let waiter = {
            let mut shared = self.shared.borrow_mut();
            shared.receiver_is_gone = true;
            shared.waiter.take()
        };
        drop(waiter);
    }
}

/// The sender is gone and there is no message, or it was taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvError;

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender is gone, and there is no message to come")
    }
}

impl std::error::Error for RecvError {}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
