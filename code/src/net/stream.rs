//! A connection: [`TcpStream`].

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream as StdStream};
use std::task::{Context, Poll};

use mio::net::TcpStream as MioStream;

use super::socket::Socket;
use crate::trace::{Interest, SourceLine};
use crate::wait_queue::Ticket;

/// A TCP connection. All operations take `&self`: one task can read while another one writes, with
/// an [`Rc`](std::rc::Rc) in each. Dropping it closes the connection.
pub struct TcpStream {
    socket: Socket<MioStream>,
    /// The places in line of `poll_read` and `poll_write`, which have no future to keep theirs.
    poll_read: Cell<Option<Ticket>>,
    poll_write: Cell<Option<Ticket>>,
}

impl TcpStream {
    /// Connects to an address. A name is looked up by [`lookup_host`](super::lookup_host); a limit
    /// of time is set by [`timeout`](crate::timeout()).
    ///
    /// Dropped before its end it gives the connection up.
    ///
    /// # Errors
    ///
    /// Of the operating system: nobody answers there, or nobody may.
    ///
    /// # Panics
    ///
    /// Outside a running event loop.
    ///
    /// ```
    /// use event_loops::{EventLoop, net::TcpStream, timeout};
    /// use std::io::ErrorKind;
    /// use std::net::{Ipv4Addr, TcpListener};
    /// use std::time::Duration;
    ///
    /// EventLoop::new().run_until_complete(async {
    ///     let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    ///     let address = listener.local_addr().unwrap();
    ///     drop(listener); // now nobody is there
    ///     let connect = timeout(Duration::from_secs(3), TcpStream::connect(address));
    ///     let error = connect.await.expect("an answer in time").unwrap_err();
    ///     assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    /// });
    /// ```
    #[track_caller]
    pub fn connect(address: impl Into<SocketAddr>) -> impl Future<Output = io::Result<TcpStream>> {
        let (address, line) = (address.into(), SourceLine::caller());
        async move {
            let stream = TcpStream::on_loop(MioStream::connect(address)?, false)?;
            let connected = stream
                .socket
                .when_ready(Interest::Write, line, is_connected);
            connected.await?;
            Ok(stream)
        }
    }

    /// Takes over a connection of the standard library's.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    ///
    /// # Panics
    ///
    /// Outside a running event loop.
    pub fn from_std(stream: StdStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        TcpStream::new(MioStream::from_std(stream))
    }

    pub(super) fn new(stream: MioStream) -> io::Result<Self> {
        TcpStream::on_loop(stream, true)
    }

    fn on_loop(stream: MioStream, ready: bool) -> io::Result<Self> {
        Ok(TcpStream {
            socket: Socket::new(stream, ready, "a TcpStream")?,
            poll_read: Cell::default(),
            poll_write: Cell::default(),
        })
    }

    /// Waits for data, and reads as much as there is and as fits. 0 says that the other side writes
    /// no more (or that `buffer` has no room).
    ///
    /// Cancel-safe: dropped before its end it has read nothing.
    ///
    /// # Errors
    ///
    /// Of the operating system: the connection was reset, above all.
    ///
    /// # Panics
    ///
    /// When it is awaited on another loop than the one that it was made on; as all operations.
    #[track_caller]
    pub fn read(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
        let read = move |mut stream: &MioStream| stream.read(buffer);
        let line = SourceLine::caller();
        self.socket.when_ready(Interest::Read, line, read)
    }

    /// Reads until `buffer` is full.
    ///
    /// Not cancel-safe: dropped before its end it may have read a part, which is then in `buffer`,
    /// and nobody knows how much it was.
    ///
    /// # Errors
    ///
    /// As [`read`](TcpStream::read), and [`io::ErrorKind::UnexpectedEof`] when the other side ends
    /// before that.
    #[track_caller]
    pub fn read_exact(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<()>> {
        let line = SourceLine::caller();
        async move {
            let mut rest = buffer;
            while !rest.is_empty() {
                let read = |mut stream: &MioStream| stream.read(rest);
                let length = self.socket.when_ready(Interest::Read, line, read).await?;
                if length == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                rest = &mut rest[length..];
            }
            Ok(())
        }
    }

    /// Reads until the other side writes no more.
    ///
    /// Not cancel-safe: dropped before its end it takes what it has read with it.
    ///
    /// # Errors
    ///
    /// As [`read`](TcpStream::read).
    #[track_caller]
    pub fn read_to_end(&self) -> impl Future<Output = io::Result<Vec<u8>>> {
        let line = SourceLine::caller();
        async move {
            let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
            loop {
                let read = |mut stream: &MioStream| stream.read(&mut buffer);
                match self.socket.when_ready(Interest::Read, line, read).await? {
                    0 => return Ok(all),
                    length => all.extend_from_slice(&buffer[..length]),
                }
            }
        }
    }

    /// Waits until the operating system takes something, and says how much it took. That it was
    /// taken does not mean that it has arrived.
    ///
    /// Cancel-safe: dropped before its end it has written nothing.
    ///
    /// # Errors
    ///
    /// Of the operating system: the other side is gone, above all.
    #[track_caller]
    pub fn write(&self, data: &[u8]) -> impl Future<Output = io::Result<usize>> {
        let write = move |mut stream: &MioStream| stream.write(data);
        let line = SourceLine::caller();
        self.socket.when_ready(Interest::Write, line, write)
    }

    /// Writes all of `data`. When the other side reads slower than that, this waits for it: the
    /// network's own back-pressure.
    ///
    /// Not cancel-safe: dropped before its end it may have written a part.
    ///
    /// # Errors
    ///
    /// As [`write`](TcpStream::write).
    #[track_caller]
    pub fn write_all(&self, data: &[u8]) -> impl Future<Output = io::Result<()>> {
        let line = SourceLine::caller();
        async move {
            let mut rest = data;
            while !rest.is_empty() {
                let write = |mut stream: &MioStream| stream.write(rest);
                let length = self.socket.when_ready(Interest::Write, line, write).await?;
                if length == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                rest = &rest[length..];
            }
            Ok(())
        }
    }

    /// [`read`](TcpStream::read) for those who write futures of their own, or an adapter to another
    /// library's traits. It wakes only the task that has called it last.
    ///
    /// # Errors
    ///
    /// As [`read`](TcpStream::read).
    #[track_caller]
    pub fn poll_read(&self, cx: &Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (what, mut ticket) = (
            (Interest::Read, SourceLine::caller()),
            self.poll_read.take(),
        );
        let read = |mut stream: &MioStream| stream.read(buffer);
        let polled = self.socket.poll_io(cx, what, &mut ticket, read);
        self.poll_read.set(ticket);
        polled
    }

    /// [`write`](TcpStream::write) for those who write futures of their own. It wakes only the task
    /// that has called it last.
    ///
    /// # Errors
    ///
    /// As [`write`](TcpStream::write).
    #[track_caller]
    pub fn poll_write(&self, cx: &Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let (what, mut ticket) = (
            (Interest::Write, SourceLine::caller()),
            self.poll_write.take(),
        );
        let write = |mut stream: &MioStream| stream.write(data);
        let polled = self.socket.poll_io(cx, what, &mut ticket, write);
        self.poll_write.set(ticket);
        polled
    }

    /// Ends one direction of the connection, or both. After [`Shutdown::Write`] the other side has
    /// read everything when it reads 0 bytes, and can still answer: a half-closed connection.
    ///
    /// # Errors
    ///
    /// Of the operating system: it was not connected any more.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.get().shutdown(how)
    }

    /// Sends small pieces at once (`true`), or lets the operating system collect them.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.socket.get().set_nodelay(nodelay)
    }

    /// The address of this side.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().local_addr()
    }

    /// The address of the other side.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().peer_addr()
    }
}

/// To be asked when the socket can be written to: only then has the attempt to connect ended.
fn is_connected(stream: &MioStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        Err(error) => Err(error),
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpStream")
            .field("from", &self.local_addr().ok())
            .field("to", &self.peer_addr().ok())
            .finish()
    }
}
