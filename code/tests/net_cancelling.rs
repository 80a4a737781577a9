//! What a dropped operation leaves behind: no lost byte, no lost connection, no place in a line.
#![cfg(feature = "net")]

mod common;

use std::future::{Future, pending, poll_fn};
use std::io::Write;
use std::net::{Shutdown, TcpStream as StdStream};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use common::sockets::{connected, in_time, listen, pair};
use common::{foreign_waker, poll_once, poll_with, secs};
use event_loops::{Deadlock, EventLoop, now, race, sleep, spawn_named, timeout, yield_now};

/// Runs what has to end in a deadlock: nobody is left who waits for a socket.
fn stuck<M: Future>(main: impl FnOnce() -> M + Send + 'static) -> Deadlock {
    in_time(|| {
        let run = EventLoop::with_virtual_clock().try_run_until_complete(main());
        run.err().expect("this should be a deadlock")
    })
}

#[test]
fn a_dropped_read_loses_nothing() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            let mut buffer = [0; 8];
            let mut read = Box::pin(stream.read(&mut buffer));
            assert!(poll_once(&mut read).await.is_pending());
            peer.write_all(b"for whom?").unwrap();
            yield_now().await;
            drop(read);
            assert_eq!(stream.read(&mut buffer).await.unwrap(), 8);
            assert_eq!(&buffer, b"for whom");
        });
    });
}

#[test]
fn a_read_that_is_dropped_after_it_was_woken_loses_nothing() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            for round in 0..10 {
                let mut buffer = [0; 8];
                let mut read = Box::pin(stream.read(&mut buffer));
                let woken = Arc::new(AtomicUsize::new(0));
                let waker = {
                    let woken = woken.clone();
                    foreign_waker(
                        move || {
                            woken.fetch_add(1, Ordering::Relaxed);
                        },
                        || {},
                    )
                };
                assert!(poll_with(&mut read, &waker).is_pending());
                peer.write_all(&[round]).unwrap();
                while woken.load(Ordering::Relaxed) == 0 {
                    yield_now().await;
                }
                drop(read);
                assert_eq!(stream.read(&mut buffer).await.unwrap(), 1);
                assert_eq!(buffer[0], round);
            }
        });
    });
}

#[test]
fn a_dropped_accept_loses_no_connection() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, address) = listen();
            let (mut one, mut two) = (Box::pin(listener.accept()), Box::pin(listener.accept()));
            assert!(poll_once(&mut one).await.is_pending());
            assert!(poll_once(&mut two).await.is_pending());
            let peer = StdStream::connect(address).unwrap();
            drop(one); // the first in the line leaves it
            let (_, from) = two.await.unwrap();
            assert_eq!(from, peer.local_addr().unwrap());
        });
    });
}

/// The task that is first in the line is woken by a connection, and aborted before its turn comes.
#[test]
fn an_aborted_accept_leaves_the_connection_to_the_next() {
    in_time(|| {
        let event_loop = EventLoop::new().with_trace();
        event_loop.run_until_complete(async {
            let (listener, address) = listen();
            let listener = Rc::new(listener);
            let [first, second] = ["first", "second"].map(|name| {
                let listener = listener.clone();
                spawn_named(name, async move { listener.accept().await.unwrap().1 })
            });
            yield_now().await;
            let peer = StdStream::connect(address).unwrap();
            first.abort();
            let error = first.await.unwrap_err();
            assert!(error.is_aborted());
            assert_eq!(second.await.unwrap(), peer.local_addr().unwrap());
        });
    });
}

#[test]
fn a_read_that_loses_a_race_is_read_later() {
    in_time(|| {
        EventLoop::with_virtual_clock().run_until_complete(async {
            let (quiet, _peer) = connected();
            let (loud, mut peer) = connected();
            let (mut one, mut two) = ([0; 4], [0; 4]);
            peer.write_all(b"abcd").unwrap();
            for _ in 0..3 {
                let length = race(quiet.read(&mut one), loud.read(&mut two[..1])).await;
                assert_eq!(length.unwrap(), 1);
            }
            assert_eq!(two[0], b'c');
        });
    });
}

#[test]
fn whoever_has_given_up_reading_waits_for_nothing() {
    let deadlock = stuck(|| async {
        let (stream, _peer) = connected();
        let mut buffer = [0; 8];
        let mut read = Box::pin(stream.read(&mut buffer));
        assert!(poll_once(&mut read).await.is_pending());
        drop(read);
        sleep(secs(3600)).await; // the clock jumps again
        assert_eq!(now(), secs(3600));
        pending::<()>().await;
    });
    assert_eq!(deadlock.stuck[0].waits_for, None);
}

#[test]
fn whoever_has_given_up_writing_waits_for_nothing() {
    stuck(|| async {
        let (stream, _peer) = connected();
        let data = vec![0; 1 << 20];
        let mut write = Box::pin(stream.write(&data));
        while poll_once(&mut write).await.is_ready() {
            write = Box::pin(stream.write(&data));
        }
        drop(write);
        pending::<()>().await;
    });
}

#[test]
fn whoever_has_given_up_accepting_waits_for_nothing() {
    stuck(|| async {
        let (listener, _) = listen();
        let mut accept = Box::pin(listener.accept());
        assert!(poll_once(&mut accept).await.is_pending());
        drop(accept);
        pending::<()>().await;
    });
}

#[test]
fn whoever_was_answered_waits_for_nothing() {
    stuck(|| async {
        let (left, right) = pair();
        let mut byte = [0];
        for _ in 0..10 {
            let mut read = Box::pin(right.read(&mut byte));
            assert!(poll_once(&mut read).await.is_pending());
            left.write_all(b"x").await.unwrap();
            assert_eq!(read.await.unwrap(), 1);
        }
        pending::<()>().await;
    });
}

#[test]
fn aborted_tasks_wait_for_nothing() {
    let deadlock = stuck(|| async {
        let (stream, _peer) = connected();
        let (listener, _) = listen();
        let stream = Rc::new(stream);
        let reader = stream.clone();
        let tasks = [
            spawn_named("reader", async move { drop(reader.read(&mut [0]).await) }),
            spawn_named("listener", async move { drop(listener.accept().await) }),
        ];
        yield_now().await;
        tasks.into_iter().for_each(|task| task.abort());
        spawn_named("left", pending::<()>());
        yield_now().await;
        stream.shutdown(Shutdown::Both).unwrap(); // wakes nobody any more
        pending::<()>().await;
    });
    let names: Vec<_> = deadlock.stuck.iter().map(|task| &*task.name).collect();
    assert_eq!(names, ["main", "left"]);
}

#[test]
fn a_deadline_that_ends_a_read_leaves_the_data_to_the_next() {
    in_time(|| {
        EventLoop::with_virtual_clock().run_until_complete(async {
            let (stream, mut peer) = connected();
            let mut buffer = [0; 8];
            for _ in 0..3 {
                let read = timeout(common::millis(2), stream.read(&mut buffer));
                read.await.expect_err("nobody has written");
            }
            peer.write_all(b"late").unwrap();
            assert_eq!(stream.read(&mut buffer).await.unwrap(), 4);
        });
    });
}

/// `poll_read` has no future that could be dropped: its wait ends with the stream.
#[test]
fn a_stream_that_is_dropped_forgets_who_polled_it() {
    stuck(|| async {
        let (stream, _peer) = connected();
        poll_fn(|cx| {
            assert!(stream.poll_read(cx, &mut [0]).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(stream);
        pending::<()>().await;
    });
}

#[test]
fn of_two_that_poll_a_stream_the_last_is_woken_and_counted_once() {
    stuck(|| async {
        let (stream, mut peer) = connected();
        let counts = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        let wakers = counts.each_ref().map(|count| {
            let count = count.clone();
            let on_wake = move || {
                count.fetch_add(1, Ordering::Relaxed);
            };
            foreign_waker(on_wake, || {})
        });
        for waker in &wakers {
            let cx = Context::from_waker(waker);
            assert!(stream.poll_read(&cx, &mut [0]).is_pending());
        }
        peer.write_all(b"x").unwrap();
        while counts[1].load(Ordering::Relaxed) == 0 {
            yield_now().await;
        }
        assert_eq!(counts[0].load(Ordering::Relaxed), 0);
        let cx = Context::from_waker(&wakers[0]);
        assert!(stream.poll_read(&cx, &mut [0]).is_ready());
        pending::<()>().await;
    });
}
