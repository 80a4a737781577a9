//! `course notebooks` opens JupyterLab on this machine alone, and Ctrl-C stops it.
//!
//! A signal is what Ctrl-C is on these systems; on Windows nothing here can send one.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Instant,
};

use course_tests::{PATIENCE, course_bin, root};

/// Any error: a test says where it came from.
type Failed = Box<dyn std::error::Error>;

#[test]
fn jupyterlab_opens_for_this_machine_alone_and_stops() -> Result<(), Failed> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    // Set up before the clock of this test runs.
    course::tools::kernel()?;
    let command = Command::new(course_bin())
        .args(["notebooks", "--no-browser", "--port", &port.to_string()])
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    visit(&mut Lab(command).0, port)
}

/// Stopped however the test ends, and JupyterLab with it.
struct Lab(Child);

impl Drop for Lab {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let _ = stop(&self.0);
            let _ = self.0.wait();
        }
    }
}

fn visit(command: &mut Child, port: u16) -> Result<(), Failed> {
    let mut said = BufReader::new(command.stderr.take().expect("it is piped")).lines();
    let address = format!("http://127.0.0.1:{port}/lab?token=");
    let token = said
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| {
            line.split_once(&address)
                .map(|(_, token)| token.trim().to_owned())
        })
        .ok_or("it ended without naming its address")?;
    // Read on, or JupyterLab stops at a full pipe.
    let rest = std::thread::spawn(move || said.map_while(Result::ok).collect::<Vec<_>>());

    assert!(
        get(port, "/api/kernelspecs")?.starts_with("HTTP/1.1 403"),
        "a token is needed"
    );
    let kernels = get(port, &format!("/api/kernelspecs?token={token}"))?;
    assert!(kernels.contains("\"default\": \"rust\""), "{kernels}");
    assert!(
        !kernels.contains("ipykernel"),
        "Rust is the only kernel: {kernels}"
    );
    assert!(get(port, &format!("/lab?token={token}"))?.starts_with("HTTP/1.1 200"));

    let cake = get(port, &format!("/api/contents/01-cake.ipynb?token={token}"))?;
    assert!(
        cake.contains("\"trusted\": true") && !cake.contains("\"trusted\": false"),
        "the pictures of a notebook that is not trusted are not shown"
    );

    stop(command)?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = command.try_wait()? {
            break status;
        }
        assert!(begun.elapsed() < PATIENCE, "it stops");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let rest = rest.join().unwrap_or_default();
    assert!(status.success(), "{status}: {rest:#?}");
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_err(),
        "JupyterLab is gone as well"
    );
    Ok(())
}

fn stop(command: &Child) -> Result<(), Failed> {
    Command::new("kill")
        .args(["-INT", &command.id().to_string()])
        .status()?;
    Ok(())
}

fn get(port: u16, path: &str) -> Result<String, Failed> {
    let mut stream = connect(port)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    stream.write_all(format!("{request}Connection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// It names its address a moment before it listens there.
fn connect(port: u16) -> Result<TcpStream, Failed> {
    let begun = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Err(_) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            tried => return Ok(tried?),
        }
    }
}
