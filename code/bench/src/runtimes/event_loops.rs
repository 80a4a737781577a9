//! The workloads on our own loop.

use event_loops::{EventLoop, JoinHandle, mpsc, sleep, spawn, yield_now};

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

fn spawn_then_join(tasks: u64) -> u64 {
    EventLoop::new().run_until_complete(async move {
        let handles = (0..tasks).map(|number| spawn(async move { number }));
        sum(handles.collect()).await
    })
}

fn spawn_and_await(tasks: u64) -> u64 {
    EventLoop::new().run_until_complete(async move {
        let mut sum = 0;
        for number in 0..tasks {
            sum += spawn(async move { number }).await.unwrap();
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
    EventLoop::new().run_until_complete(async move {
        let handles = (0..tasks).map(|_| spawn(task()));
        sum(handles.collect()).await
    })
}

fn sleeps(sleeps: u64) -> Outcome {
    let asleep = Asleep::new(sleeps);
    let task = |number| {
        let asleep = asleep.clone();
        async move {
            asleep.begins();
            sleep(nap(number, sleeps)).await;
            asleep.wakes();
            number
        }
    };
    asleep.outcome(EventLoop::new().run_until_complete(async move {
        let handles = (0..sleeps).map(|number| spawn(task(number)));
        sum(handles.collect()).await
    }))
}

fn messages(messages: u64) -> u64 {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(CAPACITY);
    EventLoop::new().run_until_complete(async move {
        let sending = spawn(async move {
            for number in 0..messages {
                sender.send(number).await.unwrap();
            }
        });
        let receiving = spawn(async move {
            let mut sum = 0;
            while let Some(number) = receiver.recv().await {
                sum += number;
            }
            sum
        });
        sending.await.unwrap();
        receiving.await.unwrap()
    })
}

fn own_messages(messages: u64) -> u64 {
    let (sender, mut receiver) = mpsc::channel(CAPACITY);
    EventLoop::new().run_until_complete(async move {
        let sending = spawn(async move {
            for number in 0..messages {
                sender.send(number).await.unwrap();
            }
        });
        let receiving = spawn(async move {
            let mut sum = 0;
            while let Some(number) = receiver.recv().await {
                sum += number;
            }
            sum
        });
        sending.await.unwrap();
        receiving.await.unwrap()
    })
}

async fn sum(handles: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await.unwrap();
    }
    sum
}
