//! A connection: reading, writing, and all the ways in which it ends.
#![cfg(feature = "net")]

mod common;

use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::Shutdown;
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;

use common::poll_once;
use common::sockets::{arrival, connected, in_time, pair, pattern};
use event_loops::net::TcpStream;
use event_loops::{EventLoop, join, spawn, spawn_named, yield_now};

#[test]
fn what_is_written_at_one_end_is_read_at_the_other() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (left, right) = pair();
            let mut buffer = [0; 16];
            assert_eq!(left.write(b"there").await.unwrap(), 5);
            assert_eq!(right.read(&mut buffer).await.unwrap(), 5);
            assert_eq!(&buffer[..5], b"there");
            right.write_all(b"and back").await.unwrap();
            left.read_exact(&mut buffer[..8]).await.unwrap();
            assert_eq!(&buffer[..8], b"and back");
            assert_eq!(left.local_addr().unwrap(), right.peer_addr().unwrap());
            assert_eq!(right.local_addr().unwrap(), left.peer_addr().unwrap());
        });
    });
}

#[test]
fn a_peer_that_sends_one_byte_at_a_time_is_read_byte_by_byte() {
    in_time(|| {
        let (got, has_got) = mpsc::channel();
        let event_loop = EventLoop::new();
        let read = event_loop.run_until_complete(async move {
            let (stream, mut peer) = connected();
            let sender = thread::spawn(move || {
                for byte in pattern(500) {
                    peer.write_all(&[byte]).unwrap();
                    has_got.recv().unwrap(); // the next one only then
                }
            });
            let (mut read, mut buffer) = (Vec::new(), [0; 100]);
            while let length @ 1.. = stream.read(&mut buffer).await.unwrap() {
                assert_eq!(length, 1);
                read.extend_from_slice(&buffer[..length]);
                got.send(()).unwrap();
            }
            sender.join().unwrap();
            read
        });
        assert_eq!(read, pattern(500));
    });
}

#[test]
fn a_half_closed_connection_still_carries_the_answer() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (client, server) = pair();
            let answering = spawn(async move {
                let question = server.read_to_end().await.unwrap();
                server.write_all(&question).await.unwrap();
            });
            client.write_all(b"that is all").await.unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            assert_eq!(client.read_to_end().await.unwrap(), b"that is all");
            answering.await.unwrap();
        });
    });
}

#[test]
fn the_end_of_a_connection_is_read_again_and_again() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            peer.write_all(b"last words").unwrap();
            drop(peer);
            let mut buffer = [0; 4];
            let mut lengths = Vec::new();
            for _ in 0..6 {
                lengths.push(stream.read(&mut buffer).await.unwrap());
            }
            assert_eq!(lengths, [4, 4, 2, 0, 0, 0]);
        });
    });
}

#[test]
fn an_end_that_comes_while_a_task_waits_to_read_wakes_it() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, peer) = connected();
            let mut buffer = [0; 4];
            let mut read = pin!(stream.read(&mut buffer));
            assert!(poll_once(&mut read).await.is_pending());
            drop(peer);
            assert_eq!(read.await.unwrap(), 0);
        });
    });
}

#[test]
fn our_own_shutdown_wakes_the_task_that_waits_to_read() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, _peer) = connected();
            let stream = Rc::new(stream);
            let reader = stream.clone();
            let reading = spawn(async move { reader.read(&mut [0; 4]).await });
            yield_now().await;
            stream.shutdown(Shutdown::Both).unwrap();
            assert_eq!(reading.await.unwrap().unwrap(), 0);
            let error = stream.write(b"x").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        });
    });
}

#[test]
fn read_exact_says_when_the_peer_ends_too_early() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            peer.write_all(b"abc").unwrap();
            drop(peer);
            let error = stream.read_exact(&mut [0; 4]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
            stream.read_exact(&mut []).await.unwrap(); // nothing is wanted, nothing is waited for
        });
    });
}

/// A peer that closes without having read what was sent to it resets the connection.
#[test]
fn a_reset_is_an_error_for_the_task_that_waits_to_read() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, peer) = connected();
            stream.write_all(b"will never be read").await.unwrap();
            arrival(&peer, 18).await;
            let mut buffer = [0; 4];
            let mut read = pin!(stream.read(&mut buffer));
            assert!(poll_once(&mut read).await.is_pending());
            drop(peer);
            assert_eq!(read.await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        });
    });
}

#[test]
fn a_reset_is_an_error_for_the_task_that_waits_to_write() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, peer) = connected();
            fill(&stream).await;
            let mut write = pin!(stream.write(b"x"));
            assert!(poll_once(&mut write).await.is_pending());
            drop(peer);
            let mut written = write.await;
            while written.is_ok() {
                // There may have been room for a little more before the reset came.
                written = stream.write(b"x").await;
            }
            assert_eq!(written.unwrap_err().kind(), ErrorKind::ConnectionReset);
            let error = stream.write(b"x").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        });
    });
}

#[test]
fn peers_that_vanish_end_their_own_tasks_and_no_others() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (steady, mut steady_peer) = connected();
            let echo = spawn_named("steady", echo_until_end(steady));
            for round in 0..20 {
                let (stream, mut peer) = connected();
                let task = spawn(echo_until_end(stream));
                peer.write_all(b"hello").unwrap();
                if round % 2 == 0 {
                    arrival(&peer, 5).await; // the answer, which nobody reads
                }
                drop(peer);
                // The end or a reset, as it happens to be: never a hang, never a panic.
                if let Err(error) = task.await.unwrap() {
                    let kind = error.kind();
                    let gone = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
                    assert!(gone.contains(&kind), "{error}");
                }
                yield_now().await;
            }
            steady_peer.write_all(b"still here").unwrap();
            steady_peer.shutdown(Shutdown::Write).unwrap();
            echo.await.unwrap().unwrap();
            let mut answer = String::new();
            steady_peer.read_to_string(&mut answer).unwrap();
            assert_eq!(answer, "still here");
        });
    });
}

async fn echo_until_end(stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    while let length @ 1.. = stream.read(&mut buffer).await? {
        stream.write_all(&buffer[..length]).await?;
    }
    Ok(())
}

/// Writes until the operating system takes no more, and says how much that was.
async fn fill(stream: &TcpStream) -> usize {
    let (data, mut taken) = (pattern(1 << 16), 0);
    loop {
        match poll_once(&mut pin!(stream.write(&data[taken % data.len()..]))).await {
            Poll::Ready(written) => taken += written.unwrap(),
            Poll::Pending => return taken,
        }
    }
}

#[test]
fn a_writer_waits_for_a_slow_reader_and_nothing_is_lost() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            let taken = fill(&stream).await;
            let (go, may_go) = mpsc::channel();
            let reader = thread::spawn(move || {
                may_go.recv().unwrap();
                let mut read = Vec::new();
                peer.read_to_end(&mut read).unwrap();
                read
            });
            let mut end = Box::pin(stream.write_all(b"the end"));
            assert!(poll_once(&mut end).await.is_pending());
            go.send(()).unwrap(); // only from here on there can be room
            end.await.unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let read = reader.join().unwrap();
            let sent = pattern(1 << 16).into_iter().cycle().take(taken);
            assert!(read.iter().copied().eq(sent.chain(*b"the end")));
        });
    });
}

/// More than the system's buffers hold, through a peer that sends back what it gets: a task that
/// wrote all before it read would wait forever.
#[test]
fn one_task_reads_while_another_writes_the_same_stream() {
    const LENGTH: usize = 32 << 20;
    let data = || pattern(1 << 16).repeat(LENGTH >> 16);
    in_time(move || {
        EventLoop::new().run_until_complete(async {
            let (stream, peer) = connected();
            let echo = thread::spawn(move || io::copy(&mut &peer, &mut &peer).unwrap());
            let stream = Rc::new(stream);
            let writer = stream.clone();
            let writing = spawn_named("writer", async move {
                writer.write_all(&data()).await.unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });
            let reading = spawn_named("reader", async move {
                let (mut read, mut buffer) = (0, vec![0; 1 << 16]);
                let expected = data();
                while let length @ 1.. = stream.read(&mut buffer).await.unwrap() {
                    assert!(buffer[..length] == expected[read..read + length]);
                    read += length;
                }
                read
            });
            let (written, read) = join(writing, reading).await;
            written.unwrap();
            assert_eq!(read.unwrap(), LENGTH);
            assert_eq!(echo.join().unwrap(), LENGTH as u64);
        });
    });
}

#[test]
fn an_adapter_polls_both_directions_in_one_task() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, peer) = connected();
            let taken = fill(&stream).await;
            let (mut buffer, mut read, mut wrote) = ([0; 8], None, None);
            let mut first = true;
            poll_fn(|cx| {
                if read.is_none()
                    && let Poll::Ready(result) = stream.poll_read(cx, &mut buffer)
                {
                    read = Some(result.unwrap());
                }
                if wrote.is_none()
                    && let Poll::Ready(result) = stream.poll_write(cx, b"x")
                {
                    wrote = Some(result.unwrap());
                }
                if mem::take(&mut first) {
                    assert_eq!((read, wrote), (None, None));
                    let mut peer = peer.try_clone().unwrap();
                    thread::spawn(move || {
                        peer.write_all(b"now").unwrap();
                        peer.read_exact(&mut vec![0; taken]).unwrap();
                    });
                }
                match (read, wrote) {
                    (Some(_), Some(_)) => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            })
            .await;
            assert_eq!((read, wrote), (Some(3), Some(1)));
            assert_eq!(&buffer[..3], b"now");
        });
    });
}
