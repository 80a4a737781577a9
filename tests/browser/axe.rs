//! Barriers, as axe-core finds them, in what the course adds to mdBook's pages.

use super::{course, course_page, pages};
use course_tests::Browser;
use serde_json::{Value, json};
use std::fs;
use std::sync::OnceLock;

/// What the course adds: figures and steppers, tables, Run and its outputs, answers, records, facts.
const OURS: [&str; 8] = [
    "figure.timeline",
    "main table",
    ".run-bar",
    ".run-output",
    ".recorded-output",
    "details.answer",
    ".recorded",
    ".chapter-facts",
];

/// A light theme and the dark one with the faintest colours.
const BOTH: [&str; 2] = ["light", "coal"];

/// A browser with a page, and axe-core beside it.
pub(super) struct Audit<'a>(pub(super) &'a Browser);

impl Audit<'_> {
    /// What axe-core has against the parts of the page that the course has added, one line each.
    pub(super) fn violations(&self) -> Vec<String> {
        static AXE: OnceLock<String> = OnceLock::new();
        let axe = AXE.get_or_init(|| {
            let script = course::tools::axe().unwrap_or_else(|problem| panic!("{problem}"));
            fs::read_to_string(script).expect("axe-core's script")
        });
        if self.0.script("return typeof axe") == json!("undefined") {
            self.0.script(axe);
        }
        // What only reacts to a change of the page has done so in the next frame.
        self.0.script("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
        let found = self.0.script(&format!(
            "const include = {}.filter((part) => document.querySelector(part) !== null);
             if (include.length === 0) {{
                 return [];
             }}
             return axe.run({{ include: include.map((part) => [part]) }}, {{ resultTypes: ['violations'] }})
                .then(({{ violations }}) => violations.flatMap(({{ id, nodes }}) =>
                    nodes.map(({{ html, failureSummary }}) => `${{id}}: ${{html}} ${{failureSummary}}`)));",
            json!(OURS)
        ));
        let found = found.as_array().expect("a list");
        found
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }
}

pub(super) fn axe_finds_no_barrier_in_what_the_course_adds() {
    let browser = Browser::start();
    for page in pages() {
        browser.open(&course_page(&format!("{page}.html")));
        for theme in BOTH {
            browser.look(1280, 900, theme);
            let folded = Audit(&browser).violations();
            assert_eq!(folded, Vec::<String>::new(), "{page}, {theme}");
            browser.script("document.querySelectorAll('main details').forEach((part) => { part.open = true; });");
            let unfolded = Audit(&browser).violations();
            assert_eq!(unfolded, Vec::<String>::new(), "{page}, {theme}, unfolded");
        }
    }
}

pub(super) fn axe_sees_a_planted_barrier() {
    let browser = Browser::start();
    browser.open(&format!("{}02-waiting.html", course()));
    for (plant, rule) in [
        (
            "document.querySelector('.run-bar').append(document.createElement('button'))",
            "button-name",
        ),
        (
            "document.querySelector('figcaption').style.color = '#bbb'",
            "color-contrast",
        ),
        (
            "const svg = document.querySelector('figure svg'); svg.removeAttribute('aria-labelledby'); svg.querySelector('title').remove()",
            "svg-img-alt",
        ),
    ] {
        browser.script("location.reload()");
        browser
            .wait_for("document.readyState === 'complete' && document.querySelector('.run-bar')");
        browser.script(plant);
        let found = Audit(&browser).violations();
        assert!(
            found.iter().any(|line| line.starts_with(rule)),
            "{rule}: {found:?}"
        );
    }
}
