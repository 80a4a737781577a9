use crate::machine::tools_without;
use crate::small_book::{new_folder, write_page, write_workspace};
use crate::{PATIENCE, Server};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;

/// A server that runs snippets, with a temporary folder of its own.
pub struct Runner {
    server: Server,
    // Dropped after the server, which uses it.
    folder: TempDir,
}

/// The events of one run, as they come.
pub struct Run(Lines<BufReader<TcpStream>>);

impl Runner {
    /// Serves a book of one page, so that snippets have std alone.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// The same, with more arguments or another environment.
    pub fn start_with(configure: impl FnOnce(&mut Command)) -> Self {
        Self::serve(new_folder(), configure)
    }

    /// The same on a machine that gives no namespaces, as inside many a container. Root must say
    /// there that it wants to run programs.
    ///
    /// # Panics
    ///
    /// When it cannot be made to look like one.
    pub fn without_namespaces(configure: impl FnOnce(&mut Command)) -> Self {
        let runner = new_folder();
        let tools = tools_without(runner.path(), &["unshare"]);
        Self::serve(runner, |command| {
            command.env("PATH", tools);
            configure(command);
        })
    }

    /// The same on a machine that lacks these programs. What is put into [`Runner::tools`] later
    /// is found.
    ///
    /// # Panics
    ///
    /// When it cannot be made to look like one.
    pub fn on_a_machine_without(programs: &[&str]) -> Self {
        let runner = new_folder();
        let tools = tools_without(runner.path(), programs);
        Self::serve(runner, |command| {
            command.env("PATH", tools).env_remove("RUSTC");
        })
    }

    /// Serves a checkout in small: a book, and a crate `event_loops` that can say one word.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn of_workspace(configure: impl FnOnce(&mut Command)) -> Self {
        let folder = new_folder();
        write_workspace(&folder.path().join("book"));
        Self::serve(folder, configure)
    }

    /// The same on a machine that lacks these programs.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn of_workspace_on_a_machine_without(programs: &[&str]) -> Self {
        let folder = new_folder();
        write_workspace(&folder.path().join("book"));
        let tools = tools_without(folder.path(), programs);
        Self::serve(folder, |command| {
            command.env("PATH", tools).env_remove("CARGO");
        })
    }

    /// Another server of the same book.
    pub fn another(&self) -> Server {
        serve(self.folder.path(), |_| {})
    }

    /// The folder of programs that the server finds, where it was given one of its own.
    pub fn tools(&self) -> PathBuf {
        self.folder.path().join("tools")
    }

    /// The folder of the book.
    pub fn book(&self) -> PathBuf {
        self.folder.path().join("book")
    }

    /// The folder that is for temporary files of the server.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// The programs that the server keeps for the next time.
    pub fn kept_programs(&self) -> usize {
        let servers = fs::read_dir(self.temporary())
            .into_iter()
            .flatten()
            .flatten();
        let programs =
            servers.filter_map(|server| fs::read_dir(server.path().join("programs")).ok());
        programs.flatten().count()
    }

    /// Serves a book of one page that looks and works as the course's own do. Its text is made
    /// from a folder that programs may write to.
    ///
    /// # Panics
    ///
    /// When the page cannot be written.
    pub fn of_page(text: impl FnOnce(&Path) -> String) -> Self {
        let folder = new_folder();
        write_page(
            &folder.path().join("book"),
            &text(&folder.path().join("open")),
        );
        Self::serve(folder, |_| {})
    }

    fn serve(folder: TempDir, configure: impl FnOnce(&mut Command)) -> Self {
        let server = serve(folder.path(), configure);
        Runner { server, folder }
    }

    /// Serves the book in `root`.
    ///
    /// # Panics
    ///
    /// When the server does not start.
    pub fn of_book(root: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Runner {
            server: Server::start(root),
            folder,
        }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Kills the server, which gets no chance to do anything about it.
    pub fn kill_server(&mut self) {
        self.server.kill();
    }

    /// Ends the server as Ctrl-C does, and waits until it has ended.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub fn end_server(&mut self) {
        let pid = self.server.pid().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "it runs");
        assert!(self.server.ended_within(PATIENCE).is_some(), "it ends");
    }

    /// Waits until something holds.
    ///
    /// # Panics
    ///
    /// When it still does not after [`PATIENCE`].
    pub fn wait_until(&self, holds: impl Fn() -> bool) {
        wait_for_none("it never holds", || {
            if holds() { Vec::new() } else { vec!["no"] }
        });
    }

    /// Serves again, after the server was killed.
    pub fn serve_again(&mut self) {
        self.server = serve(self.folder.path(), |_| {});
    }

    /// A path in a folder that a program may write to, whoever it runs as.
    pub fn open_path(&self, name: &str) -> PathBuf {
        self.folder.path().join("open").join(name)
    }

    /// The folders of runs that are there now.
    pub fn run_folders(&self) -> Vec<PathBuf> {
        let servers = fs::read_dir(self.folder.path().join("tmp")).into_iter();
        servers
            .flatten()
            .flatten()
            .filter_map(|server| fs::read_dir(server.path()).ok())
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("run-"))
            .map(|entry| entry.path())
            .collect()
    }

    /// The processes whose command line names the folder of this test, or, where the system tells,
    /// which are in a folder of a run.
    ///
    /// # Panics
    ///
    /// When there is no `ps`.
    pub fn processes(&self) -> Vec<String> {
        let output = Command::new("ps").args(["-axo", "pid=,args="]).output();
        let all = String::from_utf8_lossy(&output.expect("ps works").stdout).into_owned();
        let folder = self.folder.path().to_string_lossy().into_owned();
        let runs = self.folder.path().join("tmp");
        let is_in_a_run = |line: &str| {
            let process = line.split_whitespace().next().unwrap_or_default();
            fs::read_link(format!("/proc/{process}/cwd")).is_ok_and(|cwd| cwd.starts_with(&runs))
        };
        all.lines()
            .filter(|line| line.contains(&folder) || is_in_a_run(line))
            .map(str::to_owned)
            .collect()
    }

    /// Waits until nothing of any run is left: no process and no folder.
    ///
    /// # Panics
    ///
    /// When something is still there after [`PATIENCE`].
    pub fn nothing_is_left(&self) {
        wait_for_none("folders", || self.run_folders());
        self.no_process_is_left();
    }

    /// Checks that the server still does all it is there for, and that nothing of any run is left.
    ///
    /// # Panics
    ///
    /// When something is wrong; it begins with `after`.
    pub fn is_well(&self, after: &str) {
        let page = self.server.get("/");
        assert_eq!(page.status, 200, "after {after}");
        let events = self.run("fn main() { println!(\"well\"); }");
        let said = events.iter().any(|event| event["text"] == "well\n");
        assert!(said, "after {after}: {events:?}");
        wait_for_none(after, || self.run_folders());
        wait_for_none(after, || self.processes());
    }

    /// Waits until no process of any run is left.
    ///
    /// # Panics
    ///
    /// When one is still there after [`PATIENCE`].
    pub fn no_process_is_left(&self) {
        wait_for_none("processes", || self.processes());
    }

    /// Runs a program to its end: all its events.
    pub fn run(&self, code: &str) -> Vec<Value> {
        self.begin(code).collect()
    }

    /// Starts a program.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub fn begin(&self, code: &str) -> Run {
        Self::begin_at(&self.server, code)
    }

    /// Starts a program at another server.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub fn begin_at(server: &Server, code: &str) -> Run {
        let port = server.port();
        let (token, cookie) = (token(server), server.cookie());
        let body = json!({ "code": code }).to_string();
        let mut stream = server.connect();
        // HTTP/1.0 has no chunks, so that each line of the answer is an event.
        write!(
            stream,
            "POST /run HTTP/1.0\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\
             Content-Type: application/json\r\nX-Course-Token: {token}\r\nCookie: {cookie}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("a request can be sent");
        let mut lines = BufReader::new(stream).lines();
        let status = lines.next().expect("an answer").expect("it can be read");
        assert!(status.contains(" 200 "), "{status}");
        lines
            .by_ref()
            .map_while(Result::ok)
            .find(String::is_empty)
            .expect("an end of the headers");
        Run(lines)
    }

    /// What a page must send along.
    ///
    /// # Panics
    ///
    /// When the server does not tell.
    pub fn token(&self) -> String {
        token(&self.server)
    }
}

fn token(server: &Server) -> String {
    let answer = server.ask(&format!(
        "POST /run/token HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\
         Content-Type: application/json\r\nCookie: {}\r\n",
        server.cookie(),
        port = server.port(),
    ));
    let json: Value = serde_json::from_str(answer.body.trim()).expect("JSON");
    json["token"].as_str().expect("a token").to_owned()
}

impl Run {
    /// Reads on to the next event of this kind.
    ///
    /// # Panics
    ///
    /// When the run ends before.
    pub fn until(&mut self, kind: &str) -> Value {
        let mut seen = Vec::new();
        for event in self {
            if event["kind"] == kind {
                return event;
            }
            seen.push(event);
        }
        panic!("the run ended without `{kind}`: {seen:?}");
    }
}

impl Iterator for Run {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let line = self.0.next()?.expect("the answer can be read");
        Some(serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}")))
    }
}

fn serve(folder: &Path, configure: impl FnOnce(&mut Command)) -> Server {
    Server::start_with(&folder.join("book"), |command| {
        command.env("TMPDIR", folder.join("tmp"));
        configure(command);
    })
}

fn wait_for_none<T: std::fmt::Debug>(what: &str, left: impl Fn() -> Vec<T>) {
    let start = Instant::now();
    loop {
        let left = left();
        if left.is_empty() {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{what} still there: {left:?}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
