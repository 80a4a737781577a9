//! The stepper where it can't run, and what it does not do: no script, no WebAssembly, print, a folder.

use super::widget::{Told, WAITING, Widget};
use super::{pages, published, target};
use course_tests::{Browser, root};
use serde_json::{Value, json};
use std::fs;

/// The pages that have a stepper, by their files.
fn pages_with_one() -> Vec<String> {
    let mut pages = pages();
    pages.retain(|page| {
        let text = fs::read_to_string(root().join(format!("src/{page}.md"))).expect("a page");
        text.lines().any(|line| line.starts_with("{{#stepper"))
    });
    pages
}

pub(super) fn it_is_where_it_teaches() {
    let pages = pages_with_one();
    for page in [
        "01-cake",
        "02-waiting",
        "07-async-await",
        "08-run-until-complete",
        "09-wakers",
        "10-tasks",
        "stepper",
    ] {
        assert!(
            pages.iter().any(|other| other == page),
            "{page} has none: {pages:?}"
        );
    }
}

/// A picture without what names it: its ids.
const DRAWN: &str = "
    const drawn = (svg) => {
        const id = svg.querySelector('[id]').id.replace(/-[^-]*$/, '');
        return svg.outerHTML.replaceAll(id, '').replaceAll(/\\s+/g, ' ');
    };";

pub(super) fn every_stepper_begins_with_the_picture_of_the_page() {
    let browser = Browser::start();
    let mut seen = 0;
    for page in pages_with_one() {
        browser.open(&format!("{}{page}.html", published()));
        let ids = browser
            .script("return [...document.querySelectorAll('figure.stepper')].map(({ id }) => id)");
        for id in super::widget::strings(&ids) {
            browser.script(&format!(
                "document.querySelector('#{id} .stepper-step').click()"
            ));
            browser.wait_for(&format!("document.getElementById('{id}').dataset.live"));
            let both = browser.script(&format!(
                "{DRAWN} const figure = document.getElementById('{id}');
                 return [drawn(figure.querySelector('.stepper-static svg')), drawn(figure.querySelector('.stepper-drawing svg')),
                    figure.querySelector('.stepper-error').textContent, figure.dataset.changed]"
            ));
            assert_eq!(both[0], both[1], "{id}");
            assert_eq!((&both[2], &both[3]), (&json!(""), &json!("false")), "{id}");
            seen += 1;
        }
    }
    assert!(seen >= 7, "{seen}");
    assert_eq!(browser.log().console, Vec::<String>::new());
}

pub(super) fn a_page_without_a_stepper_loads_nothing_of_it() {
    let browser = Browser::start();
    let with_one = pages_with_one();
    let without = pages().into_iter().filter(|page| !with_one.contains(page));
    let loads = |page: &str| {
        browser.log();
        browser.open(&format!("{}{page}.html", published()));
        browser.wait_for("document.readyState === 'complete'");
        let requests = browser.log().requests;
        assert!(!requests.is_empty(), "{page}: requests are seen");
        requests
            .into_iter()
            .filter(|request| request.contains("/stepper/"))
            .count()
    };
    let mut seen = 0;
    for page in without {
        assert_eq!(loads(&page), 0, "{page}");
        seen += 1;
    }
    assert!(seen > 4, "{seen}");
    assert_eq!(loads(WAITING.0), 3, "where there is one, it is three files");
}

pub(super) fn the_page_for_the_printer_starts_none() {
    let browser = Browser::start();
    browser.open(&format!("{}print.html", published()));
    browser.wait_for("document.readyState === 'complete'");
    let figures = browser.script("return document.querySelectorAll('figure.stepper svg').length");
    assert!(figures.as_u64() >= Some(7), "{figures}");
    assert_eq!(
        browser.script("return document.querySelectorAll('.stepper-widget').length"),
        0
    );
    let log = browser.log();
    assert_eq!(log.console, Vec::<String>::new());
}

pub(super) fn a_print_shows_the_pictures_that_the_page_came_with() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    widget.set("tasks", "9");
    widget.click(".stepper-run");
    widget.step_to(20);
    let shown = "const [svg, caption, bar, words] = ['.stepper-static svg', 'figcaption', '.stepper-widget', 'details:not(.stepper-all)']
        .map((part) => figure.querySelector(part).checkVisibility());
        return [svg, caption, bar, words];";
    assert_eq!(widget.script(shown), json!([false, false, true, false]));
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_eq!(widget.script(shown), json!([true, true, false, true]));
    let lanes =
        "return figure.querySelectorAll('.stepper-static svg > text[font-weight=\"600\"]').length";
    assert_eq!(widget.script(lanes), 2 + 5, "the chapter's own picture");
}

pub(super) fn without_scripts_there_is_the_picture_and_a_word_about_it() {
    let browser = Browser::start();
    browser.devtools(
        "Emulation.setScriptExecutionDisabled",
        &json!({ "value": true }),
    );
    browser.open(&format!("{}{}.html", published(), WAITING.0));
    // Asked through the developer tools: the page itself runs nothing.
    let seen = |part: &str| {
        let expression = format!(
            "document.querySelector('#{} {part}')?.checkVisibility() ?? false",
            WAITING.1
        );
        browser.devtools(
            "Runtime.evaluate",
            &json!({ "expression": expression, "returnByValue": true }),
        )["result"]["value"]
            .clone()
    };
    assert_eq!(seen("svg"), true);
    assert_eq!(seen("figcaption"), true);
    assert_eq!(seen("noscript .stepper-missing"), true);
    assert_eq!(seen(".stepper-widget"), false);
}

pub(super) fn without_webassembly_a_line_says_so() {
    let browser = Browser::start();
    let taken = [
        "delete window.WebAssembly",
        "WebAssembly.compile = () => Promise.reject(new Error('not allowed')); WebAssembly.instantiate = WebAssembly.compile",
    ];
    for taken in taken {
        let script = browser.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            &json!({ "source": taken }),
        );
        let widget = Widget::open(&browser, WAITING);
        // What is plain from the start offers no button; what only fails when it is tried says so then.
        let offers = widget.script("return figure.querySelector('.stepper-step') !== null");
        assert_eq!(offers, !taken.starts_with("delete"), "{taken}");
        if offers == json!(true) {
            widget.press(".stepper-step");
        }
        widget.wait("figure.querySelector(':scope > .stepper-missing')");
        let line = widget.text(":scope > .stepper-missing");
        assert!(line.contains("WebAssembly"), "{line}");
        assert_eq!(
            widget.script("return figure.querySelector('svg').checkVisibility()"),
            true,
            "{taken}"
        );
        assert_eq!(
            widget.script("return figure.querySelector('.stepper-widget')"),
            Value::Null
        );
        browser.devtools("Page.removeScriptToEvaluateOnNewDocument", &script);
    }
    assert_eq!(browser.log().console, Vec::<String>::new());
}

pub(super) fn it_works_from_a_folder_and_asks_nobody() {
    let browser = Browser::start();
    published();
    browser.open(&format!(
        "file://{}/{}.html",
        target().join("browser-book").display(),
        WAITING.0
    ));
    let widget = Widget {
        browser: &browser,
        id: WAITING.1,
    };
    let mut told = Told::by(&widget);
    widget.click(".stepper-more");
    widget.step_to(17);
    assert_eq!(
        widget.text(".stepper-sentence"),
        told.moment(17)["why"].as_str().expect("a reason")
    );
    widget.click(".stepper-tools [aria-pressed]");
    widget.click(".stepper-run");
    let log = browser.log();
    assert_eq!((log.console, log.requests), (vec![], vec![]));
    // Nor does it on a server, once the page is there.
    let widget = Widget::open(&browser, WAITING);
    browser.log();
    widget.click(".stepper-more");
    widget.step_to(17);
    widget.click(".stepper-run");
    let log = browser.log();
    let asked = log.requests.into_iter();
    // The browser asks for the page's icon by itself, when it has time.
    let asked: Vec<_> = asked
        .filter(|request| !request.contains("favicon"))
        .collect();
    assert_eq!((log.console, asked), (vec![], vec![]));
}
