//! The stepper in the page: a link leads to exactly this state.

use super::published;
use super::widget::{Told, WAITING, Widget};
use course_tests::Browser;
use serde_json::{Value, json};

/// What the reader sees of a state.
fn state(widget: &Widget) -> Value {
    widget.script(
        "const text = (part) => [...figure.querySelectorAll(part)].map((one) => one.textContent);
         return [text('.stepper-clock'), text('.stepper-sentence'), text('.stepper-state dd'), text('.stepper-here'),
            text('.stepper-total'), text('.stepper-statuses li'), text('.stepper-drawing'),
            [...figure.querySelectorAll('.stepper-form :is(input, select)')].map(({ value }) => value)];",
    )
}

pub(super) fn a_link_opens_exactly_the_state_that_it_was_copied_from() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    widget.set("tasks", "3");
    widget.set("wait", "2s");
    widget.click(".stepper-run");
    widget.click(".stepper-tools [aria-pressed]");
    widget.step_to(14);
    widget.script("Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } } })");
    let length = browser.script("return history.length");
    widget.click(".stepper-link");
    widget.wait("figure.querySelector('.stepper-copied').textContent !== ''");
    let copied = browser.script("return copied");
    let copied = copied.as_str().expect("an address").to_owned();
    assert_eq!(browser.script("return location.href"), copied.as_str());
    assert_eq!(
        browser.script("return history.length"),
        length,
        "Back still leads out of the page"
    );
    let shown = state(&widget);

    let other = Browser::start();
    other.open(&copied);
    let opened = Widget {
        browser: &other,
        id: WAITING.1,
    };
    opened.wait("figure.dataset.live && !figure.querySelector('.stepper-beside').hidden");
    assert_eq!(state(&opened), shown);
    assert_eq!(opened.place(), 14);
    let top = opened.script("return figure.getBoundingClientRect().top < innerHeight");
    assert_eq!(top, true, "the page shows it");
    assert_eq!(
        opened.script("return document.querySelectorAll('[data-live]').length"),
        1,
        "and no other"
    );

    // In a page that is open already.
    let hash = copied.split_once('#').expect("a fragment").1;
    widget.click(".stepper-reset");
    browser.script("history.replaceState(null, '', '#')");
    browser.script(&format!("location.hash = {}", json!(hash)));
    widget.wait("figure.querySelector('.stepper-clock').textContent.includes('14/')");
    assert_eq!(state(&widget), shown);
}

pub(super) fn a_link_that_is_not_whole_shows_what_there_is() {
    let browser = Browser::start();
    let told = Told::of("waiting?tasks=2");
    let open = |fragment: &str| {
        browser.open("about:blank");
        browser.open(&format!(
            "{}{}.html#{}{fragment}",
            published(),
            WAITING.0,
            WAITING.1
        ));
        Widget {
            browser: &browser,
            id: WAITING.1,
        }
    };
    // Beyond the end is the end; no number is the start.
    for (at, place) in [("99999", told.events().len()), ("-3", 0), ("many", 0)] {
        let widget = open(&format!("&at={at}&run=waiting%3Ftasks%3D2"));
        widget.wait("figure.dataset.live");
        assert_eq!(widget.place(), place, "{at}");
    }
    for bad in [
        "waiting%3Ftasks%3Dmany",
        "nothing",
        "waiting%3Ftasks",
        "%3Cimg%20src%3Dx%3E",
    ] {
        let widget = open(&format!("&run={bad}"));
        widget.wait("figure.querySelector('.stepper-error').textContent !== ''");
        let line = widget.text(".stepper-error");
        assert!(line.len() > 20 && line.lines().count() == 1, "{line:?}");
        widget.press(".stepper-step");
        assert_eq!(
            widget.place(),
            1,
            "the chapter's own program is there: {bad}"
        );
        assert_eq!(widget.text(".stepper-clock").split('/').nth(1), Some("48"));
    }
    // Cut off on the way, or of another kind.
    for fragment in ["&run=%", "&at=3", ""] {
        let widget = open(fragment);
        widget.wait("figure.querySelector('.stepper-bar')");
        assert_eq!(
            widget.script("return figure.dataset.live ?? 'no'"),
            "no",
            "{fragment}"
        );
    }
    assert_eq!(browser.log().console, Vec::<String>::new());
}

pub(super) fn what_a_link_says_is_read_as_it_was_written() {
    let browser = Browser::start();
    Widget::open(&browser, WAITING);
    let settings = [
        "waiting?tasks=5&wait=3s",
        "program?task=print 100%25%2C a%26b%3Dc,wait 1s&task=",
        "päpiér ☃ # ? % + \"'<>",
        "",
    ];
    for settings in settings {
        for beside in [true, false] {
            let state =
                json!({ "id": "stepper-a-1", "at": 12, "beside": beside, "settings": settings });
            let read = browser.script(&format!(
                "return courseStepper.link.read(courseStepper.link.write({state}))"
            ));
            assert_eq!(read, state);
        }
    }
    for (at, place) in [("-3", 0), ("many", 0), ("12", 12)] {
        let read = format!("return courseStepper.link.read('#a&at={at}&run=x').at");
        assert_eq!(browser.script(&read), place, "{at}");
    }
    for nothing in ["", "#", "#a", "#a&at=3", "#a&run=%E0%A4%A"] {
        let read = browser.script(&format!(
            "return courseStepper.link.read({})",
            json!(nothing)
        ));
        assert_eq!(read, Value::Null, "{nothing}");
    }
}
