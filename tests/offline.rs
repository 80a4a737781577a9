//! After `course setup`, everything works with the network cut: what a workshop needs.
//!
//! This program sets up everything, then starts itself again in a network namespace of its own,
//! which has a loopback device and nothing else, and runs the tests there.

use std::{
    env, fs,
    io::ErrorKind,
    net::TcpStream,
    process::{Command, ExitCode, Output},
    time::{Duration, Instant},
};

use course::tools::{self, notebooks};
use course_tests::{Runner, Server, course_bin, root};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::json;

/// Set for the run inside the namespace.
const INSIDE: &str = "COURSE_TESTS_OFFLINE";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, trials()).exit_code();
    }
    if env::var_os(INSIDE).is_some() {
        assert_cut();
        return libtest_mimic::run(&arguments, trials()).exit_code();
    }
    match unshare() {
        Ok(words) => again_without_network(&words),
        Err(why) => skipped(&arguments, &why),
    }
}

fn trials() -> Vec<Trial> {
    vec![
        Trial::test("mdbook_builds_the_book", mdbook_builds),
        Trial::test("mdbook_tests_the_book", mdbook_tests),
        Trial::test("the_course_serves_a_page", serve),
        Trial::test("run_runs_a_snippet", run),
        Trial::test("a_demo_runs", demo),
        Trial::test("an_exercise_is_checked", exercise),
        Trial::test("a_notebook_runs", notebook),
        Trial::test("what_looks_for_barriers_is_there", axe),
        Trial::test("setup_finds_everything_there", setup_again),
        Trial::test("a_missing_tool_is_named_with_what_to_do", missing_tool),
    ]
}

fn mdbook_builds() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    succeeds(
        Command::new(tools::mdbook()?)
            .arg("build")
            .arg("--dest-dir")
            .arg(folder.path()),
    )?;
    assert!(folder.path().join("index.html").is_file());
    Ok(())
}

fn mdbook_tests() -> Result<(), Failed> {
    succeeds(Command::new(tools::mdbook()?).arg("test")).map(drop)
}

fn serve() -> Result<(), Failed> {
    let server = Server::start(root());
    let answer = server.get("/01-cake.html");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<main>"), "{}", answer.body);
    Ok(())
}

/// With the course's crate and with tokio, both built before.
fn run() -> Result<(), Failed> {
    let runner = Runner::of_book(root());
    for (snippet, said) in [
        (
            "use event_loops::{EventLoop, now, sleep};\n\
             fn main() {\n\
                 EventLoop::with_virtual_clock().run_until_complete(async {\n\
                     sleep(std::time::Duration::from_secs(3)).await;\n\
                     println!(\"after {:?}\", now());\n\
                 });\n\
             }\n",
            "after 3s",
        ),
        (
            "#[tokio::main(flavor = \"current_thread\")]\n\
             async fn main() { println!(\"on tokio\"); }\n",
            "on tokio",
        ),
    ] {
        let events = serde_json::to_string(&runner.run(snippet))?;
        assert!(events.contains(said), "{events}");
    }
    Ok(())
}

fn demo() -> Result<(), Failed> {
    let output = succeeds(Command::new(course_bin()).args(["demo", "cake"]))?;
    assert!(String::from_utf8_lossy(&output.stdout).contains("60 min"));
    Ok(())
}

fn exercise() -> Result<(), Failed> {
    let solution = "code/exercises/02-waiting/solution.rs";
    succeeds(Command::new(course_bin()).args(["exercise", "02-waiting", solution])).map(drop)
}

/// A notebook that compiles the course's crate, with what that depends on.
fn notebook() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let notebook = folder.path().join("tiny.ipynb");
    let code = root().join("code").canonicalize()?;
    let source = [
        format!(":dep event_loops = {{ package = \"event-loops\", path = {code:?} }}"),
        "event_loops::demos::cake::run(&Default::default()).timeline()".to_owned(),
    ];
    let cell = json!({
        "cell_type": "code", "id": "one", "execution_count": null, "metadata": {}, "outputs": [],
        "source": source.join("\n"),
    });
    let document = json!({ "nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell] });
    fs::write(&notebook, document.to_string())?;
    let executed = notebooks::execute(&notebook)?;
    let outputs = executed.json()["cells"][0]["outputs"].to_string();
    assert!(outputs.contains("groceries"), "{outputs}");
    Ok(())
}

fn axe() -> Result<(), Failed> {
    let script = fs::read_to_string(tools::axe()?)?;
    assert!(script.contains("axe-core"), "{} bytes", script.len());
    Ok(())
}

fn setup_again() -> Result<(), Failed> {
    let output = succeeds(Command::new(course_bin()).arg("setup"))?;
    assert!(String::from_utf8_lossy(&output.stdout).contains("Without a network these work now"));
    Ok(())
}

fn missing_tool() -> Result<(), Failed> {
    let empty = tempfile::tempdir()?;
    let output = Command::new(course_bin())
        .args(["notebooks", "--check"])
        .env("EVENT_LOOPS_TOOLS", empty.path())
        .current_dir(root())
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let problems: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(problems.len(), 1, "one line: {said}");
    assert!(
        problems[0].contains("Connect to the internet and try again"),
        "{said}"
    );
    Ok(())
}

fn succeeds(command: &mut Command) -> Result<Output, Failed> {
    let output = command.current_dir(root()).output()?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(Failed::from(format!(
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&said)
    )))
}

/// A network that is merely slow or filtered would prove nothing: here is no way out at all, which
/// shows at once and without a packet being sent.
fn assert_cut() {
    // Addresses that are reserved for examples and never anybody's.
    for address in ["192.0.2.1:443", "[2001:db8::1]:443"] {
        let address = address.parse().expect("it is an address");
        let begun = Instant::now();
        let error = TcpStream::connect_timeout(&address, Duration::from_secs(10))
            .expect_err("the network is cut");
        let no_route = [ErrorKind::NetworkUnreachable, ErrorKind::AddrNotAvailable];
        assert!(no_route.contains(&error.kind()), "{address}: {error}");
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{address}: not at once"
        );
    }
}

fn again_without_network(unshare: &[&str]) -> ExitCode {
    if let Err(problem) = tools::setup(root()) {
        eprintln!("error: setup failed: {problem}");
        return ExitCode::FAILURE;
    }
    let status = Command::new(unshare[0])
        .args(&unshare[1..])
        .args(["sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""])
        .arg(env::current_exe().expect("this program has a path"))
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .expect("unshare was tried before");
    if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The words before a program that cut it off, or why there are none.
fn unshare() -> Result<Vec<&'static str>, String> {
    if !cfg!(target_os = "linux") {
        return Err("only Linux has network namespaces".to_owned());
    }
    let ways: [&[&str]; 2] = [
        &["unshare", "--net"],
        &["unshare", "--user", "--map-root-user", "--net"],
    ];
    let mut reasons = Vec::new();
    for words in ways {
        let tried = Command::new(words[0])
            .args(&words[1..])
            .args(["ip", "link", "set", "lo", "up"])
            .output();
        match tried {
            Ok(output) if output.status.success() => return Ok(words.to_vec()),
            Ok(output) => reasons.push(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => reasons.push(format!("unshare: {error}")),
        }
    }
    Err(reasons.join("; "))
}

fn skipped(arguments: &Arguments, why: &str) -> ExitCode {
    eprintln!("\nSKIPPED: nothing is tested without a network, which cannot be cut here: {why}\n");
    if cfg!(target_os = "linux") && is_ci() {
        eprintln!("error: in CI these tests are not skipped: unshare and ip (iproute2) are needed");
        return ExitCode::FAILURE;
    }
    let ignored = trials()
        .into_iter()
        .map(|trial| trial.with_ignored_flag(true))
        .collect();
    libtest_mimic::run(arguments, ignored).exit_code()
}

fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}
