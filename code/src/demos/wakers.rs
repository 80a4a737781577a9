//! Chapter 9: a letter that is waited for, and who tells its reader that it has come.

mod calls;
mod sequence;

use std::future::poll_fn;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::settings::{BadSettings, check_time};
use crate::{ClockKind, Event, EventLoop, Trace, note, sleep, spawn_named, timeout};

pub use calls::{Call, CallKind, Calls, Part, calls};

/// What the reader does when it has looked and there is no letter yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// It leaves its waker, under the lock under which it has looked: a letter comes before both or
    /// after both.
    #[default]
    Kept,
    /// It leaves no waker.
    Forgotten,
    /// It looks, lets go of the lock, and takes it again to leave its waker. The letter comes in
    /// between.
    Gap,
}

/// When the letter comes, when its reader looks for the last time, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When the letter comes.
    pub wait: Duration,
    /// When the reader looks for the last time, whether it was woken or not.
    pub patience: Duration,
    /// What the reader does.
    pub mode: Mode,
    /// The clock.
    pub clock: ClockKind,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            wait: Duration::from_secs(3),
            patience: Duration::from_secs(12),
            mode: Mode::Kept,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When a time is longer than a day.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_time("--wait", self.wait)?;
        check_time("--patience", self.patience)
    }
}

/// Waits for the letter.
///
/// ```
/// use event_loops::demos::wakers::{self, Mode, Settings};
/// use std::time::Duration;
///
/// let total = |mode| wakers::run(&Settings { mode, ..Settings::default() }).total();
/// assert_eq!(total(Mode::Kept), Duration::from_secs(3)); // read as soon as it has come
/// assert_eq!(total(Mode::Gap), Duration::from_secs(12)); // nine seconds late: nobody said so
/// ```
///
/// # Panics
///
/// Inside a running event loop: the demo runs one of its own.
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
/// use event_loops::demos::wakers;
///
/// wakers::run_with(&wakers::Settings::default(), |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Trace {
    let event_loop = EventLoop::with_clock(settings.clock).on_event(listener);
    event_loop.run_until_complete(letter(settings));
    event_loop.trace()
}

// ANCHOR: letter
async fn letter(settings: &Settings) {
    let Settings {
        wait,
        patience,
        mode,
        ..
    } = *settings;
    let mailbox = Rc::new(Mailbox::default());
    let reader = spawn_named("reader", read(mailbox.clone(), mode, wait, patience));
    if mode != Mode::Gap {
        spawn_named("postman", bring(mailbox, wait));
    }
    // The reader's only failure is to find no letter, which it says itself.
    let _has_read = reader.await.is_ok();
}

async fn read(mailbox: Rc<Mailbox>, mode: Mode, wait: Duration, patience: Duration) {
    let letter = timeout(patience, async {
        match mode {
            Mode::Kept => poll_fn(|cx| mailbox.poll_kept(cx)).await,
            Mode::Forgotten => poll_fn(|_| mailbox.poll_forgotten()).await,
            Mode::Gap => {
                sleep(wait).await;
                poll_fn(|cx| mailbox.poll_gap(cx)).await
            }
        }
    });
    match letter.await {
        Ok(letter) => note(format_args!("reads: {letter}")),
        Err(_) => note("gives up"),
    }
}

async fn bring(mailbox: Rc<Mailbox>, wait: Duration) {
    sleep(wait).await;
    note("brings the letter");
    mailbox.deliver();
}
// ANCHOR_END: letter

/// Where a letter is left, and the waker of who waits for it.
#[derive(Default)]
struct Mailbox(Mutex<Content>);

#[derive(Default)]
struct Content {
    letter: Option<&'static str>,
    waker: Option<Waker>,
}

// ANCHOR: mailbox
impl Mailbox {
    fn deliver(&self) {
        let waker = {
            let mut content = self.lock();
            content.letter = Some("come home");
            content.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll_kept(&self, cx: &Context<'_>) -> Poll<&'static str> {
        let mut content = self.lock();
        match content.letter.take() {
            Some(letter) => Poll::Ready(letter),
            None => {
                note("no letter yet");
                content.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn poll_forgotten(&self) -> Poll<&'static str> {
        match self.lock().letter.take() {
            Some(letter) => Poll::Ready(letter),
            None => {
                note("no letter yet");
                Poll::Pending
            }
        }
    }

    fn poll_gap(&self, cx: &Context<'_>) -> Poll<&'static str> {
        if let Some(letter) = self.lock().letter.take() {
            return Poll::Ready(letter);
        }
        note("no letter yet");
        // Another thread has the lock now.
        self.deliver();
        self.lock().waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
// ANCHOR_END: mailbox
