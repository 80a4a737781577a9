//! The stepper in the page: by keyboard, by touch, with a screen reader, in every theme.

use super::axe::Audit;
use super::widget::{PROGRAM, Told, WAITING, Widget};
use super::{THEMES, WIDER, keep};
use course_tests::Browser;
use serde_json::{Value, json};

/// Keys as `WebDriver` names them.
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const SPACE: char = ' ';
const END: char = '\u{e010}';
const HOME: char = '\u{e011}';
const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';

/// Goes with the Tab key until the focused part matches.
fn tab_to(browser: &Browser, part: &str) {
    for _ in 0..120 {
        browser.press(&[TAB]);
        if browser.script(&format!(
            "return document.activeElement.matches({})",
            json!(part)
        )) == json!(true)
        {
            return;
        }
    }
    panic!("the Tab key does not come to {part}");
}

pub(super) fn the_keyboard_alone_is_enough_and_turns_no_page() {
    let browser = Browser::start();
    let widget = Widget::open(&browser, WAITING);
    let page = browser.script("return location.href");
    let last = Told::by(&widget).events().len();
    tab_to(&browser, ".stepper-back");
    tab_to(&browser, ".stepper-step");
    browser.press(&[ENTER]);
    widget.wait("figure.dataset.live");
    assert_eq!(widget.place(), 1);
    browser.press(&[SPACE]);
    for (key, place) in [
        (RIGHT, 3),
        (LEFT, 2),
        (END, last),
        (RIGHT, last),
        (HOME, 0),
        (LEFT, 0),
        (RIGHT, 1),
    ] {
        browser.press(&[key]);
        assert_eq!(widget.place(), place, "{key:?}");
    }
    // Everything else is within reach, in the order of the page.
    tab_to(&browser, ".stepper-scrub");
    browser.press(&[RIGHT]);
    assert_eq!(widget.place(), 2);
    tab_to(&browser, ".stepper-more");
    browser.press(&[ENTER]);
    let parts = [
        "[aria-label='Next wake']",
        ".stepper-speed select",
        ".stepper-tools [aria-pressed]",
        ".stepper-link",
        ".stepper-listing pre",
    ];
    for part in parts {
        tab_to(&browser, part);
        // What is focused can be seen: the ring around it.
        let ring = browser.script("return getComputedStyle(document.activeElement).outlineStyle");
        assert_ne!(ring, "none", "{part}");
    }
    tab_to(&browser, "input[id$=-tasks]");
    browser.press(&['\u{e009}', 'a']);
    browser.type_text("2");
    browser.press(&[ENTER]);
    widget.wait("figure.querySelectorAll('.stepper-statuses li').length === 4");
    // In a text the arrows move the caret.
    tab_to(&browser, "input[id$=-wait]");
    let place = widget.place();
    for key in [LEFT, RIGHT, HOME, END] {
        browser.press(&[key]);
    }
    assert_eq!(widget.place(), place);
    // mdBook's own: s searches, ? helps, arrows turn the page.
    tab_to(&browser, ".stepper-reset");
    for key in ['s', '/', '?', RIGHT, LEFT] {
        browser.press(&[key]);
    }
    let open = "const seen = (id) => document.getElementById(id)?.checkVisibility() ?? false;
        return seen('mdbook-searchbar-outer') || seen('mdbook-help-container')";
    assert_eq!(browser.script(open), false);
    assert_eq!(browser.script("return location.href"), page);
    // And outside of it they are there: the test above looks for what exists.
    browser.script("document.activeElement.blur()");
    browser.press(&['s']);
    browser.wait_for("document.getElementById('mdbook-searchbar-outer').checkVisibility()");
}

pub(super) fn what_happened_is_announced_on_a_step_and_on_no_other_occasion() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let mut told = Told::by(&widget);
    assert_eq!(
        widget.script("return figure.querySelector('.stepper-status').getAttribute('role')"),
        "status"
    );
    widget.script(
        "window.said = [];
         new MutationObserver(() => {
             const text = figure.querySelector('.stepper-status').textContent;
             if (text !== '') { said.push(text); }
         }).observe(figure.querySelector('.stepper-status'), { childList: true, characterData: true, subtree: true });",
    );
    let mut why = |place: usize| told.moment(place)["why"].clone();
    let said = || {
        browser.script("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(said.splice(0)))))")
    };
    widget.click(".stepper-step");
    assert_eq!(said(), json!([why(1)]));
    widget.click(".stepper-step");
    assert_eq!(said(), json!([why(2)]));
    widget.click(".stepper-back");
    assert_eq!(said(), json!([why(1)]), "the same again is said again");
    widget.script("const scrub = figure.querySelector('.stepper-scrub'); scrub.value = 9; scrub.dispatchEvent(new Event('input'))");
    assert_eq!((said(), widget.place()), (json!([]), 9));
    widget.script("window.setInterval = (step) => { window.tick = step; return 1; }; window.clearInterval = () => {};");
    widget.click(".stepper-play");
    widget.script("tick(); tick();");
    assert_eq!(
        (said(), widget.place()),
        (json!([]), 11),
        "Play would never end speaking"
    );
    // No other part of it speaks by itself.
    let speaking = widget.script(
        "return [...figure.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]')]
            .filter((part) => part.textContent !== '' && !part.matches('.stepper-status')).map((part) => part.outerHTML)",
    );
    assert_eq!(speaking, json!([]));
}

pub(super) fn at_390_pixels_it_is_used_with_a_finger_and_nothing_sticks_out() {
    let browser = Browser::start();
    for place in [WAITING, PROGRAM] {
        let widget = Widget::open(&browser, place);
        browser.look(390, 844, "light");
        browser.devtools(
            "Emulation.setTouchEmulationEnabled",
            &json!({ "enabled": true }),
        );
        widget.wait("figure.querySelector('.stepper-bar')");
        tap(&widget, ".stepper-step");
        widget.wait("figure.querySelector('.stepper-clock')?.textContent.includes('1/')");
        tap(&widget, ".stepper-step");
        assert_eq!(widget.place(), 2);
        if place == WAITING {
            tap(&widget, ".stepper-more");
        }
        tap(&widget, "[aria-label='Next wake']");
        assert!(widget.place() > 2);
        tap(&widget, ".stepper-tools [aria-pressed]");
        tap(&widget, ".stepper-tools [aria-pressed]:nth-of-type(2)");
        tap(&widget, ".stepper-all summary");
        widget.wait("figure.querySelector('.stepper-events tbody tr')");
        assert_eq!(
            browser.script(WIDER),
            json!([]),
            "{place:?}: wider than the page"
        );
        assert_eq!(
            browser.script("return document.scrollingElement.scrollWidth <= innerWidth"),
            true
        );
        // What a finger has to meet. Words in a line, as "All events", have room around them.
        let small = widget.script(
            "return [...figure.querySelectorAll('.stepper-widget :is(button, select, input)')]
                .filter((part) => part.checkVisibility())
                .map((part) => [part.getBoundingClientRect(), part.outerHTML])
                .filter(([{ width, height }]) => width < 24 || height < 24).map(([, html]) => html)",
        );
        assert_eq!(small, json!([]), "{place:?}: too small for a finger");
        keep(&browser, &format!("{}-390.png", place.1));
    }
}

/// A finger on it and off again.
fn tap(widget: &Widget, part: &str) {
    let point = widget.script(&format!(
        "const part = figure.querySelector({}); part.scrollIntoView({{ block: 'center', behavior: 'instant' }});
         const {{ left, top, width, height }} = part.getBoundingClientRect();
         return {{ x: left + width / 2, y: top + height / 2 }};",
        json!(part)
    ));
    let touch = |kind: &str, points: Value| {
        widget.browser.devtools(
            "Input.dispatchTouchEvent",
            &json!({ "type": kind, "touchPoints": points }),
        );
    };
    touch("touchStart", json!([point]));
    touch("touchEnd", json!([]));
}

pub(super) fn a_finger_scrubs_in_the_picture() {
    let browser = Browser::start();
    let widget = Widget::open(&browser, WAITING);
    browser.look(390, 844, "light");
    widget.wait("figure.querySelector('.stepper-bar')");
    widget.press(".stepper-step");
    widget.wait("figure.dataset.live");
    let all = Told::by(&widget).events().len();
    let picture = widget.script(
        "const part = figure.querySelector('.stepper-picture'); part.scrollIntoView({ block: 'center', behavior: 'instant' });
         const { left, top, width, height } = part.getBoundingClientRect(); return [left, top + height / 2, width]",
    );
    let number = |place: usize| picture[place].as_f64().expect("a number");
    let touch = |kind: &str, fraction: f64| {
        let point = json!([{ "x": number(0) + number(2) * fraction, "y": number(1) }]);
        let points = if kind == "touchEnd" { json!([]) } else { point };
        browser.devtools(
            "Input.dispatchTouchEvent",
            &json!({ "type": kind, "touchPoints": points }),
        );
    };
    touch("touchStart", 0.1);
    for step in 2..=9 {
        touch("touchMove", f64::from(step) / 10.0);
    }
    widget.wait("figure.querySelector('.stepper-clock').textContent.startsWith('0.0 s')");
    touch("touchMove", 0.999);
    touch("touchEnd", 0.0);
    assert!(
        widget.place() < all && widget.place() > 1,
        "{}",
        widget.place()
    );
}

pub(super) fn nothing_moves_where_less_motion_is_wanted() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    widget.step_to(3);
    let moving = "return [...figure.querySelectorAll('.stepper-widget *')]
        .filter((part) => getComputedStyle(part).transitionDuration.split(',').some((time) => parseFloat(time) > 0.001)
            || parseFloat(getComputedStyle(part).animationDuration) > 0.001)
        .map((part) => part.className)";
    assert_ne!(widget.script(moving), json!([]), "the cursor glides");
    browser.devtools(
        "Emulation.setEmulatedMedia",
        &json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] }),
    );
    assert_eq!(widget.script(moving), json!([]));
}

/// Every state that the widget can be in, one after the other.
const STATES: [(&str, &str); 7] = [
    ("begun", "figure.querySelector('.stepper-step').click()"),
    (
        "unfolded",
        "if (figure.querySelector('.stepper-panel').hidden) { figure.querySelector('.stepper-more').click(); }",
    ),
    (
        "side by side",
        "figure.querySelector('.stepper-tools [aria-pressed]').click()",
    ),
    (
        "asked",
        "figure.querySelector('.stepper-tools [aria-pressed]:nth-of-type(2)').click(); figure.querySelector('.stepper-choices button').click()",
    ),
    (
        "with all events",
        "figure.querySelector('.stepper-all').open = true",
    ),
    (
        "refused",
        "const field = figure.querySelector('.stepper-form input[type=text]'); field.value = 'x'; field.dispatchEvent(new Event('input', { bubbles: true })); figure.querySelector('.stepper-run').click()",
    ),
    (
        "at the end",
        "const scrub = figure.querySelector('.stepper-scrub'); scrub.value = scrub.max; scrub.dispatchEvent(new Event('input'))",
    ),
];

pub(super) fn axe_finds_no_barrier_in_the_stepper_in_any_state_and_theme() {
    let browser = Browser::start();
    for place in [WAITING, PROGRAM] {
        for theme in THEMES {
            let widget = Widget::open(&browser, place);
            browser.devtools(
                "Emulation.setEmulatedMedia",
                &json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] }),
            );
            browser.look(1280, 900, theme);
            widget.wait("figure.querySelector('.stepper-bar')");
            for (state, script) in STATES {
                widget.script(script);
                widget.wait("figure.dataset.live");
                let violations = Audit(&browser).violations();
                assert_eq!(
                    violations,
                    Vec::<String>::new(),
                    "{place:?}, {theme}, {state}"
                );
            }
            keep(&browser, &format!("{}-{theme}.png", place.1));
        }
    }
}
