//! hyper's server on our loop, for whoever comes.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use async_lock::Barrier;
use event_loops::net::TcpListener;
use event_loops::{EventLoop, JoinHandle, sleep, spawn, spawn_blocking};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};

use crate::adapter::{LoopTimer, OnLoop};

/// How many have to ask for `/meet` before any of them is answered.
pub const MEETING: usize = 8;

/// How long the answer to `/slow` takes.
pub const SLOW: Duration = Duration::from_millis(50);

/// A server that runs on the running loop until this is dropped.
pub struct Server {
    pub address: SocketAddr,
    connections: Rc<Cell<usize>>,
    task: JoinHandle<()>,
}

impl Server {
    pub fn start() -> Self {
        Server::with_patience(Duration::from_secs(60))
    }

    /// `patience` is how long a client may take to say what it wants.
    fn with_patience(patience: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Rc::new(Cell::new(0));
        let task = spawn(serve(listener, patience, connections.clone()));
        Server {
            address,
            connections,
            task,
        }
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.connections.get()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Runs `client` on another thread while a server runs on this one. Says what the client says, and
/// how many connections it took.
pub fn served<T: Send + 'static>(
    client: impl FnOnce(SocketAddr) -> T + Send + 'static,
) -> (T, usize) {
    served_with_patience(Duration::from_secs(60), client)
}

pub fn served_with_patience<T: Send + 'static>(
    patience: Duration,
    client: impl FnOnce(SocketAddr) -> T + Send + 'static,
) -> (T, usize) {
    EventLoop::new().run_until_complete(async {
        let server = Server::with_patience(patience);
        let address = server.address;
        let said = spawn_blocking(move || client(address)).await.unwrap();
        (said, server.connections())
    })
}

/// Serves each connection by a task of its own.
async fn serve(listener: TcpListener, patience: Duration, connections: Rc<Cell<usize>>) {
    let meeting = Rc::new(Barrier::new(MEETING));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.set(connections.get() + 1);
        let meeting = meeting.clone();
        spawn(async move {
            let answer = service_fn(|request| answer(request, meeting.clone()));
            let mut builder = Builder::new();
            builder.timer(LoopTimer).header_read_timeout(patience);
            // A client that goes away in the middle is no fault of ours.
            let _ended = builder.serve_connection(OnLoop::new(stream), answer).await;
        });
    }
}

type Answer = Result<Response<Full<Bytes>>, Infallible>;

async fn answer(request: Request<Incoming>, meeting: Rc<Barrier>) -> Answer {
    let body: Bytes = match (request.method(), request.uri().path()) {
        (&Method::GET, "/hello") => "hello from our loop\n".into(),
        (&Method::GET, "/large") => large(),
        (&Method::GET, "/slow") => {
            sleep(SLOW).await;
            "late\n".into()
        }
        (&Method::GET, "/meet") => {
            meeting.wait().await;
            "all are here\n".into()
        }
        (&Method::POST, "/echo") => match request.into_body().collect().await {
            Ok(body) => body.to_bytes(),
            Err(_gone) => Bytes::new(),
        },
        _ => {
            let mut nothing = Response::default();
            *nothing.status_mut() = StatusCode::NOT_FOUND;
            return Ok(nothing);
        }
    };
    Ok(Response::new(Full::new(body)))
}

/// More than any buffer holds, with bytes that differ.
pub fn large() -> Bytes {
    let page: Vec<_> = (0..1 << 16).map(|i: u32| (i ^ (i >> 8)) as u8).collect();
    page.repeat(320).into()
}
