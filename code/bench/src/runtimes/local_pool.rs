//! The workloads on `futures::executor::LocalPool`, which has neither timers nor sockets.

use async_io::Timer;
use futures_channel::mpsc;
use futures_executor::LocalPool;
use futures_lite::StreamExt;
use futures_lite::future::yield_now;
use futures_util::future::RemoteHandle;
use futures_util::sink::SinkExt;
use futures_util::task::LocalSpawnExt;

use super::Outcome;
use super::asleep::Asleep;
use crate::workload::{CAPACITY, Sizes, Workload, nap};

pub(super) fn run(workload: Workload, sizes: &Sizes) -> Option<Outcome> {
    Some(match workload {
        Workload::SpawnThenJoin => spawn_then_join(sizes.tasks).into(),
        Workload::SpawnAndAwait => spawn_and_await(sizes.tasks).into(),
        Workload::Yields => yields(sizes.yielding_tasks, sizes.yields).into(),
        Workload::Sleeps => sleeps(sizes.sleeps),
        Workload::Messages => messages(sizes.messages).into(),
        Workload::OwnMessages => own_messages(sizes.messages).into(),
        Workload::Echoes => return None,
    })
}

/// A pool, and what spawns on it.
struct Pool {
    pool: LocalPool,
    spawn: Spawn,
}

#[derive(Clone)]
struct Spawn(futures_executor::LocalSpawner);

impl Spawn {
    fn spawn<F: Future + 'static>(&self, future: F) -> RemoteHandle<F::Output> {
        self.0.spawn_local_with_handle(future).unwrap()
    }
}

impl Pool {
    fn new() -> Self {
        let pool = LocalPool::new();
        let spawn = Spawn(pool.spawner());
        Pool { pool, spawn }
    }
}

fn spawn_then_join(tasks: u64) -> u64 {
    let Pool { mut pool, spawn } = Pool::new();
    pool.run_until(async move {
        let handles = (0..tasks).map(|number| spawn.spawn(async move { number }));
        sum(handles.collect()).await
    })
}

fn spawn_and_await(tasks: u64) -> u64 {
    let Pool { mut pool, spawn } = Pool::new();
    pool.run_until(async move {
        let mut sum = 0;
        for number in 0..tasks {
            sum += spawn.spawn(async move { number }).await;
        }
        sum
    })
}

fn yields(tasks: u64, yields: u64) -> u64 {
    let task = move || async move {
        let mut turns = 0;
        for _ in 0..yields {
            yield_now().await;
            turns += 1;
        }
        turns
    };
    let Pool { mut pool, spawn } = Pool::new();
    pool.run_until(async move {
        let handles = (0..tasks).map(|_| spawn.spawn(task()));
        sum(handles.collect()).await
    })
}

fn sleeps(sleeps: u64) -> Outcome {
    let asleep = Asleep::new(sleeps);
    let task = |number| {
        let asleep = asleep.clone();
        async move {
            asleep.begins();
            Timer::after(nap(number, sleeps)).await;
            asleep.wakes();
            number
        }
    };
    let Pool { mut pool, spawn } = Pool::new();
    asleep.outcome(pool.run_until(async move {
        let handles = (0..sleeps).map(|number| spawn.spawn(task(number)));
        sum(handles.collect()).await
    }))
}

fn messages(messages: u64) -> u64 {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(CAPACITY);
    let Pool { mut pool, spawn } = Pool::new();
    pool.run_until(async move {
        let sending = spawn.spawn(async move {
            for number in 0..messages {
                sender.send(number).await.unwrap();
            }
        });
        let receiving = spawn.spawn(async move {
            let mut sum = 0;
            while let Some(number) = receiver.recv().await {
                sum += number;
            }
            sum
        });
        sending.await;
        receiving.await
    })
}

fn own_messages(messages: u64) -> u64 {
    // Each sender has a place of its own beside the common ones.
    let (mut sender, mut receiver) = mpsc::channel(CAPACITY - 1);
    let Pool { mut pool, spawn } = Pool::new();
    pool.run_until(async move {
        let sending = spawn.spawn(async move {
            for number in 0..messages {
                // Not `send`: that waits afterwards, too, until there is room for another one.
                sender.feed(number).await.unwrap();
            }
        });
        let receiving = spawn.spawn(async move {
            let mut sum = 0;
            while let Some(number) = receiver.next().await {
                sum += number;
            }
            sum
        });
        sending.await;
        receiving.await
    })
}

async fn sum(handles: Vec<RemoteHandle<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await;
    }
    sum
}
