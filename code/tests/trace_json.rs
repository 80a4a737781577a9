//! A trace as JSON.

#![cfg(feature = "json")]

mod common;

use common::busy_trace;
use event_loops::{EventLoop, note, spawn_named};

#[test]
fn json_says_all_that_the_trace_says() {
    let trace = busy_trace();
    let json: serde_json::Value = serde_json::from_str(&trace.to_json()).unwrap();
    assert_eq!(json["clock"], "virtual");
    assert_eq!(json["total_ns"], 6_000_000_000_u64);
    let names: Vec<_> = json["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["name"])
        .collect();
    assert_eq!(names, ["main", "sleeper", "blocker", "victim", "left"]);
    assert!(
        json["tasks"][0]["spawned_at"]
            .as_str()
            .unwrap()
            .starts_with("mod.rs:")
    );

    let events = json["events"].as_array().unwrap();
    assert_eq!(events.len(), trace.events.len());
    for (said, event) in events.iter().zip(&trace.events) {
        assert_eq!(said["at_ns"], u64::try_from(event.at.as_nanos()).unwrap());
        assert_eq!(said["task"].as_u64(), event.task.map(|task| task.0 as u64));
        assert_eq!(said["sentence"], trace.sentence(event));
    }
    let of_kind = |kind: &str| {
        let found = events.iter().find(|event| event["event"] == kind);
        found.unwrap_or_else(|| panic!("no {kind}")).clone()
    };
    for kind in [
        "spawned", "polled", "released", "finished", "dropped", "unparked",
    ] {
        of_kind(kind);
    }
    assert_eq!(of_kind("woken")["by"], "task 2");
    assert_eq!(of_kind("parked")["until_ns"], 6_000_000_000_u64);
    assert_eq!(of_kind("noted")["text"], "sleeps");
    assert_eq!(of_kind("held")["by"], "computing");
    assert_eq!(of_kind("held")["lasts_ns"], 1_000_000_000_u64);
    assert_eq!(of_kind("suspended")["on"][0]["wait"], "task");
    assert_eq!(of_kind("suspended")["on"][0]["task"], 2);
    let until = events
        .iter()
        .find(|event| event["on"][0]["wait"] == "until")
        .unwrap();
    assert_eq!(until["on"][0]["deadline_ns"], 2_000_000_000_u64);
}

#[test]
fn json_escapes_names_and_notes() {
    let event_loop = EventLoop::new().with_trace();
    let awkward = "a \"quoted\" \\ name\nwith two lines";
    event_loop.run_until_complete(async {
        note(awkward);
        spawn_named(awkward, async { panic!("on purpose") })
            .await
            .unwrap_err();
    });
    let json: serde_json::Value = serde_json::from_str(&event_loop.trace().to_json()).unwrap();
    assert_eq!(json["clock"], "real");
    assert_eq!(json["tasks"][1]["name"], awkward);
    assert_eq!(json["events"][2]["text"], awkward);
    let events = json["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["event"] == "panicked"));
}
