//! What the preprocessor does for a stock mdBook: it computes what chapters show, and tests every
//! snippet.

use std::collections::BTreeSet;
use std::fs;

use course_tests::{Book, BookOutcome, between, root, unescaped};
use event_loops::demos::waiting::{self, Mode, Settings};

#[test]
fn a_picture_is_computed_by_the_command_below_it() {
    let book = Book::new(&[(
        "a.md",
        "Start.\n{{#demo waiting --tasks 3 --blocking --clock virtual --format svg | Slow & steady}}\nEnd.\n",
    )]);
    assert_success(&book.build());
    let html = book.html("a.html");
    let figure = between(&html, "<figure class=\"timeline\">", "</figure>");

    let trace = waiting::run(&Settings {
        tasks: 3,
        mode: Mode::Blocking,
        ..Settings::default()
    });
    let words = between(figure, "<pre>", "</pre>");
    assert_eq!(unescaped(words).trim_end(), trace.to_string().trim_end());
    let picture = between(figure, "<svg", "</figcaption>");
    assert!(picture.contains("blocking"), "{picture}");
    assert!(picture.contains("over 9.0 s</title>"), "{picture}");
    assert!(
        !figure.contains("&lt;svg") && !figure.contains("<p>"),
        "Markdown got at it: {figure}"
    );
    assert_eq!(
        between(figure, "<figcaption>", "</figcaption>"),
        "Slow &amp; steady <code>cargo run -- demo waiting --tasks 3 --blocking --clock virtual \
         --format svg</code>",
    );
    assert!(
        html.contains("<p>Start.</p>") && html.contains("<p>End.</p>"),
        "the text around a picture is Markdown: {html}"
    );
}

#[test]
fn text_and_json_are_blocks_that_start_with_their_command() {
    let book = Book::new(&[(
        "a.md",
        "- item\n\n  {{#demo cake}}\n\nend\n\n{{#demo cake --sequential --format json}}\n",
    )]);
    assert_success(&book.build());
    let html = book.html("a.html");
    let text = between(&html, "<code class=\"language-text\">", "</code>");
    assert!(text.starts_with("$ cargo run -- demo cake\n"), "{text}");
    assert!(text.contains("60 min  in all\n"), "{text}");
    assert!(
        between(&html, "<li>", "</li>").contains(text),
        "it stays in its list item"
    );
    let json = between(&html, "<code class=\"language-json\">", "</code>");
    let (command, json) = json.split_once('\n').expect("two lines");
    assert_eq!(
        command,
        "$ cargo run -- demo cake --sequential --format json"
    );
    let json: serde_json::Value = serde_json::from_str(&unescaped(json)).expect("JSON");
    assert_eq!(json["total_ns"], 80 * 60 * 1_000_000_000_u64);
}

#[test]
fn a_recorded_run_says_where_and_when() {
    let book = Book::new(&[("a.md", "# A\n\n{{#recorded slow-run}}\n")]);
    book.write(
        "src/recorded/slow-run.json",
        r#"{"command": "demo waiting", "output": "15.0 s  in all\n",
            "machine": "an <old> machine", "date": "2026-01-31", "rust": "1.95.0"}"#,
    );
    assert_success(&book.build());
    let html = book.html("a.html");
    let block = between(&html, "<code class=\"language-text\">", "</code>");
    assert_eq!(block, "$ cargo run -- demo waiting\n15.0 s  in all\n");
    assert!(
        html.contains("Recorded on an &lt;old&gt; machine, Rust 1.95.0, 2026-01-31."),
        "{html}"
    );
}

#[test]
fn what_is_quoted_or_mdbooks_own_is_left_alone() {
    let book = Book::new(&[(
        "a.md",
        "{{#title Mine}}\n# A\n\n`{{#demo nope}}`\n\n```text\n{{#nope}}\n```\n\n<!-- {{#demo nope}} -->\n\n\
         \\{{#include nope.rs}}\n",
    )]);
    assert_success(&book.build());
    let html = book.html("a.html");
    assert!(html.contains("<code>{{#demo nope}}</code>"));
    assert!(html.contains("{{#nope}}\n</code>"));
    assert!(html.contains("<title>Mine</title>"));
}

#[test]
fn equal_pictures_in_two_chapters_share_no_id_on_the_printed_page() {
    let text = "# A\n\n{{#demo cake --format svg}}\n\n{{#demo cake --format svg}}\n";
    let book = Book::new(&[("a.md", text), ("b.md", text)]);
    assert_success(&book.build());
    let html = book.html("print.html");
    let ids: Vec<&str> = html
        .split("<svg")
        .skip(1)
        .flat_map(|svg| {
            svg.split(" id=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
        })
        .filter(|id| id.starts_with("timeline-"))
        .collect();
    assert!(ids.len() >= 4 * 3, "{ids:?}");
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "{ids:?}"
    );
}

#[test]
fn a_directive_with_a_mistake_fails_with_its_line() {
    let text = "# A\n\n{{#include three.md}}\n\n\
        {{#dmeo cake}}\n\
        {{#demo}}\n\
        {{#demo caek}}\n\
        {{#demo cake --formt svg}}\n\
        {{#demo cake --oven hot}}\n\
        {{#demo waiting --clock virtual --tasks 0}}\n\
        {{#demo waiting}}\n\
        {{#demo cake | A caption for text}}\n\
        Some text {{#demo cake}}\n\
        {{#demo cake\n\
        {{#recorded nothing}}\n\
        {{#recorded ../secret}}\n\
        {{#demo cake --runtime tokio}}\n\
        {{#plot nothing}}\n\n\
        ```text\n{{#include nothing.txt}}\n```\n";
    let book = Book::new(&[("a.md", text), ("b/c.md", "# C\n\n{{#demo tea}}\n")]);
    book.write("src/three.md", "three\n\nlines\n");
    for outcome in [book.build(), book.test()] {
        assert!(!outcome.success);
        let expected = [
            "src/a.md:5: there is no {{#dmeo}}: the course has {{#demo}}, {{#stepper}}, {{#recorded}}, \
             {{#plot}} and {{#exercise}}",
            "src/a.md:6: {{#demo}} needs a demo's name: one of ",
            "src/a.md:7: there is no caek; did you mean cake? ",
            "src/a.md:8: there is no --formt; did you mean --format? ",
            "src/a.md:9: --oven: \"hot\" is not a time: ",
            "src/a.md:10: --tasks is 0: ",
            "src/a.md:11: {{#demo waiting}} would really wait: add --clock virtual, ",
            "src/a.md:12: only a picture has a caption: ",
            "src/a.md:13: {{#demo …}} must stand alone on its line",
            "src/a.md:14: {{#demo …}} must stand alone on its line",
            "src/a.md:15: there is no record src/recorded/nothing.json: ",
            "src/a.md:16: {{#recorded}} needs the name of one record",
            "src/a.md:17: {{#demo cake --runtime tokio}} can only run on our own loop here",
            "src/a.md:18: there is no record src/recorded/nothing.json: ",
            "src/a.md:21: there is no file for {{#include nothing.txt}}",
            "src/b/c.md:3: there is no tea",
        ];
        assert_complaints(&outcome, &expected);
    }
}

#[test]
fn snippets_with_std_with_our_crate_and_with_tokio_pass() {
    let a = "# A\n\n```rust\n# // hidden\nfn main() {\n    assert_eq!(1 + 1, 2);\n}\n```\n\n\
        ```rust,editable\nuse std::time::Duration;\nuse event_loops::{EventLoop, sleep};\n\n\
        fn main() {\n    let event_loop = EventLoop::with_virtual_clock();\n    \
        event_loop.run_until_complete(sleep(Duration::from_secs(3)));\n}\n```\n\n\
        ```rust,should_panic\nfn main() {\n    panic!(\"as it should\");\n}\n```\n\n\
        ```rust,compile_fail,E0382\nfn main() {\n    let a = String::new();\n    drop(a);\n    drop(a);\n}\n```\n";
    let b = "# B\n\n- item\n\n  ```rust\n  #[tokio::main(flavor = \"current_thread\")]\n  \
        async fn main() {\n      tokio::task::yield_now().await;\n  }\n  ```\n\n\
        ```rust,no_run\nfn main() {\n    loop {}\n}\n```\n\n*Not run: it never ends.*\n\n\
        ```rust,ignore\nfn main() { nonsense }\n```\n\n*Not run: it only shows the idea.*\n";
    let book = Book::new(&[("a.md", a), ("deep/b.md", b)]);
    let outcome = book.test();
    assert_success(&outcome);
    let expected = "4 snippets of 2 chapters compiled and ran, 1 failed to compile as they should, \
                    2 not run for the reason given: ok (";
    assert!(outcome.output.contains(expected), "{}", outcome.output);
}

#[test]
fn each_kind_of_broken_snippet_fails_with_its_line_and_what_the_compiler_says() {
    let text = "# A\n\n\
        ```rust\nfn main() {\n    let number: u32 = \"five\";\n}\n```\n\n\
        ```rust\nfn main() {\n    let nothing: Option<u32> = None;\n    nothing.unwrap();\n}\n```\n\n\
        {{#include three.md}}\n\n\
        ```rust\nuse event_loops::no_such_function;\nfn main() {}\n```\n\n\
        ```rust,compile_fail,E0382\nfn main() {\n    let number: u32 = \"five\";\n}\n```\n\n\
        ```rust,compile_fail,E0382\nfn main() {}\n```\n\n\
        ```rust,compile_fail,E0382\nfn main() { let = }\n```\n\n\
        ```rust,should_panic\nfn main() {}\n```\n\n\
        1. item\n\n   ```rust\n   fn main() {\n       std::process::exit(7);\n   }\n   ```\n\n\
        ```rust,no_run\nfn main() { no_such_function() }\n```\n\n*Not run: it is broken.*\n\n\
        ```rust\n{{#include broken.rs}}\n```\n\n\
        ```rust\nfn main() {}\n```\n";
    let book = Book::new(&[("a.md", text)]);
    book.write("src/three.md", "three\n\nlines");
    book.write("src/broken.rs", "fn main() {\n    broken();\n}\n");
    let outcome = book.test();
    assert!(!outcome.success);
    assert_complaints(
        &outcome,
        &[
            "src/a.md:3: this snippet does not compile",
            "src/a.md:9: this snippet panicked",
            "src/a.md:18: this snippet does not compile",
            "src/a.md:23: this snippet should fail with E0382, and fails with E0308",
            "src/a.md:29: this snippet compiles, and should fail with E0382",
            "src/a.md:33: this snippet should fail with E0382, and fails with an error that has no code",
            "src/a.md:37: this snippet says should_panic, and does not panic",
            "src/a.md:43: this snippet ended with exit code 7",
            "src/a.md:49: this snippet does not compile",
            "src/a.md:55: this snippet does not compile (it includes another file",
        ],
    );
    for said in [
        "--> src/a.md:5:23",          // the text where a number should be
        "panicked at src/a.md:12:13", // the unwrap
        "called `Option::unwrap()` on a `None` value",
        "--> src/a.md:19:5",  // the import, below an included file of three lines
        "--> src/a.md:25:23", // the wrong error
        "--> src/a.md:50:13", // what is not run is compiled all the same
        "cannot find function `broken`",
    ] {
        assert!(
            outcome.output.contains(said),
            "{said} is not in:\n{}",
            outcome.output
        );
    }
}

#[test]
fn a_snippet_that_breaks_a_rule_fails_with_its_line() {
    let text = "# A\n\n\
        ```rust,compile_fail\nfn main() { broken }\n```\n\n\
        ```rust,ignore\nfn main() {}\n```\n\nNo reason.\n\n\
        ```rust,no_run\nfn main() {}\n```\n\n*Not run:*\n\n\
        ```rust\nprintln!(\"no main\");\n```\n\n\
        ```\nno language\n```\n\n\
        ```rust,E0382\nfn main() {}\n```\n";
    let outcome = Book::new(&[("a.md", text)]).test();
    assert!(!outcome.success);
    assert_complaints(
        &outcome,
        &[
            "src/a.md:3: name the error that the compiler must give: ",
            "src/a.md:7: a snippet that is not run says why",
            "src/a.md:13: a snippet that is not run says why",
            "src/a.md:19: a snippet is a complete program: add fn main",
            "src/a.md:23: a block of code that names no language is taken for Rust: ",
            "src/a.md:27: E0382 says nothing without compile_fail",
        ],
    );
}

#[test]
fn a_snippet_that_never_ends_is_stopped_and_named() {
    let text = "# A\n\n```rust\nfn main() {}\n```\n\n\
        ```rust\nfn main() {\n    println!(\"round and round\");\n    loop {\n        \
        std::thread::yield_now();\n    }\n}\n```\n";
    let outcome = Book::new(&[("a.md", text)]).with_time_limit("5s").test();
    assert!(!outcome.success);
    let expected = "src/a.md:7: this snippet did not end within 1.25 s and was stopped";
    assert_complaints(&outcome, &[expected]);
    assert!(
        outcome.output.contains("\n  round and round\n"),
        "{}",
        outcome.output
    );
}

#[test]
fn odd_chapters_are_no_reason_to_fall_over() {
    let book = Book::new(&[
        ("empty.md", ""),
        ("open.md", "{{#\n\n{{\n\n```rust\nfn main() {}"),
        (
            "dos.md",
            "# A\r\n\r\n```rust\r\nfn main() {}\r\n```\r\n\r\n{{#demo cake}}\r\n",
        ),
        ("umlaut.md", "# Ä\n\n{{#ä}}\n"),
    ]);
    let outcome = book.test();
    assert_complaints(
        &outcome,
        &[
            "src/open.md:1: {{# …}} must stand alone on its line",
            "src/umlaut.md:3: there is no {{#ä}}",
        ],
    );
    assert!(!outcome.output.contains("panicked"), "{}", outcome.output);
}

#[test]
fn what_is_not_a_book_is_one_line() {
    for input in ["", "nonsense", "[1, 2]", "[{}, {\"items\": []}]"] {
        let outcome = BookOutcome::of_preprocessor(input);
        assert!(!outcome.success);
        assert!(
            outcome
                .output
                .starts_with("what mdbook sent can't be read ("),
            "{}",
            outcome.output
        );
        assert_eq!(outcome.output.lines().count(), 1, "{}", outcome.output);
    }
}

#[test]
fn the_course_itself_is_built_and_tested_by_a_plain_mdbook() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let folder = folder.path().to_string_lossy();
    let built = BookOutcome::of_mdbook(&["build", "--dest-dir", &folder], root());
    assert_success(&built);
    assert!(
        !built.output.contains("ERROR") && !built.output.contains("WARN"),
        "{}",
        built.output
    );

    let tested = BookOutcome::of_mdbook(&["test"], root());
    assert_success(&tested);
    let report = tested
        .output
        .lines()
        .find(|line| line.contains("compiled and ran"));
    let report = report.unwrap_or_else(|| panic!("no report in:\n{}", tested.output));
    let counted: Vec<usize> = report
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    // `14 snippets of 4 chapters …, 2 failed …, 1 not run …`: all but the chapters are snippets.
    let tested: usize = counted.iter().sum::<usize>() - counted[1];
    assert_eq!(tested, rust_fences(), "{report}");
}

/// The ```` ```rust ```` fences in the chapters' files, found the plain way.
fn rust_fences() -> usize {
    let files = fs::read_dir(root().join("src"))
        .expect("the chapters")
        .flatten();
    files
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "md")
        })
        .map(|file| fs::read_to_string(file.path()).expect("a chapter"))
        .map(|text| {
            text.lines()
                .filter(|line| line.trim_start().starts_with("```rust"))
                .count()
        })
        .sum()
}

#[track_caller]
fn assert_success(outcome: &BookOutcome) {
    assert!(outcome.success, "{}", outcome.output);
}

/// Each place that is complained about, in this order, and no other.
#[track_caller]
fn assert_complaints(outcome: &BookOutcome, expected: &[&str]) {
    let found = outcome.complaints();
    let all = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| found.starts_with(expected));
    assert!(
        all,
        "expected:\n{}\n\nfound:\n{}",
        expected.join("\n"),
        outcome.output
    );
}
