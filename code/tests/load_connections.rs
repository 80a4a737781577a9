//! Ten thousand connections at once, each with a hundred messages: none lost, none reordered.
//!
//! A process may have about as many descriptors as there are connections, so the server is another
//! process: a child of the test.
#![cfg(all(feature = "net", target_os = "linux"))]

use std::cell::Cell;
use std::env;
use std::io::{self, BufRead, BufReader, Lines, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{self, Child, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use event_loops::net::{TcpListener, TcpStream};
use event_loops::{EventLoop, gather, spawn};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Set in the child: how many connections it is to serve.
const SERVE: &str = "EVENT_LOOPS_TEST_SERVE";

const CONNECTIONS: usize = 10_000;
const MESSAGES: u32 = 100;

/// How many are sent before the answers are read.
const BATCH: u32 = 5;

/// How many connect at once: the listener's queue has room for 128, and whoever does not get in tries
/// again after a second.
const CHUNK: usize = 100;

/// Descriptors that a process needs for other things.
const RESERVE: usize = 64;

#[test]
fn ten_thousand_connections_with_a_hundred_messages_each() {
    let possible = raise_limit().saturating_sub(RESERVE);
    let connections = CONNECTIONS.min(possible);
    if let Ok(count) = env::var(SERVE) {
        return serve(count.parse().unwrap());
    }
    if connections < CONNECTIONS {
        eprintln!("the limit of descriptors allows {connections} of {CONNECTIONS} connections");
    }
    let mut server = Server::start(connections);
    let began = Instant::now();
    let failed = EventLoop::new().run_until_complete(talk(server.address, connections));
    if let Some((count, first)) = failed {
        panic!("{count} connections failed, the first of them so: {first}");
    }
    server.has_seen_them_all();
    eprintln!(
        "{connections} connections at once, {MESSAGES} messages on each, in {:.1} s",
        began.elapsed().as_secs_f64()
    );
}

/// As many descriptors as this process may have.
fn raise_limit() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let current = maximum;
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    maximum.map_or(usize::MAX, |maximum| maximum as usize)
}

/// This test once more, in another process. It ends at the latest when this is dropped: its standard
/// input ends then.
struct Server {
    process: Child,
    address: SocketAddr,
    output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(connections: usize) -> Self {
        let test = "ten_thousand_connections_with_a_hundred_messages_each";
        let mut process = Command::new(env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(SERVE, connections.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let address =
            output.find_map(|line| Some(line.unwrap().split_once("at ")?.1.parse().unwrap()));
        Server {
            process,
            address: address.expect("the server's address"),
            output,
        }
    }

    fn has_seen_them_all(&mut self) {
        self.output.by_ref().for_each(drop); // to its end
        assert!(self.process.wait().unwrap().success(), "not all at once");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ended = self.process.wait();
    }
}

/// Opens all connections, and only then talks on all of them. Says how many failed, and how the first
/// of them did.
async fn talk(address: SocketAddr, connections: usize) -> Option<(usize, String)> {
    let mut streams = Vec::with_capacity(connections);
    while streams.len() < connections {
        let chunk = CHUNK.min(connections - streams.len());
        streams.extend(gather((0..chunk).map(|_| connect(address))).await);
    }
    let talks = streams.into_iter().enumerate();
    let talks = talks.map(|(number, stream)| exchange(stream, number as u32));
    let mut failed = gather(talks).await.into_iter().filter_map(Result::err);
    failed.next().map(|first| (failed.count() + 1, first))
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut greeting = [0]; // the server has accepted it
    stream.read_exact(&mut greeting).await.unwrap();
    stream
}

/// Sends messages and checks that they come back: all of them, as they were, in their order.
async fn exchange(stream: TcpStream, connection: u32) -> Result<(), String> {
    let at = |number: u32| format!("connection {connection}, message {number}");
    for batch in 0..MESSAGES / BATCH {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let of_connection = |number| message(connection, number);
        let messages: Vec<_> = numbers.clone().map(of_connection).collect();
        let sent = stream.write_all(messages.as_flattened()).await;
        sent.map_err(|error| format!("{}: {error}", at(numbers.start)))?;
        for (number, message) in numbers.zip(messages) {
            let mut answer = [0; 16];
            let read = stream.read_exact(&mut answer).await;
            read.map_err(|error| format!("{}: {error}", at(number)))?;
            if answer != message {
                return Err(format!(
                    "{}: {answer:?} in place of {message:?}",
                    at(number)
                ));
            }
        }
    }
    Ok(())
}

/// A message says which one it is, and on which connection.
fn message(connection: u32, number: u32) -> [u8; 16] {
    let mixed = (connection ^ number.rotate_left(16)).wrapping_mul(0x9E37_79B9);
    let words = [connection, number, mixed, !mixed];
    let bytes = words.map(u32::to_be_bytes);
    bytes.as_flattened().try_into().unwrap()
}

/// The server: sends back what it gets, on `count` connections.
fn serve(count: usize) {
    thread::spawn(|| {
        // The parent holds the other end, and lets go of it when it ends.
        let _ended = io::stdin().read(&mut [0]);
        process::exit(1);
    });
    EventLoop::new().run_until_complete(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        println!("at {}", listener.local_addr().unwrap());
        let open = Rc::new(Cell::new(0));
        let mut tasks = Vec::with_capacity(count);
        for _ in 0..count {
            let (stream, _) = listener.accept().await.unwrap();
            open.set(open.get() + 1);
            let open = open.clone();
            tasks.push(spawn(async move {
                stream.write_all(b"!").await.unwrap();
                echo(&stream).await;
                open.set(open.get() - 1);
            }));
        }
        assert_eq!(open.get(), count, "not all are open at once");
        for task in tasks {
            task.await.unwrap();
        }
    });
}

async fn echo(stream: &TcpStream) {
    let mut buffer = [0; 256];
    while let length @ 1.. = stream.read(&mut buffer).await.unwrap() {
        stream.write_all(&buffer[..length]).await.unwrap();
    }
}
