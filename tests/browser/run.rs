//! The run button.

use super::{WIDER, keep};
use course_tests::{Browser, Runner};
use serde_json::json;
use std::fs;
use std::path::Path;

pub(super) fn run_shows_output_while_the_program_runs() {
    let (runner, browser) = open_snippet(waiting_program);
    browser.click(".run-button");
    // It cannot end before the test has seen this.
    browser.wait_for(&shows("ready\n"));
    assert_eq!(
        browser.script("return document.querySelector('.run-button').textContent"),
        "Stop"
    );
    fs::write(runner.open_path("go"), "").expect("the folder can be written to");
    browser.wait_for(&shows("ready\ngone\n"));
    browser
        .wait_for("document.querySelector('.run-state').textContent.startsWith('Finished after ')");
    assert_eq!(
        browser.script("return document.querySelector('.run-button').textContent"),
        "Run"
    );
    keep(&browser, "run-finished.png");
    assert_eq!(browser.log().console, Vec::<String>::new());
    runner.nothing_is_left();
}

pub(super) fn stop_stops_and_run_runs_again() {
    let (runner, browser) = open_snippet(waiting_program);
    browser.click(".run-button");
    browser.wait_for(&shows("ready\n"));
    keep(&browser, "run-running.png");
    browser.click(".run-button");
    browser.wait_for("document.querySelector('.run-state').textContent === 'Stopped.'");
    runner.nothing_is_left();
    browser.click(".run-button");
    browser.wait_for(&shows("ready\n"));
    // Leaving the page ends the program, too.
    browser.open("about:blank");
    runner.nothing_is_left();
}

pub(super) fn the_keyboard_alone_is_enough() {
    let (control, enter, tab, right) = ('\u{e009}', '\u{e007}', '\u{e004}', '\u{e014}');
    let (runner, browser) = open_snippet(|_| {
        let long = "x".repeat(200);
        format!("fn main() {{ println!(\"keys\"); }} // {long}")
    });
    browser.look(390, 844, "light");
    let active = |selector: &str| format!("document.activeElement.matches('{selector}')");
    browser.wait_for("document.querySelector('main pre > code').tabIndex === 0");
    for _ in 0..40 {
        if browser.script(&format!("return {}", active("main pre > code"))) == true {
            break;
        }
        browser.press(&[tab]);
    }
    browser.wait_for(&active("main pre > code"));
    assert_eq!(
        browser.script("return getComputedStyle(document.activeElement).outlineStyle"),
        "solid"
    );
    // The arrow scrolls the code; it turns no page.
    browser.press(&[right]);
    browser.wait_for("document.activeElement.scrollLeft > 0");
    browser.press(&[control, enter]);
    browser.wait_for(&shows("keys\n"));
    browser.wait_for("document.querySelector('.run-state').textContent.startsWith('Finished')");
    browser.press(&[tab]);
    browser.wait_for(&active(".clip-button, .run-button"));
    for _ in 0..3 {
        if browser.script(&format!("return {}", active(".run-button"))) == true {
            break;
        }
        browser.press(&[tab]);
    }
    browser.wait_for(&active(".run-button"));
    browser.press(&[enter]);
    browser.wait_for("document.querySelector('.run-state').textContent.startsWith('Finished')");
    assert_eq!(browser.script(WIDER), json!([]));
    runner.nothing_is_left();
}

pub(super) fn how_a_program_ends_is_said() {
    let (_runner, browser) =
        open_snippet(|_| "let eggs: u32 = \"six\";\nprintln!(\"{eggs}\");".into());
    browser.click(".run-button");
    browser.wait_for("document.querySelector('.run-state').textContent === 'It does not compile.'");
    let text = browser.script("return document.querySelector('.run-output').textContent");
    let text = text.as_str().expect("text");
    // The reader's own lines: the main function around them takes none.
    assert!(
        text.contains("E0308") && text.contains("main.rs:1:"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(
        browser.script("return document.querySelector('.run-output .ansi-1') !== null"),
        true
    );
    keep(&browser, "run-compile-error.png");

    let (_runner, browser) = open_snippet(|_| "fn main() { panic!(\"no eggs\"); }".into());
    browser.click(".run-button");
    browser.wait_for(
        "document.querySelector('.run-state').textContent.startsWith('It panicked after ')",
    );
    browser.wait_for("document.querySelector('.run-output').textContent.includes('no eggs')");
}

/// Prints, waits for a file, prints again.
fn waiting_program(folder: &Path) -> String {
    let go = folder.join("go");
    format!(
        "println!(\"ready\");\nwhile !std::path::Path::new({go:?}).exists() {{ std::thread::yield_now(); }}\nprintln!(\"gone\");"
    )
}

/// A page of the course's making with one snippet, which is told a folder it may write to.
pub(super) fn open_snippet(snippet: impl FnOnce(&Path) -> String) -> (Runner, Browser) {
    let runner =
        Runner::of_page(|folder| format!("# First\n\n```rust\n{}\n```\n", snippet(folder)));
    let browser = Browser::start();
    browser.open(&runner.server().url("first.html"));
    (runner, browser)
}

pub(super) fn what_the_server_tells_is_shown() {
    let (_runner, browser) = open_snippet(|_| "fn main() {}".into());
    for (event, said) in [
        (
            json!({ "kind": "waiting", "at_once": 2 }),
            "Waiting: 2 programs run at once here…",
        ),
        (
            json!({ "kind": "preparing" }),
            "Building the crates of the course; this can take a minute…",
        ),
        (
            json!({ "kind": "progress", "text": "Compiling tokio v1.54.1" }),
            "Building the crates of the course: Compiling tokio v1.54.1",
        ),
        (json!({ "kind": "compiling" }), "Compiling…"),
        (json!({ "kind": "running" }), "Running…"),
        (
            json!({ "kind": "cut", "bytes": 65536 }),
            "Stopped: a program may print 64 KiB here.",
        ),
        (
            json!({ "kind": "timeout", "what": "running", "seconds": 60 }),
            "Stopped: running took more than 60 s.",
        ),
        (
            json!({ "kind": "too-much", "text": "it took 2 GiB" }),
            "Stopped: it took 2 GiB.",
        ),
        (
            json!({ "kind": "exit", "code": 3, "ms": 20 }),
            "It ended with exit code 3 after 0.02 s.",
        ),
        (
            json!({ "kind": "signal", "signal": 6, "text": "SIGABRT" }),
            "Ended by signal 6 (SIGABRT).",
        ),
        (
            json!({ "kind": "failed", "text": "no rustc" }),
            "Not run: no rustc.",
        ),
    ] {
        // A server that says this, and no more until it is left.
        let line = json!(format!("{event}\n"));
        browser.script(&format!(
            "window.fetch = (url) => Promise.resolve(url.endsWith('token')
                ? new Response('{{\"token\":\"t\"}}')
                : new Response(new ReadableStream({{ start: (it) => {{
                    it.enqueue(new TextEncoder().encode({line}));
                    window.leave = () => it.close();
                }} }})));"
        ));
        browser.click(".run-button");
        let said = json!(said);
        browser.wait_for(&format!(
            "document.querySelector('.run-state').textContent === {said}"
        ));
        browser.script("leave()");
        browser.wait_for("document.querySelector('.run-button').textContent === 'Run'");
        // One that goes away in the middle is told of.
        let is_last = !["waiting", "preparing", "progress", "compiling", "running"]
            .contains(&event["kind"].as_str().expect("a kind"));
        let gone =
            "document.querySelector('.run-state').textContent.includes('the server went away')";
        assert_eq!(
            browser.script(&format!("return {gone}")),
            !is_last,
            "{event}"
        );
    }
}

/// The text of the first program of the page.
pub(super) fn code(browser: &Browser) -> String {
    let text = browser.script("return document.querySelector('main pre > code').textContent");
    text.as_str().expect("text").to_owned()
}

/// Whether the line beside the buttons begins so.
pub(super) fn state_starts(text: &str) -> String {
    format!(
        "document.querySelector('.run-state').textContent.startsWith({})",
        json!(text)
    )
}

pub(super) fn shows(text: &str) -> String {
    format!(
        "document.querySelector('.run-output').textContent === {}",
        json!(text)
    )
}
