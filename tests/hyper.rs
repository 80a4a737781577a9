//! hyper on our loop: `curl` fetches from its server, and so does its own client.

#[path = "hyper/adapter.rs"]
mod adapter;
#[path = "hyper/server.rs"]
mod server;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream as StdStream};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use event_loops::net::TcpStream;
use event_loops::{EventLoop, gather, join, now, spawn};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self as client, SendRequest};
use hyper::{Request, StatusCode};

use adapter::OnLoop;
use server::{Server, large, served, served_with_patience};

/// Runs curl with a limit of time, so that a server which hangs fails the test.
fn curl(arguments: &[&str]) -> Output {
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--max-time",
            "60",
            "--noproxy",
            "*",
        ])
        .args(arguments)
        .output()
        .expect("curl starts: install it");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "curl {arguments:?}: {complaint}");
    output
}

/// A connection for a client that this test plays itself. It gives up as curl does.
fn by_hand(address: SocketAddr) -> StdStream {
    let stream = StdStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let limit = Some(Duration::from_secs(60));
    stream.set_read_timeout(limit).unwrap();
    stream
}

#[test]
fn curl_fetches_a_page() {
    let (output, connections) = served(|address| curl(&[&format!("http://{address}/hello")]));
    assert_eq!(output.stdout, b"hello from our loop\n");
    assert_eq!(connections, 1);
}

#[test]
fn curl_is_told_what_there_is_not() {
    let (output, _) = served(|address| {
        let url = format!("http://{address}/nothing");
        curl(&["--write-out", "%{http_code}", &url])
    });
    assert_eq!(output.stdout, b"404");
}

#[test]
fn curl_keeps_its_connection_for_the_next_page() {
    let (output, connections) = served(|address| {
        let url = format!("http://{address}/hello");
        curl(&[&url, &url, &url])
    });
    assert_eq!(output.stdout, b"hello from our loop\n".repeat(3));
    assert_eq!(connections, 1);
}

#[test]
fn curl_fetches_more_than_any_buffer_holds() {
    let (output, _) = served(|address| curl(&[&format!("http://{address}/large")]));
    assert!(output.stdout == large());
}

#[test]
fn curl_sends_more_than_any_buffer_holds() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().write_all(&large()).unwrap();
    let data = format!("@{}", file.path().display());
    let (output, _) = served(move |address| {
        let url = format!("http://{address}/echo");
        // Without asking first whether it may.
        curl(&["--data-binary", &data, "--header", "Expect:", &url])
    });
    assert!(output.stdout == large());
}

/// Each is answered when all are there, and none before: one after the other would wait forever.
#[test]
fn several_curls_are_served_at_once() {
    let (answers, connections) = served(|address| {
        let url = format!("http://{address}/meet");
        let curls = [(); server::MEETING].map(|()| {
            let url = url.clone();
            thread::spawn(move || curl(&[&url]).stdout)
        });
        curls.map(|curl| curl.join().unwrap())
    });
    assert_eq!(connections, server::MEETING);
    assert!(answers.iter().all(|answer| answer == b"all are here\n"));
}

#[test]
fn a_request_that_comes_byte_by_byte_is_understood() {
    let (answer, _) = served(|address| {
        let mut stream = by_hand(address);
        for byte in b"GET /hello HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n" {
            stream.write_all(&[*byte]).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\nhello from our loop\n"),
        "{answer}"
    );
}

#[test]
fn clients_that_vanish_disturb_no_other() {
    let (output, _) = served(|address| {
        for i in 0..10 {
            let mut stream = by_hand(address);
            let request = b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n";
            // Some in the middle of the request, some in the middle of the answer.
            let length = if i % 2 == 0 { 20 } else { request.len() };
            stream.write_all(&request[..length]).unwrap();
            if i % 2 == 1 {
                stream.read_exact(&mut [0; 1000]).unwrap();
            }
        }
        curl(&[&format!("http://{address}/hello")])
    });
    assert_eq!(output.stdout, b"hello from our loop\n");
}

/// hyper asks our clock how long that is.
#[test]
fn a_client_that_never_says_what_it_wants_is_hung_up_on() {
    let patience = Duration::from_millis(50);
    let (rest, _) = served_with_patience(patience, |address| {
        let mut stream = by_hand(address);
        stream.write_all(b"GET /hel").unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        String::from_utf8(rest).unwrap()
    });
    assert!(!rest.contains("200"), "{rest}");
}

/// A client's connection, with its own task on the loop.
async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = client::handshake(OnLoop::new(stream)).await.unwrap();
    spawn(async move { connection.await.unwrap() });
    sender
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>, path: &str, body: Bytes) -> Bytes {
    let method = if body.is_empty() { "GET" } else { "POST" };
    let request = Request::builder().method(method).uri(path);
    let request = request.header("host", "here").body(Full::new(body));
    sender.ready().await.unwrap();
    let response = sender.send_request(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.into_body().collect().await.unwrap().to_bytes()
}

#[test]
fn its_client_fetches_from_its_server_on_one_loop() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let server = Server::start();
        let mut sender = connect(server.address).await;
        for _ in 0..100 {
            let answer = ask(&mut sender, "/hello", Bytes::new()).await;
            assert_eq!(answer, "hello from our loop\n");
        }
        assert!(ask(&mut sender, "/large", Bytes::new()).await == large());
        assert!(ask(&mut sender, "/echo", large()).await == large());
        assert_eq!(now(), Duration::ZERO);
        assert_eq!(ask(&mut sender, "/slow", Bytes::new()).await, "late\n");
        assert_eq!(now(), server::SLOW); // all the rest took no time
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_hundred_of_its_clients_at_once_get_each_their_own_answer() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let server = Server::start();
        let address = server.address;
        let answers = gather((0..100).map(|i| async move {
            let mut sender = connect(address).await;
            let first = ask(&mut sender, "/echo", format!("one of {i}").into()).await;
            let second = ask(&mut sender, "/echo", format!("two of {i}").into()).await;
            [first, second]
        }));
        for (i, [first, second]) in answers.await.into_iter().enumerate() {
            assert_eq!(
                (first, second),
                (format!("one of {i}").into(), format!("two of {i}").into())
            );
        }
        assert_eq!(server.connections(), 100);
    });
}

#[test]
fn a_client_on_another_loop_in_another_thread() {
    let (answers, connections) = served(|address| {
        EventLoop::new().run_until_complete(async {
            let (mut one, mut two) = join(connect(address), connect(address)).await;
            let one = ask(&mut one, "/large", Bytes::new());
            let two = ask(&mut two, "/slow", Bytes::new());
            join(one, two).await
        })
    });
    assert!(answers.0 == large());
    assert_eq!((&answers.1[..], connections), (&b"late\n"[..], 2));
}

#[test]
fn a_client_whose_server_hangs_up_is_told() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let listener = event_loops::net::TcpListener::bind(([127, 0, 0, 1], 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let rude = spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            stream.read(&mut [0; 1000]).await.unwrap();
            stream.shutdown(Shutdown::Both).unwrap();
        });
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = client::handshake(OnLoop::new(stream)).await.unwrap();
        let connection = spawn(connection);
        let request = Request::builder().uri("/").body(Full::new(Bytes::new()));
        let error = sender.send_request(request.unwrap()).await.unwrap_err();
        assert!(error.is_incomplete_message(), "{error}");
        let _told_already = connection.await.unwrap();
        rude.await.unwrap();
    });
}
