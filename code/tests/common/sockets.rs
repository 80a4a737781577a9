//! What tests of the network need: peers on the same machine, and a limit to how long they wait.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::panic;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use event_loops::net::{TcpListener, TcpStream};
use event_loops::{Event, EventKind, yield_now};

/// Runs a test on a thread of its own, so that a loop which waits forever fails the test and does
/// not hang it.
pub fn in_time<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || tell.send(test()));
    match told.recv_timeout(Duration::from_secs(30)) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("the loop waits forever"),
        Err(RecvTimeoutError::Disconnected) => {
            panic::resume_unwind(thread.join().expect_err("it has sent nothing"))
        }
    }
}

/// An address that somebody will listen at, on this machine, where the system finds it free.
pub fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A listener of the running loop, and its address.
pub fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(loopback()).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A connection with one end on the running loop; the other end blocks, and belongs to the test.
pub fn connected() -> (TcpStream, StdStream) {
    let (ours, theirs) = connected_std();
    (TcpStream::from_std(ours).unwrap(), theirs)
}

/// A connection between two ends on the running loop.
pub fn pair() -> (TcpStream, TcpStream) {
    let (ours, theirs) = connected_std();
    let on_loop = |stream| TcpStream::from_std(stream).unwrap();
    (on_loop(ours), on_loop(theirs))
}

fn connected_std() -> (StdStream, StdStream) {
    let listener = StdListener::bind(loopback()).unwrap();
    let ours = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    for stream in [&ours, &theirs] {
        stream.set_nodelay(true).unwrap();
    }
    (ours, theirs)
}

/// Waits until `length` bytes have arrived, or the end, without taking them. Meanwhile other tasks
/// run.
pub async fn arrival(stream: &StdStream, length: usize) {
    let mut buffer = vec![0; length];
    stream.set_nonblocking(true).unwrap();
    loop {
        match stream.peek(&mut buffer) {
            Ok(there) if there == length || there == 0 => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        yield_now().await;
    }
    stream.set_nonblocking(false).unwrap();
}

/// A listener for `on_event`, and somebody who hears from it each time the loop is about to park.
pub fn tell_of_parking() -> (impl FnMut(&Event) + 'static, Receiver<()>) {
    let (tell, told) = mpsc::channel();
    let listener = move |event: &Event| {
        if matches!(event.kind, EventKind::Parked { .. }) {
            let _nobody_listens_any_more = tell.send(());
        }
    };
    (listener, told)
}

/// Bytes that differ, so that one at a wrong place is seen.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (i ^ (i >> 8)) as u8).collect()
}
