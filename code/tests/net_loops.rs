//! A socket and its loop: no other loop will do, and a loop that is closed leaves nothing behind.
#![cfg(feature = "net")]

mod common;

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream as StdStream;
use std::rc::Rc;
use std::task::{Context, Poll};

use common::sockets::{connected, in_time, listen};
use common::{foreign_waker, millis, panic_text, poll_with};
use event_loops::net::{TcpListener, TcpStream};
use event_loops::{EventLoop, sleep, spawn, yield_now};

#[test]
fn a_socket_that_waits_on_another_loop_than_its_own_says_so() {
    let (line, text) = in_time(|| {
        let (one, other) = (EventLoop::new(), EventLoop::new());
        let (stream, _peer) = one.run_until_complete(async { connected() });
        let line = line!() + 2;
        let text = panic_text(|| {
            other.run_until_complete(async { drop(stream.read(&mut [0]).await) });
        });
        (line, text)
    });
    assert_eq!(
        text,
        format!(
            "the socket awaited at net_loops.rs:{line} belongs to another event loop than the one \
             that runs: only its own hears of it"
        )
    );
}

#[test]
fn after_that_error_its_own_loop_hears_of_it_as_before() {
    in_time(|| {
        let (one, other) = (EventLoop::new(), EventLoop::new());
        let (stream, mut peer) = one.run_until_complete(async { connected() });
        let task = other.spawn(async move {
            drop(stream.read(&mut [0]).await);
        });
        let error = other.run_until_complete(task).unwrap_err();
        assert!(error.is_panic());
        let (stream, mut second) = one.run_until_complete(async { connected() });
        panic_text(|| other.run_until_complete(async { drop(stream.read(&mut [0]).await) }));
        one.run_until_complete(async {
            let read = spawn(async move { stream.read(&mut [0]).await.unwrap() });
            yield_now().await;
            second.write_all(b"x").unwrap();
            assert_eq!(read.await.unwrap(), 1);
        });
        // The first was dropped by the task that panicked, on the other loop.
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
        // And the other loop waits for no socket of this one.
        other.try_run_until_complete(pending::<()>()).unwrap_err();
    });
}

#[test]
fn sockets_can_be_used_in_one_run_after_the_other() {
    in_time(|| {
        let event_loop = EventLoop::new();
        let (listener, address) = event_loop.run_until_complete(async { listen() });
        let mut peer = StdStream::connect(address).unwrap(); // between two runs
        let (stream, _) = event_loop.run_until_complete(listener.accept()).unwrap();
        let mut buffer = [0; 4];
        let mut read = Box::pin(stream.read(&mut buffer));
        event_loop.run_until_complete(async {
            poll_fn(|cx| {
                assert!(read.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        });
        peer.write_all(b"x").unwrap();
        assert_eq!(event_loop.run_until_complete(read).unwrap(), 1);
    });
}

#[test]
fn closing_a_loop_closes_the_sockets_of_its_tasks() {
    in_time(|| {
        let event_loop = EventLoop::new();
        let (address, mut peer) = event_loop.run_until_complete(async {
            let (listener, address) = listen();
            let (stream, peer) = connected();
            spawn(async move { listener.accept().await });
            spawn(async move { stream.read(&mut [0]).await });
            yield_now().await;
            (address, peer)
        });
        event_loop.close();
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
        let refused = StdStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_socket_may_outlive_its_loop_and_be_closed_then() {
    in_time(|| {
        let event_loop = EventLoop::new();
        let (stream, mut peer) = event_loop.run_until_complete(async { connected() });
        drop(event_loop);
        // What needs no loop still works: the address, and even to write what there is room for.
        assert_eq!(stream.peer_addr().unwrap(), peer.local_addr().unwrap());
        let text = panic_text(|| {
            let waker = foreign_waker(|| {}, || {});
            drop(poll_with(&mut Box::pin(stream.read(&mut [0])), &waker));
        });
        assert!(text.contains("belongs to another event loop"), "{text}");
        drop(stream);
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    });
}

thread_local! {
    static OTHER: Cell<Option<TcpStream>> = const { Cell::new(None) };
}

/// A waker that is not ours runs code that is not ours, here in the middle of closing a socket, and
/// in the middle of hearing of one.
#[test]
fn a_waker_may_close_other_sockets() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let close_other = || drop(OTHER.take());
            for on_drop in [true, false] {
                let (stream, mut peer) = connected();
                let (other, mut other_peer) = connected();
                let waker = match on_drop {
                    true => foreign_waker(|| {}, close_other),
                    false => foreign_waker(close_other, || {}),
                };
                let cx = Context::from_waker(&waker);
                assert!(stream.poll_read(&cx, &mut [0]).is_pending());
                OTHER.set(Some(other));
                drop(waker);
                if on_drop {
                    drop(stream);
                } else {
                    peer.write_all(b"x").unwrap();
                    stream.read(&mut [0]).await.unwrap();
                }
                assert_eq!(other_peer.read(&mut [0]).unwrap(), 0);
            }
        });
    });
}

#[test]
fn a_panic_in_a_wakers_code_touches_no_other_task() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            let stream = Rc::new(stream);
            let waker = foreign_waker(|| panic!("a waker that fails"), || {});
            let mut byte = [0];
            let mut read = Box::pin(stream.read(&mut byte));
            assert!(poll_with(&mut read, &waker).is_pending());
            let other = stream.clone();
            let reading = spawn(async move { other.read(&mut [0]).await.unwrap() });
            yield_now().await;
            peer.write_all(b"x").unwrap();
            assert_eq!(reading.await.unwrap(), 1);
        });
    });
}

#[test]
fn many_sockets_come_and_go_and_no_event_reaches_the_wrong_one() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stays, mut stays_peer) = connected();
            let stays = spawn(async move { stays.read(&mut [0]).await.unwrap() });
            for round in 0..300 {
                let (stream, mut peer) = connected();
                let read = spawn(async move { stream.read(&mut [0]).await.map(|_| ()) });
                yield_now().await;
                match round % 3 {
                    0 => peer.write_all(b"x").unwrap(),
                    1 => drop(peer),
                    _ => {
                        // Something has happened to a socket that nobody has any more when the
                        // loop hears of it.
                        peer.write_all(b"x").unwrap();
                        read.abort();
                    }
                }
                let _done_or_aborted = read.await;
                assert!(!stays.is_finished());
            }
            stays_peer.write_all(b"x").unwrap();
            assert_eq!(stays.await.unwrap(), 1);
        });
    });
}

#[test]
fn two_loops_talk_from_two_threads() {
    in_time(|| {
        let (tell, told) = std::sync::mpsc::channel();
        let server = std::thread::spawn(move || {
            EventLoop::new().run_until_complete(async {
                let (listener, address) = listen();
                tell.send(address).unwrap();
                let (stream, _) = listener.accept().await.unwrap();
                let mut byte = [0];
                while stream.read(&mut byte).await.unwrap() > 0 {
                    stream.write_all(&byte).await.unwrap();
                }
            });
        });
        let address = told.recv().unwrap();
        EventLoop::new().run_until_complete(async {
            let stream = TcpStream::connect(address).await.unwrap();
            for i in 0..1000_u32 {
                let mut byte = [0];
                stream.write_all(&[i as u8]).await.unwrap();
                stream.read_exact(&mut byte).await.unwrap();
                assert_eq!(byte, [i as u8]);
                if i == 500 {
                    sleep(millis(1)).await;
                }
            }
        });
        server.join().unwrap();
    });
}

#[test]
fn sockets_need_a_loop_to_be_made() {
    let address = common::sockets::loopback();
    let listener = std::net::TcpListener::bind(address).unwrap();
    let stream = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    let text = panic_text(|| drop(TcpStream::from_std(stream)));
    assert!(text.starts_with("a TcpStream needs a running"), "{text}");
    let text = panic_text(|| drop(TcpListener::from_std(listener)));
    assert!(text.starts_with("a TcpListener needs a running"), "{text}");
}
