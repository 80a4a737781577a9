//! What a chapter that has a stepper becomes: a picture that is whole without a script, and what the
//! scripts need.

use course_tests::{Book, between, names, root, unescaped};
use event_loops::demos::waiting;

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
    let files = names(&root().join("src/stepper"));
    for (page, path) in [("a.html", ""), ("c/d.html", "../")] {
        let html = book.html(page);
        let mut expected: Vec<String> = files
            .iter()
            .map(|name| format!("{path}stepper/{name}"))
            .collect();
        let mut loaded = loaded(&html);
        assert_eq!(
            loaded
                .iter()
                .filter(|name| name.ends_with("loop.js"))
                .count(),
            1
        );
        assert_eq!(
            html.matches("<script defer").count(),
            files.iter().filter(|name| name.ends_with(".js")).count()
        );
        expected.sort();
        loaded.sort_unstable();
        assert_eq!(loaded, expected, "{page}");
        assert_eq!(
            html.matches("<figure class=\"timeline stepper\"").count(),
            2
        );
        assert!(html.contains("id=\"stepper-") && html.contains("-2\" data-settings"));
    }
    assert_eq!(loaded(&book.html("b.html")), Vec::<&str>::new());
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
