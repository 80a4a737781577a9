//! What the book shows of measured runs is still what the command prints: the same lines, other
//! times.

use std::fs;

use course_tests::{Book, between, course, names, root};

/// The recorded runs take up to fifteen seconds. The same commands with a wait of 20 ms, or with
/// few and short measurements, print the same lines.
#[test]
fn recorded_runs_have_the_form_of_what_the_command_prints_now() {
    let folder = root().join("src/recorded");
    let is_record = |name: &String| name.ends_with(".json");
    let records: Vec<String> = names(&folder).into_iter().filter(is_record).collect();
    assert!(records.len() >= 4, "{records:?}");
    for record in records {
        let text = fs::read_to_string(folder.join(&record)).expect("a record");
        let record_json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let field = |key: &str| record_json[key].as_str().expect("a text").to_string();
        let command = field("command");
        let measures = command.starts_with("measure ");
        let short = match command.split(' ').next() {
            Some("measure") => "--quick",
            Some("demo") => "--wait 20ms",
            _ => "",
        };
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
            let words: Vec<_> = line.split_whitespace().collect();
            // `103 µs` is a time as much as `2.95 s` is.
            let counts = |place: usize| {
                let unit = words.get(place + 1).is_some_and(|next| is_unit(next));
                unit && words[place].parse::<f64>().is_ok()
            };
            let kept = (0..words.len()).filter(|place| !counts(*place));
            let kept: Vec<_> = kept.map(|place| words[place]).filter(stays).collect();
            kept.join(" ")
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
    (has_digit && word.contains('.')) || is_unit(word)
}

fn is_unit(word: &str) -> bool {
    ["s", "ms", "µs", "ns"].contains(&word.trim_end_matches([',', ';']))
}

fn is_bar(word: &str) -> bool {
    word.chars().all(|letter| "█?·X".contains(letter))
}

fn is_axis_or_legend(line: &str) -> bool {
    let line = line.trim_start();
    let legend = ["running", "waiting", "blocking the loop"];
    line.starts_with("0 ") || legend.iter().any(|state| line.ends_with(state))
}

#[test]
fn a_plot_is_drawn_from_a_record_and_says_where_and_when() {
    let book = Book::new(&[("a.md", "# A\n\n{{#plot ways | Four ways.}}\n")]);
    book.write(
        "src/recorded/ways.json",
        r#"{"command": "measure threads", "output": "…", "machine": "a machine",
            "date": "2026-01-31", "data": {"jobs": 4, "work": 1.0, "cores": 2, "rows": [
            {"kind": "waiting", "language": "Rust", "seconds": [4.0, 1.0, 1.0, 2.0]}]}}"#,
    );
    let built = book.build();
    assert!(built.success, "{}", built.output);
    let html = book.html("a.html");
    let figure = between(&html, "<figure class=\"timeline\">", "</figure>");
    for part in [
        "<rect x=\"0\" y=\"46\" width=\"100.000%\"",
        "width=\"25.000%\"",
        "id=\"timeline-a-1-t\"",
        "in four ways</title>",
        "Four ways. <code>cargo run -- measure threads --format svg</code>",
        "waiting    Rust    4.000 s",
    ] {
        assert!(figure.contains(part), "{part}: {figure}");
    }
    assert!(
        html.contains("Recorded on a machine, 2026-01-31."),
        "{html}"
    );
    let text = r#"{"command": "demo waiting", "output": "", "machine": "", "date": ""}"#;
    book.write("src/recorded/ways.json", text);
    let refused = book.build();
    let said = "src/a.md:3: {{#plot ways}}: the record has no table";
    assert!(
        !refused.success && refused.output.contains(said),
        "{}",
        refused.output
    );
}

/// Chapter 4 asks for sixteen numbers, and gives them: they are those of the model.
#[test]
fn the_sixteen_numbers_of_chapter_4_are_computed() {
    use event_loops::demos::threads::{Kind, Language, Settings, Way, model};
    let chapter = fs::read_to_string(root().join("src/04-threads.md")).expect("the chapter");
    let mut expected = Vec::new();
    for kind in Kind::ALL {
        for (first, language) in [(kind.word(), Language::Rust), ("", Language::Python)] {
            let total = |way| {
                let settings = Settings {
                    kind,
                    language,
                    way,
                    ..Settings::default()
                };
                model(&settings).total.as_secs().to_string()
            };
            let times = Way::ALL.map(total).join(" | ");
            let row = format!("| {first} | {language:?} | {times} |");
            expected.push(row.replace("|  |", "| |"));
        }
    }
    let expected = expected.join("\n");
    assert!(
        chapter.replace("**", "").contains(&expected),
        "src/04-threads.md has not\n{expected}"
    );
}
