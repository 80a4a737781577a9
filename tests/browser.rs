//! The pages in a real browser, which reaches this machine and nothing else.
//!
//! Without a Chromium these tests are ignored, loudly; where `CI` is set they fail instead.

#[path = "browser/axe.rs"]
mod axe;
#[path = "browser/edit.rs"]
mod edit;
#[path = "browser/published.rs"]
mod published;
#[path = "browser/run.rs"]
mod run;
#[path = "browser/stepper.rs"]
mod stepper;
#[path = "browser/stepper_access.rs"]
mod stepper_access;
#[path = "browser/stepper_links.rs"]
mod stepper_links;
#[path = "browser/stepper_settings.rs"]
mod stepper_settings;
#[path = "browser/stepper_static.rs"]
mod stepper_static;
#[path = "browser/steps.rs"]
mod steps;
#[path = "browser/widget.rs"]
mod widget;

use course_tests::{BookOutcome, Browser, Folder, Runner, Server, find_chromium, names, root};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, OnceLock, PoisonError};

fn main() -> ExitCode {
    let missing = find_chromium().err();
    let required =
        std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    if let (Some(reason), false) = (&missing, required) {
        eprintln!("\n*** The browser tests are SKIPPED: {reason} ***\n");
    }
    let test = |name: &str, test: fn()| {
        let reason = missing.clone();
        let run = move || match reason {
            Some(reason) => Err(Failed::from(reason)),
            None => {
                test();
                Ok(())
            }
        };
        Trial::test(name, run).with_ignored_flag(missing.is_some() && !required)
    };
    let mut arguments = Arguments::from_args();
    // Browsers side by side only take each other's time on a small machine.
    arguments.test_threads.get_or_insert(2);
    let conclusion = libtest_mimic::run(&arguments, tests(test));
    // A static is never dropped, and the server would stay.
    drop(COURSE.lock().unwrap_or_else(PoisonError::into_inner).take());
    conclusion.exit_code()
}

/// Lists tests by their paths, so that no name is written twice.
macro_rules! list {
    ($test:expr, $($path:path),+ $(,)?) => {
        vec![$($test(stringify!($path), $path)),+]
    };
}

fn tests(test: impl Fn(&str, fn()) -> Trial) -> Vec<Trial> {
    list![
        test,
        timelines_are_seen_and_told_in_every_theme,
        labels_in_timelines_can_be_read_in_every_theme,
        no_page_asks_another_host_or_complains,
        a_print_has_outputs_and_no_buttons,
        axe::axe_finds_no_barrier_in_what_the_course_adds,
        axe::axe_sees_a_planted_barrier,
        stepper::step_and_step_back_go_through_every_event_as_the_loop_tells_it,
        stepper::jumps_lead_to_the_next_wake_print_or_poll_and_back,
        stepper::play_goes_on_by_itself_at_several_speeds_until_the_end,
        stepper::the_slider_and_the_picture_are_scrubbed,
        stepper::all_events_are_in_a_table_whose_rows_lead_there,
        stepper_settings::other_settings_run_and_reset_brings_the_chapters_own_back,
        stepper_settings::bad_settings_are_one_line_and_lose_nothing,
        stepper_settings::sync_stands_beside_async_on_one_axis,
        stepper_settings::what_comes_next_is_asked_and_answered_with_the_reason,
        stepper_settings::one_call_is_made_blocking_and_the_others_starve,
        stepper_settings::the_readers_own_program_is_written_with_buttons,
        stepper_links::a_link_opens_exactly_the_state_that_it_was_copied_from,
        stepper_links::a_link_that_is_not_whole_shows_what_there_is,
        stepper_links::what_a_link_says_is_read_as_it_was_written,
        stepper_access::the_keyboard_alone_is_enough_and_turns_no_page,
        stepper_access::what_happened_is_announced_on_a_step_and_on_no_other_occasion,
        stepper_access::at_390_pixels_it_is_used_with_a_finger_and_nothing_sticks_out,
        stepper_access::a_finger_scrubs_in_the_picture,
        stepper_access::nothing_moves_where_less_motion_is_wanted,
        stepper_access::axe_finds_no_barrier_in_the_stepper_in_any_state_and_theme,
        stepper_static::it_is_where_it_teaches,
        stepper_static::every_stepper_begins_with_the_picture_of_the_page,
        stepper_static::a_page_without_a_stepper_loads_nothing_of_it,
        stepper_static::the_page_for_the_printer_starts_none,
        stepper_static::a_print_shows_the_pictures_that_the_page_came_with,
        stepper_static::without_scripts_there_is_the_picture_and_a_word_about_it,
        stepper_static::without_webassembly_a_line_says_so,
        stepper_static::it_works_from_a_folder_and_asks_nobody,
        steps::a_step_is_marked_and_is_still_the_whole_program,
        a_broken_chapter_shows_a_banner_until_it_is_mended,
        run::run_shows_output_while_the_program_runs,
        run::stop_stops_and_run_runs_again,
        run::the_keyboard_alone_is_enough,
        run::how_a_program_ends_is_said,
        run::what_the_server_tells_is_shown,
        edit::a_program_is_changed_with_keys_run_and_brought_back,
        edit::the_keyboard_goes_into_the_editor_and_out_again,
        edit::the_editor_lies_exactly_over_the_code,
        edit::a_click_sets_the_caret_where_it_points,
        edit::lines_that_are_hidden_do_not_count,
        edit::an_exercise_is_tested_in_the_page,
        edit::two_programs_run_at_once_and_each_has_its_own_output,
        published::what_the_page_sends_compiles_alone_and_ends_soon,
        published::what_the_playground_answers_is_shown,
        published::without_a_server_a_page_says_what_to_do,
    ]
}

/// The chapters that are written, each of which has a timeline.
fn chapters() -> Vec<String> {
    let mut pages = pages();
    pages.retain(|page| page.starts_with(|first: char| first.is_ascii_digit()));
    pages
}

/// The pages of the book that are written.
fn pages() -> Vec<String> {
    let files = names(&root().join("src")).into_iter();
    let pages = files.filter_map(|name| Some(name.strip_suffix(".md")?.to_owned()));
    pages.filter(|page| page != "SUMMARY").collect()
}

const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];
/// A desk and a telephone.
const SCREENS: [(u32, u32); 2] = [(1280, 900), (390, 844)];

fn timelines_are_seen_and_told_in_every_theme() {
    let browser = Browser::start();
    for (server, url) in [("course", course()), ("folder", published())] {
        for chapter in chapters() {
            browser.open(&format!("{url}{chapter}.html"));
            for theme in THEMES {
                for (width, height) in SCREENS {
                    browser.look(width, height, theme);
                    let place = format!("{server}, {chapter}, {theme}, {width} px");
                    let timelines = browser.script(TIMELINES);
                    let timelines = timelines.as_array().expect("a list");
                    assert!(!timelines.is_empty(), "{place}: no timeline");
                    for timeline in timelines {
                        check_timeline(timeline, width, &place);
                    }
                    assert_eq!(
                        browser.script(WIDER),
                        json!([]),
                        "{place}: wider than the page"
                    );
                    if server == "course" {
                        keep(&browser, &format!("{chapter}-{theme}-{width}.png"));
                    }
                }
            }
        }
    }
}

/// What can be seen of each timeline, and what is said of it.
const TIMELINES: &str = "
    return [...document.querySelectorAll('figure.timeline svg.timeline')].map((svg) => {
        const { width, height } = svg.getBoundingClientRect();
        const scale = svg.getScreenCTM().a;
        const sizes = [...svg.querySelectorAll('text')]
            .map((text) => parseFloat(getComputedStyle(text).fontSize) * scale);
        const named = svg.getAttribute('aria-labelledby') ?? '';
        const said = named.split(' ').map((id) => document.getElementById(id)?.textContent ?? '?');
        const seen = svg.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        return { width, height, smallest: Math.min(...sizes), role: svg.getAttribute('role'), said, seen };
    });";

fn check_timeline(timeline: &Value, screen: u32, place: &str) {
    let number = |name: &str| timeline[name].as_f64().unwrap_or_default();
    assert_eq!(timeline["seen"], true, "{place}");
    assert!(
        number("width") > 0.75 * f64::from(screen.min(750)),
        "{place}: {timeline}"
    );
    assert!(number("width") <= f64::from(screen), "{place}: {timeline}");
    assert!(number("height") > 80.0, "{place}: {timeline}");
    assert!(number("smallest") >= 11.0, "{place}: {timeline}");
    assert_eq!(timeline["role"], "img", "{place}");
    let said: Vec<&str> = timeline["said"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        said.len() == 2 && said.iter().all(|text| text.len() > 10),
        "{place}: {timeline}"
    );
}

/// What is wider than the screen and does not scroll in a box of its own. The page itself hides
/// what sticks out, so its width tells nothing.
const WIDER: &str = "
    const scrolls = (element) => element.closest('pre, .table-wrapper') !== null;
    return [...document.querySelectorAll('main *')]
        .filter((element) => !(element instanceof SVGElement) || element.matches('svg.timeline'))
        .filter((element) => element.matches('pre, .table-wrapper') || !scrolls(element))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => element.outerHTML.slice(0, 80));";

fn labels_in_timelines_can_be_read_in_every_theme() {
    let browser = Browser::start();
    let pages = ["02-waiting", "04-threads"]; // tasks on a loop; threads, and a plot
    for (page, theme) in pages
        .iter()
        .flat_map(|page| THEMES.map(|theme| (page, theme)))
    {
        browser.open(&format!("{}{page}.html", course()));
        browser.look(1280, 900, theme);
        let ratios = browser.script(CONTRASTS);
        let ratios = ratios.as_array().expect("a list");
        assert!(ratios.len() > 5, "{theme}: {ratios:?}");
        for ratio in ratios {
            assert!(
                ratio["ratio"].as_f64().unwrap_or_default() >= 4.5,
                "{theme}: {ratio}"
            );
        }
    }
}

/// The contrast of each text of a timeline to what is behind it, as WCAG reckons it; and that of
/// Run's words to the page.
const CONTRASTS: &str = "
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const light = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
            const part = byte / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const style = getComputedStyle(document.documentElement);
    const page = style.getPropertyValue('--bg');
    const texts = [...document.querySelectorAll('svg.timeline text')].map((text) => {
        const { fill, stroke } = getComputedStyle(text);
        // A label has a rim in its segment's colour; what has none stands on the page.
        return { text: text.textContent, ratio: contrast(fill, stroke === 'none' ? page : stroke) };
    });
    const paper = style.getPropertyValue('--table-alternate-bg');
    const words = ['run-good', 'run-bad', 'ansi-red', 'ansi-green', 'ansi-yellow', 'ansi-blue', 'ansi-magenta',
        'ansi-cyan', 'fg'].map((name) => ({ text: name, ratio: contrast(style.getPropertyValue('--' + name), paper) }));
    const links = { text: 'links', ratio: contrast(style.getPropertyValue('--links'), page) };
    return [...texts, ...words, links];";

fn no_page_asks_another_host_or_complains() {
    let browser = Browser::start();
    for url in [course(), published()] {
        for page in pages() {
            browser.open(&format!("{url}{page}.html"));
            browser.wait_for("document.readyState === 'complete'");
            let log = browser.log();
            assert_eq!(log.console, Vec::<String>::new(), "{url}{page}");
            let elsewhere = |request: &&String| !request.starts_with(&url);
            assert_eq!(log.requests.iter().find(elsewhere), None, "{url}{page}");
            assert!(!log.requests.is_empty(), "{url}{page}: requests are seen");
        }
    }
    browser.open(&format!("{}01-cake.html", course()));
    assert_eq!(
        browser.script("return document.querySelectorAll('.run-button').length > 2"),
        true
    );
}

fn a_print_has_outputs_and_no_buttons() {
    let browser = Browser::start();
    browser.open(&course_page("01-cake.html"));
    let hidden = "[...document.querySelectorAll('.run-bar, pre > .buttons')].every((part) => !part.checkVisibility())";
    let shown = "[...document.querySelectorAll('.recorded-output')].every((part) => part.checkVisibility())";
    browser.click(".run-button");
    browser.wait_for("document.querySelector('.run-state').textContent.startsWith('Finished')");
    assert_eq!(
        browser.script(&format!("return {hidden} || {shown}")),
        false
    );
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_eq!(browser.script(&format!("return {hidden} && {shown}")), true);
    let live = "return document.querySelector('.run-output').checkVisibility()";
    assert_eq!(browser.script(live), false);
    let timeline =
        "return getComputedStyle(document.querySelector('svg.timeline')).printColorAdjust";
    assert_eq!(browser.script(timeline), "exact");
}

/// The course as `cargo run` serves it, for all tests; stopped by [`main`].
static COURSE: Mutex<Option<Runner>> = Mutex::new(None);

fn course() -> String {
    let page = course_page("");
    page.split('?').next().unwrap_or_default().to_owned()
}

/// A page of it, with the key that lets a browser run programs.
fn course_page(page: &str) -> String {
    let mut course = COURSE.lock().unwrap_or_else(PoisonError::into_inner);
    let runner = course.get_or_insert_with(|| Runner::of_book(root()));
    runner.server().url(page)
}

/// The book as a stock mdBook builds it, on a plain web server.
fn published() -> String {
    static BOOK: OnceLock<Folder> = OnceLock::new();
    BOOK.get_or_init(|| {
        let folder = target().join("browser-book");
        let built =
            BookOutcome::of_mdbook(&["build", "--dest-dir", &folder.to_string_lossy()], root());
        assert!(built.success, "{}", built.output);
        Folder::serve(&folder)
    })
    .url()
}

/// For a person to look at.
fn keep(browser: &Browser, name: &str) {
    let folder = target().join("screenshots");
    fs::create_dir_all(&folder).expect("a folder for the screenshots");
    fs::write(folder.join(name), browser.screenshot()).expect("a screenshot is kept");
}

fn target() -> PathBuf {
    root().canonicalize().expect("the checkout").join("target")
}

fn a_broken_chapter_shows_a_banner_until_it_is_mended() {
    let book = tempfile::tempdir().expect("a folder for the test");
    let write = |name: &str, text: &str| {
        fs::write(book.path().join(name), text).expect("it can be written");
    };
    fs::create_dir(book.path().join("src")).expect("it can be created");
    write("book.toml", "[book]\n[build]\ncreate-missing = false\n");
    write("src/SUMMARY.md", "- [Only](only.md)\n");
    write("src/only.md", "# Only\n\nWhole.\n");
    let server = Server::start(book.path());
    let browser = Browser::start();
    browser.open(&format!("http://localhost:{}/only.html", server.port()));
    let banner = "document.querySelector('[role=status]#course-problem')";
    let shown = format!("{banner}.checkVisibility()");
    assert_eq!(browser.script(&format!("return {shown}")), json!(false));

    write("src/only.md", "# Only\n\nBroken.\n\n{{#demo wating}}\n");
    browser.wait_for(&shown);
    let line = browser.script(&format!("return {banner}.textContent"));
    let terminal = server.complaint();
    assert_eq!(
        format!("error: {}", line.as_str().unwrap_or_default()),
        terminal
    );
    assert!(terminal.starts_with("error: src/only.md:5: "), "{terminal}");
    assert_eq!(
        browser.script("return document.body.innerText.includes('Whole.')"),
        json!(true)
    );

    write("src/only.md", "# Only\n\nMended.\n");
    browser.wait_for(&format!(
        "!{shown} && document.body.innerText.includes('Mended.')"
    ));
}
