//! The channels and locks of tokio, which need none of its runtime.

use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use event_loops::{EventLoop, gather, join, now, outstanding, sleep, spawn, yield_now};
use tokio::sync::{Mutex, Notify, Semaphore, broadcast, mpsc, oneshot, watch};

use super::{Log, call, run, secs};

#[test]
fn a_full_mpsc_holds_its_sender_back() {
    let sent: Log<u64> = Rc::default();
    let log = sent.clone();
    let (received, took) = run(async move {
        let (sender, mut receiver) = mpsc::channel(2);
        spawn(async move {
            for i in 0..6 {
                sender.send(i).await.unwrap();
                log.borrow_mut().push(now().as_secs());
            }
        });
        let mut received = Vec::new();
        loop {
            sleep(secs(1)).await;
            match receiver.recv().await {
                Some(message) => received.push(message),
                None => return received,
            }
        }
    });
    assert_eq!((received, took), ((0..6).collect(), 7));
    assert_eq!(*sent.borrow(), [0, 0, 1, 2, 3, 4]);
}

#[test]
fn a_oneshot_carries_a_value_or_the_news_that_there_is_none() {
    let ((), took) = run(async {
        let (sender, receiver) = oneshot::channel();
        spawn(async move { sender.send(call(3).await) });
        assert_eq!(receiver.await, Ok(3));
        let (sender, receiver) = oneshot::channel::<()>();
        spawn(async move {
            sleep(secs(1)).await;
            drop(sender);
        });
        assert!(receiver.await.is_err());
    });
    assert_eq!(took, 4);
}

#[test]
fn a_mutex_is_given_in_the_order_of_asking() {
    let order: Log<u32> = Rc::default();
    let mutex = Arc::new(Mutex::new(()));
    let ((), took) = run(async {
        let tasks = gather((0..5).map(|i| {
            let (mutex, order) = (mutex.clone(), order.clone());
            async move {
                let _guard = mutex.lock().await;
                sleep(secs(1)).await;
                order.borrow_mut().push(i);
            }
        }));
        tasks.await;
    });
    assert_eq!((&order.borrow()[..], took), (&[0, 1, 2, 3, 4][..], 5));
}

#[test]
fn a_semaphore_lets_two_in_at_a_time() {
    let semaphore = Arc::new(Semaphore::new(2));
    let (ends, took) = run(gather((0..5).map(|_| {
        let semaphore = semaphore.clone();
        async move {
            let _permit = semaphore.acquire().await.unwrap();
            sleep(secs(1)).await;
            now().as_secs()
        }
    })));
    assert_eq!((ends, took), (vec![1, 1, 2, 2, 3], 3));
}

#[test]
fn notify_wakes_one_or_all() {
    let woken: Log<u32> = Rc::default();
    let notify = Rc::new(Notify::new());
    let ((), took) = run(async {
        let tasks = gather((0..4).map(|i| {
            let (notify, woken) = (notify.clone(), woken.clone());
            async move {
                notify.notified().await;
                woken.borrow_mut().push(i);
            }
        }));
        let notifying = async {
            sleep(secs(1)).await;
            notify.notify_one();
            yield_now().await;
            assert_eq!(*woken.borrow(), [0]);
            notify.notify_waiters();
        };
        join(tasks, notifying).await;
    });
    assert_eq!((&woken.borrow()[..], took), (&[0, 1, 2, 3][..], 1));
}

#[test]
fn a_broadcast_reaches_all_and_tells_who_was_too_slow() {
    use broadcast::error::RecvError::{Closed, Lagged};
    run(async {
        let (sender, mut quick) = broadcast::channel(2);
        let mut slow = sender.subscribe();
        let listening = spawn(async move {
            let mut heard = Vec::new();
            while let Ok(message) = quick.recv().await {
                heard.push(message);
            }
            heard
        });
        for message in 0..5 {
            sender.send(message).unwrap();
            sleep(secs(1)).await;
        }
        drop(sender);
        assert_eq!(listening.await.unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(slow.recv().await, Err(Lagged(3)));
        assert_eq!([slow.recv().await, slow.recv().await], [Ok(3), Ok(4)]);
        assert_eq!(slow.recv().await, Err(Closed));
    });
}

#[test]
fn a_watch_shows_the_latest_only() {
    let (seen, took) = run(async {
        let (sender, mut receiver) = watch::channel(0);
        let watching = spawn(async move {
            let mut seen = Vec::new();
            while receiver.changed().await.is_ok() {
                seen.push(*receiver.borrow_and_update());
                sleep(secs(2)).await;
            }
            seen
        });
        for value in 1..=5 {
            sender.send(value).unwrap();
            sleep(secs(1)).await;
        }
        drop(sender);
        watching.await.unwrap()
    });
    // It looks at 0, 2, 4 and 6. What is sent at 2 and at 4 comes after it has looked: its sleep
    // began earlier than the sender's.
    assert_eq!((seen, took), (vec![1, 2, 4, 5], 8));
}

/// The other end is a thread that blocks: its wakes come from outside the loop.
#[test]
fn ten_thousand_messages_from_a_thread_come_in_their_order() {
    let event_loop = EventLoop::new();
    let received = event_loop.run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(4);
        let (ask, asked) = oneshot::channel();
        let busy = outstanding();
        let thread = thread::spawn(move || {
            assert_eq!(asked.blocking_recv(), Ok("go"));
            (0..10_000).for_each(|i| sender.blocking_send(i).unwrap());
            drop(busy);
        });
        ask.send("go").unwrap();
        let mut received = Vec::new();
        while let Some(message) = receiver.recv().await {
            received.push(message);
        }
        thread.join().unwrap();
        received
    });
    assert!(received.into_iter().eq(0..10_000));
}
