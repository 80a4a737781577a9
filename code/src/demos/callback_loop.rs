//! The smallest event loop: a queue of callbacks, and a list of those whose time has not come.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use super::notes::Notes;
use crate::ClockKind;
use crate::trace::{Event, EventKind, SourceLine, TaskId, Trace, Wait, WokenBy};

/// An event loop that knows callbacks, and nothing else.
///
/// It does what asyncio's loop does below its tasks: [`call_soon`](Self::call_soon) puts a callback
/// into a queue, [`call_later`](Self::call_later) onto a list of deadlines, and
/// [`run`](Self::run) calls them until none is left.
///
/// For its [`Trace`] it also remembers which callback was handed in by which: a **chain**. Each
/// chain has a lane in the picture. A chain is over when nothing is left that could go on with it.
///
/// ```
/// use event_loops::ClockKind;
/// use event_loops::demos::CallbackLoop;
/// use std::time::Duration;
///
/// let mut event_loop = CallbackLoop::new(ClockKind::Virtual);
/// event_loop.call_later(Duration::from_secs(3), |event_loop| {
///     event_loop.call_later(Duration::from_secs(3), |_| println!("six seconds"));
/// });
/// event_loop.run();
/// assert_eq!(event_loop.now(), Duration::from_secs(6));
/// ```
pub struct CallbackLoop {
    ready: VecDeque<Scheduled>,
    /// By deadline, and equal ones in the order in which they came.
    timers: BTreeMap<(Duration, u64), Scheduled>,
    count: u64,
    notes: Notes,
    running: Option<Chain>,
}

/// Callbacks of which each was handed in by the one before. Whoever holds this can go on with it.
#[derive(Clone, Debug)]
pub struct Chain(Rc<TaskId>);

struct Scheduled {
    chain: Chain,
    callback: Box<dyn FnOnce(&mut CallbackLoop)>,
    line: SourceLine,
}

impl CallbackLoop {
    /// A loop with nothing to do.
    pub fn new(clock: ClockKind) -> Self {
        CallbackLoop {
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            count: 0,
            notes: Notes::new(clock),
            running: None,
        }
    }

    /// Has it write a trace, and show each event to `listener` as it happens.
    #[must_use]
    pub fn on_event(self, listener: impl FnMut(&Event) + 'static) -> Self {
        self.notes.tell(listener);
        self
    }

    /// Puts a callback at the end of the queue.
    #[track_caller]
    pub fn call_soon(&mut self, callback: impl FnOnce(&mut CallbackLoop) + 'static) {
        let chain = self.this_chain();
        self.call_soon_in(chain, callback);
    }

    /// Calls a callback when `delay` has passed: at the earliest, for the others have to give the
    /// thread back first.
    #[track_caller]
    pub fn call_later(
        &mut self,
        delay: Duration,
        callback: impl FnOnce(&mut CallbackLoop) + 'static,
    ) {
        let scheduled = Scheduled {
            chain: self.this_chain(),
            callback: Box::new(callback),
            line: SourceLine::caller(),
        };
        self.count += 1;
        let deadline = self.now().saturating_add(delay);
        self.timers.insert((deadline, self.count), scheduled);
    }

    /// Calls what there is to call, until nothing is left: no callback in the queue, and no
    /// deadline on the list. Who still hopes to be called then has been forgotten.
    ///
    /// # Panics
    ///
    /// With the panic of a callback. The others stay where they are, and a second `run` calls them.
    pub fn run(&mut self) {
        while !(self.ready.is_empty() && self.timers.is_empty()) {
            self.turn();
        }
    }

    /// The loop's clock: the time since it was made.
    pub fn now(&self) -> Duration {
        self.notes.clock().now()
    }

    /// Starts a chain: `callback` has its turn as if by [`call_soon`](Self::call_soon), and what it
    /// hands in belongs to the new chain.
    #[track_caller]
    pub fn start_chain(
        &mut self,
        name: impl Display,
        callback: impl FnOnce(&mut CallbackLoop) + 'static,
    ) {
        let line = SourceLine::caller();
        let chain = Chain(Rc::new(self.notes.add(name, line)));
        let callback = Box::new(callback);
        self.ready.push_back(Scheduled {
            chain,
            callback,
            line,
        });
    }

    /// The chain of the callback that is running. Whoever keeps it can go on with the chain, by
    /// [`call_soon_in`](Self::call_soon_in). Outside of a callback it is a new chain.
    #[track_caller]
    pub fn this_chain(&self) -> Chain {
        match &self.running {
            Some(chain) => chain.clone(),
            None => Chain(Rc::new(self.notes.add("outside", SourceLine::caller()))),
        }
    }

    /// As [`call_soon`](Self::call_soon), for another chain: that of whoever waits for an answer.
    #[track_caller]
    pub fn call_soon_in(
        &mut self,
        chain: Chain,
        callback: impl FnOnce(&mut CallbackLoop) + 'static,
    ) {
        if let Some(waker) = &self.running {
            let by = WokenBy::Task(*waker.0);
            self.notes
                .record(Some(*chain.0), || EventKind::Woken { by });
        }
        self.ready.push_back(Scheduled {
            chain,
            callback: Box::new(callback),
            line: SourceLine::caller(),
        });
    }

    /// Says something in the trace, under the name of the chain that is running.
    #[track_caller]
    pub fn note(&self, text: impl Display) {
        self.notes.note(text);
    }

    /// What says the same without the loop at hand.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// Holds the thread for `duration` without using it, as a blocking call does.
    #[track_caller]
    pub fn block_for(&self, duration: Duration) {
        self.notes.block_for(duration, SourceLine::caller());
    }

    /// What has happened so far; nothing without [`on_event`](Self::on_event).
    pub fn trace(&self) -> Trace {
        self.notes.trace()
    }

    /// The bytes of each callback that waits for its time, with all that it has captured.
    ///
    /// ```
    /// use event_loops::ClockKind;
    /// use event_loops::demos::CallbackLoop;
    /// use std::time::Duration;
    ///
    /// let mut event_loop = CallbackLoop::new(ClockKind::Virtual);
    /// let number = 7_u64;
    /// event_loop.call_later(Duration::from_secs(3), move |_| println!("{number}"));
    /// assert!(event_loop.waiting_bytes().eq([8]));
    /// ```
    pub fn waiting_bytes(&self) -> impl Iterator<Item = usize> {
        self.timers
            .values()
            .map(|scheduled| size_of_val(&*scheduled.callback))
    }

    /// One round: sleep if there is nothing to do, see whose time has come, call what is ready.
    pub(super) fn turn(&mut self) {
        if self.ready.is_empty()
            && let Some(((deadline, _), _)) = self.timers.first_key_value()
        {
            self.notes.park_until(*deadline);
        }
        self.wake_due();
        // Those that are handed in meanwhile have their turn in the next round, after the timers.
        for _ in 0..self.ready.len() {
            self.call_next();
        }
    }

    fn wake_due(&mut self) {
        let now = self.now();
        while let Some(first) = self.timers.first_entry() {
            if first.key().0 > now {
                break;
            }
            let scheduled = first.remove();
            let by = WokenBy::Timer;
            let chain = Some(*scheduled.chain.0);
            self.notes.record(chain, || EventKind::Woken { by });
            self.ready.push_back(scheduled);
        }
    }

    fn call_next(&mut self) {
        let Some(Scheduled {
            chain, callback, ..
        }) = self.ready.pop_front()
        else {
            return;
        };
        let id = Some(*chain.0);
        self.notes.record(id, || EventKind::Polled);
        self.notes.run_as(id);
        self.running = Some(chain.clone());
        callback(self);
        self.running = None;
        self.notes.run_as(None);
        let goes_on = Rc::strong_count(&chain.0) > 1;
        self.notes.record(id, || match goes_on {
            true => EventKind::Suspended {
                on: self.waits_of(&chain),
            },
            false => EventKind::Finished,
        });
    }

    /// The deadlines are all that the loop knows of: who waits for another chain's answer is a
    /// matter between callbacks.
    fn waits_of(&self, chain: &Chain) -> Vec<Wait> {
        let timers = self.timers.iter();
        let own = timers.filter(|(_, scheduled)| Rc::ptr_eq(&scheduled.chain.0, &chain.0));
        own.map(|((deadline, _), scheduled)| Wait::Until {
            deadline: *deadline,
            line: scheduled.line,
        })
        .collect()
    }
}
