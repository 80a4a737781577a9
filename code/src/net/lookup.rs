//! From names to addresses.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use crate::blocking::spawn_blocking;

/// Asks the operating system for the addresses of a host and port, such as `localhost:8080`.
///
/// That blocks, and for how long is up to other machines; so it is done by
/// [`spawn_blocking`](crate::spawn_blocking()).
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
    let job = spawn_blocking(move || host.to_socket_addrs().map(Iterator::collect));
    async move {
        let found = job.await;
        found.unwrap_or_else(|error| Err(io::Error::other(error.to_string())))
    }
}
