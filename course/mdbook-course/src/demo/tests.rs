//! The words of the demos.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::*;

fn wrong(words: &str) -> Problem {
    let parsed = Request::parse(words.split(' '));
    parsed
        .map(|request| panic!("{words}: {request:?}"))
        .unwrap_err()
}

#[test]
fn wrong_words_are_one_line_that_says_what_to_do() {
    for (words, said) in [
        ("tea", "there is no tea"),
        ("caek", "did you mean cake?"),
        ("waiting --tasks 0", "--tasks is 0"),
        (
            "waiting --tasks many",
            "--tasks: \"many\" is not a whole number",
        ),
        (
            "waiting --tasks -1",
            "--tasks: \"-1\" is not a whole number",
        ),
        ("waiting --tasks 99999999", "--tasks is 99999999"),
        ("waiting --wait abc", "--wait: \"abc\" is not a time"),
        ("waiting --wait -1", "--wait: \"-1\" is less than no time"),
        ("waiting --wait 3", "--wait: \"3\" needs a unit"),
        ("waiting --wait", "--wait needs a value"),
        ("waiting --wait 1000000h", "--wait is"),
        (
            "waiting --blocking --sequential",
            "--blocking and --sequential can't be combined",
        ),
        ("waiting --blokcing", "did you mean --blocking?"),
        (
            "waiting --clock sundial",
            "--clock can't be \"sundial\": it is one of virtual, real",
        ),
        ("waiting --wait 3s --wait 2s", "--wait is given twice"),
        ("cake and more", "there is no and"),
        ("processes --programs 0", "--programs is 0"),
        ("processes --busy x", "\"x\" is not a whole number"),
        ("processes --busy 1 --sequential", "leave out --sequential"),
        ("processes --slice 0s --clock virtual", "--slice is shorter"),
        ("processes --format svg", "add --clock virtual"),
        ("processes --clock virtual --format json", "told as JSON"),
        ("processes --runtime tokio", "leave out --runtime tokio"),
        ("threads --jobs 65", "--jobs is 65"),
        ("threads --cores 0", "--cores is 0"),
        (
            "threads --way sideways",
            "sequence, threads, processes, async",
        ),
        ("threads --format json", "told as JSON"),
        ("threads --format events", "there are no events"),
        (
            "waiting --runtime tokio --format events",
            "only our own loop's runs are traces",
        ),
        (
            "wakers --calls --gap",
            "--calls and --gap can't be combined",
        ),
        (
            "wakers --calls --format json",
            "choose --format text or svg",
        ),
        ("threads --python", "Rust has no GIL"),
        (
            "threads --runtime asyncio --clock virtual",
            "choose --clock real",
        ),
        ("callbacks --tasks 0", "--tasks is 0"),
        (
            "callbacks --refused third",
            "\"third\" is not a whole number",
        ),
        ("callbacks --runtime tokio", "leave out --runtime tokio"),
        ("callbacks --runtime asyncio", "choose --clock real"),
        (
            "callbacks --compare --wait 2s",
            "--compare and --wait can't be combined",
        ),
        (
            "generators --compare --iterator",
            "--compare and --iterator can't be combined",
        ),
        (
            "async-await --sizes --format json",
            "--sizes and --format can't be combined",
        ),
        (
            "async-await --layout --sizes",
            "--layout and --sizes can't be combined",
        ),
    ] {
        let problem = wrong(words);
        let line = problem.to_string();
        assert!(line.contains(said), "{words}: {line}");
        assert_eq!(
            (line.lines().count(), problem.exit_code()),
            (1, 2),
            "{words}: {line}"
        );
        let name = words
            .split(' ')
            .next()
            .filter(|name| Demo::names().iter().any(|known| known == name));
        let command = name.map_or(COMMAND.to_string(), |name| format!("{COMMAND} {name}"));
        assert!(
            line.ends_with(&format!(" try: {command} --help")),
            "{words}: {line}"
        );
    }
}

#[test]
fn no_words_are_a_list_with_a_line_for_each_demo() {
    let Ok(Request::Print(list)) = Request::parse([] as [&str; 0]) else {
        panic!("no list")
    };
    let names: Vec<_> = list
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, Demo::names());
    assert!(list.lines().all(|line| {
        line.split_once("  ")
            .is_some_and(|(_, about)| about.len() > 20)
    }));
}

#[test]
fn the_clocks_are_virtual_for_an_hour_and_real_for_three_seconds() {
    for (words, clock) in [
        ("cake", ClockKind::Virtual),
        ("cake --clock real", ClockKind::Real),
        ("waiting", ClockKind::Real),
        ("waiting --clock virtual", ClockKind::Virtual),
    ] {
        let Ok(Request::Run(demo)) = Request::parse(words.split(' ')) else {
            panic!("{words}")
        };
        assert_eq!(demo.clock(), clock, "{words}");
    }
}

#[test]
fn each_chapter_compares_the_ways_that_its_readers_know() {
    for (words, ways) in [
        ("waiting", None),
        ("callbacks", None),
        ("callbacks --compare", Some(2)),
        ("generators --compare", Some(4)),
        ("async-await", None),
        ("async-await --compare", Some(5)),
    ] {
        let Ok(Request::Run(demo)) = Request::parse(words.split(' ')) else {
            panic!("{words}")
        };
        let compared = demo.comparison().map(|comparison| comparison.0.len());
        assert_eq!(compared, ways, "{words}");
    }
}

#[test]
fn sizes_and_layout_are_printed_in_place_of_a_run() {
    for (words, first) in [
        ("async-await --sizes", "bytes  the future of"),
        ("async-await --layout", "           +-"),
    ] {
        let Ok(Request::Run(demo)) = Request::parse(words.split(' ')) else {
            panic!("{words}")
        };
        let said = demo.made().expect("it is asked for");
        assert!(said.starts_with(first), "{words}: {said}");
        assert_eq!(printed(&demo), said, "{words}");
    }
}

#[test]
fn events_are_the_trace_in_words_and_a_summary_of_one_task_counts_its_polls() {
    let demo = |words: &str| match Request::parse(words.split(' ')) {
        Ok(Request::Run(demo)) => demo,
        other => panic!("{words}: {other:?}"),
    };
    let wakers = demo("wakers --format events");
    let trace = wakers.run(|_| {}).expect("a loop runs it");
    let events = printed(&wakers);
    assert_eq!(events, trace.to_string());
    assert_eq!(events.lines().count(), trace.events.len());
    let woken = "     3.0 s  reader   is woken by postman";
    assert!(events.lines().any(|line| line == woken), "{events}");
    let hour = "run-until-complete --wait 1h --format summary";
    assert!(printed(&demo(hour)).ends_with("main is the only task, polled 2 times\n"));
    let napping = printed(&demo(&format!("{hour} --napping")));
    assert!(napping.ends_with("polled 4501 times\n"), "{napping}");
}

#[test]
fn calls_are_printed_or_drawn_in_place_of_a_run() {
    let calls = event_loops::demos::wakers::calls();
    for (words, said) in [
        ("wakers --calls", calls.to_string()),
        ("wakers --calls --format svg", calls.to_svg() + "\n"),
    ] {
        let Ok(Request::Run(demo)) = Request::parse(words.split(' ')) else {
            panic!("{words}")
        };
        assert_eq!(printed(&demo), said, "{words}");
        assert_eq!(demo.picture(), (calls.to_svg(), calls.to_string()));
    }
}

/// Where a demo prints to.
#[derive(Clone, Default)]
struct Out(Rc<RefCell<Vec<u8>>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn printed(demo: &Demo) -> String {
    let out = Out::default();
    demo.print(out.clone()).unwrap();
    String::from_utf8(out.0.take()).unwrap()
}
