//! What the book shows of measured runs is still what the command prints: the same lines, other
//! times.

use std::fs;

use course_tests::{course, names, root};

/// The recorded runs take up to fifteen seconds. The same commands with a wait of 20 ms print the
/// same lines.
#[test]
fn recorded_runs_have_the_form_of_what_the_command_prints_now() {
    let folder = root().join("src/recorded");
    let records = names(&folder);
    assert!(records.len() >= 4, "{records:?}");
    for record in records {
        let text = fs::read_to_string(folder.join(&record)).expect("a record");
        let record_json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let field = |key: &str| record_json[key].as_str().expect("a text").to_string();
        let mut words = field("command");
        if words.starts_with("demo ") {
            words += " --wait 20ms";
        }
        let now = course(root(), words.split_whitespace());
        assert_eq!(now.code, Some(0), "{now:#?}");
        assert_eq!(
            form(&now.stdout),
            form(&field("output")),
            "{record}: record it again"
        );
    }
}

/// The lines without what is measured: times, and the timeline's bars, axis and legend, which show
/// more of the running in a short run than in a long one.
fn form(output: &str) -> Vec<String> {
    let stays = |word: &&str| !is_time(word) && !is_bar(word);
    let lines = output.lines().filter(|line| !is_axis_or_legend(line));
    lines
        .map(|line| {
            line.split_whitespace()
                .filter(stays)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

fn is_time(word: &str) -> bool {
    let has_digit = word.chars().any(|letter| letter.is_ascii_digit());
    (has_digit && word.contains('.')) || ["s", "ms", "µs"].contains(&word)
}

fn is_bar(word: &str) -> bool {
    word.chars().all(|letter| "█?·X".contains(letter))
}

fn is_axis_or_legend(line: &str) -> bool {
    let line = line.trim_start();
    let legend = ["running", "waiting", "blocking the loop"];
    line.starts_with("0 ") || legend.iter().any(|state| line.ends_with(state))
}
