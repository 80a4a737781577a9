//! The workloads on our own loop.

use std::net::Ipv4Addr;

use event_loops::net::{TcpListener, TcpStream};
use event_loops::{EventLoop, JoinHandle, mpsc, sleep, spawn, yield_now};

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

fn echoes(connections: u64, echoes: u64) -> u64 {
    EventLoop::new().run_until_complete(async move {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = spawn(async move {
            for _ in 0..connections {
                let (stream, _) = listener.accept().await.unwrap();
                spawn(send_back(stream));
            }
        });
        let mut streams = Vec::new();
        while (streams.len() as u64) < connections {
            let left = connections - streams.len() as u64;
            let begun =
                (0..left.min(CONNECTED_AT_ONCE)).map(|_| spawn(TcpStream::connect(address)));
            for connecting in begun.collect::<Vec<_>>() {
                streams.push(connecting.await.unwrap().unwrap());
            }
        }
        let clients = streams.into_iter().enumerate();
        let clients =
            clients.map(|(client, stream)| spawn(send(stream, client as u64 * echoes, echoes)));
        let result = sum(clients.collect()).await;
        server.await.unwrap();
        result
    })
}

async fn send_back(stream: TcpStream) {
    let mut message = [0; MESSAGE_BYTES];
    while stream.read_exact(&mut message).await.is_ok() {
        stream.write_all(&message).await.unwrap();
    }
}

async fn send(stream: TcpStream, first: u64, echoes: u64) -> u64 {
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

async fn sum(handles: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await.unwrap();
    }
    sum
}
