//! The first waker is kept for good. A future may be polled by another task the next time, and then
//! the wrong one is woken.

use event_loops::exercises::wakers::Mailbox;
use std::task::{Context, Poll};

/// One poll of a future that waits for the letter.
pub fn poll_letter(mailbox: &Mailbox, cx: &mut Context<'_>) -> Poll<u32> {
    let mut mailbox = mailbox.lock();
    if let Some(letter) = mailbox.letter.take() {
        return Poll::Ready(letter);
    }
    mailbox.waker.get_or_insert_with(|| cx.waker().clone());
    Poll::Pending
}
