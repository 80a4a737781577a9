//! What is wrong with the connection itself.

use super::request::Request;
use course_tests::{PATIENCE, Runner};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tungstenite::ClientRequestBuilder;

/// A client that sends a little, and then nothing: however often, the server breaks off by itself.
#[test]
fn slow_clients_are_sent_away() {
    let runner = Runner::start();
    let whole = Request::good(&runner).bytes();
    let head = whole
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .expect("an end")
        + 4;
    let stops: [(&str, &[u8]); 5] = [
        ("before it says anything", b""),
        ("in the first line", &whole[..7]),
        ("in the headers", &whole[..40]),
        ("before the body", &whole[..head]),
        ("in the body", &whole[..head + 5]),
    ];
    let mut waiting: Vec<(&str, TcpStream)> = Vec::new();
    for (name, part) in stops {
        for _ in 0..10 {
            let mut stream = runner.server().connect();
            stream.write_all(part).expect("the beginning can be sent");
            waiting.push((name, stream));
        }
    }
    // Meanwhile others are served.
    runner.is_well("fifty slow clients");
    for (name, mut stream) in waiting {
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer);
        assert!(end.is_ok(), "{name}: the server still waits");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(!answer.contains(" 200 "), "{name}: {answer}");
    }
    runner.is_well("slow clients");
}

/// One byte after the other, each in time: the whole must be in time, too.
#[test]
fn a_client_that_drips_is_sent_away() {
    let runner = Runner::start();
    for part in ["X-Slow: ", "\r\n\r\n{\"code\": \""] {
        let mut stream = runner.server().connect();
        let request = Request::good(&runner).bytes();
        let request = String::from_utf8_lossy(&request).into_owned();
        let (head, _) = request.split_once("\r\n\r\n").expect("an end");
        write!(stream, "{head}\r\n{part}")
            .or_else(|_| write!(stream, ""))
            .expect("a beginning");
        let start = Instant::now();
        while stream.write_all(b"x").is_ok() {
            assert!(start.elapsed() < PATIENCE, "it may go on and on: {part:?}");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
    runner.is_well("dripping clients");
}

#[test]
fn broken_http_is_answered_or_broken_off() {
    let runner = Runner::start();
    let host = format!("Host: localhost:{}", runner.server().port());
    let run = String::from_utf8_lossy(&Request::good(&runner).bytes()).into_owned();
    let chunked = run.replace("Content-Length", "Transfer-Encoding: chunked\r\nX-Length");
    let both = run.replace(
        "Content-Length",
        "Transfer-Encoding: chunked\r\nContent-Length",
    );
    let twice = run.replace("Content-Length", "Content-Length: 3\r\nContent-Length");
    let broken = [
        "\0\0\0\0".to_owned(),
        "\x16\x03\x01\x02\0\x01\0".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        format!("GET /\0 HTTP/1.1\r\n{host}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}\r\n continued: here\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}\r\nno colon here\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}\r\nBad\x01Name: x\r\n\r\n"),
        format!("POST /run HTTP/1.1\r\n{host}\r\nContent-Length: -1\r\n\r\n"),
        format!("POST /run HTTP/1.1\r\n{host}\r\nContent-Length: 1e3\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("{chunked}zz\r\n"),
        format!("{chunked}ffffffffffffffff\r\n"),
        format!("{chunked}fffffffffffffffff\r\n"),
        both,
        twice,
    ];
    for bytes in broken {
        let mut stream = runner.server().connect();
        let _ = stream.write_all(bytes.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(
            !answer.contains(super::request::SAYS),
            "{bytes:?}: {answer}"
        );
        runner.is_well(&format!("{bytes:?}"));
    }
}

/// Nothing outside the book, however it is spelt.
#[test]
fn no_path_leads_out_of_the_book() {
    let runner = Runner::start();
    let up = [
        "..",
        "%2e%2e",
        "%2E%2E",
        ".%2e",
        "%2e.",
        "%252e%252e",
        "%c0%ae%c0%ae",
        "%uff0e%uff0e",
        "..%00",
        "..;",
        "....",
        "%ef%bc%8e%ef%bc%8e",
        "..%20",
    ];
    let slash = [
        "/",
        "%2f",
        "%2F",
        "\\",
        "%5c",
        "%252f",
        "%c0%af",
        "//",
        "/./",
        "%ef%bc%8f",
    ];
    for up in up {
        for slash in slash {
            for goal in ["book.toml", "src/first.md", "target/course/run-key"] {
                let path = format!("/{up}{slash}{goal}");
                let status = runner.server().get(&path).status;
                assert!([404, 400].contains(&status), "{path}: {status}");
                let path = format!(
                    "/{0}{up}{slash}etc/passwd",
                    format!("{up}{slash}").repeat(9)
                );
                let answer = runner.server().get(&path);
                assert!(!answer.body.contains("root:"), "{path}");
            }
        }
    }
    for path in [
        "//etc/passwd",
        "/file:///etc/passwd",
        "/%00",
        "/index.html%00.md",
        "/~root",
        "/.git/config",
    ] {
        assert_eq!(runner.server().get(path).status, 404, "{path}");
    }
    runner.is_well("paths");
}

#[test]
fn a_websocket_from_elsewhere_does_not_open() {
    let runner = Runner::start();
    let port = runner.server().port();
    let ours = format!("http://localhost:{port}");
    let open = |host: &str, headers: &[(&str, &str)]| {
        let address = format!("ws://{host}/__course/live")
            .parse()
            .expect("an address");
        let mut request = ClientRequestBuilder::new(address);
        for (name, value) in headers {
            request = request.with_header(*name, *value);
        }
        tungstenite::client(request, runner.server().connect()).is_ok()
    };
    let host = format!("localhost:{port}");
    assert!(open(&host, &[("Origin", &ours)]));
    assert!(open(
        &host,
        &[("Origin", &ours), ("Sec-Fetch-Site", "same-origin")]
    ));
    for headers in [
        &[][..],
        &[("Origin", "null")],
        &[("Origin", "http://evil.example")],
        &[("Origin", "https://localhost")],
        &[("Origin", &format!("{ours}.evil.example"))],
        &[("Origin", &ours), ("Origin", "http://evil.example")],
        &[("Origin", &ours), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", &ours), ("Sec-Fetch-Site", "same-site")],
    ] {
        assert!(!open(&host, headers), "{headers:?}");
    }
    let rebound = format!("evil.example:{port}");
    assert!(!open(&rebound, &[("Origin", &format!("http://{rebound}"))]));
    runner.is_well("websockets from elsewhere");
}

/// A thousand programs at the same time: some run, the others are told to come again, and never do
/// more than two run.
#[test]
fn a_thousand_parallel_runs_stand_in_line_or_are_told_to_come_again() {
    let runner = Runner::start();
    let request = Request::good(&runner).bytes();
    let port = runner.server().port();
    let (ran, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (request, count_ran, count_refused) = (&request, &ran, &refused);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(move || {
                // Twenty connections a thread, all open before one is read.
                let begin = |_| {
                    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it accepts");
                    let _ = stream.write_all(request);
                    stream
                };
                let streams: Vec<TcpStream> = (0..20).map(begin).collect();
                for mut stream in streams {
                    let mut answer = Vec::new();
                    let _ = stream.read_to_end(&mut answer);
                    let answer = String::from_utf8_lossy(&answer).into_owned();
                    if answer.contains(super::request::SAYS) {
                        count_ran.fetch_add(1, Ordering::Relaxed);
                    } else {
                        assert!(
                            answer.contains("too many programs stand in line"),
                            "{answer}"
                        );
                        count_refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        // While they come, it never gets to more than two.
        let start = Instant::now();
        while ran.load(Ordering::Relaxed) + refused.load(Ordering::Relaxed) < 1000 {
            assert!(runner.run_folders().len() <= 2, "more than two run");
            assert!(start.elapsed() < 4 * PATIENCE, "they do not come to an end");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    });
    assert!(ran.into_inner() >= 18, "two run and sixteen stand in line");
    assert!(refused.into_inner() > 0, "nobody was refused");
    runner.is_well("a thousand parallel runs");
}
