//! From names to addresses.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use crate::blocking::spawn_blocking;
use crate::join_handle::JoinHandle;

/// Asks the operating system for the addresses of a host and port, such as `localhost:8080`.
///
/// That blocks, and for how long is up to other machines; so it is done by
/// [`spawn_blocking`](crate::spawn_blocking()), from now on and not only when it is awaited.
///
/// Dropped before its end it gives the look-up up: one that has not begun never begins.
///
/// # Errors
///
/// When the name can't be found, or is none.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, net};
///
/// EventLoop::new().run_until_complete(async {
///     let addresses = net::lookup_host("localhost:8080").await.unwrap();
///     assert!(addresses.iter().all(|address| address.ip().is_loopback()));
/// });
/// ```
#[track_caller]
pub fn lookup_host(host: impl Into<String>) -> impl Future<Output = io::Result<Vec<SocketAddr>>> {
    let host = host.into();
    let mut lookup = Lookup(spawn_blocking(move || {
        host.to_socket_addrs().map(Iterator::collect)
    }));
    async move {
        let found = (&mut lookup.0).await;
        found.unwrap_or_else(|error| Err(io::Error::other(error.to_string())))
    }
}

/// The task that waits for the answer.
struct Lookup(JoinHandle<io::Result<Vec<SocketAddr>>>);

impl Drop for Lookup {
    fn drop(&mut self) {
        self.0.abort();
    }
}
