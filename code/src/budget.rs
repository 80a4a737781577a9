//! A limit to what a task does in one turn, so that one that always finds something to do gives the
//! thread back now and then.
//!
//! A channel that is never empty, a socket that always has data, a lock that is always free: to
//! await them need not wait, and a task that only awaits such would keep the thread for good. So
//! each poll begins with a budget of operations. When it is used up, our futures suspend the task
//! for one turn, ready or not.

use std::task::{Context, Poll};

use crate::running;
use crate::trace::{SourceLine, Wait};

/// How many operations of our futures a task can do in one poll without being suspended.
pub(crate) const OPERATIONS: u32 = 128;

/// `Pending` when the budget is used up: the task has been woken, and goes on in the next round. To
/// be asked before something is taken that could not be put back. `line` is where the operation
/// stands in the program, if it knows.
pub(crate) fn poll_left(cx: &Context<'_>, line: Option<SourceLine>) -> Poll<()> {
    poll(cx, line, 0)
}

/// As [`poll_left`], followed by [`spend`]: for an operation that has nothing to wait for.
pub(crate) fn poll_spend(cx: &Context<'_>, line: Option<SourceLine>) -> Poll<()> {
    poll(cx, line, 1)
}

/// An operation is done that had nothing to wait for.
pub(crate) fn spend() {
    running::with(|event_loop| {
        let left = event_loop.budget.get();
        event_loop.budget.set(left.saturating_sub(1));
    });
}

fn poll(cx: &Context<'_>, line: Option<SourceLine>, to_be_spent: u32) -> Poll<()> {
    let left = running::with(|event_loop| {
        let left = event_loop.budget.get();
        if left == 0 {
            event_loop.suspends_on([Wait::Budget { line }]);
        }
        event_loop.budget.set(left.saturating_sub(to_be_spent));
        left
    });
    if left == Some(0) {
        // Outside of the closure: a foreign waker runs foreign code.
        cx.waker().wake_by_ref();
        return Poll::Pending;
    }
    Poll::Ready(())
}
