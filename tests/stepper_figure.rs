//! What a chapter that has a stepper becomes: a picture that is whole without a script, and what the
//! scripts need.

use std::fs;
use std::io::Write;
use std::path::Path;

use course_tests::{Book, between, names, root, unescaped};
use event_loops::demos::waiting;
use flate2::Compression;
use flate2::write::GzEncoder;
use mdbook_course::demo::{Demo, Request};
use mdbook_course::stepper_files::{self, SCRIPTS, STYLE};
use serde_json::Value;
use stepper::Stepper;

const STEPPER: &str = "{{#stepper waiting --clock virtual | Five calls wait.}}";

/// What a page loads from the stepper's folder.
fn loaded(html: &str) -> Vec<&str> {
    let quoted = html.split('"').skip(1).step_by(2);
    quoted.filter(|text| text.contains("stepper/")).collect()
}

#[test]
fn it_is_the_demos_picture_with_its_settings() {
    let book = Book::new(&[
        ("a.md", &format!("# A\n\nStart.\n\n{STEPPER}\n\nEnd.\n")),
        (
            "b.md",
            "# B\n\n{{#demo waiting --clock virtual --format svg | Five calls wait.}}\n",
        ),
    ]);
    let outcome = book.build();
    assert!(outcome.success, "{}", outcome.output);
    let html = book.html("a.html");
    let figure = between(&html, "<figure", "</figure>");
    let (attributes, inside) = figure.split_once('>').expect("attributes");
    assert_eq!(
        unescaped(attributes).trim(),
        "class=\"timeline stepper\" id=\"stepper-a-1\" data-settings=\"waiting?tasks=5&wait=3s&mode=together\""
    );
    let demo = book.html("b.html");
    let demo = between(&demo, "<figure class=\"timeline\">", "</figure>");
    let same = inside.replace("stepper-a-1", "timeline-b-1");
    assert!(
        same.trim_start().starts_with(demo.trim()),
        "{same}\n\n{demo}"
    );
    assert!(demo.contains("<code>cargo run -- demo waiting --clock virtual --format svg</code>"));
    let words = unescaped(between(inside, "<pre>", "</pre>"));
    let trace = waiting::run(&waiting::Settings::default());
    assert_eq!(words.trim_end(), trace.to_string().trim_end());
    let rest = same
        .trim_start()
        .strip_prefix(demo.trim())
        .unwrap_or_default();
    assert!(rest.trim().starts_with("<noscript>"), "{rest}");
    assert!(
        html.contains("<p>Start.</p>") && html.contains("<p>End.</p>"),
        "{html}"
    );
}

#[test]
fn what_it_needs_is_loaded_once_by_pages_that_have_one() {
    let two = format!("# A\n\n{STEPPER}\n\n{STEPPER}\n");
    let book = Book::new(&[
        ("a.md", &two),
        ("b.md", "# B\n\n{{#demo cake --format svg}}\n"),
        ("c/d.md", &two),
    ]);
    assert!(book.build().success);
    for (page, path) in [("a.html", ""), ("c/d.html", "../")] {
        let html = book.html(page);
        let expected =
            ["stepper.css", "stepper.js", "loop.js"].map(|name| format!("{path}stepper/{name}"));
        assert_eq!(loaded(&html), expected, "{page}");
        assert_eq!(html.matches("<script defer").count(), 2);
        assert_eq!(
            html.matches("<figure class=\"timeline stepper\"").count(),
            2
        );
        assert!(html.contains("id=\"stepper-") && html.contains("-2\" data-settings"));
    }
    assert_eq!(loaded(&book.html("b.html")), Vec::<&str>::new());
    let written = names(&book.folder().join("book/stepper"));
    assert_eq!(
        written,
        ["stepper.css", "stepper.js"],
        "the loop itself is a file of the real book"
    );
    let plain = Book::new(&[("b.md", "# B\n\n{{#demo cake --format svg}}\n")]);
    assert!(plain.build().success);
    assert!(
        !plain.folder().join("src/stepper").exists(),
        "a book without a stepper is left alone"
    );
}

#[test]
fn a_mistake_is_said_with_its_line() {
    let text = "# A\n\n\
        {{#stepper}}\n\
        {{#stepper waiting}}\n\
        {{#stepper cake --format svg}}\n\
        {{#stepper processes --clock virtual}}\n\
        {{#stepper callbacks}}\n\
        {{#stepper tasks --panics 1}}\n\
        {{#stepper cake --oven hot}}\n";
    let outcome = Book::new(&[("a.md", text)]).build();
    assert!(!outcome.success);
    let complaints = outcome.complaints();
    for (complaint, expected) in complaints.iter().zip([
        "src/a.md:3: {{#stepper}} needs a demo's name: one of ",
        "src/a.md:4: {{#stepper waiting}} would really wait: add --clock virtual",
        "src/a.md:5: a stepper is always a picture: leave out --format",
        "src/a.md:6: {{#stepper}} can't show this demo: no event loop runs it",
        "src/a.md:7: {{#stepper}} can't show this demo: the page has no loop",
        "src/a.md:8: {{#stepper}} can't show this demo: a panic would end",
        "src/a.md:9: --oven: \"hot\" is not a time: ",
    ]) {
        assert!(
            complaint.starts_with(expected),
            "{complaint}, not {expected}"
        );
    }
    assert_eq!(complaints.len(), 7, "{complaints:?}");
}

/// What the reader's loop answers to these settings: the answer, and the picture that it draws.
fn stepped(settings: &str) -> (Value, String) {
    let mut stepper = Stepper::default();
    let run = stepper.answer(&format!("run 0 {settings}"));
    let run: Value = serde_json::from_str(&run).expect("JSON");
    assert!(run["error"].is_null(), "{settings}: {run}");
    let total = run["total"].as_u64().expect("a time");
    (run, stepper.answer(&format!("draw 0 {total} picture-0")))
}

/// A picture whose ids say only what they are for.
fn without_ids(svg: &str) -> String {
    let id = between(svg, " id=\"", "\"");
    let (stem, _) = id.rsplit_once('-').expect("an id of two parts");
    svg.replace(stem, "")
}

fn demo(words: &[String]) -> Demo {
    match Request::parse(words) {
        Ok(Request::Run(demo)) => demo,
        other => panic!("{words:?}: {other:?}"),
    }
}

/// Words as a shell has them.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(place, part)| match place % 2 {
        0 => part.split_whitespace().map(str::to_string).collect(),
        _ => vec![part.to_string()],
    });
    words.collect()
}

#[test]
fn the_stepper_draws_the_picture_of_the_same_words() {
    for line in [
        "cake",
        "cake --sequential",
        "cake --dough 90m --oven 45s --shopping 70m",
        "waiting --clock virtual",
        "waiting --clock virtual --tasks 12 --wait 1500ms --sequential",
        "waiting --clock virtual --blocking --wait 0s",
        "async-await",
        "async-await --sequential --refused 0 --tasks 2 --wait 1h",
        "run-until-complete",
        "run-until-complete --busy --poll 250ms",
        "run-until-complete --napping --wait 2500ms --nap 1s",
        "wakers",
        "wakers --gap --patience 5s",
        "wakers --forgotten --wait 1s",
        "tasks",
        "tasks --forgotten --tasks 4 --wait 9s",
        "program",
        "program --blocking",
        r#"program --task "wait 3s, send 2" --task "receive, yield, compute 1s, print a % of = & more""#,
        r#"program --task "block 2s, fail" --task "wait 1s""#,
    ] {
        let demo = demo(&words(line));
        let settings = demo
            .stepper_settings()
            .unwrap_or_else(|why| panic!("{line}: {why}"));
        let (run, svg) = stepped(&settings);
        assert_eq!(without_ids(&svg), without_ids(&demo.picture().0), "{line}");
        assert_eq!(
            run["settings"], settings,
            "{line}: the reader has changed nothing"
        );
        // And back: what the page says to type is the same demo.
        let command = run["command"].as_str().expect("a command");
        let typed = command.strip_prefix("cargo run -- demo ").expect("a demo");
        let same = self::demo(&words(typed));
        assert_eq!(
            same.stepper_settings(),
            demo.stepper_settings(),
            "{line}: {command}"
        );
    }
}

/// The steppers of a page: what stands between the directive's name and the caption.
fn steppers(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("src").join(page)).expect("a page");
    let directives = text
        .lines()
        .filter_map(|line| line.strip_prefix("{{#stepper "));
    directives
        .map(|rest| {
            rest.split('|')
                .next()
                .unwrap_or_default()
                .trim()
                .to_string()
        })
        .collect()
}

#[test]
fn the_notebook_of_a_chapter_shows_the_pictures_of_its_steppers() {
    let mut seen = 0;
    for name in names(&root().join("notebooks")) {
        let Some(stem) = name.strip_suffix(".ipynb") else {
            continue;
        };
        let notebook =
            fs::read_to_string(root().join("notebooks").join(&name)).expect("a notebook");
        let notebook: Value = serde_json::from_str(&notebook).expect("JSON");
        let cells = notebook["cells"].as_array().expect("cells").iter();
        let outputs = cells
            .filter_map(|cell| cell["outputs"].as_array())
            .flatten();
        let pictures: Vec<String> = outputs
            .filter_map(|output| output["data"]["image/svg+xml"].as_array())
            .map(|lines| lines.iter().filter_map(Value::as_str).collect())
            .map(|svg: String| without_ids(svg.trim()))
            .collect();
        for line in steppers(&format!("{stem}.md")) {
            let (svg, _) = demo(&words(&line)).picture();
            assert!(
                pictures.contains(&without_ids(svg.trim())),
                "{name} has no picture of {line}"
            );
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen}");
}

/// Every kilobyte is a moment on a telephone. The goal is 40 kB for all three files; the module is not
/// that small yet. Until it is, this is a guard: nothing of it may grow.
#[test]
fn what_a_page_with_a_stepper_loads_does_not_grow() {
    const SCRIPT_AND_STYLE: usize = 13_000;
    const ALL: usize = 95_000;
    let folder = tempfile::tempdir().expect("a temporary folder");
    stepper_files::write(folder.path(), root()).expect("the scripts are joined");
    let own = gzipped(&folder.path().join(STYLE)) + gzipped(&folder.path().join(SCRIPTS[0]));
    let all = own + gzipped(&root().join("src").join(SCRIPTS[1]));
    assert!(own > 5_000, "{own} bytes are no stepper");
    assert!(
        own <= SCRIPT_AND_STYLE,
        "script and style have {own} bytes, gzipped"
    );
    assert!(all <= ALL, "with the loop it is {all} bytes, gzipped");
}

/// How many bytes of it a web server sends.
fn gzipped(file: &Path) -> usize {
    let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&text).expect("memory takes it");
    encoder.finish().expect("memory takes it").len()
}
