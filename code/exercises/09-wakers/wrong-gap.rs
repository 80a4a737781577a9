//! Two locks, and between them the postman comes.

use event_loops::exercises::wakers::Mailbox;
use std::task::{Context, Poll};

/// One poll of a future that waits for the letter.
pub fn poll_letter(mailbox: &Mailbox, cx: &mut Context<'_>) -> Poll<u32> {
    if let Some(letter) = mailbox.lock().letter.take() {
        return Poll::Ready(letter);
    }
    mailbox.lock().waker = Some(cx.waker().clone());
    Poll::Pending
}
