//! A million tasks asleep at once.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use event_loops::{EventLoop, now, sleep};

const TASKS: u64 = 1_000_000;

/// A number that shares no divisor with the number of tasks: stepping by it visits all of them, in an
/// order that is not the order of their deadlines.
const STEP: u64 = 618_033;

/// Counts the polls of a future.
struct Counted<F> {
    future: Pin<Box<F>>,
    polls: Rc<RefCell<Vec<u8>>>,
    task: usize,
}

impl<F: Future> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.polls.borrow_mut()[self.task] += 1;
        self.future.as_mut().poll(cx)
    }
}

#[test]
fn a_million_tasks_sleep_and_wake_in_the_order_of_their_deadlines() {
    let event_loop = EventLoop::with_virtual_clock();
    let polls = Rc::new(RefCell::new(vec![0; TASKS as usize]));
    let woken = Rc::new(RefCell::new(Vec::with_capacity(TASKS as usize)));
    for task in 0..TASKS {
        let woken = woken.clone();
        let millis = task * STEP % TASKS;
        let sleeper = async move {
            sleep(Duration::from_millis(millis)).await;
            assert_eq!(now(), Duration::from_millis(millis));
            woken.borrow_mut().push(millis as u32);
        };
        event_loop.spawn(Counted {
            future: Box::pin(sleeper),
            polls: polls.clone(),
            task: task as usize,
        });
    }
    event_loop.run_until_complete(async {
        sleep(Duration::from_millis(TASKS)).await;
        assert_eq!(now(), Duration::from_millis(TASKS));
    });
    assert!(woken.borrow().iter().copied().eq(0..TASKS as u32));
    // One poll to fall asleep, one to wake; the first has nothing to wait for.
    let polls = polls.borrow();
    assert_eq!(polls[0], 1);
    assert!(polls[1..].iter().all(|polls| *polls == 2));
}
