//! No more than so many at once: [`Semaphore`].

use std::fmt;
use std::future::Future;

use crate::places::Places;
use crate::trace::{Awaited, SourceLine};

/// A number of permits. Who holds one may go on, the others wait, first come, first served.
///
/// It stays on the loop's thread; tasks share it by [`Rc`](std::rc::Rc).
///
/// ```
/// use event_loops::{EventLoop, Semaphore, gather, now, sleep};
/// use std::rc::Rc;
/// use std::time::Duration;
///
/// async fn call(at_once: Rc<Semaphore>) {
///     let _permit = at_once.acquire().await;
///     sleep(Duration::from_secs(3)).await;
/// }
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     let two_at_once = Rc::new(Semaphore::new(2));
///     gather((0..6).map(|_| call(two_at_once.clone()))).await;
///     assert_eq!(now(), Duration::from_secs(9)); // three rounds of two
/// });
/// ```
pub struct Semaphore {
    permits: Places,
}

/// Leave to go on, from a [`Semaphore`]. It is given back when this is dropped, to whoever has
/// waited longest.
#[must_use = "the permit is given back when this is dropped"]
pub struct SemaphorePermit<'a> {
    semaphore: &'a Semaphore,
}

impl Semaphore {
    /// A semaphore with this many permits. With none at all, [`add_permits`](Self::add_permits)
    /// has to bring the first.
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: Places::new(permits),
        }
    }

    /// Waits for a permit. With one there it does not give the thread back.
    ///
    /// Cancel-safe: dropped before its end it leaves the line at once; a permit that it has been
    /// given by then goes to the next.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = SemaphorePermit<'_>> {
        let permit = self.permits.take(Awaited::Permit, SourceLine::caller());
        async move {
            let _never_closed = permit.await;
            SemaphorePermit { semaphore: self }
        }
    }

    /// Takes a permit if there is one right now. One that is given back while others wait is
    /// theirs.
    ///
    /// ```
    /// use event_loops::Semaphore;
    ///
    /// let one = Semaphore::new(1);
    /// let permit = one.try_acquire();
    /// assert!(permit.is_some() && one.try_acquire().is_none());
    /// drop(permit);
    /// assert!(one.try_acquire().is_some());
    /// ```
    pub fn try_acquire(&self) -> Option<SemaphorePermit<'_>> {
        let taken = self.permits.try_take();
        taken.then(|| SemaphorePermit { semaphore: self })
    }

    /// Adds permits: to those who wait, then to the free ones.
    ///
    /// ```
    /// use event_loops::Semaphore;
    ///
    /// let gate = Semaphore::new(0);
    /// assert!(gate.try_acquire().is_none());
    /// gate.add_permits(1);
    /// assert!(gate.try_acquire().is_some());
    /// ```
    pub fn add_permits(&self, permits: usize) {
        (0..permits).for_each(|_| self.permits.give_back());
    }

    /// How many permits are free right now.
    pub fn available_permits(&self) -> usize {
        self.permits.free()
    }
}

impl SemaphorePermit<'_> {
    /// Takes the permit away for good: the semaphore has one less.
    ///
    /// ```
    /// use event_loops::Semaphore;
    ///
    /// let two = Semaphore::new(2);
    /// two.try_acquire().unwrap().forget();
    /// assert_eq!(two.available_permits(), 1);
    /// ```
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for SemaphorePermit<'_> {
    fn drop(&mut self) {
        self.semaphore.permits.give_back();
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.available_permits();
        f.debug_struct("Semaphore").field("free", &free).finish()
    }
}

impl fmt::Debug for SemaphorePermit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemaphorePermit").finish_non_exhaustive()
    }
}
