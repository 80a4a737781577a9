//! The program of chapters 5 to 7: the calls of chapter 2 with a second step, and an error in it.
//!
//! Each call asks, waits, fetches the answer, and waits again. One of them is refused at its second
//! step. Every [`Way`] of writing it does the same things in the same order:
//!
//! ```
//! use event_loops::demos::{steps, two_steps::{self, Settings, Way}};
//!
//! let run = |way| two_steps::run(&Settings { way, ..Settings::default() });
//! assert_eq!(steps(&run(Way::Callbacks)), steps(&run(Way::Async)));
//! assert_eq!(steps(&run(Way::StateMachine)), steps(&run(Way::Async)));
//! ```

use std::fmt;
use std::time::Duration;

use super::settings::{BadSettings, check_count, check_time};
use super::{async_await, callbacks, generators};
use crate::{ClockKind, Event, EventLoop, Trace};

/// In which style the program is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Way {
    /// Functions that keep the thread while they wait, one call after the other.
    Blocking,
    /// What is to be done after a wait is handed in as a callback.
    #[default]
    Callbacks,
    /// A hand-written `enum` that remembers how far the call has got.
    StateMachine,
    /// The same with no more than what [`Iterator`] offers.
    Iterator,
    /// `async` and `await`.
    Async,
}

/// How many calls, how long each step takes, and which call goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of calls.
    pub tasks: usize,
    /// How long each of a call's two steps waits. With [`Duration::ZERO`] the ways differ:
    /// [`sleep`](crate::sleep()) is then over at once, while a callback, or a generator, has its next turn in
    /// the next round.
    pub wait: Duration,
    /// The call that is refused at its second step, counted from 1; 0 for none.
    pub refused: usize,
    /// The style.
    pub way: Way,
    /// Does each call wait for the one before? With [`Way::Blocking`] it does in any case. With
    /// [`Way::Callbacks`] there is no such program.
    pub sequential: bool,
    /// The clock.
    pub clock: ClockKind,
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which of the calls.
    pub number: u32,
    /// How long each step waits.
    pub wait: Duration,
    /// Does its second step go wrong?
    pub refused: bool,
}

/// The second step of a call has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// More calls than this are slow to list, and show nothing that these do not.
const MOST_TASKS: usize = 10_000;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            tasks: 5,
            wait: Duration::from_secs(3),
            refused: 3,
            way: Way::default(),
            sequential: false,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When there is no call, when there are more than 10,000, or when a wait is longer than a day.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_count("--tasks", self.tasks, MOST_TASKS)?;
        check_time("--wait", self.wait)
    }

    /// The calls to make.
    pub(super) fn requests(&self) -> impl Iterator<Item = Request> + use<> {
        let Settings { wait, refused, .. } = *self;
        let count = u32::try_from(self.tasks).unwrap_or(u32::MAX);
        (1..=count).map(move |number| Request {
            number,
            wait,
            refused: u32::try_from(refused) == Ok(number),
        })
    }
}

impl Request {
    /// What comes back when the second step has waited: the square of the number.
    ///
    /// # Errors
    ///
    /// When this is the call that is refused.
    pub fn answer(&self) -> Result<u64, Refused> {
        if self.refused {
            return Err(Refused);
        }
        Ok(u64::from(self.number).pow(2))
    }
}

/// Makes the calls.
///
/// ```
/// use event_loops::demos::two_steps::{self, Settings};
/// use std::time::Duration;
///
/// let trace = two_steps::run(&Settings::default());
/// assert_eq!(trace.total(), Duration::from_secs(6));
/// assert_eq!(trace.notes().last().unwrap().2, "the answers: 1, 4, refused, 16, 25");
/// ```
///
/// # Panics
///
/// With [`Way::Async`], inside a running event loop: it runs one of its own.
pub fn run(settings: &Settings) -> Trace {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each event to `listener` as it happens.
///
/// # Panics
///
/// As [`run`], and with the panic of `listener`.
///
/// ```
/// use event_loops::demos::two_steps;
///
/// two_steps::run_with(&two_steps::Settings::default(), |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Trace {
    match settings.way {
        Way::Blocking | Way::Callbacks => {
            let event_loop = super::CallbackLoop::new(settings.clock).on_event(listener);
            callbacks::run_on(event_loop, settings)
        }
        Way::StateMachine | Way::Iterator => {
            let event_loop = super::GeneratorLoop::new(settings.clock).on_event(listener);
            generators::run_on(event_loop, settings)
        }
        Way::Async => {
            let event_loop = EventLoop::with_clock(settings.clock).on_event(listener);
            async_await::run_on(&event_loop, settings)
        }
    }
}

/// Makes the calls as fast as can be, and writes nothing down.
pub(super) fn run_unseen(settings: &Settings) {
    match settings.way {
        Way::Blocking | Way::Callbacks => {
            callbacks::run_on(super::CallbackLoop::new(settings.clock), settings);
        }
        Way::StateMachine | Way::Iterator => {
            generators::run_on(super::GeneratorLoop::new(settings.clock), settings);
        }
        Way::Async => {
            async_await::run_on(&EventLoop::with_clock(settings.clock), settings);
        }
    }
}

/// What `main` says at its end.
pub(super) struct Summary<'a>(pub(super) &'a [Result<u64, Refused>]);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answers:")?;
        for (place, answer) in self.0.iter().enumerate() {
            f.write_str(if place == 0 { " " } else { ", " })?;
            match answer {
                Ok(number) => write!(f, "{number}")?,
                Err(refused) => write!(f, "{refused}")?,
            }
        }
        Ok(())
    }
}

impl Way {
    /// All of them, in the order of the chapters.
    pub const ALL: [Way; 5] = [
        Way::Blocking,
        Way::Callbacks,
        Way::StateMachine,
        Way::Iterator,
        Way::Async,
    ];
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Way::Blocking => "blocking",
            Way::Callbacks => "callbacks",
            Way::StateMachine => "state machine",
            Way::Iterator => "iterator",
            Way::Async => "async",
        })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}", self.number)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}
