//! Sockets in the trace: everything that happens, from beginning to end.
#![cfg(feature = "net")]

mod common;

use std::future::Future;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream as StdStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use common::sockets::{connected, in_time, listen, tell_of_parking};
use common::{millis, story, story_of_tasks};
use event_loops::net::{TcpListener, TcpStream};
use event_loops::{
    Event, EventKind, EventLoop, Interest, PollEdge, Trace, Wait, WokenBy, block_for, note, race,
    sleep, spawn_named, yield_now,
};

/// Serves one client, which takes one step each time the server is suspended: so nothing is left to
/// chance, neither to the system's nor to the other thread's.
fn served<M>(
    serve: impl FnOnce(TcpListener) -> M + Send + 'static,
    client: impl FnOnce(SocketAddr, Receiver<()>) + Send + 'static,
) -> Trace
where
    M: Future<Output = ()>,
{
    in_time(|| {
        let (tell, is_suspended) = mpsc::channel();
        let listener = move |event: &Event| {
            if matches!(event.kind, EventKind::Suspended { .. }) {
                let _nobody_listens_any_more = tell.send(());
            }
        };
        let event_loop = EventLoop::with_virtual_clock().on_event(listener);
        let client = event_loop.run_until_complete(async {
            let (listener, address) = listen();
            let client = thread::spawn(move || client(address, is_suspended));
            serve(listener).await;
            client
        });
        client.join().unwrap();
        event_loop.trace()
    })
}

#[test]
fn a_connection_from_its_beginning_to_its_end() {
    let trace = served(
        |listener| async move {
            let (stream, _) = listener.accept().await.unwrap();
            let question = stream.read_to_end().await.unwrap();
            note(String::from_utf8(question).unwrap());
            stream.write_all(b"42").await.unwrap();
        },
        |address, is_suspended| {
            is_suspended.recv().unwrap();
            let mut stream = StdStream::connect(address).unwrap();
            is_suspended.recv().unwrap();
            stream.write_all(b"6 * 7?").unwrap();
            is_suspended.recv().unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert_eq!(answer, "42");
        },
    );
    assert_eq!(
        story_of_tasks(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits for something to read from a socket", // in accept
            "0.0 s main is woken: its socket is ready",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits for something to read from a socket", // for the question
            "0.0 s main is woken: its socket is ready",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits for something to read from a socket", // for its end
            "0.0 s main is woken: its socket is ready",
            "0.0 s main is polled",
            "0.0 s main says: 6 * 7?",
            "0.0 s main finishes", // there was room for the answer
        ]
    );
}

#[test]
fn the_loop_parks_until_the_socket_is_ready() {
    let line = line!() + 3;
    let trace = served(
        |listener| async move {
            listener.accept().await.unwrap();
        },
        |address, is_suspended| {
            is_suspended.recv().unwrap();
            StdStream::connect(address).unwrap();
        },
    );
    let kinds: Vec<_> = trace
        .events
        .iter()
        .map(|event| event.kind.clone())
        .collect();
    let EventKind::Suspended { on } = &kinds[2] else {
        panic!("{}", story(&trace).join("\n"));
    };
    let [Wait::Socket { interest, line: at }] = on[..] else {
        panic!("{on:?}");
    };
    assert_eq!((interest, at.line()), (Interest::Read, line));
    assert_eq!(
        kinds,
        [
            EventKind::Spawned,
            EventKind::Polled,
            EventKind::Suspended { on: on.clone() },
            EventKind::Parked { until: None },
            EventKind::Unparked,
            EventKind::Woken {
                by: WokenBy::Socket
            },
            EventKind::Polled,
            EventKind::Finished,
        ]
    );
}

#[test]
fn a_deadline_comes_first() {
    let trace = served(
        |listener| async move {
            let accept = async { drop(listener.accept().await) };
            race(Box::pin(sleep(millis(3))), Box::pin(accept)).await;
        },
        |_, _| {}, // it never comes
    );
    assert_eq!(
        story(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits until 3 ms and 1 more",
            "0.0 s loop has nothing to do until 3 ms",
            "3 ms loop goes on", // not earlier, although it is a virtual clock: it could have come
            "3 ms main is woken: its time has come",
            "3 ms main is polled",
            "3 ms main finishes",
        ]
    );
}

#[test]
fn a_connection_that_is_refused() {
    let trace = in_time(|| {
        let event_loop = EventLoop::with_virtual_clock().with_trace();
        event_loop.run_until_complete(async {
            let (_held, peer) = connected();
            let deserted = peer.peer_addr().unwrap(); // nobody listens at this end of a connection
            TcpStream::connect(deserted).await.unwrap_err();
        });
        event_loop.trace()
    });
    assert_eq!(
        story_of_tasks(&trace),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits for room to write to a socket",
            "0.0 s main is woken: its socket is ready",
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn a_task_that_writes_more_than_fits() {
    let trace = in_time(|| {
        let (listener, is_parked) = tell_of_parking();
        let event_loop = EventLoop::with_virtual_clock().on_event(listener);
        event_loop.run_until_complete(async {
            let (stream, peer) = connected();
            let thread = thread::spawn(move || {
                is_parked.recv().unwrap();
                drop(peer); // with all that it has not read: a reset
            });
            while stream.write(&[0; 1 << 16]).await.is_ok() {}
            thread.join().unwrap();
        });
        event_loop.trace()
    });
    let story = story_of_tasks(&trace);
    assert_eq!(
        story[story.len() - 4..],
        [
            "0.0 s main is suspended: waits for room to write to a socket",
            "0.0 s main is woken: its socket is ready",
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn a_task_that_is_aborted_while_it_waits_for_a_socket() {
    let trace = in_time(|| {
        let event_loop = EventLoop::with_virtual_clock().with_trace();
        event_loop.run_until_complete(async {
            let (listener, _) = listen();
            let task = spawn_named("task", async move { drop(listener.accept().await) });
            yield_now().await;
            task.abort();
            task.await.unwrap_err();
        });
        event_loop.trace()
    });
    assert_eq!(
        story(&trace)[2..],
        [
            "0.0 s task is spawned",
            "0.0 s main wakes itself",
            "0.0 s main is suspended: waits for its next turn",
            "0.0 s task is polled",
            "0.0 s task is suspended: waits for something to read from a socket",
            "0.0 s main is polled",
            "0.0 s task is dropped before it has finished",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn a_slow_poll_that_begins_at_a_socket_says_so() {
    let line = line!() + 7;
    let trace = in_time(|| {
        let event_loop = EventLoop::with_virtual_clock().with_trace();
        let event_loop = event_loop.report_slow_polls(millis(100));
        event_loop.run_until_complete(async {
            let (stream, peer) = connected();
            let reading = spawn_named("reader", async move {
                stream.read(&mut [0]).await.unwrap();
                block_for(common::secs(1));
            });
            yield_now().await;
            drop(peer);
            reading.await.unwrap();
        });
        event_loop.trace()
    });
    let reader = trace.task("reader").unwrap();
    let slow = trace.of(reader).find_map(|event| match &event.kind {
        EventKind::SlowPoll { from, to, .. } => Some((*from, *to)),
        _ => None,
    });
    let Some((PollEdge::Await(Wait::Socket { line: at, .. }), PollEdge::End)) = slow else {
        panic!("{}", story(&trace).join("\n"));
    };
    assert_eq!(at.line(), line);
}
