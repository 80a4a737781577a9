//! A listener: who gets which connection, and what its end means.
#![cfg(feature = "net")]

mod common;

use std::cell::RefCell;
use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::rc::Rc;

use common::panic_text;
use common::sockets::{arrival, in_time, listen, loopback};
use event_loops::net::TcpListener;
use event_loops::{EventLoop, Wait, gather, join, spawn, spawn_named, yield_now};

#[test]
fn connections_are_accepted_in_the_order_in_which_they_came() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            // All of them are there before the first is accepted: the system tells of them once.
            let peers: Vec<_> = (0..10).map(|_| connect(address)).collect();
            for peer in &peers {
                let (stream, from) = listener.accept().await.unwrap();
                assert_eq!(from, peer.local_addr().unwrap());
                assert_eq!(stream.peer_addr().unwrap(), from);
            }
        });
    });
}

fn connect(address: SocketAddr) -> StdStream {
    StdStream::connect(address).unwrap()
}

#[test]
fn two_tasks_that_wait_on_one_listener_each_get_a_connection() {
    in_time(|| {
        let event_loop = EventLoop::new().with_trace();
        event_loop.run_until_complete(async {
            let (listener, address) = listen();
            let listener = Rc::new(listener);
            let [first, second] = ["first", "second"].map(|name| {
                let listener = listener.clone();
                spawn_named(name, async move { listener.accept().await.unwrap().1 })
            });
            yield_now().await; // both wait
            let one = connect(address);
            let (early, late) = (first.await.unwrap(), connect(address));
            // First come, first served: of the two that were woken the first got it.
            assert_eq!(early, one.local_addr().unwrap());
            assert_eq!(second.await.unwrap(), late.local_addr().unwrap());
        });
    });
}

#[test]
fn a_hundred_tasks_that_wait_on_one_listener_share_what_comes() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let listener = Rc::new(listener);
            let accepted = Rc::new(RefCell::new(Vec::new()));
            let tasks = gather((0..100).map(|_| {
                let (listener, accepted) = (listener.clone(), accepted.clone());
                async move {
                    let (_, from) = listener.accept().await.unwrap();
                    accepted.borrow_mut().push(from);
                }
            }));
            let connecting = async {
                yield_now().await;
                let mut peers = Vec::new();
                for i in 0..100 {
                    peers.push(connect(address));
                    if i % 7 == 0 {
                        yield_now().await;
                    }
                }
                peers
            };
            let (_, peers) = join(tasks, connecting).await;
            let came: Vec<_> = peers.iter().map(|p| p.local_addr().unwrap()).collect();
            assert_eq!(*accepted.borrow(), came);
        });
    });
}

/// The peer resets the connection before it is accepted: it has not read what it was sent. Some
/// systems tell of that at `accept`, others (Linux) at the first read.
#[test]
fn a_connection_that_is_gone_before_it_is_accepted_does_not_end_the_listener() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            for _ in 0..5 {
                drop(connect(address));
            }
            let mut steady = connect(address);
            steady.write_all(b"here").unwrap();
            let mut buffer = [0; 4];
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                if stream.read(&mut buffer).await.unwrap_or(0) > 0 {
                    break;
                }
            }
            assert_eq!(&buffer, b"here");
        });
    });
}

#[test]
fn a_listener_that_is_dropped_closes_its_address() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let taken = TcpListener::bind(address).unwrap_err();
            assert_eq!(taken.kind(), ErrorKind::AddrInUse);
            drop(listener);
            let refused = StdStream::connect(address).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        });
    });
}

#[test]
fn connections_outlive_their_listener() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let mut peer = connect(address);
            let (stream, _) = listener.accept().await.unwrap();
            drop(listener);
            peer.write_all(b"x").unwrap();
            assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 1);
            stream.write_all(b"y").await.unwrap();
            arrival(&peer, 1).await;
        });
    });
}

#[test]
fn a_listener_of_the_standard_library_is_taken_over() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let theirs = StdListener::bind(loopback()).unwrap();
            let address = theirs.local_addr().unwrap();
            let peer = connect(address); // has come before the loop knew of the listener
            let listener = TcpListener::from_std(theirs).unwrap();
            assert_eq!(listener.local_addr().unwrap(), address);
            let (_, from) = listener.accept().await.unwrap();
            assert_eq!(from, peer.local_addr().unwrap());
            assert_eq!(
                format!("{listener:?}"),
                format!("TcpListener {{ address: Some({address}) }}")
            );
        });
    });
}

#[test]
fn without_a_running_loop_it_says_what_it_needs() {
    let text = panic_text(|| drop(TcpListener::bind(loopback())));
    assert!(
        text.starts_with("a TcpListener needs a running event loop"),
        "{text}"
    );
}

#[test]
fn a_task_in_accept_says_that_it_waits_to_read_and_where() {
    in_time(|| {
        let event_loop = EventLoop::new().with_trace();
        let line = event_loop.run_until_complete(async {
            let (listener, address) = listen();
            let waiting = spawn(async move { listener.accept().await.map(|_| line!()) });
            yield_now().await;
            let _peer = connect(address);
            waiting.await.unwrap().unwrap()
        });
        let trace = event_loop.trace();
        let waits = trace.events.iter().filter_map(|event| match &event.kind {
            event_loops::EventKind::Suspended { on } => on.first(),
            _ => None,
        });
        let places: Vec<_> = waits
            .filter_map(|wait| match wait {
                Wait::Socket { interest, line } => Some((*interest, line.line())),
                _ => None,
            })
            .collect();
        assert_eq!(places, [(event_loops::Interest::Read, line)]);
    });
}
