use crate::course_bin;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// No single step of a test takes longer than this, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// `course serve` on a free port, stopped when dropped.
pub struct Server {
    child: Child,
    port: u16,
    key: String,
    notice: String,
    complaints: Receiver<String>,
}

/// What a server answered.
pub struct Answer {
    /// The status: 200, 404, …
    pub status: u16,
    /// The headers, as they came.
    pub headers: String,
    /// What follows them.
    pub body: String,
}

impl Answer {
    /// What a server has sent until it closed the connection.
    ///
    /// # Panics
    ///
    /// When that is no HTTP answer.
    pub fn read(bytes: &[u8]) -> Self {
        let answer = String::from_utf8_lossy(bytes);
        let (headers, body) = answer.split_once("\r\n\r\n").expect("headers and a body");
        let status = headers
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.expect("a status"),
            headers: headers.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }
}

impl Server {
    /// Serves the book in `root`, and returns when it is ready.
    ///
    /// # Panics
    ///
    /// When it ends instead, with what it said.
    pub fn start(root: &Path) -> Self {
        Self::start_with(root, |_| {})
    }

    /// Serves the book in `root` with more arguments or another environment.
    ///
    /// # Panics
    ///
    /// When it ends instead, with what it said.
    pub fn start_with(root: &Path, configure: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(course_bin());
        command.args(["serve", "--port", "0"]).current_dir(root);
        configure(&mut command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the course starts");
        let complaints = lines(child.stderr.take().expect("it is piped"));
        let mut said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut line = || said.next().and_then(Result::ok).unwrap_or_default();
        let first = line();
        // `http://localhost:3000/?key=…`, or without a key where Run is off.
        let address = first
            .strip_prefix("The course is at http://localhost:")
            .and_then(|rest| rest.split(' ').next())
            .map(|address| address.split_once("/?key=").unwrap_or((address, "")))
            .and_then(|(port, key)| Some((port.parse().ok()?, key.to_owned())));
        let Some((port, key)) = address else {
            let _ = child.kill();
            let said: Vec<String> = complaints.iter().collect();
            panic!("the course does not serve: {first}{}", said.join("\n"));
        };
        Server {
            child,
            port,
            key,
            notice: line(),
            complaints,
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a page, with the key that lets a browser use Run.
    pub fn url(&self, page: &str) -> String {
        format!("http://localhost:{}/{page}?key={}", self.port, self.key)
    }

    /// What a browser that was let in sends along, as a header.
    pub fn cookie(&self) -> String {
        format!("course-key-{}={}", self.port, self.key)
    }

    /// The line at start-up that says what keeps programs in.
    pub fn notice(&self) -> &str {
        &self.notice
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it writes to stderr.
    ///
    /// # Panics
    ///
    /// When there is none for [`PATIENCE`].
    pub fn complaint(&self) -> String {
        self.complaints
            .recv_timeout(PATIENCE)
            .expect("a line in the terminal")
    }

    /// Gets a page.
    pub fn get(&self, path: &str) -> Answer {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n",
            self.port
        ))
    }

    /// Sends a request: its first line and its headers, each ended by `\r\n`.
    ///
    /// # Panics
    ///
    /// When no HTTP answer comes back within [`PATIENCE`].
    pub fn ask(&self, request: &str) -> Answer {
        self.send(request, "")
    }

    /// Sends a request that has a body.
    ///
    /// # Panics
    ///
    /// When no HTTP answer comes back within [`PATIENCE`].
    pub fn send(&self, request: &str, body: &str) -> Answer {
        let mut stream = self.connect();
        // A server that has seen enough may close before it has all: its answer is what counts.
        let _ = write!(stream, "{request}Connection: close\r\n\r\n{body}");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer comes");
        Answer::read(&answer)
    }

    /// A connection that gives up reading after [`PATIENCE`].
    ///
    /// # Panics
    ///
    /// When the server does not accept it.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server accepts");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout can be set");
        stream
    }

    /// Kills the process and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for the process to end, but not longer than `limit`.
    ///
    /// # Panics
    ///
    /// When the system does not say whether it has ended.
    pub fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.child.try_wait().expect("the process can be asked") {
                None if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(5)),
                ended => return ended,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The lines of a pipe, read as they come so that the writer is never held up.
fn lines(pipe: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
