//! The command, with sizes that measure nothing but take no time.

use std::process::{Command, Output};

use serde_json::Value;

const SMALL: [&str; 4] = [
    "--tasks=20",
    "--yields=2",
    "--yielding-tasks=2",
    "--messages=300",
];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-loops-bench"));
    command.args(arguments);
    command
}

fn measured(arguments: &[&str]) -> Output {
    let output = command(&["measure"]).args(arguments).args(SMALL).output();
    let output = output.expect("the command starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "", "progress is for a terminal");
    output
}

#[cfg(unix)]
#[test]
fn all_runtimes_are_measured_as_often_as_asked() {
    let output = measured(&["--workload=w1a,w4-own", "--runs=2", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["sizes"]["tasks"], 20);
    let cells = report["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 2 * 5);
    for cell in cells {
        let runs = cell["runs"].as_array().expect("runs");
        assert_eq!(runs.len(), 2, "{cell}");
        assert!(
            runs.iter().all(|run| run["wall_ns"].as_u64() > Some(0)),
            "{cell}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_chosen_runtime_is_measured_beside_tokio() {
    let output = measured(&["--workload=w2", "--runtime=event-loops", "--runs=1"]);
    let text = String::from_utf8(output.stdout).expect("text");
    let title = "| CPU time per operation, in ns | event_loops | tokio current_thread |";
    assert_eq!(text.lines().next(), Some(title));
    assert!(text.contains("| W2 2 tasks × 2 yields |"), "{text}");
}

#[test]
fn quick_has_sizes_of_its_own() {
    let output = command(&["measure", "--quick", "--tasks=7"])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn more_connections_than_descriptors_are_refused_in_one_line() {
    let arguments = [
        "once",
        "--runtime=tokio",
        "--workload=w5",
        "--connections=4000000000",
    ];
    let output = command(&arguments).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("ask for fewer --connections"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn without_valgrind_the_gate_says_how_to_get_it() {
    let output = command(&["gate"])
        .env("PATH", "")
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("apt-get install valgrind"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
