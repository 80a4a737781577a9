//! The event loop in the page: the module in `src/stepper/loop.js` is the package `stepper`, and it always
//! comes to an end.

#[path = "stepper/page.rs"]
mod page;
#[path = "stepper/settings.rs"]
mod settings;

use std::fs;

use course::stepper::{COMMAND, SCRIPT, module_of};
use course_tests::root;
use fastrand::Rng;
use page::{Page, compiled};
use settings::{forms, json};
use stepper::Stepper;

/// The same in each run: a failure can be looked at again.
const SEED: u64 = 7;

fn module() -> Vec<u8> {
    let script = fs::read_to_string(root().join(SCRIPT)).expect("the script is there");
    module_of(&script).unwrap_or_else(|| panic!("{SCRIPT} holds no module: {COMMAND} makes it"))
}

/// The module and the package, asked the same.
struct Both {
    page: Page,
    package: Stepper,
}

impl Both {
    fn open() -> Self {
        Both {
            page: Page::open(&compiled(&module())),
            package: Stepper::default(),
        }
    }

    fn ask(&mut self, question: &str) -> String {
        let answer = self.page.ask(question.as_bytes());
        let expected = self.package.answer(question);
        if answer == expected {
            return answer;
        }
        let mut places = answer.char_indices().zip(expected.chars());
        let place = places.find(|((_, one), other)| one != other);
        let place = place.map_or(answer.len().min(expected.len()), |((place, _), _)| place);
        let around = |text: &str| {
            let part = &text.as_bytes()[place.saturating_sub(60)..(place + 60).min(text.len())];
            String::from_utf8_lossy(part).into_owned()
        };
        panic!(
            "{question}\nThe module is not that of this source: {COMMAND} makes it anew.\n\
             module:  …{}…\npackage: …{}…",
            around(&answer),
            around(&expected)
        )
    }

    /// A run, its picture and some of its moments, as a reader looks at them.
    fn look(&mut self, settings: &str, random: &mut Rng) {
        let slot = random.u8(..2);
        let run = json(&self.ask(&format!("run {slot} {settings}")));
        self.ask(&format!("fields {settings}"));
        let Some(events) = run["events"].as_array() else {
            assert!(run["error"].is_string(), "{settings}: {run}");
            return;
        };
        let total = run["total"].as_u64().expect("a total");
        let axis = total.saturating_add(random.u64(..=total));
        let picture = self.ask(&format!("draw {slot} {axis} widget-{slot}"));
        assert!(picture.starts_with("<svg"), "{settings}: {picture}");
        let last = events.len() - 1;
        for event in [0, random.usize(..=last), random.usize(..=last), last] {
            let moment = json(&self.ask(&format!("moment {slot} {event}")));
            assert!(moment["why"].is_string(), "{settings}: {moment}");
        }
        let beyond = json(&self.ask(&format!("moment {slot} {}", last + 1)));
        assert!(beyond["error"].is_string(), "{settings}: {beyond}");
        if let Some(again) = run["settings"].as_str() {
            let again = self.ask(&format!("run {slot} {again}"));
            assert_eq!(json(&again), run, "{settings}");
        }
    }
}

#[test]
fn the_module_answers_as_the_package_does_whatever_is_set() {
    let (mut both, mut random) = (Both::open(), Rng::with_seed(SEED));
    both.ask("programs");
    let forms = forms();
    for number in 0..3_000 {
        let form = &forms[number % forms.len()];
        both.look(&form.filled(&mut random), &mut random);
    }
    let (cost, question) = &both.page.dearest;
    println!("the dearest question: {cost} instructions for {question}");
    println!("memory: {} bytes", both.page.memory());
    // What is left of a run is given back for the next: a tab stays as it is all day.
    assert!(both.page.memory() < 64 << 20, "{}", both.page.memory());
}

#[test]
fn the_largest_settings_come_to_an_end_too() {
    let (mut both, mut random) = (Both::open(), Rng::with_seed(SEED));
    for form in forms() {
        for settings in form.extremes() {
            both.look(&settings, &mut random);
        }
    }
    let (cost, question) = &both.page.dearest;
    println!("the dearest question: {cost} instructions for {question}");
}

#[test]
fn rubbish_is_told_so_and_ends_nothing() {
    let (mut both, mut random) = (Both::open(), Rng::with_seed(SEED));
    for question in [
        "",
        " ",
        "run",
        "run 0",
        "run 2 waiting",
        "run 0 ?",
        "run 0 waiting?tasks",
        "run 0 waiting?tasks=0",
        "run 0 waiting?tasks=99999999999999999999",
        "run 0 waiting?wait=-1s",
        "run 0 waiting?wait=99999999999h",
        "run 0 tasks?panics=1",
        "draw 0 0 x",
        "moment 0 0",
        "run 0 program?task=print %",
        "run 0 program?task=print %FF",
        "run 0 program?task=send 9",
    ] {
        let answer = json(&both.ask(question));
        let line = answer["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{question}: {answer}"));
        assert!(
            line.lines().count() == 1 && line.len() > 10,
            "{question}: {line}"
        );
    }
    both.ask("run 0 waiting");
    for question in [
        "moment 0 -1",
        "moment 0 18446744073709551616",
        "moment 0",
        "moment 0 x",
        "draw 0 -1 x",
        "draw 0 1 <script>",
        "draw 0 18446744073709551616 x",
        "draw 1 1 x",
    ] {
        let answer = json(&both.ask(question));
        assert!(answer["error"].is_string(), "{question}: {answer}");
    }
    // The longest time that a number of nanoseconds can say is an axis, too.
    assert!(
        both.ask(&format!("draw 0 {} x", u64::MAX))
            .starts_with("<svg")
    );

    let forms = forms();
    for number in 0..2_000 {
        let form = &forms[number % forms.len()];
        let mut question = format!("run 0 {}", form.filled(&mut random)).into_bytes();
        for _ in 0..random.u8(1..6) {
            let place = random.usize(..question.len());
            match random.u8(..3) {
                0 => question[place] = random.u8(..),
                1 => question.insert(place, *random.choice(b"%&=?,0\xff ").expect("so")),
                _ => drop(question.drain(place..)),
            }
            question.push(b' ');
        }
        match String::from_utf8(question) {
            Ok(question) => drop(both.ask(&question)),
            Err(error) => drop(json(&both.page.ask(error.as_bytes()))),
        }
    }
    // Longer than any link.
    let long = format!("run 0 waiting?tasks={}", "9".repeat(1 << 20));
    assert!(json(&both.page.ask(long.as_bytes()))["error"].is_string());
    // And the page goes on.
    assert!(both.ask("run 0 waiting").contains("events"));
}

#[test]
fn the_module_asks_nothing_of_its_page_and_names_no_machine() {
    let bytes = module();
    let module = compiled(&bytes);
    assert_eq!(module.imports().count(), 0);
    let mut exports: Vec<_> = module
        .exports()
        .map(|export| export.name().to_string())
        .collect();
    exports.sort();
    for name in ["call", "input", "memory", "output"] {
        assert!(exports.iter().any(|export| export == name), "{exports:?}");
    }
    let text = String::from_utf8_lossy(&bytes);
    let home = std::env::home_dir().expect("a home");
    let here = [home, root().to_path_buf()].map(|folder| folder.display().to_string());
    let words = ["/home/", "/Users/", ".cargo", ".rustup", "index."].map(str::to_string);
    for word in here.iter().chain(&words) {
        assert!(!text.contains(word), "the module has {word:?} in it");
    }
}
