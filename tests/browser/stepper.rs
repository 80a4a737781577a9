//! The stepper in the page: there and back through a run, as the loop itself tells it.

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
    fn lists(&self, line: &Value) -> bool {
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

pub(super) fn step_and_step_back_go_through_every_event_as_the_loop_tells_it() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let mut told = Told::by(&widget);
    let all = told.events().len();
    assert!(all > 30, "{all} events");
    assert_eq!(widget.place(), 0);
    widget.click(".stepper-step");
    let mut marked = 0;
    for place in 1..=all {
        check_state(&widget, &mut told, place);
        marked += widget.texts(".stepper-here").len();
        widget.press(".stepper-step");
    }
    assert!(marked > 10, "{marked} lines were marked");
    // There is no further one; the button keeps the keyboard.
    check_state(&widget, &mut told, all);
    for place in (1..all).rev() {
        widget.press(".stepper-back");
        check_state(&widget, &mut told, place);
    }
    widget.press(".stepper-back");
    widget.press(".stepper-back");
    assert_eq!(widget.place(), 0);
    assert_eq!(
        widget.script("return figure.querySelector('.stepper-cursor').checkVisibility()"),
        false
    );
}

/// Everything that is shown at one event is what the loop says.
fn check_state(widget: &Widget, told: &mut Told, place: usize) {
    let moment = told.moment(place);
    let names = |tasks: &Value| -> Vec<String> {
        tasks
            .as_array()
            .expect("tasks")
            .iter()
            .map(|task| told.name(task))
            .collect()
    };
    let at = format!("at event {place}: {moment}");
    let clock = moment["clock"].as_str().expect("a time");
    assert_eq!(
        widget.text(".stepper-clock"),
        format!("{clock} · {place}/{}", told.events().len())
    );
    assert_eq!(
        widget.text(".stepper-sentence"),
        moment["why"].as_str().expect("a sentence"),
        "{at}"
    );
    assert_eq!(widget.text("[data-what=clock]"), clock, "{at}");
    assert_eq!(
        widget.texts("[data-what=ready] li"),
        names(&moment["ready"]),
        "{at}"
    );
    let polled = if moment["polled"].is_null() {
        "nobody".to_owned()
    } else {
        told.name(&moment["polled"])
    };
    assert_eq!(widget.text("[data-what=polled]"), polled, "{at}");
    let timers = moment["timers"].as_array().expect("timers").iter();
    let timers: Vec<String> = timers
        .map(|timer| {
            format!(
                "{} at {}",
                told.name(&timer["task"]),
                timer["at"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(widget.texts("[data-what=timers] li"), timers, "{at}");
    let printed = strings(&moment["printed"]).join("\n");
    let shown = widget.text("[data-what=printed]");
    assert_eq!(
        shown,
        if printed.is_empty() {
            "nothing yet"
        } else {
            &printed
        },
        "{at}"
    );

    let lanes = moment["tasks"].as_array().expect("tasks");
    let shown = widget.script(
        "return [...figure.querySelectorAll('.stepper-statuses li')].map((lane) => [lane.dataset.status, lane.textContent])",
    );
    assert_eq!(
        shown.as_array().map(Vec::len),
        Some(lanes.len() + 1),
        "the loop's own lane comes first"
    );
    for (task, lane) in lanes.iter().enumerate() {
        let words = format!(
            "{}: {}",
            told.name(&json!(task)),
            lane["words"].as_str().unwrap_or_default()
        );
        assert_eq!(shown[task + 1], json!([lane["status"], words]), "{at}");
    }

    // The line of the task that is polled, if it has come to one; with nobody polled, none.
    let line = moment["polled"]
        .as_u64()
        .map(|task| &lanes[task as usize]["line"]);
    let marked = widget.texts(".stepper-here .stepper-number");
    let expected: Vec<String> = line
        .filter(|line| told.lists(line))
        .map(Value::to_string)
        .into_iter()
        .collect();
    assert_eq!(marked, expected, "{at}");

    let left = widget.script(
        "return figure.querySelector('.stepper-picture').style.getPropertyValue('--stepper-x')",
    );
    let left: f64 = left
        .as_str()
        .and_then(|left| left.trim_end_matches('%').parse().ok())
        .expect("a place");
    let time = moment["at"].as_f64().expect("a time") / told.run["total"].as_f64().expect("a time");
    assert!((left - 100.0 * time).abs() < 0.01, "{at}: {left} %");
}

pub(super) fn jumps_lead_to_the_next_wake_print_or_poll_and_back() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let told = Told::by(&widget);
    for (word, kind) in [("poll", "polled"), ("wake", "woken"), ("print", "noted")] {
        let places = told.places(kind);
        assert!(places.len() > 4, "{kind}: {places:?}");
        widget.press(".stepper-reset");
        for place in &places {
            widget.press(&format!("[aria-label='Next {word}']"));
            assert_eq!(widget.place(), *place, "next {word}");
        }
        widget.press(&format!("[aria-label='Next {word}']"));
        assert_eq!(
            widget.place(),
            places[places.len() - 1],
            "there is no other {word}"
        );
        for place in places.iter().rev().skip(1) {
            widget.press(&format!("[aria-label='Previous {word}']"));
            assert_eq!(widget.place(), *place, "previous {word}");
        }
    }
}

/// A clock whose hand the test moves.
const TICKS: &str = "
    window.ticks = [];
    window.setInterval = (step, pause) => ticks.push({ step, pause, stopped: false });
    window.clearInterval = (number) => { if (ticks[number - 1]) { ticks[number - 1].stopped = true; } };";

pub(super) fn play_goes_on_by_itself_at_several_speeds_until_the_end() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let all = Told::by(&widget).events().len();
    widget.script(TICKS);
    let pauses = || {
        widget.script("return ticks.filter(({ stopped }) => !stopped).map(({ pause }) => pause)")
    };
    let tick =
        || widget.script("ticks.filter(({ stopped }) => !stopped).forEach(({ step }) => step())");
    widget.click(".stepper-play");
    assert_eq!(
        (pauses(), widget.text(".stepper-play")),
        (json!([400]), "Pause".to_owned())
    );
    for place in 1..=3 {
        tick();
        assert_eq!(widget.place(), place);
    }
    let speeds = strings(&widget.script(
        "return [...figure.querySelectorAll('.stepper-speed option')].map(({ value }) => value)",
    ));
    assert!(speeds.len() >= 3, "{speeds:?}");
    for speed in &speeds {
        widget.script(&format!(
            "const select = figure.querySelector('.stepper-speed select'); select.value = '{speed}';
             select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        ));
        let pause: u32 = speed.parse().expect("milliseconds");
        assert_eq!(
            pauses(),
            json!([pause]),
            "one beat, at the speed that was chosen"
        );
    }
    widget.click(".stepper-play");
    assert_eq!(
        (pauses(), widget.text(".stepper-play")),
        (json!([]), "Play".to_owned())
    );
    assert_eq!(widget.place(), 3, "a pause leaves everything as it is");
    widget.click(".stepper-play");
    (3..all).for_each(|_| drop(tick()));
    assert_eq!(
        (widget.place(), pauses()),
        (all, json!([])),
        "it stops at the end"
    );
    widget.click(".stepper-play");
    assert_eq!(widget.place(), 0, "from the end it begins anew");
    widget.click(".stepper-step");
    assert_eq!(
        (widget.place(), pauses()),
        (1, json!([])),
        "a step is the reader's own"
    );
}

pub(super) fn the_slider_and_the_picture_are_scrubbed() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let told = Told::by(&widget);
    for place in [7, 0, told.events().len(), 12] {
        widget.script(&format!(
            "const scrub = figure.querySelector('.stepper-scrub'); scrub.value = {place};
             scrub.dispatchEvent(new Event('input', {{ bubbles: true }}));"
        ));
        assert_eq!(widget.place(), place);
    }
    // In the picture: the last event at the time under the pointer.
    let before = |time: f64| {
        told.events()
            .iter()
            .filter(|event| event["at"].as_f64() <= Some(time))
            .count()
    };
    let total = told.run["total"].as_f64().expect("a time");
    widget.script("figure.querySelector('.stepper-picture').scrollIntoView({ block: 'center' })");
    for fraction in [0.4, 1.0] {
        let point = widget.script(&format!(
            "const {{ left, top, width, height }} = figure.querySelector('.stepper-picture').getBoundingClientRect();
             return [Math.min(left + width * {fraction}, left + width - 1), top + height / 2];"
        ));
        let number = |place: usize| point[place].as_f64().expect("a number") as i64;
        browser.click_at(number(0), number(1));
        // At the right edge the pointer is a pixel before the end.
        assert_eq!(
            widget.place(),
            before(total * fraction * 0.999),
            "{fraction}"
        );
    }
}

pub(super) fn all_events_are_in_a_table_whose_rows_lead_there() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let told = Told::by(&widget);
    let rows = ".stepper-events tbody tr";
    assert_eq!(
        widget.texts(rows),
        Vec::<String>::new(),
        "it is made when it is opened"
    );
    widget.click(".stepper-all summary");
    widget.wait("figure.querySelector('.stepper-events tbody tr')");
    let expected: Vec<String> = (1..)
        .zip(told.events())
        .map(|(place, event)| {
            format!(
                "{place}{}{}",
                event["clock"].as_str().unwrap_or_default(),
                event["sentence"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(widget.texts(rows), expected);
    widget.press(".stepper-events tbody tr:nth-child(9) td");
    assert_eq!(widget.place(), 9);
    let current =
        widget.script("return figure.querySelector('.stepper-events [aria-current]').rowIndex");
    assert_eq!(current, 9);
}
