//! Chapter 4's table as it is kept: beside the machine and the day, as JSON.

use std::time::Duration;

use event_loops::demos::threads::Kind;
use event_loops::demos::threads::table::{Row, Table};
use serde_json::{Value, json};

/// A table as JSON, with its times in seconds.
///
/// ```
/// use event_loops::demos::threads::table::Table;
/// use mdbook_course::table::{from_json, to_json};
/// use std::time::Duration;
///
/// let work = Duration::from_secs(1);
/// let table = Table { jobs: 4, work, cores: 2, rows: Vec::new() };
/// assert_eq!(from_json(&to_json(&table)), Some(table));
/// ```
pub fn to_json(table: &Table) -> Value {
    let row = |row: &Row| {
        let times = row.times.map(|time| time.as_secs_f64());
        json!({ "kind": row.kind.word(), "language": row.language, "seconds": times })
    };
    let rows: Vec<Value> = table.rows.iter().map(row).collect();
    json!({
        "jobs": table.jobs,
        "work": table.work.as_secs_f64(),
        "cores": table.cores,
        "rows": rows,
    })
}

/// The table of such a JSON; `None` when it is no table.
pub fn from_json(json: &Value) -> Option<Table> {
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let time = |value: &Value| Duration::try_from_secs_f64(value.as_f64()?).ok();
    let row = |row: &Value| {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| row["kind"] == kind.word())?;
        let times = row["seconds"].as_array()?.iter().map(time);
        Some(Row {
            kind,
            language: row["language"].as_str()?.to_string(),
            times: times.collect::<Option<Vec<_>>>()?.try_into().ok()?,
        })
    };
    Some(Table {
        jobs: number(&json["jobs"])?,
        work: time(&json["work"])?,
        cores: number(&json["cores"])?,
        rows: json["rows"]
            .as_array()?
            .iter()
            .map(row)
            .collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_measured() {
        let row = |kind| Row {
            kind,
            language: "Rust".to_string(),
            times: [4, 1, 1, 2].map(Duration::from_millis),
        };
        let table = Table {
            jobs: 4,
            work: Duration::from_millis(500),
            cores: 2,
            rows: Kind::ALL.map(row).into(),
        };
        let json = to_json(&table);
        assert_eq!(from_json(&json), Some(table));
        let mut broken = json;
        broken["rows"][0]["seconds"] = json!([1.0, 2.0]);
        assert_eq!(from_json(&broken), None, "a row without all its times");
    }
}
