//! A program's steps, with the functions that the crate has for them.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use event_loops::{
    JoinError, JoinHandle, Scope, compute_for, gather, join, mpsc, now, race, scope, sleep, spawn,
    timeout, yield_now,
};

use super::{Handle, OnDrop, OnPurpose, Place, Shared};
use crate::program::{Body, Op};
use crate::story::{Joined, Outcome, What, millis};

impl Shared {
    pub async fn step(self: &Rc<Self>, step: &Op, place: Place) -> Outcome {
        match step {
            Op::Yield => yield_now().await,
            Op::Sleep(time) => {
                let from = millis(now());
                sleep(time_of(*time)).await;
                return Outcome::Slept { from, lasts: *time };
            }
            Op::Compute(time) => compute_for(time_of(*time)),
            Op::Panic => panic::resume_unwind(Box::new(OnPurpose)),
            Op::Forever => pending().await,

            Op::Spawn(body) => return self.keep(spawn(self.body(body))),
            Op::Call(body) => {
                let handle = spawn(self.body(body));
                return Outcome::Joined(handle.id().0, joined(handle.await));
            }
            Op::Join(number) => return self.join(*number).await,

            Op::Timeout(time, body) => {
                return match timeout(time_of(*time), self.body(body)).await {
                    Ok(number) => Outcome::InTime(number),
                    Err(_) => Outcome::Elapsed,
                };
            }
            Op::Race([a, b]) => return Outcome::First(race(self.body(a), self.body(b)).await),
            Op::JoinTwo([a, b]) => {
                let (a, b) = join(self.body(a), self.body(b)).await;
                return Outcome::All(vec![a, b]);
            }
            Op::Gather(bodies) => {
                let bodies: Vec<_> = bodies.iter().map(|body| self.body(body)).collect();
                return Outcome::All(gather(bodies).await);
            }
            Op::Scope(tasks, body) => {
                let body = async |scope: &Scope| {
                    for task in tasks {
                        self.keep(scope.spawn(self.body(task)));
                    }
                    self.body(body).await
                };
                return Outcome::All(vec![scope(body).await]);
            }

            Op::Send(channel) => return self.send(*channel).await,
            Op::Reserve(channel, body) => return self.reserve(*channel, body, place).await,
            Op::Receive(channel) => {
                let Some(mut receiver) = Borrowed::of(&self.receivers[*channel]) else {
                    return Outcome::Nothing;
                };
                return Outcome::Received(receiver.get().recv().await);
            }
            Op::AwaitTold(number) => {
                let Some(mut told) = Borrowed::of(&self.told[*number]) else {
                    return Outcome::Nothing;
                };
                let message = told.get().await;
                told.0 = None; // it has only one message to give
                return Outcome::Received(message.ok());
            }

            Op::Lock(body) => {
                let _guard = self.lock.lock().await;
                self.write(millis(now()), What::Holds(place.0, place.1));
                self.body(body).await;
            }
            Op::Permit(body) => {
                let _permit = self.permits.acquire().await;
                self.write(millis(now()), What::Holds(place.0, place.1));
                self.body(body).await;
            }
            Op::Notified => self.bell.notified().await,
            Op::LeaveWaker(number) => {
                let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
                *self.wakers[*number].borrow_mut() = Some(waker);
            }
            at_once => return self.act(at_once),
        }
        Outcome::Done
    }

    /// A step that waits for nothing, and needs no loop that runs.
    pub fn act(&self, step: &Op) -> Outcome {
        match step {
            Op::Abort(number) => match self.handle(*number) {
                Some(handle) => match &*handle.handle.borrow() {
                    Some(handle) => handle.abort(),
                    None => return Outcome::Nothing,
                },
                None => return Outcome::Nothing,
            },
            Op::Detach(number) => match self.handle(*number) {
                Some(handle) if !handle.awaited.get() => return drop_end(&handle.handle),
                _ => return Outcome::Nothing,
            },
            Op::DropSender(channel) => return drop_end(&self.senders[*channel]),
            Op::DropReceiver(channel) => return drop_end(&self.receivers[*channel]),
            Op::DropTeller(number) => return drop_end(&self.tellers[*number]),
            Op::DropTold(number) => return drop_end(&self.told[*number]),
            Op::Tell(number) => {
                let Some(teller) = self.tellers[*number].take() else {
                    return Outcome::Nothing;
                };
                let message = self.message();
                return match teller.send(message) {
                    Ok(()) => Outcome::Sent(message),
                    Err(message) => Outcome::Refused(message),
                };
            }
            Op::NotifyOne => self.bell.notify_one(),
            Op::NotifyWaiters => self.bell.notify_waiters(),
            Op::CallWaker(number) => match self.wakers[*number].take() {
                Some(waker) => waker.wake(),
                None => return Outcome::Nothing,
            },
            other => unreachable!("{other:?} may have to wait"),
        }
        Outcome::Done
    }

    fn keep(&self, handle: JoinHandle<usize>) -> Outcome {
        let task = handle.id().0;
        self.handles.borrow_mut().push(Rc::new(Handle {
            task,
            handle: RefCell::new(Some(handle)),
            awaited: Cell::new(false),
        }));
        Outcome::Spawned(task)
    }

    fn handle(&self, number: usize) -> Option<Rc<Handle>> {
        let handles = self.handles.borrow();
        let place = number.checked_rem(handles.len())?;
        Some(handles[place].clone())
    }

    async fn join(&self, number: usize) -> Outcome {
        let Some(handle) = self.handle(number) else {
            return Outcome::Nothing;
        };
        let own = handle.task == self.current.get();
        if own || handle.awaited.get() || handle.handle.borrow().is_none() {
            return Outcome::Nothing;
        }
        handle.awaited.set(true);
        let _again_free = OnDrop(|| handle.awaited.set(false));
        let result = poll_fn(|context| match handle.handle.borrow_mut().as_mut() {
            Some(handle) => Pin::new(handle).poll(context),
            None => unreachable!("nobody takes a handle that is awaited"),
        })
        .await;
        handle.handle.take();
        Outcome::Joined(handle.task, joined(result))
    }

    async fn send(&self, channel: usize) -> Outcome {
        let Some(sender) = self.senders[channel].borrow().clone() else {
            return Outcome::Nothing;
        };
        let message = self.message();
        sent(message, sender.send(message).await)
    }

    async fn reserve(self: &Rc<Self>, channel: usize, body: &Body, place: Place) -> Outcome {
        let Some(sender) = self.senders[channel].borrow().clone() else {
            return Outcome::Nothing;
        };
        let message = self.message();
        let Ok(permit) = sender.reserve().await else {
            return Outcome::Refused(message);
        };
        self.write(millis(now()), What::Holds(place.0, place.1));
        self.body(body).await;
        sent(message, permit.send(message))
    }

    /// The next message: no two are alike.
    fn message(&self) -> usize {
        self.messages.replace(self.messages.get() + 1)
    }
}

fn sent(message: usize, result: Result<(), mpsc::SendError<usize>>) -> Outcome {
    match result {
        Ok(()) => Outcome::Sent(message),
        Err(mpsc::SendError(message)) => Outcome::Refused(message),
    }
}

fn joined(result: Result<usize, JoinError>) -> Joined {
    match result {
        Ok(number) => Joined::Result(number),
        Err(error) if error.is_panic() => Joined::Panicked,
        Err(_) => Joined::Aborted,
    }
}

fn time_of(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn drop_end<T>(end: &RefCell<Option<T>>) -> Outcome {
    match end.take() {
        Some(end) => {
            drop(end);
            Outcome::Done
        }
        None => Outcome::Nothing,
    }
}

/// The end of a channel that one task at a time may use, and gives back when it stops waiting.
struct Borrowed<'a, T>(Option<T>, &'a RefCell<Option<T>>);

impl<'a, T> Borrowed<'a, T> {
    fn of(place: &'a RefCell<Option<T>>) -> Option<Self> {
        let end = place.take()?;
        Some(Borrowed(Some(end), place))
    }

    fn get(&mut self) -> &mut T {
        self.0.as_mut().expect("it is here until it is dropped")
    }
}

impl<T> Drop for Borrowed<'_, T> {
    fn drop(&mut self) {
        *self.1.borrow_mut() = self.0.take();
    }
}
