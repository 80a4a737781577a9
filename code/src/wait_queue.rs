//! Who waits, first come, first served: what our channels and locks have in common.

use std::collections::BTreeMap;

use crate::wakers::KeptWaker;

/// The wakers of those who wait, each under its ticket. Whoever is called is no longer on the
/// list: to find one's ticket gone is to know that one's turn has come.
///
/// A waker is made, called and dropped by the caller, while nothing is borrowed: a foreign one
/// runs foreign code.
#[derive(Default)]
pub(crate) struct WaitQueue {
    waiting: BTreeMap<Ticket, KeptWaker>,
    count: u64,
}

/// A place in the queue. No two waits in a queue have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

impl WaitQueue {
    /// Puts somebody at the end, or gives who is there already another waker; the one before is
    /// handed back to be dropped.
    pub(crate) fn wait(
        &mut self,
        ticket: Option<Ticket>,
        waker: KeptWaker,
    ) -> (Ticket, Option<KeptWaker>) {
        let ticket = ticket.unwrap_or_else(|| {
            self.count += 1;
            Ticket(self.count)
        });
        (ticket, self.waiting.insert(ticket, waker))
    }

    pub(crate) fn is_waiting(&self, ticket: Ticket) -> bool {
        self.waiting.contains_key(&ticket)
    }

    /// Gives up waiting. `None` for somebody who has been called.
    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<KeptWaker> {
        self.waiting.remove(&ticket)
    }

    /// Takes the first off the list, to be woken.
    pub(crate) fn call_first(&mut self) -> Option<(Ticket, KeptWaker)> {
        self.waiting.pop_first()
    }

    #[cfg(feature = "net")]
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Takes all off the list, to be woken in this order.
    pub(crate) fn call_all(&mut self) -> impl Iterator<Item = KeptWaker> + use<> {
        std::mem::take(&mut self.waiting).into_values()
    }
}
