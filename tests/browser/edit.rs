//! Changing a program in the page.

use super::run::{code, open_snippet, shows, state_starts};
use super::{WIDER, course_page, keep};
use course_tests::{Browser, Runner};
use serde_json::json;
use std::fs;

const CONTROL: char = '\u{e009}';
const SHIFT: char = '\u{e008}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const TAB: char = '\u{e004}';
const END: char = '\u{e010}';
const HOME: char = '\u{e011}';
const UP: char = '\u{e013}';
const DOWN: char = '\u{e015}';

pub(super) fn a_program_is_changed_with_keys_run_and_brought_back() {
    let (runner, browser) = open_snippet(|_| "fn main() {\n    println!(\"one\");\n}".into());
    let hidden = "document.querySelector('.undo-button').hidden";
    assert_eq!(browser.script(&format!("return {hidden}")), true);
    browser.click(".edit-button");
    browser.press(&[DOWN]);
    browser.press(&[END]);
    browser.press(&[ENTER]);
    browser.type_text("println!(\"two\");");
    // The new line is as far in as the one before, and the colours are there.
    assert_eq!(
        code(&browser),
        "fn main() {\n    println!(\"one\");\n    println!(\"two\");\n}"
    );
    let coloured =
        "return [...document.querySelectorAll('main code .hljs-string')].at(-1).textContent";
    assert_eq!(browser.script(coloured), "\"two\"");
    browser.press(&[CONTROL, ENTER]);
    browser.wait_for(&shows("one\ntwo\n"));
    browser.wait_for(&state_starts("Finished after "));

    // What was changed outlives a reload, and Undo ends it.
    browser.script("location.reload()");
    browser.wait_for("document.querySelector('main code')?.textContent.includes('two')");
    assert_eq!(browser.script(&format!("return {hidden}")), false);
    browser.click(".undo-button");
    assert_eq!(code(&browser), "fn main() {\n    println!(\"one\");\n}");
    assert_eq!(browser.script(&format!("return {hidden}")), true);
    browser.click(".run-button");
    browser.wait_for(&shows("one\n"));
    browser.script("location.reload()");
    browser.wait_for("document.querySelector('.undo-button')?.hidden");
    assert_eq!(browser.log().console, Vec::<String>::new());
    runner.nothing_is_left();
}

pub(super) fn the_keyboard_goes_into_the_editor_and_out_again() {
    let (_runner, browser) = open_snippet(|_| "fn main() {\n    println!(\"one\");\n}".into());
    browser.look(390, 844, "light");
    let active = |selector: &str| format!("document.activeElement.matches('{selector}')");
    browser.script("document.querySelector('main pre > code').focus()");
    browser.press(&[ENTER]);
    browser.wait_for(&active(".snippet-editor"));
    // Keys that turn the page or search elsewhere are for the editor alone here.
    browser.script("window.heard = 0; addEventListener('keydown', () => { window.heard += 1; })");
    browser.press(&[HOME]);
    browser.type_text("// s?\n\n");
    // An empty line has nothing to move.
    browser.press(&[UP]);
    browser.press(&[SHIFT, TAB]);
    browser.press(&[DOWN]);
    browser.press(&[TAB]);
    browser.press(&[DOWN]);
    browser.press(&[HOME]);
    browser.press(&[TAB]);
    assert_eq!(
        code(&browser),
        "// s?\n\n    fn main() {\n        println!(\"one\");\n}"
    );
    for _ in 0..3 {
        browser.press(&[SHIFT, TAB]);
    }
    assert_eq!(
        code(&browser),
        "// s?\n\n    fn main() {\nprintln!(\"one\");\n}"
    );
    assert_eq!(browser.script("return window.heard"), 0);
    assert_eq!(browser.script(WIDER), json!([]));
    keep(&browser, "edit-390.png");
    // The browser's own undo knows all that.
    for _ in 0..40 {
        browser.press(&[CONTROL, 'z']);
    }
    assert_eq!(code(&browser), "fn main() {\n    println!(\"one\");\n}");
    browser.press(&[ESCAPE]);
    browser.wait_for(&active("main pre > code"));
    assert_eq!(
        browser.script("return document.querySelector('.snippet-editor')"),
        json!(null)
    );
    for _ in 0..3 {
        browser.press(&[TAB]);
        if browser.script(&format!("return {}", active(".run-button"))) == true {
            return;
        }
    }
    panic!("the Tab key does not lead to Run");
}

pub(super) fn the_editor_lies_exactly_over_the_code() {
    let long = "x".repeat(120);
    let (_runner, browser) =
        open_snippet(|_| format!("fn main() {{\n    let {long} = 1;\n    drop({long});\n}}"));
    for (width, theme) in [(1280, "light"), (390, "coal")] {
        browser.look(width, 844, theme);
        browser.click(".edit-button");
        browser.press(&[CONTROL, END]);
        browser.press(&[UP]);
        browser.press(&[END]);
        let apart = "
            const box = document.querySelector('.snippet-editor');
            const code = box.previousElementSibling;
            const [one, other] = [box, code].map((part) => part.getBoundingClientRect());
            return [
                Math.abs(one.left - other.left), Math.abs(one.top - other.top),
                Math.abs(one.width - other.width), Math.abs(one.height - other.height),
                box.scrollTop,
                getComputedStyle(box).font === getComputedStyle(code).font ? 0 : 100,
            ];";
        // The code follows the editor with the next frame.
        let editor = "document.querySelector('.snippet-editor')";
        browser.wait_for(&format!(
            "{editor}.scrollLeft > 0 && {editor}.previousElementSibling.scrollLeft === {editor}.scrollLeft"
        ));
        let apart = browser.script(apart);
        for distance in apart.as_array().expect("a list") {
            assert!(
                distance.as_f64().expect("a number") <= 1.0,
                "{width}: {apart}"
            );
        }
        keep(&browser, &format!("edit-{theme}-{width}.png"));
        browser.press(&[ESCAPE]);
    }
}

pub(super) fn a_click_sets_the_caret_where_it_points() {
    let (_runner, browser) = open_snippet(|_| "fn main() {\n    println!(\"one\");\n}".into());
    // Into the middle of the second line, as the text lies on the screen.
    let place = browser.script(
        "const code = document.querySelector('main pre > code');
         const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
         while (!walk.nextNode().data.includes('one')) {}
         const range = new Range();
         range.setStart(walk.currentNode, walk.currentNode.data.indexOf('one'));
         range.setEnd(walk.currentNode, walk.currentNode.data.indexOf('one') + 1);
         const { left, top, height } = range.getBoundingClientRect();
         return [Math.round(left) + 1, Math.round(top + height / 2)];",
    );
    browser.click_at(
        place[0].as_i64().expect("a number"),
        place[1].as_i64().expect("a number"),
    );
    browser.wait_for("document.activeElement.matches('.snippet-editor')");
    browser.type_text("number ");
    assert_eq!(
        code(&browser),
        "fn main() {\n    println!(\"number one\");\n}"
    );
}

pub(super) fn lines_that_are_hidden_do_not_count() {
    let program = "# use std::fmt::Display;\n#\nfn main() {\n    let eggs: u32 = \"six\";\n    show(eggs);\n}\n#\n\
                   # fn show(it: impl Display) {\n#     println!(\"{it}\");\n# }";
    let (_runner, browser) = open_snippet(|_| program.into());
    let error_at = |line: &str| {
        browser.click(".run-button");
        browser.wait_for(&state_starts("It does not compile."));
        let text = browser.script("return document.querySelector('.run-output').textContent");
        let text = text.as_str().expect("text").to_owned();
        assert!(text.contains(&format!("main.rs:{line}:")), "{text}");
    };
    error_at("2");
    // While it is edited all lines are there to be seen, and so they count.
    browser.click(".edit-button");
    assert!(code(&browser).starts_with("use std::fmt::Display;\n"));
    error_at("4");
    browser.press(&[ESCAPE]);
    browser.script("document.querySelector('.snippet-editor')?.blur()");
    browser.click(".edit-button");
    error_at("2");
}

pub(super) fn an_exercise_is_tested_in_the_page() {
    let browser = Browser::start();
    browser.open(&course_page("01-cake.html"));
    let exercise = "[...document.querySelectorAll('.run-bar')].find((bar) => bar.textContent.includes('Test'))";
    browser.script(&format!(
        "const bar = {exercise}; bar.id = 'exercise'; bar.nextElementSibling.id = 'results'; \
         bar.previousElementSibling.id = 'program'; bar.scrollIntoView({{ block: 'center' }});"
    ));
    let state = |text: &str| {
        browser.wait_for(&format!(
            "document.querySelector('#exercise .run-state').textContent === {}",
            json!(text)
        ));
    };
    browser.click("#exercise .run-button");
    state("Not yet: 3 of 4 tests pass.");
    let results = || browser.script("return document.querySelector('#results').textContent");
    let said = results().as_str().expect("text").to_owned();
    assert!(said.contains("✓ ok   comes to an end"), "{said}");
    assert!(said.contains("✗ wrong is over after 65 min"), "{said}");
    keep(&browser, "exercise-wrong.png");

    let solution =
        fs::read_to_string(course_tests::root().join("code/exercises/01-cake/solution.rs"));
    browser.click("#exercise .edit-button");
    browser.press(&[CONTROL, 'a']);
    browser.devtools(
        "Input.insertText",
        &json!({ "text": solution.expect("a solution") }),
    );
    browser.press(&[CONTROL, ENTER]);
    state("Solved: all 4 tests pass.");
    keep(&browser, "exercise-solved.png");
    browser.click("#exercise .undo-button");
    assert_eq!(
        browser.script("return document.querySelector('#results').hidden"),
        true
    );
}

pub(super) fn two_programs_run_at_once_and_each_has_its_own_output() {
    let runner = Runner::of_page(|folder| {
        let program = |name: &str| {
            let go = folder.join(name);
            format!(
                "```rust\nfn main() {{\n    println!(\"{name} waits\");\n    \
                 while !std::path::Path::new({go:?}).exists() {{ std::thread::yield_now(); }}\n    \
                 println!(\"{name} ends\");\n}}\n```\n"
            )
        };
        format!("# First\n\n{}\n{}", program("one"), program("two"))
    });
    let browser = Browser::start();
    browser.open(&runner.server().url("first.html"));
    browser.script("document.querySelectorAll('.run-bar').forEach((bar, index) => { bar.id = `bar-${index}`; })");
    let output = |index: usize, text: &str| {
        browser.wait_for(&format!(
            "document.querySelectorAll('.run-output')[{index}].textContent === {}",
            json!(text)
        ));
    };
    browser.click("#bar-0 .run-button");
    browser.click("#bar-1 .run-button");
    output(0, "one waits\n");
    output(1, "two waits\n");
    fs::write(runner.open_path("two"), "").expect("the folder can be written to");
    output(1, "two waits\ntwo ends\n");
    output(0, "one waits\n");
    fs::write(runner.open_path("one"), "").expect("the folder can be written to");
    output(0, "one waits\none ends\n");
    runner.nothing_is_left();
}
