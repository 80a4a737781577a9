//! What the loop does between two rounds: it looks who has become ready, and gives the thread away
//! if nobody has.

use std::rc::Rc;
use std::time::Duration;

use crate::clock::ClockKind;
use crate::deadlock::Deadlock;
use crate::executor::Inner;
use crate::task::{Task, apart};
use crate::trace::{EventKind, WokenBy};
use crate::wakers::KeptWaker;

/// After so many polls the loop looks at timers and sockets, also in the middle of a round: a long
/// one, or tasks that keep waking each other, must not keep it from doing so.
const POLLS_BEFORE_A_LOOK: u32 = 128;

impl Inner {
    /// Sleeps until something is ready or the next deadline.
    pub(crate) fn sleep_until_ready(&self, main: &Task) -> Result<(), Deadlock> {
        if !self.ready.is_empty() {
            return Ok(());
        }
        let until = self.timers.borrow().next();
        if until.is_some_and(|deadline| deadline <= self.clock.now()) {
            return Ok(());
        }
        let busy_outside = self.somebody_is_busy_outside();
        if until.is_none() && !busy_outside {
            self.check_for_deadlock(main)?;
        }
        self.record(None, || EventKind::Parked { until });
        let mut ready = Vec::new();
        match until {
            // Somebody outside has woken a task just before it was no longer busy, or whoever
            // listens to the trace has.
            _ if !self.ready.is_empty() => {}
            Some(deadline) if self.clock.kind() == ClockKind::Virtual && !busy_outside => {
                self.clock.jump_to(deadline);
            }
            Some(deadline) => self
                .clock
                .wait_for(deadline, |longest| ready = self.park(Some(longest))),
            None => ready = self.park(None),
        }
        self.record(None, || EventKind::Unparked);
        self.wake_all(ready);
        Ok(())
    }

    /// Gives the thread away. Returns the wakers of those whose socket has become ready.
    fn park(&self, timeout: Option<Duration>) -> Vec<KeptWaker> {
        #[cfg(feature = "net")]
        if let Some(reactor) = self.reactor.get() {
            self.polls_since_look.set(0);
            let ready = self.ready.inbox.park_in(|| reactor.wait(timeout));
            return ready.unwrap_or_default();
        }
        self.ready.inbox.park(timeout);
        Vec::new()
    }

    /// Is somebody outside the loop going to wake one of its tasks?
    fn somebody_is_busy_outside(&self) -> bool {
        #[cfg(feature = "net")]
        if self
            .reactor
            .get()
            .is_some_and(|reactor| reactor.is_waited_for())
        {
            return true;
        }
        !self.outstanding.is_zero()
    }

    /// With no deadline to wait for and nobody busy outside, only a waker that somebody holds could
    /// go on. If nobody holds one, the loop would wait forever.
    fn check_for_deadlock(&self, main: &Task) -> Result<(), Deadlock> {
        let tasks = self.tasks.borrow();
        let mut all = tasks.iter().map(Rc::as_ref).chain([main]);
        // Between the look at the queue and the look at the clones somebody may have woken a
        // task and let go of its waker.
        if all.any(|task| task.clones() > 0) || !self.ready.is_empty() {
            return Ok(());
        }
        Err(Deadlock::of(main, &tasks))
    }

    /// Counts a poll, and looks around when it is time.
    #[inline]
    pub(crate) fn count_poll(&self) {
        let polls = self.polls_since_look.get() + 1;
        self.polls_since_look.set(polls);
        if polls >= POLLS_BEFORE_A_LOOK {
            self.look_around();
        }
    }

    /// Wakes the tasks whose time has come or whose socket is ready, without waiting for either.
    pub(crate) fn look_around(&self) {
        self.polls_since_look.set(0);
        #[cfg(feature = "net")]
        if let Some(reactor) = self.reactor.get() {
            self.wake_all(reactor.wait(Some(Duration::ZERO)));
        }
        self.wake_due();
    }

    fn wake_all(&self, ready: Vec<KeptWaker>) {
        self.ringing.set(Some(WokenBy::Socket));
        ready.into_iter().for_each(|waker| apart(|| waker.wake()));
        self.ringing.set(None);
    }

    /// Wakes the tasks whose time has come.
    pub(crate) fn wake_due(&self) {
        if self.timers.borrow().next().is_none() {
            return;
        }
        let now = self.clock.now();
        self.ringing.set(Some(WokenBy::Timer));
        loop {
            // One at a time: a foreign waker may reach for the timers itself, or panic.
            let due = self.timers.borrow_mut().pop_due(now);
            let Some(waker) = due else { break };
            apart(|| waker.wake());
        }
        self.ringing.set(None);
    }
}
