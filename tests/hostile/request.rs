//! A request to run a program, to be changed for the worse.

use course_tests::{Answer, Runner};
use serde_json::json;
use std::io::{Read, Write};

/// What the program of [`Request::good`] prints; it is not in its text.
pub const SAYS: &str = "it has run 42 times";

#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// As a page of this server sends it.
    pub fn good(runner: &Runner) -> Self {
        let mut request = Self::without_token(runner);
        request.add("X-Course-Token", &runner.token());
        request
    }

    /// The same, of a page that was told no token.
    pub fn without_token(runner: &Runner) -> Self {
        let host = format!("localhost:{}", runner.server().port());
        let code = "fn main() { println!(\"it has run {} times\", 6 * 7); }";
        let mut request = Request {
            method: "POST".into(),
            target: "/run".into(),
            headers: Vec::new(),
            body: json!({ "code": code }).to_string().into_bytes(),
        };
        request.add("Host", &host);
        request.add("Origin", &format!("http://{host}"));
        request.add("Sec-Fetch-Site", "same-origin");
        request.add("Content-Type", "application/json");
        request.add("Cookie", &runner.server().cookie());
        request
    }

    pub fn get(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(its, _)| its == name);
        found.expect("it has that header").1.clone()
    }

    pub fn host(&self) -> String {
        self.get("Host")
    }

    pub fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub fn remove(&mut self, name: &str) {
        self.headers.retain(|(its, _)| its != name);
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    /// As a page sends it whose name was made to point to this machine.
    pub fn rebind(&mut self, name: &str) {
        self.claim(&self.host().replace("localhost", name));
    }

    /// As a page of this host sends it.
    pub fn claim(&mut self, host: &str) {
        self.set("Host", host);
        self.set("Origin", &format!("http://{host}"));
    }

    /// The bytes that go over the line.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        if !self
            .headers
            .iter()
            .any(|(name, _)| name == "Content-Length")
        {
            text += &format!("Content-Length: {}\r\n", self.body.len());
        }
        text += "Connection: close\r\n\r\n";
        [text.as_bytes(), &self.body].concat()
    }

    /// Sends it, and reads the answer to its end.
    pub fn send(&self, runner: &Runner) -> Answer {
        let mut stream = runner.server().connect();
        // A server that has seen enough may close before it has all: its answer is what counts.
        let _ = stream.write_all(&self.bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&answer)
    }
}
