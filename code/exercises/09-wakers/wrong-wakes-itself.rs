//! No wakeup is lost, since it is woken all the time: that is busy polling again.

use event_loops::exercises::wakers::Mailbox;
use std::task::{Context, Poll};

/// One poll of a future that waits for the letter.
pub fn poll_letter(mailbox: &Mailbox, cx: &mut Context<'_>) -> Poll<u32> {
    match mailbox.lock().letter.take() {
        Some(letter) => Poll::Ready(letter),
        None => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }
}
