//! What stands below the snippets: real outputs, recorded, and current.

use course_tests::{Book, BookOutcome, between, course, names, root, unescaped};
use mdbook_course::recording::Recording;
use std::fs;
use std::path::Path;

/// The one that holds the whole book to what it shows: it runs every snippet.
#[test]
fn every_snippet_of_the_book_prints_what_is_recorded() {
    let said = course(root(), ["record", "--check"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let count = names(&Recording::folder(&root().join("src"))).len();
    assert!(count >= 9, "{count} recordings");
    let line = format!("{count} snippets print what is recorded\n");
    assert_eq!(said.stderr, line);
}

#[test]
fn record_writes_what_is_new_and_check_finds_what_is_wrong() {
    let book = Book::new(&[("a.md", CHAPTER)]);
    let check = || course(book.folder(), ["record", "--check"]);
    let record = || course(book.folder(), ["record", "snippets"]);
    let folder = Recording::folder(&book.folder().join("src"));

    let said = check();
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr
            .starts_with("error: src/a.md:3: its output is not recorded\n"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.ends_with("cargo run -- record snippets\n"),
        "{}",
        said.stderr
    );
    assert!(!folder.exists(), "--check writes nothing");

    assert_eq!(record().code, Some(0));
    assert_eq!(names(&folder).len(), 5);
    assert_eq!(check().code, Some(0));
    // Nothing has changed, so nothing is written: not the day of a measurement either.
    let before = contents(&folder);
    assert!(
        record()
            .stderr
            .ends_with("5 snippets: 0 recorded, 5 as before\n")
    );
    assert_eq!(contents(&folder), before);

    // A recording that is not what the program prints.
    let name = names(&folder).into_iter().find(|name| {
        fs::read_to_string(folder.join(name))
            .expect("a recording")
            .contains("two lines")
    });
    let file = folder.join(name.expect("the first snippet's"));
    let text = fs::read_to_string(&file).expect("a recording");
    fs::write(&file, text.replace("two lines", "2 lines")).expect("it can be written");
    let said = check();
    assert_eq!(said.code, Some(1));
    let wrong = "src/a.md:3: line 1 of its output was \"2 lines\", and is \"two lines\"";
    assert!(said.stderr.contains(wrong), "{}", said.stderr);

    // A program that was changed has another recording, and the old one goes.
    book.write("src/a.md", &CHAPTER.replace("two lines", "three lines"));
    let said = check();
    assert!(
        said.stderr
            .contains("src/a.md:3: its output is not recorded"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.contains("no snippet has this text any more"),
        "{}",
        said.stderr
    );
    assert_eq!(record().code, Some(0));
    assert!(!file.exists());
    assert_eq!(check().code, Some(0));
}

#[test]
fn the_page_shows_what_was_recorded() {
    let book = Book::new(&[("a.md", CHAPTER)]);
    // Building runs nothing: without a recording there is no output.
    built(&book.build());
    assert!(!book.html("a.html").contains("recorded-output"));
    assert_eq!(course(book.folder(), ["record", "snippets"]).code, Some(0));
    built(&book.build());
    let html = book.html("a.html");
    let outputs: Vec<&str> = html
        .split("<div class=\"recorded-output\">")
        .skip(1)
        .collect();
    let title = |index: usize| between(outputs[index], "<p class=\"output-title\">", "</p>");
    let text = |index: usize| {
        unescaped(between(
            outputs[index],
            "<pre class=\"recorded-text\">",
            "</pre>",
        ))
    };
    assert_eq!((title(0), &*text(0)), ("Output", "two lines\n\n<b>& a gap"));
    assert_eq!(title(1), "It prints nothing");
    assert_eq!(title(2), "Output; it panics");
    assert_eq!(
        text(2),
        "\nthread 'main' panicked at main.rs:2:5:\nno eggs\n\
                         note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"
    );
    assert!(
        title(3).starts_with("The compiler refuses it (Rust 1."),
        "{}",
        title(3)
    );
    assert!(text(3).contains("error[E0382]"), "{}", text(3));
    assert!(title(4).starts_with("Output, recorded on "), "{}", title(4));
    // It stays in its list item.
    let item = between(&html, "<li>", "</li>");
    assert!(item.contains("recorded on"), "{item}");
    // The hidden line is there for the compiler, in front of the first one that is seen.
    let program = unescaped(between(&html, "data-program=\"", "\""));
    assert!(
        program.starts_with("use std::fmt::Write as _; fn main() {"),
        "{program}"
    );
}

#[test]
fn a_test_button_has_the_starter_and_what_tests_it() {
    for (stem, function) in [("01-cake", "afternoon"), ("02-waiting", "ask_all")] {
        let book = Book::new(&[("a.md", &format!("# A\n\n{{{{#exercise {stem}}}}}\n"))]);
        built(&book.build());
        let html = book.html("a.html");
        let starter = root().join(format!("code/exercises/{stem}/starter.rs"));
        let starter = fs::read_to_string(starter).expect("a starter");
        let code = between(
            &html,
            "<pre><code class=\"language-rust ignore exercise\">",
            "</code>",
        );
        assert_eq!(unescaped(code).trim(), starter.trim());
        let tests = unescaped(between(&html, "data-tests=\"", "\""));
        assert!(tests.contains(&format!("::check({function})")), "{tests}");
        // It is an exercise, not a program: mdBook has nothing to test in it.
        built(&book.test());
    }
    let book = Book::new(&[("a.md", "# A\n\n{{#exercise 99-nothing}}\n\n{{#exercise}}\n")]);
    let outcome = book.build();
    let expected = [
        "src/a.md:3: there is no exercise \"99-nothing\": there are 01-cake, ",
        "src/a.md:5: there is no exercise \"\": ",
    ];
    for (found, expected) in outcome.complaints().iter().zip(expected) {
        assert!(found.starts_with(expected), "{}", outcome.output);
    }
    assert_eq!(outcome.complaints().len(), 2, "{}", outcome.output);
}

#[test]
fn each_exercise_can_be_done_in_its_chapter() {
    let chapters = names(&root().join("src"));
    for stem in names(&root().join("code/exercises")) {
        // `03-processes`, or a second exercise of that chapter: `03-processes-predict`.
        let mut stems = chapters.iter().filter_map(|name| name.strip_suffix(".md"));
        let of = |chapter: &&str| stem == **chapter || stem.starts_with(&format!("{chapter}-"));
        let chapter = stems
            .find(of)
            .unwrap_or_else(|| panic!("{stem} has no chapter"));
        let text = fs::read_to_string(root().join(format!("src/{chapter}.md"))).expect("a chapter");
        let directive = format!("{{{{#exercise {stem}}}}}");
        assert!(
            text.contains(&directive),
            "src/{chapter}.md has no {directive}"
        );
    }
}

const CHAPTER: &str = "# A

```rust
# use std::fmt::Write as _;
fn main() {
    let mut text = String::new();
    writeln!(text, \"two lines\\n\").unwrap();
    println!(\"{text}<b>& a gap\");
}
```

```rust
fn main() {}
```

```rust,should_panic
fn main() {
    panic!(\"no eggs\");
}
```

```rust,compile_fail,E0382
fn main() {
    let a = String::new();
    drop(a);
    drop(a);
}
```

- item

  ```rust
  fn main() {
      println!(\"{:?}\", std::time::Instant::now().elapsed());
  }
  ```
";

#[track_caller]
fn built(outcome: &BookOutcome) {
    assert!(outcome.success, "{}", outcome.output);
}

fn contents(folder: &Path) -> Vec<String> {
    let files = names(folder).into_iter();
    files
        .map(|name| fs::read_to_string(folder.join(name)).expect("a recording"))
        .collect()
}
