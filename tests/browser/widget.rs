//! A stepper in a page, as its reader meets it, and the same loop asked without a page.

use super::published;
use ::stepper::Stepper;
use course_tests::Browser;
use serde_json::{Value, json};

/// The stepper of chapter 2: page, figure, settings.
pub(super) const WAITING: (&str, &str) = ("02-waiting", "stepper-02-waiting-1");
/// The reader's own program, on a page of its own.
pub(super) const PROGRAM: (&str, &str) = ("stepper", "stepper-stepper-1");

/// A stepper in a page, as its reader meets it.
pub(super) struct Widget<'a> {
    pub(super) browser: &'a Browser,
    pub(super) id: &'static str,
}

impl<'a> Widget<'a> {
    /// Opens a page of the published book.
    pub(super) fn open(browser: &'a Browser, (page, id): (&str, &'static str)) -> Self {
        browser.open(&format!("{}{page}.html", published()));
        Widget { browser, id }
    }

    /// The same, with everything unfolded.
    pub(super) fn unfolded(browser: &'a Browser, place: (&str, &'static str)) -> Self {
        let widget = Widget::open(browser, place);
        widget.click(".stepper-more");
        widget.wait("!document.querySelector('.stepper-panel').hidden && figure.dataset.live");
        widget
    }

    /// Clicks on one of its parts.
    pub(super) fn click(&self, part: &str) {
        self.browser.click(&format!("#{} {part}", self.id));
    }

    /// Clicks without the way that a mouse has to go: for doing it often.
    pub(super) fn press(&self, part: &str) {
        self.script(&format!("figure.querySelector({}).click()", json!(part)));
    }

    /// Runs a script that may use `figure`.
    pub(super) fn script(&self, script: &str) -> Value {
        let id = self.id;
        self.browser.script(&format!(
            "const figure = document.getElementById('{id}'); {script}"
        ))
    }

    /// Waits until an expression with `figure` in it holds.
    pub(super) fn wait(&self, expression: &str) {
        let id = self.id;
        self.browser.wait_for(&format!(
            "((figure) => {expression})(document.getElementById('{id}'))"
        ));
    }

    /// What a part says.
    pub(super) fn text(&self, part: &str) -> String {
        let said = self.script(&format!(
            "return figure.querySelector({}).textContent",
            json!(part)
        ));
        said.as_str().unwrap_or_default().to_owned()
    }

    /// What all parts of a kind say.
    pub(super) fn texts(&self, parts: &str) -> Vec<String> {
        let said = self.script(&format!(
            "return [...figure.querySelectorAll({})].map((part) => part.textContent)",
            json!(parts)
        ));
        strings(&said)
    }

    /// How many events have happened.
    pub(super) fn place(&self) -> usize {
        let clock = self.text(".stepper-clock");
        let place = clock
            .split(" · ")
            .nth(1)
            .and_then(|place| place.split('/').next()?.parse().ok());
        place.unwrap_or_else(|| panic!("no place in {clock:?}"))
    }

    /// Steps until so many events have happened.
    pub(super) fn step_to(&self, place: usize) {
        self.press(".stepper-step");
        self.wait("figure.dataset.live");
        while self.place() < place {
            self.press(".stepper-step");
        }
    }

    /// Sets a field of its form.
    pub(super) fn set(&self, field: &str, value: &str) {
        self.script(&format!(
            "const input = document.getElementById('{}-{field}'); input.value = {};
             input.dispatchEvent(new Event('input', {{ bubbles: true }}));
             input.dispatchEvent(new Event('change', {{ bubbles: true }}));",
            self.id,
            json!(value)
        ));
    }
}

/// The same loop, asked without a page.
pub(super) struct Told {
    stepper: Stepper,
    /// The answer to `run`.
    pub(super) run: Value,
}

impl Told {
    pub(super) fn of(settings: &str) -> Told {
        let mut stepper = Stepper::default();
        let run = parsed(&stepper.answer(&format!("run 0 {settings}")));
        assert!(run["error"].is_null(), "{run}");
        Told { stepper, run }
    }

    /// The settings of the first stepper of a page.
    pub(super) fn by(widget: &Widget) -> Told {
        let settings = widget.script("return figure.dataset.settings");
        Told::of(settings.as_str().expect("settings"))
    }

    pub(super) fn events(&self) -> &[Value] {
        self.run["events"].as_array().expect("events")
    }

    /// The state when so many events have happened.
    pub(super) fn moment(&mut self, place: usize) -> Value {
        parsed(&self.stepper.answer(&format!("moment 0 {}", place - 1)))
    }

    /// The places at which the last event is of this kind.
    pub(super) fn places(&self, kind: &str) -> Vec<usize> {
        let places = (1..).zip(self.events());
        places
            .filter(|(_, event)| event["kind"] == kind)
            .map(|(place, _)| place)
            .collect()
    }

    /// The line of the program at which the task stands that is polled there.
    pub(super) fn line(&mut self, place: usize) -> String {
        let moment = self.moment(place);
        let task = moment["polled"].as_u64().expect("somebody is polled") as usize;
        let lines = self.run["listing"]["lines"].as_array().expect("lines");
        let line = lines
            .iter()
            .find(|pair| pair[0] == moment["tasks"][task]["line"]);
        line.and_then(|pair| pair[1].as_str())
            .expect("a line")
            .trim()
            .to_owned()
    }

    /// Whether the listing has this line.
    pub(super) fn lists(&self, line: &Value) -> bool {
        let lines = self.run["listing"]["lines"].as_array().expect("lines");
        lines.iter().any(|pair| pair[0] == *line)
    }

    /// A task's name.
    pub(super) fn name(&self, task: &Value) -> String {
        let task = task.as_u64().expect("a task") as usize;
        self.run["tasks"][task]["name"]
            .as_str()
            .expect("a name")
            .to_owned()
    }
}

fn parsed(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

pub(super) fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|text| text.as_str().unwrap_or_default().to_owned())
        .collect()
}
