//! The stepper in the page: other settings, sync beside async, the reader's own program.

use super::widget::{PROGRAM, Told, WAITING, Widget, strings};
use course_tests::Browser;
use serde_json::json;

/// The picture that is shown, without its ids.
const PICTURE: &str = "return figure.querySelector('.stepper-drawing svg').outerHTML.replaceAll(/stepper-[a-z0-9-]*/g, '')";

/// Whether the picture and the words that the page came with are shown.
const AS_WRITTEN: &str = "return figure.querySelector('figcaption').checkVisibility()";

pub(super) fn other_settings_run_and_reset_brings_the_chapters_own_back() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let original = widget.script(PICTURE);
    assert_eq!(widget.script(AS_WRITTEN), true);
    widget.set("tasks", "7");
    widget.set("wait", "1500ms");
    assert_eq!(
        widget.script(PICTURE),
        original,
        "nothing changes before Run"
    );
    widget.click(".stepper-run");
    let told = Told::of("waiting?tasks=7&wait=1500ms&mode=together");
    assert_eq!(widget.texts(".stepper-statuses li").len(), 2 + 7);
    assert_eq!(
        widget.text(".stepper-clock"),
        format!("start · 0/{}", told.events().len())
    );
    assert_eq!(
        widget.text(".stepper-command"),
        told.run["command"].as_str().expect("a command")
    );
    assert_eq!(
        widget.script(AS_WRITTEN),
        false,
        "the caption speaks of another run"
    );
    widget.step_to(9);
    widget.click(".stepper-reset");
    assert_eq!((widget.place(), widget.script(PICTURE)), (0, original));
    assert_eq!(widget.script(AS_WRITTEN), true);
    let value = widget.script(&format!(
        "return document.getElementById('{}-tasks').value",
        widget.id
    ));
    assert_eq!(value, "5", "the form is set back, too");
}

pub(super) fn bad_settings_are_one_line_and_lose_nothing() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    widget.step_to(12);
    let before = (widget.text(".stepper-clock"), widget.script(PICTURE));
    for (field, value, good) in [
        ("tasks", "0", "5"),
        ("tasks", "100000", "5"),
        ("tasks", "", "5"),
        ("wait", "3", "3s"),
        ("wait", "-1s", "3s"),
        ("wait", "1000000h", "3s"),
        ("wait", "<img src=x onerror=alert(1)>&tasks=3", "3s"),
    ] {
        widget.set(field, value);
        widget.click(".stepper-run");
        let line = widget.text(".stepper-error");
        assert!(
            line.len() > 20 && line.lines().count() == 1,
            "{value}: {line:?}"
        );
        let shown =
            widget.script("return figure.querySelector('.stepper-error').checkVisibility()");
        assert_eq!(shown, true);
        let marked = widget.script(&format!(
            "return document.getElementById('{}-{field}').getAttribute('aria-invalid')",
            widget.id
        ));
        assert_eq!(marked, "true", "{value}: {line}");
        assert_eq!(
            (widget.text(".stepper-clock"), widget.script(PICTURE)),
            before,
            "{value}"
        );
        let typed = widget.script(&format!(
            "return document.getElementById('{}-{field}').value",
            widget.id
        ));
        // A number field has no letters to give back.
        assert_eq!(typed, value, "what the reader has typed stays");
        widget.set(field, good);
    }
    widget.press(".stepper-step");
    assert_eq!(widget.place(), 13, "it goes on");
    widget.click(".stepper-run");
    assert_eq!(widget.text(".stepper-error"), "");
    assert_eq!(browser.log().console, Vec::<String>::new());
}

pub(super) fn sync_stands_beside_async_on_one_axis() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    widget.step_to(4);
    widget.click(".stepper-tools [aria-pressed]");
    let told = Told::by(&widget);
    let other = Told::of(told.run["beside"].as_str().expect("the other way"));
    let totals = widget.texts(".stepper-total");
    for (told, total) in [(&told, &totals[0]), (&other, &totals[1])] {
        for word in ["name", "words"] {
            assert!(
                total.contains(told.run[word].as_str().expect("a text")),
                "{total}"
            );
        }
    }
    // One axis: what is drawn of the same second is at the same place.
    let axes = widget.script(
        "return [...figure.querySelectorAll('.stepper-drawing > svg')].map((svg) =>
            [...svg.querySelectorAll('text')].map((text) => text.textContent).filter((text) => /^[0-9.]+ (s|min)$/.test(text)))",
    );
    assert_eq!(axes.as_array().map(Vec::len), Some(2));
    assert_eq!(axes[0], axes[1]);
    let last = strings(&axes[0]).pop();
    assert_eq!(last.as_deref(), Some("15 s"), "the longer of the two");
    assert_eq!(widget.place(), 4, "the reader stays where he was");
    let all = told.events().len();
    widget.step_to(all);
    let cursors = widget.script(
        "return [...figure.querySelectorAll('.stepper-picture')].map((part) => part.style.getPropertyValue('--stepper-x'))",
    );
    assert_eq!(cursors, json!(["20%", "20%"]), "3 s of 15 s in both");
    // Other settings are for both.
    widget.set("tasks", "2");
    widget.click(".stepper-run");
    let told = Told::of("waiting?tasks=2");
    let other = Told::of(told.run["beside"].as_str().expect("the other way"));
    for (told, total) in [told, other].iter().zip(widget.texts(".stepper-total")) {
        assert!(
            total.contains(told.run["words"].as_str().expect("a text")),
            "{total}"
        );
    }
    widget.click(".stepper-tools [aria-pressed]");
    assert_eq!(
        widget.script("return figure.querySelector('.stepper-beside').checkVisibility()"),
        false
    );
}

pub(super) fn what_comes_next_is_asked_and_answered_with_the_reason() {
    let browser = Browser::start();
    let widget = Widget::unfolded(&browser, WAITING);
    let mut told = Told::by(&widget);
    widget.click(".stepper-tools [aria-pressed]:nth-of-type(2)");
    let choices = ".stepper-choices button";
    let next = |told: &Told, place: usize| {
        let places = [told.places("polled"), told.places("parked")].concat();
        places.into_iter().filter(|other| *other > place).min()
    };
    let (mut right, mut asked) = (0, 0);
    while let Some(place) = next(&told, widget.place()) {
        let event = told.events()[place - 1].clone();
        let answer = if event["kind"] == "parked" {
            "the loop waits".to_owned()
        } else {
            format!("{} is polled", told.name(&event["task"]))
        };
        let offered = widget.texts(choices);
        let answers = offered.iter().filter(|choice| **choice == answer).count();
        assert_eq!(answers, 1, "{answer} is among {offered:?}");
        // A wrong answer and a right one in turns.
        let is_right = asked % 2 == 1 || offered.len() == 1;
        let choice = offered
            .iter()
            .position(|choice| (*choice == answer) == is_right)
            .expect("a choice");
        widget.press(&format!(
            ".stepper-choices button:nth-child({})",
            choice + 1
        ));
        asked += 1;
        right += usize::from(is_right);
        let why = told.moment(place)["why"]
            .as_str()
            .expect("a reason")
            .to_owned();
        let verdict = if is_right { "Right" } else { "Not that" };
        assert_eq!(
            widget.text(".stepper-verdict"),
            format!("{verdict}: {why} ({right} of {asked} right)")
        );
        assert_eq!(widget.place(), place);
    }
    assert!(asked > 10 && right < asked, "{right} of {asked}");
    assert_eq!(
        widget.script("return figure.querySelector('.stepper-quiz fieldset').checkVisibility()"),
        false
    );
}

/// What each task of the reader's own program is doing.
fn statuses(widget: &Widget) -> Vec<String> {
    let all = widget.script("return [...figure.querySelectorAll('.stepper-statuses li')].map((lane) => lane.dataset.status)");
    strings(&all).split_off(2)
}

pub(super) fn one_call_is_made_blocking_and_the_others_starve() {
    let browser = Browser::start();
    let widget = Widget::open(&browser, PROGRAM);
    widget.wait("figure.querySelector('.stepper-tasks')");
    let program =
        "program?mode=together&task=wait 1s,print a&task=wait 3s,print b&task=wait 2s,print c";
    browser.script(&format!(
        "location.hash = '{}&run={}'",
        widget.id,
        program.replace(' ', "%20").replace('&', "%26")
    ));
    widget.wait(
        "figure.querySelectorAll('.stepper-tasks fieldset').length === 3 && figure.dataset.live",
    );
    let ends = |widget: &Widget| -> Vec<String> {
        widget.press(".stepper-scrub");
        widget.script("const scrub = figure.querySelector('.stepper-scrub'); scrub.value = scrub.max; scrub.dispatchEvent(new Event('input'))");
        widget
            .text("[data-what=printed]")
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert_eq!(ends(&widget), ["1.0 s a", "2.0 s c", "3.0 s b"]);

    // The second task's first step: it waits, and keeps the thread.
    widget.script("const step = figure.querySelector('[data-key=\"1-0-word\"]'); step.value = 'block'; step.dispatchEvent(new Event('change', { bubbles: true }))");
    widget.click(".stepper-run");
    assert_eq!(widget.text(".stepper-error"), "");
    assert_eq!(ends(&widget), ["3.0 s b", "3.0 s a", "5.0 s c"]);
    let mut told = Told::of(&program.replace("wait 3s", "block 3s"));
    let held = told.places("held")[0];
    widget.press("[aria-label='Next poll']");
    widget.script(&format!("const scrub = figure.querySelector('.stepper-scrub'); scrub.value = {held}; scrub.dispatchEvent(new Event('input'))"));
    assert_eq!(statuses(&widget), ["sleeping", "blocking", "ready"]);
    assert_eq!(
        widget.text(".stepper-sentence"),
        told.moment(held)["why"].as_str().unwrap_or_default()
    );
    assert_eq!(
        widget.text(".stepper-here .stepper-code").trim(),
        told.line(held),
        "the line that runs"
    );
}

pub(super) fn the_readers_own_program_is_written_with_buttons() {
    let browser = Browser::start();
    let widget = Widget::open(&browser, PROGRAM);
    widget.wait("figure.querySelector('.stepper-tasks fieldset')");
    let key = |key: &str| format!("[data-key=\"{key}\"]");
    let steps = |widget: &Widget| {
        widget.script(
            "return [...figure.querySelectorAll('.stepper-tasks fieldset')].map((task) =>
                [...task.querySelectorAll('li')].map((step) =>
                    [step.querySelector('select').value, step.querySelector('input')?.value ?? ''].join(' ').trim()).join(', '))",
        )
    };
    let before = strings(&steps(&widget));
    let count = before.len();
    widget.click(&key("add"));
    let focused = "return document.activeElement.dataset.key";
    assert_eq!(
        browser.script(focused),
        format!("{count}-0-word"),
        "the keyboard goes to what is new"
    );
    widget.click(&key(&format!("{count}-add")));
    widget.script(&format!(
        "const step = figure.querySelector('[data-key=\"{count}-1-word\"]'); step.value = 'print';
         step.dispatchEvent(new Event('change', {{ bubbles: true }}));
         const text = figure.querySelector('[data-key=\"{count}-1-word\"]').parentElement.querySelector('input');
         text.value = '100 %, a&b=c'; text.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    ));
    let added = strings(&steps(&widget)).pop();
    assert_eq!(added.as_deref(), Some("wait 1s, print 100 %, a&b=c"));
    widget.click(&key(&format!("{count}-1-up")));
    let moved = strings(&steps(&widget)).pop();
    assert_eq!(moved.as_deref(), Some("print 100 %, a&b=c, wait 1s"));
    assert_eq!(
        browser.script(focused),
        format!("{count}-0-up"),
        "it stays with the step that moves"
    );
    widget.click(".stepper-run");
    assert_eq!(widget.text(".stepper-error"), "");
    widget.script("const scrub = figure.querySelector('.stepper-scrub'); scrub.value = scrub.max; scrub.dispatchEvent(new Event('input'))");
    assert!(
        widget.text("[data-what=printed]").contains("100 %, a&b=c"),
        "what is printed may hold anything"
    );
    assert!(widget.text(".stepper-listing").contains("100 %, a&b=c"));
    widget.press(&key(&format!("{count}-away")));
    widget.press(".stepper-run");
    assert_eq!(strings(&steps(&widget)), before);
    // Nobody sends: said in a line, and what has happened until then is shown.
    widget.script("[...figure.querySelectorAll('.stepper-tasks select')].forEach((select) => { select.value = 'receive'; select.dispatchEvent(new Event('change', { bubbles: true })); })");
    let all = steps(&widget);
    assert!(
        strings(&all).iter().all(|steps| steps.contains("receive")),
        "{all}"
    );
    widget.click(".stepper-run");
    let line = widget.text(".stepper-remark");
    assert!(
        line.contains("wait") && line.lines().count() == 1,
        "{line:?}"
    );
}
