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
