//! The command in a terminal: what it prints, how it ends, and what it says to a mistake.

use course_tests::{PATIENCE, Said, course, course_bin, names, root};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

fn run(line: &str) -> Said {
    course(root(), line.split_whitespace())
}

#[test]
fn a_command_line_that_makes_no_sense_is_answered_in_one_line_with_code_2() {
    for (line, part) in [
        ("sevre", "did you mean serve?"),
        ("no-such-thing", "--help"),
        ("serve --prot 3001", "did you mean --port?"),
        ("serve --port many", "--port"),
        ("serve --port 65536", "--port"),
        ("serve extra", "extra"),
        ("demo wating", "did you mean waiting?"),
        ("demo waiting --task 5", "did you mean --tasks?"),
        ("demo waiting --tasks 0", "0"),
        ("demo waiting --tasks -1", "--tasks"),
        ("demo waiting --tasks 99999999999999999999", "--tasks"),
        ("demo waiting --tasks 1000000000", "1000000000"),
        ("demo waiting --wait abc", "\"abc\" is not a time"),
        ("demo waiting --wait -1", "less than no time"),
        ("demo waiting --wait 9999999999999999h", "--wait"),
        ("demo waiting --clock sundial", "virtual"),
        ("demo waiting --format gif", "svg"),
        ("demo waiting --blocking --sequential", "choose one"),
        ("exercise 02-wating", "did you mean 02-waiting?"),
        ("exercise 99-nothing", "cargo run -- exercise lists them"),
        (
            "exercise 02-waiting no-such-file.rs",
            "there is no file no-such-file.rs",
        ),
        ("exercise 02-waiting --limit soon", "--limit"),
        ("record no-such-run", "waiting-together"),
    ] {
        let outcome = run(line);
        assert!(outcome.mistake().contains(part), "{line}: {outcome:#?}");
        assert_eq!(outcome.code, Some(2), "{line}");
    }
}

#[test]
fn help_is_printed_and_is_no_mistake() {
    for line in [
        "--help",
        "serve --help",
        "demo --help",
        "demo waiting --help",
        "exercise --help",
    ] {
        let outcome = run(line);
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (Some(0), ""),
            "{line}"
        );
        assert!(
            outcome.stdout.contains("Usage:"),
            "{line}: {}",
            outcome.stdout
        );
    }
    for command in ["serve", "demo", "exercise", "notebooks", "setup", "record"] {
        let listed = |line: &str| line.split_whitespace().next() == Some(command);
        assert!(
            run("--help").stdout.lines().any(listed),
            "{command} is not in the help"
        );
    }
}

#[test]
fn a_taken_port_names_a_free_one() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it has an address").port();
    let outcome = run(&format!("serve --port {port}"));
    let start = format!("port {port} is taken: try cargo run -- serve --port ");
    let suggested = outcome
        .mistake()
        .strip_prefix(&start)
        .expect("the port to try");
    assert_eq!(outcome.code, Some(1));
    TcpListener::bind(format!("127.0.0.1:{suggested}")).expect("the suggested port is free");
}

#[test]
fn a_book_that_is_broken_at_the_start_is_one_line_that_says_where() {
    let whole = [
        (
            "book.toml",
            "[book]\ntitle = \"Small\"\n[build]\ncreate-missing = false\n",
        ),
        ("src/SUMMARY.md", "# Summary\n\n- [First](first.md)\n"),
        ("src/first.md", "# First\n\nIt works.\n"),
    ];
    for (file, text, complaint) in [
        ("book.toml", "[book]\n[book", "book.toml:2: "),
        ("book.toml", "[book]\ntitle = 3\n", "book.toml:2: "),
        (
            "src/SUMMARY.md",
            "# S\n\n- [Other](other.md)\n",
            "src/SUMMARY.md:3: failed to read chapter",
        ),
        (
            "src/SUMMARY.md",
            "# S\n\n- [First](first.md)\n- [X]\n",
            "src/SUMMARY.md:4: ",
        ),
        (
            "src/first.md",
            "# First\n\n{{#include gone.md}}\n",
            "src/first.md:3: there is no file for",
        ),
        (
            "src/first.md",
            "# First\n\n{{#demo wating}}\n",
            "src/first.md:3: ",
        ),
        (
            "src/first.md",
            "{{#demo a}}\n\n{{#demo b}}\n",
            "src/first.md:1: ",
        ),
    ] {
        let book = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir(book.path().join("src")).expect("it can be written to");
        for (name, content) in whole {
            let content = if name == file { text } else { content };
            fs::write(book.path().join(name), content).expect("it can be written to");
        }
        let outcome = course(book.path(), ["serve", "--port", "0"]);
        assert!(
            outcome.mistake().starts_with(complaint),
            "{file}: {outcome:#?}"
        );
        assert_eq!(outcome.code, Some(1), "{file}");
    }
}

#[test]
fn of_several_mistakes_in_a_book_the_first_is_shown_and_the_others_are_counted() {
    let book = tempfile::tempdir().expect("a folder for the test");
    fs::create_dir(book.path().join("src")).expect("it can be written to");
    for (name, text) in [
        ("book.toml", "[book]\n"),
        (
            "src/SUMMARY.md",
            "- [First](first.md)\n- [Second](second.md)\n",
        ),
        ("src/first.md", "{{#demo a}}\n\n{{#demo b}}\n"),
        ("src/second.md", "{{#demo c}}\n"),
    ] {
        fs::write(book.path().join(name), text).expect("it can be written to");
    }
    let outcome = course(book.path(), ["serve", "--port", "0"]);
    let line = outcome.mistake();
    assert!(
        line.starts_with("src/first.md:1: ") && line.ends_with("(and 2 more)"),
        "{line}"
    );
    assert!(!line.contains("second.md"), "{line}");
}

#[test]
fn every_demo_of_the_list_runs_and_the_cake_takes_an_hour() {
    let list = run("demo");
    assert_eq!((list.code, list.stderr.as_str()), (Some(0), ""));
    let names: Vec<&str> = list
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.starts_with(&["cake", "waiting"]), "{names:?}");

    let together = run("demo cake");
    assert_eq!(together.code, Some(0));
    assert!(
        together.stdout.contains("60 min  in all"),
        "{}",
        together.stdout
    );
    let sequential = run("demo cake --sequential");
    assert!(
        sequential.stdout.contains("80 min  in all"),
        "{}",
        sequential.stdout
    );
    assert!(
        !together.stdout.contains("user"),
        "a virtual clock measures nothing"
    );
}

#[test]
fn the_virtual_clock_gives_fifteen_seconds_and_three_at_once() {
    for (mode, total) in [
        ("", "3.0 s"),
        ("--blocking", "15.0 s"),
        ("--sequential", "15.0 s"),
    ] {
        let outcome = run(&format!("demo waiting --clock virtual {mode}"));
        let line = outcome
            .stdout
            .lines()
            .find(|line| line.ends_with("  in all"));
        let said = line.and_then(|line| line.trim().strip_suffix("  in all"));
        assert_eq!(said, Some(total), "{mode}: {outcome:#?}");
    }
}

#[test]
fn programs_and_threads_really_run_in_every_way_and_are_drawn_without_running() {
    for way in ["sequence", "threads", "processes", "async"] {
        for kind in ["", " --computing"] {
            let outcome = run(&format!(
                "demo threads --work 10ms --jobs 2 --way {way}{kind}"
            ));
            assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
            assert!(
                outcome.stdout.trim_end().ends_with(" s  in all"),
                "{outcome:#?}"
            );
        }
    }
    for (words, drawn) in [
        ("processes --sequential", "15.0 s  in all"),
        ("processes --busy 2 --format summary", "3.0 s in all"),
        ("threads --computing --python", "12.0 s  in all"),
        ("threads --computing --cores 2", "6.0 s  in all"),
        ("threads --format svg", "<title"),
    ] {
        let outcome = run(&format!("demo {words} --clock virtual"));
        assert!(outcome.stdout.contains(drawn), "{words}: {outcome:#?}");
    }
}

#[test]
fn one_program_runs_in_every_way_of_writing_it_and_they_are_compared() {
    for (words, total) in [
        ("callbacks --blocking", "30.0 s  in all"),
        ("callbacks", "6.0 s  in all"),
        ("generators --sequential", "30.0 s  in all"),
        ("generators --iterator --format summary", "6.0 s in all"),
        ("generators --format json", "\"total_ns\": 6000000000"),
        ("callbacks --format svg", "over 6.0 s</title>"),
        ("callbacks --compare", "| callbacks "),
        ("generators --compare", "| iterator "),
        ("async-await", "6.0 s  in all"),
        ("async-await --sequential", "30.0 s  in all"),
        ("async-await --runtime tokio", "6.0 s  in all"),
        ("async-await --compare", "| async "),
        ("async-await --sizes", "held: "),
        ("async-await --layout", "third = "),
    ] {
        let outcome = run(&format!("demo {words}"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
        assert!(outcome.stdout.contains(total), "{words}: {outcome:#?}");
    }
    // In Python, with the same settings: the second call of two is refused.
    for words in "callbacks,generators,generators --iterator,async-await".split(',') {
        let settings = "--tasks 2 --refused 2 --wait 10ms --clock real --runtime asyncio";
        let outcome = run(&format!("demo {words} {settings}"));
        let told = "the answers: 1, refused\n";
        assert!(outcome.stdout.contains(told), "{words}: {outcome:#?}");
    }
}

#[test]
fn the_real_clock_says_what_the_run_cost_on_how_many_threads() {
    let outcome = run("demo waiting --tasks 2 --wait 50ms");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let line = outcome.stdout.lines().last().expect("a last line");
    assert!(seconds(line, "real") >= 0.05, "{line}");
    if cfg!(unix) {
        // Waiting needs no processor.
        assert!(
            seconds(line, "user") + seconds(line, "sys") < 0.05,
            "{line}"
        );
    }
    if cfg!(any(target_os = "linux", target_os = "macos")) {
        assert!(line.ends_with("   1 thread"), "{line}");
    }
}

/// The number after a word: `real 3.002 s`.
fn seconds(line: &str, word: &str) -> f64 {
    let (_, rest) = line
        .split_once(word)
        .unwrap_or_else(|| panic!("no {word} in {line}"));
    rest.split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .expect("a number")
}

#[test]
fn a_reader_that_goes_away_ends_a_demo_quietly() {
    let mut child = Command::new(course_bin())
        .args(["demo", "waiting", "--tasks", "3", "--wait", "100ms"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the course starts");
    let mut first = String::new();
    let mut reader = BufReader::new(child.stdout.take().expect("it is piped"));
    reader.read_line(&mut first).expect("a first line");
    drop(reader);
    let output = child.wait_with_output().expect("it ends");
    assert!(first.contains("call 1 starts"), "{first}");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn every_runtime_tells_the_same_story() {
    let said = |line: &str| -> Vec<String> {
        let outcome = run(line);
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        let story = outcome.stdout.lines().filter(|line| line.contains("call "));
        story
            .filter_map(|line| {
                line.split_once("  call ")
                    .map(|(_, what)| what.trim().to_string())
            })
            .collect()
    };
    for mode in ["", "--sequential", "--blocking"] {
        let demo = format!("demo waiting {mode} --tasks 3 --wait 20ms");
        let asyncio = said(&format!("{demo} --runtime asyncio"));
        assert_eq!(asyncio.len(), 6, "{asyncio:?}");
        assert_eq!(said(&format!("{demo} --runtime tokio")), asyncio, "{mode}");
        let ours = said(&format!("{demo} --clock virtual"));
        assert_eq!(ours[..6], asyncio, "{mode}");
    }
}

#[test]
fn what_another_runtime_can_not_do_is_said_in_one_line() {
    for (line, complaint) in [
        (
            "demo waiting --runtime tokio --format svg",
            "--format text or json",
        ),
        (
            "demo waiting --runtime asyncio --clock virtual",
            "no virtual clock",
        ),
        ("demo cake --runtime asyncio", "--clock real"),
        ("demo cake --runtime trio", "event-loops, tokio, asyncio"),
    ] {
        let outcome = run(line);
        assert!(
            outcome.mistake().contains(complaint),
            "{line}: {outcome:#?}"
        );
        assert_eq!(outcome.code, Some(2), "{line}");
    }
}

/// Three seconds of real time: what it writes must be a real run.
#[test]
fn a_recording_is_a_real_run_with_its_circumstances() {
    let book = tempfile::tempdir().expect("a folder for the test");
    fs::write(book.path().join("book.toml"), "[book]\n").expect("it can be written");
    let outcome = course(book.path(), ["record", "waiting-together"]);
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");

    let folder = book.path().join("src/recorded");
    assert_eq!(
        names(&folder),
        ["waiting-together.json"],
        "only what was asked for"
    );
    let text = fs::read_to_string(folder.join("waiting-together.json")).expect("it is there");
    let recording: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let said = |key: &str| {
        recording[key]
            .as_str()
            .unwrap_or_else(|| panic!("{key}: {text}"))
    };
    assert_eq!(said("command"), "demo waiting", "the page says the rest");
    assert!(said("rust").starts_with("1."), "{text}");
    assert!(said("machine").contains(" core"), "{text}");
    assert_eq!(said("date").len(), "2026-07-31".len(), "{text}");
    let last = said("output").lines().last().expect("a last line");
    assert!(seconds(last, "real") >= 3.0, "{last}");
    assert!(seconds(last, "real") < PATIENCE.as_secs_f64(), "{last}");
}
