//! How long a reader waits for the stepper: from a press to the picture, in a headless Chromium.
//!
//! ```console
//! cargo bench --profile dev --package course-tests --bench stepper
//! ```
//!
//! *Drawn* is when scripts, styles and layout are done, so that nothing but the browser's next frame is
//! missing; *frame* is when that one has been made, which is up to a sixtieth of a second later. Each is
//! the median of many: what else the machine does can only add to it.

use course_tests::{BookOutcome, Browser, Folder, root};
use serde_json::Value;

const ROUNDS: usize = 21;

/// In the page: presses something, and says how many milliseconds later it was drawn, and in a frame.
const MEASURE: &str = "
    const figure = document.getElementById('stepper-02-waiting-1');
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const measure = async (press, isDrawn) => {
        await frame();
        const start = performance.now();
        press();
        while (!isDrawn()) {
            await new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
        }
        figure.querySelector('.stepper-live').getBoundingClientRect();
        const drawn = performance.now() - start;
        await frame();
        return [drawn, performance.now() - start];
    };
    const run = (field, value) => {
        const input = document.getElementById(`${figure.id}-${field}`);
        input.value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        return measure(() => figure.querySelector('.stepper-run').click(), () => true);
    };";

/// What is pressed, and how long it may take, in milliseconds.
const MEASURED: [(&str, &str, f64); 5] = [
    (
        "the first press on Step: unpack, compile, run, draw",
        "return measure(() => figure.querySelector('.stepper-step').click(), () => figure.dataset.live)",
        100.0,
    ),
    ("Run, 5 tasks", "return run('tasks', 5)", 16.0),
    (
        "Run, 5 tasks, sync beside async",
        "figure.querySelector('.stepper-tools [aria-pressed=false]')?.click();
         const times = await run('tasks', 5);
         figure.querySelector('.stepper-tools [aria-pressed=true]').click();
         return times",
        16.0,
    ),
    (
        "Run, 124 tasks, 1,000 events",
        "return run('tasks', 124)",
        100.0,
    ),
    (
        "Step, in the middle of 1,000 events",
        "const scrub = figure.querySelector('.stepper-scrub');
         scrub.value = 500;
         scrub.dispatchEvent(new Event('input'));
         return measure(() => figure.querySelector('.stepper-step').click(), () => true)",
        16.0,
    ),
];

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let built = BookOutcome::of_mdbook(
        &["build", "--dest-dir", &folder.path().to_string_lossy()],
        root(),
    );
    assert!(built.success, "{}", built.output);
    let page = format!("{}02-waiting.html", Folder::serve(folder.path()).url());
    let browser = Browser::start();

    let mut times: [Vec<[f64; 2]>; MEASURED.len()] = Default::default();
    for _ in 0..ROUNDS {
        browser.open(&page);
        browser.wait_for("document.querySelector('.stepper-step')");
        for (times, (_, script, _)) in times.iter_mut().zip(MEASURED) {
            let answer =
                browser.script(&format!("{MEASURE} return (async () => {{ {script} }})();"));
            let time = |place: usize| answer[place].as_f64().expect("milliseconds");
            times.push([time(0), time(1)]);
            // The form, the program and the state are there, as for a reader who uses them.
            browser.script("document.querySelector('#stepper-02-waiting-1 .stepper-more[aria-expanded=false]')?.click()");
        }
        let events = browser.script("return document.querySelector('.stepper-scrub').max");
        assert_eq!(events, Value::from("1000"), "as the table says");
    }
    println!(
        "Median of {ROUNDS} rounds, in ms.\n\n| | drawn | frame | limit |\n| --- | --- | --- | --- |"
    );
    for (times, (what, _, limit)) in times.iter_mut().zip(MEASURED) {
        let [drawn, frame] = [0, 1].map(|place| median(times, place));
        println!("| {what} | {drawn:.1} | {frame:.1} | {limit} |");
    }
}

fn median(times: &mut [[f64; 2]], place: usize) -> f64 {
    times.sort_by(|one, other| one[place].total_cmp(&other[place]));
    times[times.len() / 2][place]
}
