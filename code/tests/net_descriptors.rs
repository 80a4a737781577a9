//! A process that has no descriptor left for one more connection: its listener neither dies nor
//! spins, and goes on when there is one again.
//!
//! The limit is the process's own, so each test runs once more in a child of this one, with a low
//! limit; the connections are made in the parent.
#![cfg(all(feature = "net", target_os = "linux"))]

mod common;

use std::cell::Cell;
use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream as StdStream};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use common::sockets::{in_time, listen};
use common::{millis, secs};
use event_loops::net::TcpListener;
use event_loops::{Event, EventKind, EventLoop, TaskId, Trace, now, sleep, spawn_named, timeout};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Set in a child.
const CHILD: &str = "EVENT_LOOPS_TEST_CHILD";

/// How many connections wait in the queue of the listener.
const WAITING: usize = 3;

/// Runs `child` in a process with few descriptors, and the other ends of its connections here.
fn with_few_descriptors(test: &str, child: fn()) {
    if env::var_os(CHILD).is_some() {
        return in_time(child);
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, "");
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = pipes.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let line = lines.find_map(|line| Some(line.unwrap().split_once("at ")?.1.to_string()));
    let address: SocketAddr = line.expect("an address").parse().unwrap();
    let peers: Vec<_> = (0..WAITING)
        .map(|_| StdStream::connect(address).unwrap())
        .collect();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(b"connected\n").unwrap();
    let rest: Vec<_> = lines.map(Result::unwrap).collect();
    assert!(process.wait().unwrap().success(), "{}", rest.join("\n"));
    for mut peer in peers {
        let mut greeting = String::new();
        peer.read_to_string(&mut greeting).unwrap();
        assert_eq!(greeting, "welcome");
    }
}

/// In a child: a listener with a few connections in its queue, and nothing left to accept them with.
fn exhausted() -> (TcpListener, Vec<File>) {
    let (listener, address) = listen();
    println!("at {address}");
    io::stdin().read_line(&mut String::new()).unwrap();
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let current = Some(64);
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    let mut hogs = Vec::new();
    let full = loop {
        match File::open("/dev/null") {
            Ok(file) => hogs.push(file),
            Err(error) => break error,
        }
    };
    assert_eq!(
        full.raw_os_error(),
        Some(rustix::io::Errno::MFILE.raw_os_error())
    );
    (listener, hogs)
}

/// Accepts all that wait, as a server does that only counts its errors.
async fn serve(listener: Rc<TcpListener>, errors: Rc<Cell<u32>>) {
    let mut accepted = 0;
    while accepted < WAITING {
        match listener.accept().await {
            Ok((stream, _)) => {
                stream.write_all(b"welcome").await.unwrap();
                accepted += 1;
            }
            Err(error) => {
                let none_left = rustix::io::Errno::MFILE.raw_os_error();
                assert_eq!(error.raw_os_error(), Some(none_left), "{error}");
                errors.set(errors.get() + 1);
            }
        }
    }
}

fn polls_before(trace: &Trace, task: TaskId, end: Duration) -> usize {
    let before = |event: &&Event| event.at < end;
    let polls = trace.of(task).filter(before);
    polls
        .filter(|event| event.kind == EventKind::Polled)
        .count()
}

#[test]
fn an_accept_that_fails_neither_spins_nor_ends_the_server() {
    with_few_descriptors(
        "an_accept_that_fails_neither_spins_nor_ends_the_server",
        || {
            let event_loop = EventLoop::with_virtual_clock().with_trace();
            let server = event_loop.run_until_complete(async {
                let (listener, hogs) = exhausted();
                let errors = Rc::new(Cell::new(0));
                let server = spawn_named("server", serve(Rc::new(listener), errors.clone()));
                sleep(secs(10)).await;
                assert_eq!(errors.get(), 100); // every 100 ms, from the first moment on
                drop(hogs);
                let id = server.id();
                server.await.unwrap();
                assert_eq!(now(), secs(10)); // at the next attempt
                id
            });
            // Two polls an attempt: one to fail, one to end the pause.
            let polls = polls_before(&event_loop.trace(), server, secs(10));
            assert!(polls <= 200, "{polls} polls");
        },
    );
}

#[test]
fn a_pause_after_a_failure_is_on_the_real_clock_no_busy_loop_either() {
    with_few_descriptors(
        "a_pause_after_a_failure_is_on_the_real_clock_no_busy_loop_either",
        || {
            let event_loop = EventLoop::new().with_trace();
            let server = event_loop.run_until_complete(async {
                let (listener, hogs) = exhausted();
                let errors = Rc::new(Cell::new(0));
                let server = spawn_named("server", serve(Rc::new(listener), errors.clone()));
                while errors.get() < 3 {
                    sleep(millis(1)).await;
                }
                drop(hogs);
                let id = server.id();
                server.await.unwrap();
                id
            });
            // Three failures with a pause after each, however long each took.
            assert!(event_loop.trace().total() >= millis(300));
            assert!(event_loop.trace().polls(server) <= 2 * 3 + WAITING);
        },
    );
}

/// Who gives up before the pause is over must find it shorter the next time, or it never ends.
#[test]
fn a_pause_goes_on_when_the_accept_that_waited_for_it_is_given_up() {
    with_few_descriptors(
        "a_pause_goes_on_when_the_accept_that_waited_for_it_is_given_up",
        || {
            EventLoop::with_virtual_clock().run_until_complete(async {
                let (listener, hogs) = exhausted();
                listener.accept().await.unwrap_err();
                drop(hogs);
                let mut given_up = 0;
                for _ in 0..WAITING {
                    let stream = loop {
                        match timeout(millis(30), listener.accept()).await {
                            Ok(accepted) => break accepted.unwrap().0,
                            Err(_too_late) => given_up += 1,
                        }
                        assert!(given_up < 10, "the pause never ends");
                    };
                    stream.write_all(b"welcome").await.unwrap();
                }
                assert_eq!((given_up, now()), (3, millis(100)));
            });
        },
    );
}

#[test]
fn two_tasks_on_one_listener_pause_together() {
    with_few_descriptors("two_tasks_on_one_listener_pause_together", || {
        EventLoop::with_virtual_clock().run_until_complete(async {
            let (listener, hogs) = exhausted();
            let listener = Rc::new(listener);
            let errors = Rc::new(Cell::new(0));
            let task = |name: &str| spawn_named(name, serve(listener.clone(), errors.clone()));
            let tasks = ["one", "two"].map(task);
            sleep(millis(1050)).await;
            // At the first failure the other waits, too: one attempt, and then ten of each.
            assert_eq!(errors.get(), 21);
            drop(hogs);
            sleep(secs(1)).await; // one of them has seen all, or they have shared them
            let done = tasks.iter().filter(|task| task.is_finished()).count();
            assert!(done <= 1);
            tasks.into_iter().for_each(|task| task.abort());
        });
    });
}

/// What a loop itself needs: an operating system that has nothing left says so at the first socket.
#[test]
fn a_loop_without_descriptors_for_itself_gives_an_error_and_can_try_again() {
    with_few_descriptors(
        "a_loop_without_descriptors_for_itself_gives_an_error_and_can_try_again",
        || {
            let first = EventLoop::new();
            let (listener, hogs) = first.run_until_complete(async { exhausted() });
            EventLoop::new().run_until_complete(async {
                TcpListener::bind(common::sockets::loopback()).unwrap_err();
                drop(hogs);
                let (listener, address) = listen();
                let _peer = StdStream::connect(address).unwrap();
                listener.accept().await.unwrap();
            });
            first.run_until_complete(serve(Rc::new(listener), Rc::default()));
        },
    );
}
