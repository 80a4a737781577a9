//! A bell that only a sleeper hears: a future that wakes itself while it is polled rings it when
//! nobody sleeps yet, and then the loop sleeps.

use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Default)]
struct Bell {
    lock: Mutex<()>,
    rings: Condvar,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _held = self.lock.lock().unwrap();
        self.rings.notify_one();
    }
}

/// Runs a future to its end, and gives its result.
pub fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(bell.clone());
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
        let held = bell.lock.lock().unwrap();
        drop(bell.rings.wait(held).unwrap());
    }
}
