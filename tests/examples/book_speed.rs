//! How long the book takes to build and to test, as ratios within one run, on this machine:
//!
//! ```console
//! cargo run --package course-tests --example book_speed
//! ```
//!
//! Each pair is measured in turns, and the best time of each counts: what else the machine does can
//! only add to it.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use course_tests::{mdbook, root};
use mdbook_course::Course;
use mdbook_course::crate_source;
use mdbook_course::externs::Externs;
use mdbook_course::program::{Program, Programs};
use mdbook_driver::MDBook;
use mdbook_driver::builtin_renderers::MarkdownRenderer;

const ROUNDS: usize = 11;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plain = folder.path().join("plain");
    copy_without_preprocessor(&plain);

    let built = folder.path().join("built");
    let course = Course::with_parts_apart();
    let mut ours = || build_in_process(root(), &built, Some(&course));
    let [with, without] = in_turns([&mut ours, &mut || build_in_process(&plain, &built, None)]);
    println!(
        "rebuild, as under cargo run     {:.3} s; without the preprocessor {:.3} s: {:.2} times (at most 1.3)",
        with.as_secs_f64(),
        without.as_secs_f64(),
        with.as_secs_f64() / without.as_secs_f64(),
    );

    let mdbook_build = |root: &Path| run_mdbook("build", root, Some(&built));
    let [with, without] = in_turns([&mut || mdbook_build(root()), &mut || mdbook_build(&plain)]);
    println!(
        "mdbook build                    {:.3} s; without the preprocessor {:.3} s: {:.3} s more (at most 0.3)",
        with.as_secs_f64(),
        without.as_secs_f64(),
        with.as_secs_f64() - without.as_secs_f64(),
    );

    let programs = programs();
    let crates = Externs::build(root())
        .expect("the crates are built")
        .crate_args();
    let together = timed(&mut || run_mdbook("test", root(), None));
    let alone = timed(&mut || {
        for program in &programs {
            test_alone(program, &crates, folder.path());
        }
    });
    println!(
        "mdbook test of {:3} snippets     {:.2} s; one by one {:.2} s: {:.2} of it (at most 0.20)",
        programs.len(),
        together.as_secs_f64(),
        alone.as_secs_f64(),
        together.as_secs_f64() / alone.as_secs_f64(),
    );
}

/// The best time of each, measured in turns.
fn in_turns(works: [&mut dyn FnMut(); 2]) -> [Duration; 2] {
    let [one, other] = works;
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        best = [best[0].min(timed(one)), best[1].min(timed(other))];
    }
    best
}

fn timed(work: &mut dyn FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// As the server builds the book after an edit: with what it remembers of the build before, and with
/// the pictures, which it puts into the pages at the end.
fn build_in_process(root: &Path, to: &Path, course: Option<&Course>) {
    let mut book = MDBook::load(root).expect("the book can be read");
    book.config.build.build_dir = to.to_path_buf();
    if let Some(course) = course {
        book.with_preprocessor(course.clone());
    }
    book.build().expect("the book builds");
    let Some(course) = course else {
        return;
    };
    for entry in fs::read_dir(to).expect("the book's folder").flatten() {
        if entry.path().extension().is_some_and(|end| end == "html") {
            let page = fs::read_to_string(entry.path()).expect("a page");
            std::hint::black_box(course.fill(&page));
        }
    }
}

fn run_mdbook(command: &str, root: &Path, to: Option<&Path>) {
    let mut mdbook = Command::new(mdbook());
    mdbook.arg(command);
    if let Some(to) = to {
        mdbook.arg("--dest-dir").arg(to);
    }
    let output = mdbook
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .expect("mdbook starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// The same book, whose directives stay as they are.
fn copy_without_preprocessor(to: &Path) {
    let settings = fs::read_to_string(root().join("book.toml")).expect("the book's settings");
    let (before, after) = settings
        .split_once("[preprocessor.course]")
        .expect("the preprocessor");
    let (_, rest) = after.split_once("\n[").expect("something after it");
    copy(&root().join("src"), &to.join("src"));
    copy(&root().join("course/theme"), &to.join("course/theme"));
    // What the chapters include.
    copy(&root().join("code"), &to.join("code"));
    fs::write(to.join("book.toml"), format!("{before}[{rest}")).expect("a file");
    crate_source::write_script(to, root()).expect("the crate's source");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}

/// The book's snippets that are run.
fn programs() -> Vec<Program> {
    let mut book = MDBook::load(root()).expect("the book can be read");
    book.config
        .set("preprocessor.course.renderers", ["markdown"])
        .expect("a setting");
    let programs = Programs::default();
    book.with_preprocessor(programs.clone());
    book.preprocess_book(&MarkdownRenderer::new())
        .expect("the book can be read");
    programs.take()
}

/// As one would test a single snippet by hand.
fn test_alone(program: &Program, crates: &[OsString], folder: &Path) {
    let file = folder.join("snippet.md");
    fs::write(&file, format!("```rust\n{}```\n", program.text())).expect("a file");
    let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    // Some are there to panic, or to be refused: here only the time counts.
    Command::new(rustdoc)
        .args(["--test", "--edition", "2024"])
        .args(crates)
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .expect("rustdoc starts");
}
