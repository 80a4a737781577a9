//! Connecting: nobody there, nobody answers, and names.
#![cfg(feature = "net")]

mod common;

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::time::Instant;

use common::sockets::{in_time, listen, loopback, pattern};
use common::{millis, poll_once, secs};
use event_loops::net::{TcpListener, TcpStream, lookup_host};
use event_loops::{EventLoop, gather, join, race, sleep, timeout};

/// An address where nobody listens, and nobody else can as long as the stream lives: it is the near
/// end of a connection.
fn deserted() -> (SocketAddr, StdStream) {
    let listener = StdListener::bind(loopback()).unwrap();
    let stream = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    (stream.local_addr().unwrap(), stream)
}

#[test]
fn a_connection_that_is_refused_is_an_error_at_once() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (deserted, _held) = deserted();
            let connect = timeout(secs(3600), TcpStream::connect(deserted));
            let error = connect.await.expect("no hour passes").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        });
    });
}

#[test]
fn a_stream_is_connected_when_connect_says_so() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let (stream, accepted) = join(TcpStream::connect(address), listener.accept()).await;
            let (stream, (accepted, from)) = (stream.unwrap(), accepted.unwrap());
            assert_eq!(stream.peer_addr().unwrap(), address);
            assert_eq!(stream.local_addr().unwrap(), from);
            let data = pattern(1000);
            stream.write_all(&data).await.unwrap();
            let mut read = vec![0; 1000];
            accepted.read_exact(&mut read).await.unwrap();
            assert_eq!(read, data);
        });
    });
}

#[test]
fn a_peer_that_speaks_before_connect_is_over_is_heard() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let mut connect = Box::pin(TcpStream::connect(address));
            let connected = poll_once(&mut connect).await;
            assert!(connected.is_pending()); // it has to hear from the system first
            let (accepted, _) = listener.accept().await.unwrap();
            accepted.write_all(b"welcome").await.unwrap();
            drop(accepted);
            let stream = connect.await.unwrap();
            assert_eq!(stream.read_to_end().await.unwrap(), b"welcome");
        });
    });
}

#[test]
fn two_hundred_connections_at_once_some_of_which_are_refused() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let (deserted, _held) = deserted();
            let connecting = gather((0..200).map(|i| {
                let address = if i % 2 == 0 { address } else { deserted };
                async move { TcpStream::connect(address).await.map_err(|e| e.kind()) }
            }));
            let accepting = async {
                let mut accepted = Vec::new();
                for _ in 0..100 {
                    accepted.push(listener.accept().await.unwrap());
                }
                accepted
            };
            let (connected, accepted) = join(connecting, accepting).await;
            for (i, connected) in connected.iter().enumerate() {
                match connected {
                    Ok(_) => assert_eq!(i % 2, 0),
                    Err(kind) => {
                        assert_eq!((i % 2, *kind), (1, ErrorKind::ConnectionRefused));
                    }
                }
            }
            assert_eq!(accepted.len(), 100);
        });
    });
}

/// A listener whose queue is full, so that a connection to it is not even refused.
#[cfg(target_os = "linux")]
fn full() -> (StdListener, Vec<StdStream>) {
    let listener = StdListener::bind(loopback()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut streams = Vec::new();
    while let Ok(stream) = StdStream::connect_timeout(&address, millis(200)) {
        streams.push(stream);
        assert!(streams.len() < 5000, "this queue has no end");
    }
    (listener, streams)
}

#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_nobody_answers_is_ended_by_a_timeout() {
    in_time(|| {
        let (listener, streams) = full();
        let address = listener.local_addr().unwrap();
        EventLoop::new().run_until_complete(async {
            let began = Instant::now();
            let connect = timeout(millis(30), TcpStream::connect(address));
            connect.await.expect_err("nobody can have answered");
            assert!(began.elapsed() >= millis(30));
        });
        // The loop waits for nothing any more: what was given up is forgotten.
        let stuck = EventLoop::with_virtual_clock();
        let deadlock = stuck.try_run_until_complete(async {
            let mut connect = Box::pin(TcpStream::connect(address));
            assert!(poll_once(&mut connect).await.is_pending());
            drop(connect);
            sleep(secs(3600)).await; // and so does not have to wait for this one in real time
            std::future::pending::<()>().await;
        });
        assert_eq!(deadlock.unwrap_err().stuck.len(), 1);
        drop((listener, streams));
    });
}

#[test]
fn the_slower_of_two_connections_is_given_up() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let other = TcpListener::bind(loopback()).unwrap();
            let addresses = [address, other.local_addr().unwrap()];
            let [one, two] = addresses.map(|address| Box::pin(TcpStream::connect(address)));
            let winner = race(one, two).await.unwrap();
            let winner = winner.peer_addr().unwrap();
            // The one that was given up is closed: to read from it finds the end.
            let loser = if winner == address { other } else { listener };
            assert!(addresses.contains(&winner));
            let (given_up, _) = loser.accept().await.unwrap();
            assert_eq!(given_up.read(&mut [0; 1]).await.unwrap_or(0), 0);
        });
    });
}

#[test]
fn a_name_is_looked_up_and_connected_to() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let name = format!("localhost:{}", address.port());
            let found = lookup_host(name).await.unwrap();
            assert!(found.contains(&address), "{found:?}");
            let stream = TcpStream::connect(address).await.unwrap();
            let (accepted, _) = listener.accept().await.unwrap();
            assert_eq!(stream.local_addr().unwrap(), accepted.peer_addr().unwrap());
        });
    });
}

#[test]
fn what_is_no_name_is_an_error() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            for name in ["no port", "localhost:what", "localhost:70000", ""] {
                let error = lookup_host(name).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name:?}: {error}");
            }
            // An address is a name, too, and nobody has to be asked for it.
            let address: SocketAddr = "127.0.0.1:80".parse().unwrap();
            assert_eq!(lookup_host("127.0.0.1:80").await.unwrap(), [address]);
        });
    });
}

#[test]
fn a_virtual_clock_stands_still_while_a_name_is_looked_up() {
    in_time(|| {
        EventLoop::with_virtual_clock().run_until_complete(async {
            let found = timeout(secs(3600), lookup_host("localhost:80")).await;
            assert!(!found.expect("no hour passes").unwrap().is_empty());
            assert_eq!(event_loops::now(), secs(0));
        });
    });
}
