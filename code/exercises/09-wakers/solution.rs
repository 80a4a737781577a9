//! One lock for both: the postman comes before the look or after the waker is there. And the waker of
//! the latest poll takes the place of an older one.

use event_loops::exercises::wakers::Mailbox;
use std::task::{Context, Poll};

/// One poll of a future that waits for the letter.
pub fn poll_letter(mailbox: &Mailbox, cx: &mut Context<'_>) -> Poll<u32> {
    let mut mailbox = mailbox.lock();
    match mailbox.letter.take() {
        Some(letter) => Poll::Ready(letter),
        None => {
            mailbox.waker = Some(cx.waker().clone());
            Poll::Pending
        }
    }
}
