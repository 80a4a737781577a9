//! The channels and locks of async-channel and async-lock.

use std::sync::Arc;

use async_lock::{Barrier, Mutex, OnceCell, RwLock, Semaphore};
use event_loops::{gather, join, now, sleep, yield_now};

use super::{call, run, secs};

#[test]
fn many_producers_and_many_consumers_of_an_async_channel() {
    let (mut received, took) = run(async {
        let (sender, receiver) = async_channel::bounded(3);
        let producers = gather((0..5).map(|p| {
            let sender = sender.clone();
            async move {
                for i in 0..20 {
                    sender.send(p * 20 + i).await.unwrap();
                }
            }
        }));
        drop(sender);
        let consumers = gather((0..4).map(|_| {
            let receiver = receiver.clone();
            async move {
                let mut received = Vec::new();
                while let Ok(message) = receiver.recv().await {
                    received.push(message);
                    sleep(secs(1)).await;
                }
                received
            }
        }));
        join(producers, consumers).await.1
    });
    // Each got what it got in the order of sending, and all together got everything once.
    let of = |list: &Vec<i32>, p: i32| {
        let mine = list
            .iter()
            .copied()
            .filter(move |message| message / 20 == p);
        mine.collect::<Vec<_>>()
    };
    assert!((0..5).all(|p| received.iter().all(|list| of(list, p).is_sorted())));
    let mut all = received.drain(..).flatten().collect::<Vec<_>>();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..100));
    assert_eq!(took, 25);
}

#[test]
fn an_async_lock_is_held_by_one_at_a_time() {
    let mutex = Arc::new(Mutex::new(0));
    let (_, took) = run(gather((0..5).map(|_| {
        let mutex = mutex.clone();
        async move {
            let mut count = mutex.lock().await;
            let before = *count;
            sleep(secs(1)).await;
            *count = before + 1;
        }
    })));
    assert_eq!((mutex.try_lock().map(|count| *count), took), (Some(5), 5));
}

#[test]
fn readers_share_a_lock_and_a_writer_has_it_alone() {
    let lock = Arc::new(RwLock::new(0));
    let (ends, took) = run(async {
        let reading = |lock: Arc<RwLock<u32>>| async move {
            let value = lock.read().await;
            sleep(secs(1)).await;
            (*value, now().as_secs())
        };
        let first = gather([(); 3].map(|()| reading(lock.clone())));
        let later = async {
            yield_now().await;
            *lock.write().await += 1;
            reading(lock.clone()).await
        };
        join(first, later).await
    });
    assert_eq!((ends, took), ((vec![(0, 1); 3], (1, 2)), 2));
}

#[test]
fn a_barrier_a_semaphore_and_a_cell() {
    let (barrier, semaphore) = (Arc::new(Barrier::new(3)), Arc::new(Semaphore::new(1)));
    let cell = Arc::new(OnceCell::new());
    let (ends, took) = run(gather([1, 2, 3].map(|seconds| {
        let (barrier, semaphore, cell) = (barrier.clone(), semaphore.clone(), cell.clone());
        async move {
            call(seconds).await;
            barrier.wait().await; // all go on at 3
            let _permit = semaphore.acquire().await;
            let value = *cell.get_or_init(|| call(10)).await; // one makes it, at 13
            sleep(secs(1)).await;
            (value, now().as_secs())
        }
    })));
    let mut at: Vec<_> = ends.iter().map(|(_, at)| *at).collect();
    at.sort_unstable();
    assert_eq!((at, took), (vec![14, 15, 16], 16));
    assert!(ends.iter().all(|(value, _)| *value == 10));
}
