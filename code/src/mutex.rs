//! A value for one task at a time: [`Mutex`].

use std::cell::{RefCell, RefMut};
use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};

use crate::places::Places;
use crate::trace::{Awaited, SourceLine};

/// A value that one task at a time may use, also across an `await`.
///
/// On one thread nobody can come in between without an `await`: for what ends before the next one
/// a [`RefCell`] is enough. This is for what takes several: read, ask somebody, write. Tasks get
/// it first come, first served, and share it by [`Rc`](std::rc::Rc). It is never poisoned: after a
/// panic of its holder the next one finds the value as it was left.
///
/// ```
/// use event_loops::{EventLoop, Mutex, gather, sleep};
/// use std::rc::Rc;
/// use std::time::Duration;
///
/// async fn deposit(account: Rc<Mutex<u32>>) {
///     let mut balance = account.lock().await;
///     let before = *balance;
///     sleep(Duration::from_secs(1)).await; // the others can't read the old balance meanwhile
///     *balance = before + 10;
/// }
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     let account = Rc::new(Mutex::new(0));
///     gather((0..3).map(|_| deposit(account.clone()))).await;
///     assert_eq!(*account.lock().await, 30);
/// });
/// ```
pub struct Mutex<T> {
    turn: Places,
    value: RefCell<T>,
}

/// The value of a [`Mutex`], until this is dropped.
#[must_use = "the lock is given back when this is dropped"]
pub struct MutexGuard<'a, T> {
    value: RefMut<'a, T>,
    /// After the value: whoever is called next finds it free.
    _turn: Turn<'a>,
}

/// The right to the value.
struct Turn<'a>(&'a Places);

impl<T> Mutex<T> {
    /// A value that nobody uses yet.
    pub fn new(value: T) -> Self {
        Mutex {
            turn: Places::new(1),
            value: RefCell::new(value),
        }
    }

    /// Waits until the value is free. If it is, that does not give the thread back.
    ///
    /// Cancel-safe: dropped before its end it leaves the line at once; the lock, if it has been
    /// given it by then, goes to the next. A task that asks for a lock which it holds itself waits
    /// forever; the loop's [`Deadlock`](crate::Deadlock) says where.
    #[track_caller]
    pub fn lock(&self) -> impl Future<Output = MutexGuard<'_, T>> {
        let turn = self.turn.take(Awaited::Lock, SourceLine::caller());
        async move {
            let _never_closed = turn.await;
            self.guard()
        }
    }

    /// Takes the value if it is free right now, and nobody has been promised it.
    ///
    /// ```
    /// use event_loops::Mutex;
    ///
    /// let mutex = Mutex::new(1);
    /// let guard = mutex.try_lock().unwrap();
    /// assert!(mutex.try_lock().is_none());
    /// drop(guard);
    /// assert!(mutex.try_lock().is_some());
    /// ```
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.turn.try_take().then(|| self.guard())
    }

    /// The value, when the mutex is no longer needed.
    ///
    /// ```
    /// use event_loops::Mutex;
    ///
    /// assert_eq!(Mutex::new(42).into_inner(), 42);
    /// ```
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }

    fn guard(&self) -> MutexGuard<'_, T> {
        MutexGuard {
            value: self.value.borrow_mut(),
            _turn: Turn(&self.turn),
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mutex").field(&self.value).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MutexGuard").field(&self.value).finish()
    }
}
