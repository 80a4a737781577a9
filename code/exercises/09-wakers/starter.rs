//! Exercise 09-wakers: a future that waits for a letter.
//!
//! The mailbox has a lock. While you hold what `mailbox.lock()` returns, you can look into it:
//! `letter` is an `Option<u32>`, and `waker` is an `Option<Waker>`, for the postman: he brings the
//! letter, takes the waker, if there is one, and calls it. He, too, has to wait for the lock.
//!
//! This version is ready when there is a letter, and says Pending when there is none. What it has to
//! see to before it may say so is missing.

use event_loops::exercises::wakers::Mailbox;
use std::task::{Context, Poll};

/// One poll of a future that waits for the letter.
pub fn poll_letter(mailbox: &Mailbox, cx: &mut Context<'_>) -> Poll<u32> {
    match mailbox.lock().letter.take() {
        Some(letter) => Poll::Ready(letter),
        None => {
            let _waker = cx.waker();
            Poll::Pending
        }
    }
}
