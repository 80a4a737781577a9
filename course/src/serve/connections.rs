use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// How long a request may take to send its headers, and a connection to stay without one.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// Bytes of a request's headers.
const HEADER_SIZE: usize = 32 * 1024;
/// Connections that are open at the same time; more wait to be accepted. Below the number of
/// files that a process may have open everywhere.
const AT_ONCE: usize = 200;

/// Answers whoever connects, for ever.
///
/// `axum::serve` would do, but for a client that opens a connection and never finishes a request.
pub(crate) async fn answer(listener: TcpListener, app: Router) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) if is_about_one_client(&error) => continue,
            Err(_) => {
                // No file is left to open, as a rule: others will close some.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let app = app.clone();
        tokio::spawn(async move {
            let _place = place;
            serve(stream, app).await;
        });
    }
}

async fn serve(stream: TcpStream, app: Router) {
    // A line of a program's output must not wait for the next one.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_header_size(HEADER_SIZE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .with_upgrades();
    // A client that breaks off, or speaks no HTTP, is no news.
    let _ = connection.await;
}

fn is_about_one_client(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
