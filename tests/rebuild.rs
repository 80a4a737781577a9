//! Building the book again: what was computed for the last build is not computed again, and an edit
//! in any file that a page shows is seen all the same.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use course_tests::{PATIENCE, Server, root, unescaped};
use mdbook_course::Course;
use mdbook_course::program::Programs;
use mdbook_driver::MDBook;
use mdbook_driver::builtin_renderers::MarkdownRenderer;
use scraper::{Html, Node};
use tempfile::TempDir;

#[test]
fn the_served_pages_are_those_that_mdbook_builds() {
    let built = tempfile::tempdir().expect("a folder for the test");
    let pages = |course: Course, name: &str| {
        let folder = built.path().join(name);
        let mut book = MDBook::load(root()).expect("the book can be read");
        book.config.build.build_dir = folder.clone();
        book.with_preprocessor(course);
        book.build().expect("the book builds");
        folder
    };
    let course = Course::with_parts_apart();
    let whole = pages(Course::default(), "whole");
    // Twice: the second time from what the first has left.
    pages(course.clone(), "apart");
    let apart = pages(course.clone(), "apart");

    let names: Vec<String> = course_tests::names(&whole)
        .into_iter()
        .filter(|name| name.ends_with(".html"))
        .collect();
    assert!(names.len() > 12, "{names:?}");
    let read = |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).expect("a page");
    for name in &names {
        let (whole, apart) = (read(&whole, name), read(&apart, name));
        let filled = course.fill(&apart);
        assert!(!filled.contains("course:part"), "{name} lacks a part");
        for (one, other) in elements(&whole).iter().zip(&elements(&filled)) {
            assert_eq!(one, other, "in {name}");
        }
        assert_eq!(elements(&whole).len(), elements(&filled).len(), "{name}");
    }
    // And something was apart.
    assert!(read(&apart, "print.html").len() * 4 < read(&whole, "print.html").len() * 3);
}

#[test]
fn an_edit_in_any_file_that_a_page_shows_is_seen() {
    let book = Book::new();
    book.write("src/recorded/run.json", &record("1 s"));
    book.write("code/exercises/02-waiting/starter.rs", "// First.\n");
    book.write("code/listing.rs", "fn main() {\n    one();\n}\n");
    book.write(
        "src/first.md",
        "# First\n\n```rust,step\nfn main() {\n    one();\n}\n```\n",
    );
    let snippet = "```rust\n# // hidden\nfn main() { println!(\"{}\", 1 + 1); }\n```\n";
    book.write(
        "src/second.md",
        &format!(
            "# Second\n\n{{{{#demo waiting --tasks 2 --clock virtual --format svg | A caption.}}}}\n\n\
             {{{{#recorded run}}}}\n\n{{{{#exercise 02-waiting}}}}\n\n{snippet}\n\
             ```rust,step\n{{{{#include ../code/listing.rs}}}}\n```\n"
        ),
    );
    let recording = book.recording_of("second.md");
    book.write(&recording, &output("2\n"));
    let server = Server::start(book.path());
    let page = unescaped(&server.get("/second.html").body);
    for shown in [
        "Timeline of 3 tasks",
        "$ cargo run -- demo something\n1 s",
        "// First.",
        "<pre class=\"recorded-text\">2</pre>",
        "As before: 3 lines",
    ] {
        assert!(page.contains(shown), "no {shown:?}: {page}");
    }

    book.write("src/recorded/run.json", &record("2 s"));
    wait_for(&server, "$ cargo run -- demo something\n2 s");
    book.write("code/exercises/02-waiting/starter.rs", "// Second.\n");
    wait_for(&server, "// Second.");
    book.write(&recording, &output("3\n"));
    wait_for(&server, "<pre class=\"recorded-text\">3</pre>");
    // A step is compared with the one before, which is in another chapter.
    book.write(
        "src/first.md",
        "# First\n\n```rust,step\nfn main() {\n}\n```\n",
    );
    wait_for(&server, "New: 1 line");
    book.write(
        "code/listing.rs",
        "fn main() {\n    one();\n    two();\n}\n",
    );
    wait_for(&server, "New: 2 lines");
    let text = book.read("src/second.md");
    book.write("src/second.md", &text.replace("--tasks 2", "--tasks 3"));
    wait_for(&server, "Timeline of 4 tasks");
    book.write("src/second.md", &text.replace("A caption.", "Another one."));
    wait_for(&server, "Another one.");
    wait_for(&server, "Timeline of 3 tasks");
    // What was shown once is not shown for ever.
    fs::remove_file(book.path().join(&recording)).expect("it can be removed");
    wait_until(&server, "without it", |page| {
        !page.contains("recorded-text")
    });
}

/// A page, element by element: name, attributes in the order of their names, text. Where lines end
/// between elements makes no difference, and the search has a name of its own in each build.
fn elements(page: &str) -> Vec<String> {
    let mut all = Vec::new();
    for node in Html::parse_document(page).tree.values() {
        match node {
            Node::Element(element) => {
                let mut attributes: Vec<_> = element
                    .attrs()
                    .filter(|(_, value)| !value.contains("searchindex"))
                    .collect();
                attributes.sort_unstable();
                all.push(format!("{} {attributes:?}", element.name()));
            }
            Node::Text(text) if !text.trim().is_empty() && !text.contains("searchindex") => {
                all.push(text.to_string());
            }
            _ => {}
        }
    }
    all
}

fn record(took: &str) -> String {
    format!(
        r#"{{"command":"demo something","output":"{took}\n","machine":"a machine","date":"2026-01-31"}}"#
    )
}

fn output(text: &str) -> String {
    serde_json::json!({ "page": "src/second.md", "output": text, "code": 0 }).to_string()
}

/// A book of two chapters, with nothing of the course.
struct Book(TempDir);

impl Book {
    fn new() -> Book {
        let book = Book(tempfile::tempdir().expect("a folder for the test"));
        book.write(
            "book.toml",
            "[preprocessor.course]\ncommand = \"not-run\"\nafter = [\"links\"]\n",
        );
        book.write(
            "src/SUMMARY.md",
            "- [First](first.md)\n- [Second](second.md)\n",
        );
        book
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it can be created");
        fs::write(file, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("a file")
    }

    /// The file that keeps the output of the first program of a chapter.
    fn recording_of(&self, chapter: &str) -> String {
        let mut book = MDBook::load(self.path()).expect("the book can be read");
        let programs = Programs::default();
        book.config
            .set("preprocessor.course.renderers", ["markdown"])
            .expect("a setting");
        book.with_preprocessor(programs.clone());
        book.preprocess_book(&MarkdownRenderer::new())
            .expect("the book can be read");
        let programs = programs.take();
        let program = programs
            .iter()
            .find(|program| program.page().ends_with(chapter));
        let name = program.expect("a program").name();
        format!("src/recorded/snippets/{name}.json")
    }
}

/// Waits until the second chapter shows this.
fn wait_for(server: &Server, text: &str) {
    wait_until(server, text, |page| page.contains(text));
}

fn wait_until(server: &Server, what: &str, done: impl Fn(&str) -> bool) {
    let start = Instant::now();
    loop {
        let page = unescaped(&server.get("/second.html").body);
        if done(&page) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "not {what}: {page}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
