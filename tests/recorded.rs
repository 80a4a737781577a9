//! What the book shows of measured runs is still what the command prints: the same lines, other
//! times.

use std::fs;

use course_tests::{course, names, root};

/// The recorded runs take up to fifteen seconds. The same commands with a wait of 20 ms, or with
/// few and short measurements, print the same lines.
#[test]
fn recorded_runs_have_the_form_of_what_the_command_prints_now() {
    let folder = root().join("src/recorded");
    let records = names(&folder);
    assert!(records.len() >= 4, "{records:?}");
    for record in records {
        let text = fs::read_to_string(folder.join(&record)).expect("a record");
        let record_json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let field = |key: &str| record_json[key].as_str().expect("a text").to_string();
        let command = field("command");
        let measures = command.starts_with("measure ");
        let short = if measures { "--quick" } else { "--wait 20ms" };
        let words = format!("{command} {short}");
        let now = course(root(), words.split_whitespace());
        assert_eq!(now.code, Some(0), "{now:#?}");
        assert_eq!(
            form(&now.stdout, measures),
            form(&field("output"), measures),
            "{record}: record it again"
        );
    }
}

/// The lines without what is measured: times, and the timeline's bars, axis and legend, which show
/// more of the running in a short run than in a long one. Which of several programs is first is up
/// to the system, so that programs are told without their number.
fn form(output: &str, measures: bool) -> Vec<String> {
    let is_number = |word: &str| word.parse::<f64>().is_ok() || ["bytes", "KiB"].contains(&word);
    let lines = output.lines().filter(|line| !is_axis_or_legend(line));
    lines
        .map(|line| {
            let is_program = line.contains("  program ");
            let stays = |word: &&str| {
                let number = (measures || is_program) && is_number(word);
                !number && !is_time(word) && !is_bar(word)
            };
            line.split_whitespace()
                .filter(stays)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn a_plot_is_of_the_same_numbers_as_the_table_beside_it() {
    let text =
        fs::read_to_string(root().join("src/recorded/threads-table.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let output = record["output"].as_str().expect("a text");
    for row in record["data"]["rows"].as_array().expect("rows") {
        let seconds = row["seconds"].as_array().expect("times").iter();
        let cells: String = seconds
            .map(|time| format!("{:>9.3} s", time.as_f64().expect("a number")))
            .collect();
        let language = row["language"].as_str().expect("a name");
        let found = output
            .lines()
            .any(|line| line.contains(language) && line.ends_with(&cells));
        assert!(found, "{language}{cells} is not in\n{output}");
    }
}

fn is_time(word: &str) -> bool {
    let has_digit = word.chars().any(|letter| letter.is_ascii_digit());
    (has_digit && word.contains('.')) || ["s", "ms", "µs", "ns"].contains(&word)
}

fn is_bar(word: &str) -> bool {
    word.chars().all(|letter| "█?·X".contains(letter))
}

fn is_axis_or_legend(line: &str) -> bool {
    let line = line.trim_start();
    let legend = ["running", "waiting", "blocking the loop"];
    line.starts_with("0 ") || legend.iter().any(|state| line.ends_with(state))
}
