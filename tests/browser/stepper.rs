//! The stepper in the page: there and back through a run, as the loop itself tells it.

use super::widget::{Told, WAITING, Widget, strings};
use course_tests::Browser;
use serde_json::{Value, json};

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
