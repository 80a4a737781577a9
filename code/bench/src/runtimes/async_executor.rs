//! The workloads on `async_executor::LocalExecutor`: what smol is made of.

use std::net::{TcpListener, TcpStream};
use std::rc::Rc;

use async_executor::{LocalExecutor, Task};
use async_io::{Async, Timer};
use futures_lite::future::{self, yield_now};
use futures_lite::{AsyncReadExt, AsyncWriteExt};

use super::Outcome;
use super::asleep::Asleep;
use crate::workload::{CAPACITY, CONNECTED_AT_ONCE, MESSAGE_BYTES, Sizes, Workload, nap};

pub(super) fn run(workload: Workload, sizes: &Sizes) -> Option<Outcome> {
    Some(match workload {
        Workload::SpawnThenJoin => spawn_then_join(sizes.tasks).into(),
        Workload::SpawnAndAwait => spawn_and_await(sizes.tasks).into(),
        Workload::Yields => yields(sizes.yielding_tasks, sizes.yields).into(),
        Workload::Sleeps => sleeps(sizes.sleeps),
        Workload::Messages => messages(sizes.messages).into(),
        Workload::OwnMessages => own_messages(sizes.messages).into(),
        Workload::Echoes => echoes(sizes.connections, sizes.echoes).into(),
    })
}

/// Where nothing waits for time or sockets: without async-io.
fn block_on<F: Future>(executor: &LocalExecutor<'_>, main: F) -> F::Output {
    future::block_on(executor.run(main))
}

fn spawn_then_join(tasks: u64) -> u64 {
    let executor = LocalExecutor::new();
    block_on(&executor, async {
        let handles = (0..tasks).map(|number| executor.spawn(async move { number }));
        sum(handles.collect()).await
    })
}

fn spawn_and_await(tasks: u64) -> u64 {
    let executor = LocalExecutor::new();
    block_on(&executor, async {
        let mut sum = 0;
        for number in 0..tasks {
            sum += executor.spawn(async move { number }).await;
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
    let executor = LocalExecutor::new();
    block_on(&executor, async {
        let handles = (0..tasks).map(|_| executor.spawn(task()));
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
    let executor = LocalExecutor::new();
    asleep.outcome(async_io::block_on(executor.run(async {
        let handles = (0..sleeps).map(|number| executor.spawn(task(number)));
        sum(handles.collect()).await
    })))
}

fn messages(messages: u64) -> u64 {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(CAPACITY);
    let executor = LocalExecutor::new();
    block_on(&executor, async {
        let sending = executor.spawn(async move {
            for number in 0..messages {
                sender.send(number).await.unwrap();
            }
        });
        let receiving = executor.spawn(async move {
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
    let (sender, receiver) = async_channel::bounded(CAPACITY);
    let executor = LocalExecutor::new();
    block_on(&executor, async {
        let sending = executor.spawn(async move {
            for number in 0..messages {
                sender.send(number).await.unwrap();
            }
        });
        let receiving = executor.spawn(async move {
            let mut sum = 0;
            while let Ok(number) = receiver.recv().await {
                sum += number;
            }
            sum
        });
        sending.await;
        receiving.await
    })
}

fn echoes(connections: u64, echoes: u64) -> u64 {
    let executor = Rc::new(LocalExecutor::new());
    let listener = Async::<TcpListener>::bind(([127, 0, 0, 1], 0)).unwrap();
    let address = listener.get_ref().local_addr().unwrap();
    async_io::block_on(executor.run(async {
        // The server's tasks are spawned by a task, so it needs the executor; it does not own it.
        let spawner = Rc::downgrade(&executor);
        let server = executor.spawn(async move {
            for _ in 0..connections {
                let (stream, _) = listener.accept().await.unwrap();
                let executor = spawner.upgrade().unwrap();
                executor.spawn(send_back(stream)).detach();
            }
        });
        let mut streams = Vec::new();
        while (streams.len() as u64) < connections {
            let left = connections - streams.len() as u64;
            let begun = (0..left.min(CONNECTED_AT_ONCE))
                .map(|_| executor.spawn(Async::<TcpStream>::connect(address)));
            for connecting in begun.collect::<Vec<_>>() {
                streams.push(connecting.await.unwrap());
            }
        }
        let clients = streams.into_iter().enumerate();
        let clients = clients
            .map(|(client, stream)| executor.spawn(send(stream, client as u64 * echoes, echoes)));
        let result = sum(clients.collect()).await;
        server.await;
        result
    }))
}

async fn send_back(mut stream: Async<TcpStream>) {
    let mut message = [0; MESSAGE_BYTES];
    while stream.read_exact(&mut message).await.is_ok() {
        stream.write_all(&message).await.unwrap();
    }
}

async fn send(mut stream: Async<TcpStream>, first: u64, echoes: u64) -> u64 {
    let mut sum = 0;
    let mut message = [0; MESSAGE_BYTES];
    for number in first..first + echoes {
        message[..8].copy_from_slice(&number.to_le_bytes());
        stream.write_all(&message).await.unwrap();
        message.fill(0);
        stream.read_exact(&mut message).await.unwrap();
        sum += u64::from_le_bytes(message[..8].try_into().unwrap());
    }
    sum
}

async fn sum(handles: Vec<Task<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await;
    }
    sum
}
