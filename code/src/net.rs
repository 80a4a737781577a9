//! Waiting for the network: TCP on the loop.
//!
//! A socket that has nothing to give suspends its task, and the operating system tells the loop
//! when that has changed (epoll on Linux, kqueue on macOS, IOCP on Windows; through the crate `mio`).
//! One thread can so wait for thousands of connections. All sockets stay on the loop's thread.
//!
//! ```
//! use event_loops::EventLoop;
//! use event_loops::net::{TcpListener, TcpStream};
//! use event_loops::spawn;
//! use std::net::{Ipv4Addr, Shutdown};
//!
//! EventLoop::new().run_until_complete(async {
//!     let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
//!     let address = listener.local_addr().unwrap();
//!     spawn(async move {
//!         let (stream, _) = listener.accept().await.unwrap();
//!         let mut buffer = [0; 1024];
//!         loop {
//!             let length = stream.read(&mut buffer).await.unwrap();
//!             if length == 0 {
//!                 break; // the other side writes no more
//!             }
//!             stream.write_all(&buffer[..length]).await.unwrap();
//!         }
//!     });
//!     let stream = TcpStream::connect(address).await.unwrap();
//!     stream.write_all(b"hello").await.unwrap();
//!     stream.shutdown(Shutdown::Write).unwrap();
//!     assert_eq!(stream.read_to_end().await.unwrap(), b"hello");
//! });
//! ```

mod listener;
mod lookup;
mod socket;
mod stream;

pub use listener::TcpListener;
pub use lookup::lookup_host;
pub use stream::TcpStream;
