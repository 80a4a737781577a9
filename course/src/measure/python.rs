use crate::{Problem, root, tools};
use event_loops::demos::threads::table::Row;
use event_loops::demos::threads::{Kind, Way};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The rows of the table that Python measures of itself.
pub(super) fn rows(jobs: usize, work: Duration, repeat: usize) -> Result<Vec<Row>, Problem> {
    let python = tools::python()?;
    let output = Command::new(python[0])
        .args(&python[1..])
        .arg("-B")
        .arg(root::find()?.join("code/asyncio/threads.py"))
        .arg("--table")
        .args(["--jobs", &jobs.to_string()])
        .args(["--work", &work.as_secs_f64().to_string()])
        .args(["--repeat", &repeat.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Problem::failure(format!("{} can't be started: {error}", python[0])))?;
    let said = String::from_utf8_lossy(&output.stdout);
    read(&said).ok_or_else(|| Problem::failure(format!("Python said {:?}", said.trim())))
}

fn read(said: &str) -> Option<Vec<Row>> {
    let said: Value = serde_json::from_str(said).ok()?;
    let row = |kind: Kind| {
        let seconds = |way: Way| said["times"][kind.word()][way.word()].as_f64();
        let [a, b, c, d] = Way::ALL.map(seconds);
        let times = [a?, b?, c?, d?].map(Duration::from_secs_f64);
        let language = said["language"].as_str()?.to_string();
        Some(Row {
            kind,
            language,
            times,
        })
    };
    Kind::ALL.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_says_is_read_or_refused_and_never_guessed() {
        let times = r#"{"sequence": 4.0, "threads": 1.5, "processes": 2.0, "async": 3.0}"#;
        let said = format!(
            r#"{{"language": "CPython 3.13.1", "times": {{"waiting": {times}, "computing": {times}}}}}"#
        );
        let rows = read(&said).expect("it is complete");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].kind, Kind::Computing);
        assert_eq!(rows[0].language, "CPython 3.13.1");
        assert_eq!(rows[0].times[1], Duration::from_millis(1500));
        assert_eq!(read(&said.replace("async", "asink")), None);
        assert_eq!(read("no JSON"), None);
    }
}
