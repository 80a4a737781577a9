//! Chapter 4: the four ways, told apart by who can meet whom.

mod common;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use common::{millis, secs};
use event_loops::demos::processes::{Program, Work, child::compute};
use event_loops::demos::threads::table::{Row, Table, measure};
use event_loops::demos::threads::{
    Kind, Language, Settings, Way, in_processes, in_sequence, model, on_one_thread, on_threads,
};
use event_loops::sleep;

#[test]
fn every_way_gives_the_results_in_the_order_of_the_jobs() {
    let squares = [1, 4, 9, 16];
    assert_eq!(in_sequence(4, |number| number * number), squares);
    assert_eq!(on_threads(4, |number| number * number), squares);
    assert_eq!(on_one_thread(4, async |number| number * number), squares);
    let program = Program::compile().unwrap();
    let results = in_processes(4, Work::Compute(50), &program).unwrap();
    assert_eq!(results, [compute(50); 4]);
}

/// Each job waits until all of them are under way. If they did not overlap, this would not end.
#[test]
fn threads_are_under_way_together() {
    let all = Barrier::new(4);
    let leaders = on_threads(4, |_| all.wait().is_leader());
    assert_eq!(leaders.iter().filter(|leader| **leader).count(), 1);
}

/// Each job computes, without ever waiting, until it has seen all others begin: on fewer
/// cores than jobs that takes a system that interrupts them.
#[test]
fn threads_that_compute_are_interrupted() {
    let jobs = thread::available_parallelism().map_or(1, usize::from) + 2;
    let begun = AtomicUsize::new(0);
    on_threads(jobs, |_| {
        begun.fetch_add(1, Ordering::SeqCst);
        while begun.load(Ordering::SeqCst) < jobs {
            compute(100);
        }
    });
    assert_eq!(begun.into_inner(), jobs);
}

#[test]
fn a_thread_each_and_one_for_all_tasks() {
    let id = |_| thread::current().id();
    let distinct = |ids: Vec<thread::ThreadId>| ids.into_iter().collect::<HashSet<_>>().len();
    let all = Barrier::new(4); // so that no thread ends before the others begin
    let ids = on_threads(4, |number| {
        all.wait();
        id(number)
    });
    assert_eq!(distinct(ids), 4);
    assert_eq!(distinct(in_sequence(4, id)), 1);
    let here = thread::current().id();
    assert_eq!(
        on_one_thread(4, async move |_| thread::current().id()),
        [here; 4]
    );
}

/// What was begun and ended, in order.
fn story(way: impl FnOnce(Arc<Mutex<Vec<String>>>)) -> Vec<String> {
    let said = Arc::default();
    way(Arc::clone(&said));
    said.lock().unwrap().clone()
}

fn say(said: &Mutex<Vec<String>>, what: &str, number: usize) {
    said.lock().unwrap().push(format!("{number} {what}"));
}

#[test]
fn tasks_overlap_while_they_wait_and_only_then() {
    let waiting = story(|said| {
        on_one_thread(3, async move |number| {
            say(&said, "begins", number);
            sleep(millis(20)).await;
            say(&said, "ends", number);
        });
    });
    assert_eq!(
        waiting,
        [
            "1 begins", "2 begins", "3 begins", "1 ends", "2 ends", "3 ends"
        ]
    );
    let computing = story(|said| {
        on_one_thread(3, async move |number| {
            say(&said, "begins", number);
            compute(1_000);
            say(&said, "ends", number);
        });
    });
    assert_eq!(
        computing,
        [
            "1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"
        ]
    );
}

/// The table of the chapter, as it would be on four cores: waiting overlaps in all ways but
/// the first, computing only where there is more than one core to be had.
#[test]
fn the_drawn_table() {
    let total = |kind, language, way| {
        let settings = Settings {
            kind,
            way,
            language,
            ..Settings::default()
        };
        model(&settings).total.as_secs()
    };
    let row = |kind, language| Way::ALL.map(|way| total(kind, language, way));
    assert_eq!(row(Kind::Waiting, Language::Rust), [12, 3, 3, 3]);
    assert_eq!(row(Kind::Waiting, Language::Python), [12, 3, 3, 3]);
    assert_eq!(row(Kind::Computing, Language::Rust), [12, 3, 3, 12]);
    assert_eq!(row(Kind::Computing, Language::Python), [12, 12, 3, 12]);
}

#[test]
fn the_measured_table_has_a_time_for_each_kind_and_way() {
    let program = Program::compile().unwrap();
    let table = measure(3, millis(10), 1, &program).unwrap();
    assert_eq!(table.jobs, 3);
    assert!(table.rows.iter().map(|row| row.kind).eq(Kind::ALL));
    let waiting = &table.rows[0];
    // No wait is shorter than asked for, and one after the other they add up.
    assert!(waiting.times[0] >= millis(30), "{waiting:?}");
    assert!(
        waiting.times.iter().all(|time| *time >= millis(10)),
        "{waiting:?}"
    );
    assert!(table.rows[1].times.iter().all(|time| !time.is_zero()));
}

fn table() -> Table {
    let row = |kind, language: &str, times: [u64; 4]| Row {
        kind,
        language: language.to_string(),
        times: times.map(Duration::from_millis),
    };
    let mut table = Table {
        jobs: 4,
        work: secs(1),
        cores: 4,
        rows: vec![
            row(Kind::Waiting, "Rust", [4000, 1000, 1000, 1000]),
            row(Kind::Computing, "Rust", [4000, 1000, 1000, 4000]),
        ],
    };
    table.add(vec![
        row(Kind::Waiting, "C<Python", [4000, 1000, 1000, 1000]),
        row(Kind::Computing, "C<Python", [4000, 4000, 1000, 8000]),
    ]);
    table
}

#[test]
fn a_language_s_rows_are_added_below_those_of_their_kind() {
    let text = table().to_string();
    assert_eq!(
        text,
        "4 jobs of about 1.000 s each, 4 cores\n\
         \n                      sequence    threads  processes      async\n\
         waiting    Rust        4.000 s    1.000 s    1.000 s    1.000 s\n\
         \x20          C<Python    4.000 s    1.000 s    1.000 s    1.000 s\n\
         computing  Rust        4.000 s    1.000 s    1.000 s    4.000 s\n\
         \x20          C<Python    4.000 s    4.000 s    1.000 s    8.000 s\n"
    );
}

#[test]
fn the_plot_is_sound_and_its_bars_are_as_long_as_the_times() {
    let svg = table().to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{e}\n{svg}"));
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let ids: Vec<_> = document
        .descendants()
        .filter_map(|n| n.attribute("id"))
        .collect();
    assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len());
    for label in root.attribute("aria-labelledby").unwrap().split(' ') {
        assert!(ids.contains(&label), "{label}");
    }
    let bars: Vec<_> = document
        .descendants()
        .filter(|n| n.has_tag_name("g"))
        .collect();
    assert_eq!(bars.len(), 16);
    for bar in bars {
        let child = |tag| bar.children().find(|node| node.has_tag_name(tag)).unwrap();
        let words = child("title").text().unwrap();
        let seconds: f64 = words
            .rsplit(": ")
            .next()
            .and_then(|text| text.strip_suffix(" s")?.parse().ok())
            .unwrap_or_else(|| panic!("{words}"));
        let rect = child("rect");
        let width: f64 = rect
            .attribute("width")
            .unwrap()
            .trim_end_matches('%')
            .parse()
            .unwrap();
        assert!(
            (width - seconds / 8.0 * 100.0).abs() < 0.01,
            "{words}: {width}%"
        );
        // The two languages differ in their pattern.
        let fill = rect.attribute("fill").unwrap();
        let expected = if words.contains("Rust") { "-0)" } else { "-1)" };
        assert!(fill.ends_with(expected), "{words}: {fill}");
        let pattern = fill.trim_start_matches("url(#").trim_end_matches(')');
        assert!(ids.contains(&pattern), "{pattern}");
    }
    let words = document
        .descendants()
        .find(|n| n.has_tag_name("desc"))
        .unwrap()
        .text()
        .unwrap();
    let row =
        "computing, C<Python: sequence 4.00 s, threads 4.00 s, processes 1.00 s, async 8.00 s.";
    assert!(words.ends_with(row), "{words}");
}
