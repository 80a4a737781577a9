//! The exercises in a terminal: starters and wrong answers fail, solutions pass, and mistakes are told.

use course_tests::{Said, course, names, root};
use std::fs;

fn run(line: &str) -> Said {
    course(root(), line.split_whitespace())
}

#[test]
fn starters_and_wrong_answers_are_not_yet_right_and_solutions_are() {
    let listed = run("exercise").stdout;
    let listed: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let folder = root().join("code/exercises");
    assert_eq!(
        names(&folder),
        listed,
        "every folder is in the list, and the other way round"
    );
    for stem in listed {
        let files = names(&folder.join(stem));
        for needed in ["starter.rs", "solution.rs"] {
            assert!(
                files.iter().any(|file| file == needed),
                "{stem} has no {needed}"
            );
        }
        assert!(
            files.iter().any(|file| file.starts_with("wrong-")),
            "{stem} has no wrong answer"
        );
        for file in files {
            let path = format!("code/exercises/{stem}/{file}");
            let outcome = course(root(), ["exercise", stem, &path]);
            let (code, verdict) = if file == "solution.rs" {
                (0, "solved.")
            } else {
                (1, "not yet.")
            };
            let last = outcome.stdout.lines().last().unwrap_or_default();
            assert!(last.ends_with(verdict), "{path}: {outcome:#?}");
            assert_eq!(outcome.code, Some(code), "{path}");
            assert_eq!(outcome.stderr, "", "{path} compiles without a warning");
        }
    }
}

#[test]
fn without_a_file_it_is_a_copy_of_the_starter_that_stays() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let check = || course(folder.path(), ["exercise", "02-waiting"]);
    let first = check();
    assert_eq!(first.code, Some(1), "{first:#?}");
    assert!(first.stdout.ends_with("not yet.\n"), "{first:#?}");
    assert!(
        first
            .stderr
            .contains("02-waiting.rs is your copy of the starter")
    );

    let solution = root().join("code/exercises/02-waiting/solution.rs");
    fs::copy(solution, folder.path().join("mine/02-waiting.rs")).expect("it can be written");
    let second = check();
    assert_eq!(
        second.code,
        Some(0),
        "the reader's own file is checked: {second:#?}"
    );
    assert_eq!(second.stderr, "", "and not replaced");
}

#[test]
fn a_solution_without_the_function_is_told_which_in_one_line() {
    let form = "it begins with `pub async fn ask_all(count: u64) -> Vec<u64>`";
    for (text, what) in [
        ("pub fn other() {}", "there is no function ask_all"),
        (
            "async fn ask_all(_: u64) -> Vec<u64> { vec![] }",
            "ask_all is private",
        ),
        (
            "pub async fn ask_all() {}",
            "ask_all has another form than asked for",
        ),
    ] {
        let outcome = solve(text, &[]);
        let line = outcome.mistake();
        assert!(
            line.starts_with(&format!("mine.rs: {what}")) && line.ends_with(form),
            "{line}"
        );
        assert_eq!(outcome.code, Some(1));
    }
}

#[test]
fn a_solution_that_does_not_compile_shows_the_compilers_words_with_the_readers_lines() {
    let outcome = solve(
        "\npub async fn ask_all(_: u64) -> Vec<u64> {\n    \"many\"\n}\n",
        &[],
    );
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    assert!(
        outcome.stderr.starts_with("error[E0308]: mismatched types"),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome.stderr.contains("--> mine.rs:3:5"),
        "{}",
        outcome.stderr
    );
    assert!(!outcome.stderr.contains("<anon>"), "{}", outcome.stderr);
    let last = outcome.stderr.lines().last();
    assert_eq!(
        last,
        Some("error: mine.rs does not compile: mend what the compiler says above")
    );
}

#[test]
fn the_readers_own_mistakes_come_before_a_missing_function() {
    let outcome = solve("pub fn other() {\n    let _: u64 = \"many\";\n}\n", &[]);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stderr.contains("--> mine.rs:2:18"),
        "{}",
        outcome.stderr
    );
    assert!(!outcome.stderr.contains("ask_all"), "{}", outcome.stderr);
}

#[test]
fn a_solution_that_never_ends_is_stopped() {
    let forever = "pub async fn ask_all(_: u64) -> Vec<u64> { loop {} }";
    let outcome = solve(forever, &["--limit", "1"]);
    let line = "mine.rs was stopped after 1 s: does a loop in it never end?";
    assert_eq!((outcome.mistake(), outcome.code), (line, Some(1)));
}

/// Hands in a solution of 02-waiting, as `mine.rs` in a folder of the reader's.
fn solve(text: &str, options: &[&str]) -> Said {
    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::write(folder.path().join("mine.rs"), text).expect("it can be written");
    course(
        folder.path(),
        [&["exercise", "02-waiting", "mine.rs"], options].concat(),
    )
}
