//! Many futures, one result: [`gather`].

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::join_handle::JoinHandle;
use crate::running;
use crate::trace::{SourceLine, Wait};
use crate::wakers::KeptWaker;

/// Spawns a task for each future, in the order given, and gives their results in that order when
/// the last of them has finished.
///
/// Nothing happens before it is awaited. A panic in one of them is passed on to whoever awaits the
/// `gather`, as soon as it happens. Dropping the `gather` aborts what is not finished; asyncio's
/// `gather`, too, cancels its tasks when it is cancelled, but lets them go on when one fails.
///
/// # Panics
///
/// When it is awaited outside a running event loop, and with the panic of one of the futures.
///
/// ```
/// use event_loops::{EventLoop, gather, now, sleep};
/// use std::time::Duration;
///
/// async fn call(number: u64) -> u64 {
///     sleep(Duration::from_secs(6 - number)).await; // the last one is back first
///     number
/// }
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     assert_eq!(gather((1..=5).map(call)).await, [1, 2, 3, 4, 5]);
///     assert_eq!(now(), Duration::from_secs(5));
/// });
/// ```
#[track_caller]
pub fn gather<I>(futures: I) -> Gather<I::Item>
where
    I: IntoIterator,
    I::Item: Future + 'static,
{
    let futures = futures.into_iter().collect();
    let naming: Naming = Box::new(|_| None);
    Gather {
        stage: Stage::New { futures, naming },
        line: SourceLine::caller(),
    }
}

/// The future of [`gather`].
#[must_use = "a gather that nobody awaits spawns no task"]
pub struct Gather<F: Future> {
    stage: Stage<F>,
    line: SourceLine,
}

enum Stage<F: Future> {
    New {
        futures: Vec<F>,
        naming: Naming,
    },
    Spawned {
        handles: Vec<JoinHandle<()>>,
        shared: Rc<RefCell<Shared<F::Output>>>,
    },
    Over,
}

/// From a future's place, counted from 0, to its task's name.
type Naming = Box<dyn Fn(usize) -> Option<String>>;

/// Where the children leave their results.
struct Shared<T> {
    results: Vec<Option<T>>,
    unfinished: usize,
    /// Has a child ended without a result?
    a_child_is_lost: bool,
    waker: Option<KeptWaker>,
}

impl<F: Future> Gather<F> {
    /// Gives the tasks names, from their places, counted from 0.
    ///
    /// ```
    /// use event_loops::{EventLoop, gather, yield_now};
    ///
    /// let event_loop = EventLoop::new().with_trace();
    /// let calls = [yield_now(), yield_now()];
    /// event_loop.run_until_complete(gather(calls).named(|i| format!("call {}", i + 1)));
    /// assert_eq!(event_loop.trace().tasks[2].name, "call 2");
    /// ```
    pub fn named(mut self, name: impl Fn(usize) -> String + 'static) -> Self {
        if let Stage::New { naming, .. } = &mut self.stage {
            *naming = Box::new(move |place| Some(name(place)));
        }
        self
    }
}

impl<F: Future + 'static> Future for Gather<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Stage::New { .. } = self.stage {
            self.spawn_all();
        }
        let Stage::Spawned { handles, shared } = &mut self.stage else {
            panic!("a gather was polled after it had given its results");
        };
        if shared.borrow().a_child_is_lost {
            let payload = handles.iter().find_map(panic_of);
            self.stop();
            match payload {
                Some(payload) => panic::resume_unwind(payload),
                None => panic!("the tasks of a gather were dropped when their event loop closed"),
            }
        }
        if shared.borrow().unfinished == 0 {
            let results = std::mem::take(&mut shared.borrow_mut().results);
            self.stage = Stage::Over;
            let results = results.into_iter().map(|r| r.expect("all have finished"));
            return Poll::Ready(results.collect());
        }
        let waker = KeptWaker::of(cx);
        let before = shared.borrow_mut().waker.replace(waker);
        drop(before);
        let unfinished = handles.iter().filter(|handle| !handle.is_finished());
        let waits = unfinished.map(|handle| Wait::Task(handle.id()));
        running::event_loop("gather").suspends_on(waits);
        Poll::Pending
    }
}

impl<F: Future + 'static> Gather<F> {
    fn spawn_all(&mut self) {
        let Stage::New { futures, naming } = std::mem::replace(&mut self.stage, Stage::Over) else {
            return;
        };
        let event_loop = running::event_loop("gather");
        let shared = Rc::new(RefCell::new(Shared {
            results: futures.iter().map(|_| None).collect(),
            unfinished: futures.len(),
            a_child_is_lost: false,
            waker: None,
        }));
        let spawn = |(place, future): (usize, F)| {
            let watch = Watch {
                shared: shared.clone(),
                place,
            };
            let child = async move {
                let result = future.await;
                watch.shared.borrow_mut().results[place] = Some(result);
            };
            event_loop.spawn(naming(place), child, self.line)
        };
        let handles = futures.into_iter().enumerate().map(spawn).collect();
        self.stage = Stage::Spawned { handles, shared };
    }
}

/// Lives in a child task, and is dropped with it however the child ends.
struct Watch<T> {
    shared: Rc<RefCell<Shared<T>>>,
    place: usize,
}

impl<T> Drop for Watch<T> {
    fn drop(&mut self) {
        let waker = {
            let mut shared = self.shared.borrow_mut();
            shared.unfinished -= 1;
            shared.a_child_is_lost |= shared.results[self.place].is_none();
            if shared.unfinished > 0 && !shared.a_child_is_lost {
                return;
            }
            shared.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The panic with which a child has ended, if it has.
fn panic_of(handle: &JoinHandle<()>) -> Option<Box<dyn std::any::Any + Send>> {
    if !handle.is_finished() {
        return None;
    }
    handle.take_result().err()?.try_into_panic().ok()
}

impl<F: Future> Gather<F> {
    /// Aborts the children that are not finished, which have nobody to wake any more.
    fn stop(&mut self) {
        if let Stage::Spawned { handles, shared } = std::mem::replace(&mut self.stage, Stage::Over)
        {
            let waker = shared.borrow_mut().waker.take();
            drop(waker);
            handles.iter().for_each(JoinHandle::abort);
        }
    }
}

impl<F: Future> Drop for Gather<F> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The futures are boxed when they are spawned, and never pinned in here.
impl<F: Future> Unpin for Gather<F> {}

impl<F: Future> fmt::Debug for Gather<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
