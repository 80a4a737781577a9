//! Who waits for connections: [`TcpListener`].

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::time::Duration;

use mio::net::TcpListener as MioListener;

use super::socket::Socket;
use super::stream::TcpStream;
use crate::functions::now;
use crate::timers::sleep_until;
use crate::trace::{Interest, SourceLine};

/// How long an `accept` waits after one that has failed.
const PAUSE: Duration = Duration::from_millis(100);

/// Waits for connections at an address. Dropping it closes the address.
pub struct TcpListener {
    socket: Socket<MioListener>,
    /// When to try again, if the last `accept` has failed. A time and not a duration: whoever gives
    /// up before it has come does not put it off.
    again_at: Cell<Option<Duration>>,
}

impl TcpListener {
    /// Opens an address for connections. Port 0 lets the operating system choose one, which
    /// [`local_addr`](TcpListener::local_addr) then tells. The system keeps 128 connections that are
    /// not accepted yet, and lets more than that try again after a second;
    /// [`from_std`](TcpListener::from_std) takes a listener with a longer queue.
    ///
    /// # Errors
    ///
    /// Of the operating system: the address is taken, or is not one of this machine's.
    ///
    /// # Panics
    ///
    /// Outside a running event loop.
    ///
    /// ```
    /// use event_loops::{EventLoop, net::TcpListener};
    /// use std::net::Ipv4Addr;
    ///
    /// EventLoop::new().run_until_complete(async {
    ///     let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    ///     assert_ne!(listener.local_addr().unwrap().port(), 0);
    /// });
    /// ```
    pub fn bind(address: impl Into<SocketAddr>) -> io::Result<Self> {
        TcpListener::new(MioListener::bind(address.into())?)
    }

    /// Takes over a listener of the standard library's, with whatever options it has been given.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    ///
    /// # Panics
    ///
    /// Outside a running event loop.
    pub fn from_std(listener: StdListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        TcpListener::new(MioListener::from_std(listener))
    }

    fn new(listener: MioListener) -> io::Result<Self> {
        Ok(TcpListener {
            socket: Socket::new(listener, true, "a TcpListener")?,
            again_at: Cell::default(),
        })
    }

    /// Waits for a connection, and gives it with the address of the other side.
    ///
    /// Cancel-safe: dropped before its end it has taken no connection.
    ///
    /// # Errors
    ///
    /// Of the operating system: above all, that no descriptor is left for one more connection. The
    /// connection stays in the system's queue, and the listener stays usable. The next `accept`
    /// then tries after 100 ms and not before, so that a loop which only reports errors does not
    /// keep the thread busy. A connection that the other side has given up by now is no error, and
    /// is skipped.
    ///
    /// # Panics
    ///
    /// When it is awaited on another loop than the one that it was made on.
    #[track_caller]
    pub fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> {
        let line = SourceLine::caller();
        async move {
            if let Some(time) = self.again_at.get() {
                sleep_until(time).await;
            }
            let accepted = loop {
                let accept = |listener: &MioListener| listener.accept();
                match self.socket.when_ready(Interest::Read, line, accept).await {
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    result => break result,
                }
            };
            let again_at = accepted.is_err().then(|| now() + PAUSE);
            self.again_at.set(again_at);
            let (stream, address) = accepted?;
            Ok((TcpStream::new(stream)?, address))
        }
    }

    /// The address that it waits at.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().local_addr()
    }
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpListener")
            .field("address", &self.local_addr().ok())
            .finish()
    }
}
