use crate::PATIENCE;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A headless Chromium that reaches this machine and nothing else.
///
/// It speaks `WebDriver` with `chromedriver`, as far as these tests need it: a client library would
/// be a hundred packages for what is a few requests with JSON in them.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: TempDir,
}

/// What the browser said and asked for since it was last asked.
#[derive(Default, Debug)]
pub struct Log {
    /// Lines of the console: errors, warnings, and whatever else.
    pub console: Vec<String>,
    /// Addresses of hosts that were asked.
    pub requests: Vec<String>,
}

/// Where Chromium and its driver are: Debian's packages, then other names.
///
/// # Errors
///
/// Says which packages to install.
pub fn find_chromium() -> Result<(String, String), String> {
    let works = |name: &&str| {
        let command = Command::new(name)
            .arg("--version")
            .stderr(Stdio::null())
            .output();
        command.is_ok_and(|output| output.status.success())
    };
    let browsers = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let browser = browsers.iter().find(|name| works(name));
    let driver = ["chromedriver", "chromium.chromedriver"];
    match (browser, driver.iter().find(|name| works(name))) {
        (Some(browser), Some(driver)) => Ok(((*browser).to_owned(), (*driver).to_owned())),
        _ => Err("no Chromium: install the packages chromium and chromium-driver".to_owned()),
    }
}

impl Browser {
    /// Starts one with a fresh profile.
    ///
    /// # Panics
    ///
    /// When there is none, or it does not start.
    pub fn start() -> Self {
        let (browser, driver) = find_chromium().expect("a Chromium");
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let (driver, port) = (0..3)
            .find_map(|_| start_driver(&driver))
            .expect("chromedriver names its port");
        let mut started = Browser {
            driver,
            port,
            session: String::new(),
            profile,
        };
        let options = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": which(&browser), "args": started.arguments() },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        }}});
        let session = started.call("POST", "/session", &options);
        started.session = session["sessionId"].as_str().expect("a session").to_owned();
        started
    }

    fn arguments(&self) -> Vec<String> {
        let quiet = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            // Without a network it takes the one to this machine for slow, and complains.
            "--force-effective-connection-type=4G",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
        ];
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        quiet
            .iter()
            .map(|argument| (*argument).to_owned())
            .chain([profile])
            .collect()
    }

    /// Opens a page and waits until it is loaded.
    pub fn open(&self, url: &str) {
        self.command("POST", "/url", &json!({ "url": url }));
    }

    /// The page as if on a screen of this many pixels, and a theme of mdBook's.
    pub fn look(&self, width: u32, height: u32, theme: &str) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", &screen);
        self.script(&format!(
            "localStorage.setItem('mdbook-theme', '{theme}'); location.reload();"
        ));
        self.wait_for("document.readyState === 'complete'");
    }

    /// Runs a script in the page: the body of a function, which may return something.
    pub fn script(&self, script: &str) -> Value {
        self.command(
            "POST",
            "/execute/sync",
            &json!({ "script": script, "args": [] }),
        )
    }

    /// Waits until an expression holds.
    ///
    /// # Panics
    ///
    /// When it does not within [`PATIENCE`].
    pub fn wait_for(&self, expression: &str) {
        let start = Instant::now();
        while self.script(&format!("return Boolean({expression});")) != json!(true) {
            assert!(start.elapsed() < PATIENCE, "never: {expression}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Clicks with the mouse, as far as a page can tell.
    ///
    /// # Panics
    ///
    /// When nothing of the page matches the selector.
    pub fn click(&self, selector: &str) {
        // Not below the bar at the top of the window, which follows the page.
        self.script(&format!(
            "document.querySelector({})?.scrollIntoView({{ block: 'center' }})",
            json!(selector)
        ));
        let found = self.command(
            "POST",
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        );
        let element = found.as_object().and_then(|found| found.values().next());
        let id = element.and_then(Value::as_str).expect("an element");
        self.command("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Presses keys, one after the other, all held down until the end.
    pub fn press(&self, keys: &[char]) {
        let down = keys
            .iter()
            .map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys
            .iter()
            .rev()
            .map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(up).collect();
        self.command(
            "POST",
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    /// Types a text, key by key.
    pub fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.press(&[if letter == '\n' { '\u{e007}' } else { letter }]);
        }
    }

    /// Clicks with the mouse at a place in the window.
    pub fn click_at(&self, x: i64, y: i64) {
        let steps = json!([
            { "type": "pointerMove", "x": x, "y": y },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        let mouse = json!({ "type": "pointer", "id": "mouse", "actions": steps });
        self.command("POST", "/actions", &json!({ "actions": [mouse] }));
    }

    /// What was said and asked for since the last call.
    pub fn log(&self) -> Log {
        let entries = |kind: &str| -> Vec<Value> {
            let log = self.command("POST", "/se/log", &json!({ "type": kind }));
            log.as_array().cloned().unwrap_or_default()
        };
        let console = entries("browser")
            .iter()
            .map(|entry| entry["message"].to_string())
            .collect();
        let requests = entries("performance")
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .filter(|event| event["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|event| {
                Some(
                    event["message"]["params"]["request"]["url"]
                        .as_str()?
                        .to_owned(),
                )
            })
            // The browser's own pages, and data within a page, are asked of nobody.
            .filter(|url| url.starts_with("http") || url.starts_with("ws"))
            .collect();
        Log { console, requests }
    }

    /// The page from its top to its end, as PNG.
    pub fn screenshot(&self) -> Vec<u8> {
        let picture = self.devtools(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": true }),
        );
        base64(picture["data"].as_str().unwrap_or_default())
    }

    /// A command of the developer tools.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method, path, body);
        let value = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert!(value["error"].is_null(), "{method} {path}: {value}");
        value
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        for line in reader.by_ref().lines() {
            let line = line?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer)?;
        let answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["value"].clone())
    }
}

impl Drop for Browser {
    // The driver ends the browser when it is asked to; whatever is left is killed by its number.
    fn drop(&mut self) {
        let _ = self.ask("DELETE", &format!("/session/{}", self.session), &json!({}));
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let profile = self.profile.path().to_string_lossy().into_owned();
        let list = Command::new("ps").args(["-axo", "pid=,args="]).output();
        let list = list.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        for line in list
            .unwrap_or_default()
            .lines()
            .filter(|line| line.contains(&profile))
        {
            if let Some(pid) = line.split_whitespace().next() {
                let _ = Command::new("kill")
                    .args(["-9", pid])
                    .stderr(Stdio::null())
                    .status();
            }
        }
    }
}

/// A driver and its port; none when the port that it found free for IPv4 is taken for IPv6.
fn start_driver(program: &str) -> Option<(Child, u16)> {
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let said = driver.stdout.take().expect("it is piped");
    let port = BufReader::new(said)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
    if port.is_none() {
        let _ = driver.kill();
        let _ = driver.wait();
    }
    Some((driver, port?))
}

/// The whole path of a command: the driver does not look for it.
fn which(name: &str) -> String {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .map_or_else(
            || name.to_owned(),
            |path| path.to_string_lossy().into_owned(),
        )
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().filter_map(digit).collect();
    digits
        .chunks(4)
        .flat_map(|group| {
            let bits = group
                .iter()
                .fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit));
            let bits = bits << (6 * (4 - group.len()));
            bits.to_be_bytes()[1..group.len()].to_vec()
        })
        .collect()
}
