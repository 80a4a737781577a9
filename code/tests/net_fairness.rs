//! Tasks that never wait keep neither sockets nor deadlines from their turn, and a peer that never
//! stops does not keep other tasks from theirs.
#![cfg(feature = "net")]

mod common;

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{TcpListener as StdListener, TcpStream as StdStream};
use std::rc::Rc;

use common::millis;
use common::sockets::{arrival, connected, in_time, listen, loopback};
use event_loops::net::TcpStream;
use event_loops::{
    EventKind, EventLoop, Trace, WokenBy, gather, note, now, sleep_until, spawn, spawn_named,
    yield_now,
};

/// After so many polls the loop looks around.
const LOOK: usize = 128;

/// A connection with one end on the running loop; the other is in the test's hands, and so is a
/// second handle to the first, to see what has arrived there.
fn watched() -> (TcpStream, StdStream, StdStream) {
    let listener = StdListener::bind(loopback()).unwrap();
    let peer = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    let (ours, _) = listener.accept().unwrap();
    let watch = ours.try_clone().unwrap();
    (TcpStream::from_std(ours).unwrap(), peer, watch)
}

/// Waits until `length` bytes have arrived at a socket that is on a loop. This holds the thread.
fn await_bytes(watch: &StdStream, length: usize) {
    let mut buffer = vec![0; length];
    while watch.peek(&mut buffer).unwrap_or(0) < length {
        std::thread::yield_now();
    }
}

#[test]
fn a_task_that_wakes_itself_does_not_starve_a_socket() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer, watch) = watched();
            let heard = Rc::new(Cell::new(false));
            let reader = heard.clone();
            spawn(async move {
                stream.read(&mut [0]).await.unwrap();
                reader.set(true);
            });
            yield_now().await; // it waits
            peer.write_all(b"x").unwrap();
            await_bytes(&watch, 1);
            let mut polls = 0;
            while !heard.get() {
                yield_now().await;
                polls += 1;
            }
            assert!(polls <= LOOK + 2, "heard after {polls} polls");
        });
    });
}

#[test]
fn a_task_that_wakes_itself_does_not_starve_a_sleep_beside_a_socket() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, _) = listen();
            spawn(async move { listener.accept().await });
            let deadline = now() + millis(3);
            let sleeping = spawn(sleep_until(deadline));
            let mut late = 0;
            while !sleeping.is_finished() {
                yield_now().await;
                if now() >= deadline {
                    late += 1;
                }
            }
            assert!(late <= LOOK, "woken {late} polls too late");
        });
    });
}

/// How often somebody was polled between the note and the moment when a socket woke its task.
fn polls_until_woken(trace: &Trace) -> usize {
    let kinds = trace.events.iter().map(|event| &event.kind);
    let rest = kinds.skip_while(|kind| !matches!(kind, EventKind::Noted { .. }));
    let by = WokenBy::Socket;
    let rest = rest.take_while(|kind| **kind != EventKind::Woken { by });
    rest.filter(|kind| **kind == EventKind::Polled).count()
}

#[test]
fn sockets_are_looked_at_in_the_middle_of_a_long_round() {
    in_time(|| {
        let event_loop = EventLoop::new().with_trace();
        event_loop.run_until_complete(async {
            let (stream, mut peer, watch) = watched();
            spawn(async move { stream.read(&mut [0]).await.unwrap() });
            let crowd = gather((0..5_000).map(|i| {
                let (mut peer, watch) = (peer.try_clone().unwrap(), watch.try_clone().unwrap());
                async move {
                    if i == 100 {
                        peer.write_all(b"x").unwrap();
                        await_bytes(&watch, 1);
                        note("there");
                    }
                }
            }));
            peer.flush().unwrap();
            crowd.await;
        });
        let polls = polls_until_woken(&event_loop.trace());
        assert!(polls <= LOOK, "seen after {polls} polls");
    });
}

#[test]
fn a_socket_that_always_has_something_to_read_lets_others_have_their_turn() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer, watch) = watched();
            peer.write_all(&[7; 1000]).unwrap();
            await_bytes(&watch, 1000);
            let count = Rc::new(Cell::new(0));
            let counter = count.clone();
            let reading = spawn(async move {
                for _ in 0..1000 {
                    stream.read(&mut [0]).await.unwrap();
                    counter.set(counter.get() + 1);
                }
            });
            let mut turns = Vec::new();
            while !reading.is_finished() {
                yield_now().await;
                turns.push(count.get());
            }
            assert_eq!(turns, [128, 256, 384, 512, 640, 768, 896, 1000]);
        });
    });
}

#[test]
fn a_socket_that_always_takes_what_is_written_lets_others_have_their_turn() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, _peer) = connected();
            let count = Rc::new(Cell::new(0));
            let counter = count.clone();
            let writing = spawn(async move {
                for _ in 0..300 {
                    stream.write(b"x").await.unwrap();
                    counter.set(counter.get() + 1);
                }
            });
            let mut turns = Vec::new();
            while !writing.is_finished() {
                yield_now().await;
                turns.push(count.get());
            }
            assert_eq!(turns, [128, 256, 300]);
        });
    });
}

#[test]
fn a_listener_with_a_long_queue_lets_others_have_their_turn() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let peers: Vec<_> = (0..100)
                .map(|_| StdStream::connect(address).unwrap())
                .collect();
            let waiting = spawn_named("accepting", async move {
                let mut accepted = Vec::new();
                for _ in 0..100 {
                    let (stream, _) = listener.accept().await.unwrap();
                    stream.write(b"hello").await.unwrap(); // an operation as well
                    accepted.push(stream);
                }
                accepted
            });
            let mut turns = 0;
            while !waiting.is_finished() {
                yield_now().await;
                turns += 1;
            }
            assert_eq!(turns, 2); // 200 operations
            for mut peer in peers {
                arrival(&peer, 5).await;
                peer.read_exact(&mut [0; 5]).unwrap();
            }
        });
    });
}

/// Two tasks that only wake each other make each round short: it is over after two polls.
#[test]
fn tasks_that_only_wake_each_other_do_not_starve_a_socket() {
    in_time(|| {
        let event_loop = EventLoop::new().with_trace();
        event_loop.run_until_complete(async {
            let (stream, mut peer, watch) = watched();
            let reading = spawn(async move { stream.read(&mut [0]).await.unwrap() });
            yield_now().await;
            peer.write_all(b"x").unwrap();
            await_bytes(&watch, 1);
            note("there");
            let (give, mut take) = event_loops::mpsc::channel(1);
            let (back, mut taken) = event_loops::mpsc::channel(1);
            spawn(async move {
                while let Some(ball) = take.recv().await {
                    let _over = back.send(ball).await;
                }
            });
            while !reading.is_finished() {
                give.send(()).await.unwrap();
                taken.recv().await.unwrap();
            }
        });
        let polls = polls_until_woken(&event_loop.trace());
        assert!(polls <= LOOK, "seen after {polls} polls");
    });
}
