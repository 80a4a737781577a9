//! Programs that grow from step to step: marked for the eye, and whole for who runs or copies them.

use super::{THEMES, course};
use course_tests::{Browser, root};
use serde_json::json;
use std::fs;

/// What is run and copied is the file, whatever is dimmed, hidden or marked.
pub(super) fn a_step_is_marked_and_is_still_the_whole_program() {
    let browser = Browser::start();
    browser.open(&format!("{}10-tasks.html", course()));
    let steps = browser.script(
        "return [...document.querySelectorAll('code.step')].map((code) => code.textContent);",
    );
    let steps = steps.as_array().expect("a list").clone();
    let names = [
        "10-1-queue",
        "10-2-round",
        "10-3-waker",
        "10-4-poll",
        "10-5-queued",
        "10-6-event-loop",
        "10-7-spawn",
        "10-8-task",
        "10-9-turns",
        "10-10-inside",
        "10-11-result",
        "10-12-join",
        "10-13-panic",
        "10-14-gather",
        "10-15-close",
    ];
    assert_eq!(steps.len(), names.len());
    for (step, name) in steps.iter().zip(names) {
        let file = root().join(format!("code/examples/{name}.rs"));
        let text = fs::read_to_string(file).expect("a step");
        assert_eq!(
            step.as_str().map(str::trim_end),
            Some(text.trim_end()),
            "{name}"
        );
    }
    for theme in THEMES {
        browser.look(1280, 900, theme);
        assert_eq!(browser.script(MARKS), json!([]), "{theme}");
    }
    let shown = |class: &str| {
        let all = format!("[...document.querySelector('code.step').querySelectorAll('.{class}')]");
        browser.script(&format!(
            "return {all}.every((line) => line.checkVisibility())"
        ))
    };
    assert_eq!((shown("new"), shown("boring")), (json!(true), json!(false)));
    browser.click("main pre > .buttons > button[title='Show hidden lines']");
    assert_eq!((shown("new"), shown("boring")), (json!(true), json!(true)));
}

/// New lines without their mark, and lines of a step that can't be told from their background.
const MARKS: &str = "
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const light = (colour, below, opacity) => {
        canvas.globalAlpha = 1;
        canvas.fillStyle = below;
        canvas.fillRect(0, 0, 1, 1);
        canvas.globalAlpha = opacity;
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
            const part = byte / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const code = document.querySelector('code.step');
    const paper = getComputedStyle(code).backgroundColor;
    const unmarked = [...code.querySelectorAll('.new')]
        .filter((line) => !getComputedStyle(line, '::before').content.includes('+'));
    const faint = [...code.querySelectorAll('.kept')].filter((line) => {
        const { color, opacity } = getComputedStyle(line);
        const [dark, bright] = [light(color, paper, opacity), light(paper, paper, 1)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05) < 4.5;
    });
    return [...unmarked, ...faint].map((line) => line.outerHTML);";
