//! The picture of a trace: well-formed, told in words, and honest about what it leaves out.

mod common;

use std::collections::HashSet;
use std::time::Duration;

use common::{millis, secs};
use event_loops::demos::{cake, waiting};
use event_loops::{
    EventLoop, Trace, block_for, compute_for, gather, note, sleep, spawn_named, yield_now,
};
use roxmltree::{Document, Node};

fn cake() -> Trace {
    cake::run(&cake::Settings::default())
}

fn texts(document: &Document<'_>, tag: &str) -> Vec<String> {
    let nodes = document.descendants().filter(|node| node.has_tag_name(tag));
    nodes
        .map(|node| node.text().unwrap_or_default().to_string())
        .collect()
}

fn with_id<'a>(document: &'a Document<'_>, id: &str) -> Node<'a, 'a> {
    let mut found = document
        .descendants()
        .filter(|node| node.attribute("id") == Some(id));
    let node = found
        .next()
        .unwrap_or_else(|| panic!("nothing has the id {id}"));
    assert!(found.next().is_none(), "two have the id {id}");
    node
}

/// What every picture has to have.
fn assert_sound(svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let root = document.root_element();
    assert!(root.has_tag_name(("http://www.w3.org/2000/svg", "svg")));
    assert_eq!(root.attribute("role"), Some("img"));
    let labels: Vec<_> = root
        .attribute("aria-labelledby")
        .unwrap()
        .split(' ')
        .collect();
    let [title, desc] = labels[..] else {
        panic!("a title and a description were expected, not {labels:?}");
    };
    let (title, desc) = (with_id(&document, title), with_id(&document, desc));
    assert!(title.has_tag_name("title") && desc.has_tag_name("desc"));
    assert!(!title.text().unwrap().is_empty() && !desc.text().unwrap().is_empty());

    let ids: Vec<_> = document
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    assert_eq!(
        ids.len(),
        ids.iter().collect::<HashSet<_>>().len(),
        "{ids:?}"
    );
    // Every fill that is used is there.
    for node in document.descendants() {
        let fill = node.attribute("fill").unwrap_or_default();
        if let Some(id) = fill
            .strip_prefix("url(#")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            assert!(with_id(&document, id).has_tag_name("pattern"));
        }
    }
    // All is inside the picture.
    for node in document.descendants() {
        let number = |name| node.attribute(name).and_then(|text| text.strip_suffix('%'));
        let x = number("x").map_or(0.0, |x| x.parse::<f64>().unwrap());
        let width = number("width").map_or(0.0, |width| width.parse::<f64>().unwrap());
        assert!((0.0..=100.001).contains(&(x + width)), "{x}% and {width}%");
    }
}

#[test]
fn the_cake_s_picture_is_sound() {
    for mode in [cake::Mode::Concurrent, cake::Mode::Sequential] {
        assert_sound(
            &cake::run(&cake::Settings {
                mode,
                ..Default::default()
            })
            .to_svg(),
        );
    }
}

#[test]
fn the_picture_in_words() {
    let svg = cake().to_svg();
    let document = Document::parse(&svg).unwrap();
    assert_eq!(
        texts(&document, "title")[0],
        "Timeline of 3 tasks over 60 min"
    );
    assert_eq!(
        texts(&document, "desc"),
        [
            "loop: running from 0.0 s to 35 min, parked from 35 min to 60 min. \
          main: waiting from 0.0 s to 60 min. \
          cake: running (dough) from 0.0 s to 15 min, waiting (in the oven) from 15 min to 60 min. \
          groceries: ready, not polled from 0.0 s to 15 min, running (shopping) from 15 min to \
          35 min."
        ]
    );
}

#[test]
fn the_lanes_are_where_the_times_are() {
    let svg = cake().to_svg();
    let document = Document::parse(&svg).unwrap();
    let bars: Vec<_> = document
        .root_element()
        .children()
        .filter(|node| node.has_tag_name("svg"))
        .map(|node| {
            let title = node
                .children()
                .find(|child| child.has_tag_name("title"))
                .unwrap();
            let of = |name| node.attribute(name).unwrap();
            (title.text().unwrap(), of("x"), of("width"))
        })
        .collect();
    assert_eq!(
        bars,
        [
            ("loop: running from 0.0 s to 35 min", "0.000%", "58.333%"),
            ("loop: parked from 35 min to 60 min", "58.333%", "41.667%"),
            ("main: waiting from 0.0 s to 60 min", "0.000%", "100.000%"),
            (
                "cake: running (dough) from 0.0 s to 15 min",
                "0.000%",
                "25.000%"
            ),
            (
                "cake: waiting (in the oven) from 15 min to 60 min",
                "25.000%",
                "75.000%"
            ),
            (
                "groceries: ready, not polled from 0.0 s to 15 min",
                "0.000%",
                "25.000%"
            ),
            (
                "groceries: running (shopping) from 15 min to 35 min",
                "25.000%",
                "33.333%"
            ),
        ]
    );
}

#[test]
fn names_and_labels_may_be_anything() {
    let awkward = "<b> & \"it's\" \u{1} \u{ffff} ]]>\nnext";
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let task = spawn_named(awkward, async move {
            note(awkward);
            compute_for(secs(1));
        });
        task.await.unwrap();
    });
    let svg = event_loop.trace().to_svg();
    assert_sound(&svg);
    let document = Document::parse(&svg).unwrap();
    // What XML can't say is marked, the rest is as it was.
    let readable = "<b> & \"it's\" \u{fffd} \u{fffd} ]]> next";
    let texts = texts(&document, "text");
    assert_eq!(texts.iter().filter(|text| *text == readable).count(), 2); // the name, the label
}

#[test]
fn no_line_is_empty_since_markdown_would_end_the_picture_there() {
    assert!(cake().to_svg().lines().all(|line| !line.trim().is_empty()));
}

#[test]
fn a_trace_that_took_no_time_has_a_picture() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let nothing = event_loop.trace().to_svg();
    assert_sound(&nothing);
    assert!(nothing.contains("Timeline of 0 tasks over 0.0 s"));
    event_loop.run_until_complete(gather([yield_now(), yield_now()]));
    let svg = event_loop.trace().to_svg();
    assert_sound(&svg);
    assert!(svg.contains("Timeline of 3 tasks over 0.0 s"));
    assert!(svg.contains("main: nothing that takes time."));
}

#[test]
fn of_ten_thousand_tasks_forty_are_drawn_and_the_others_counted() {
    let trace = waiting::run(&waiting::Settings {
        tasks: 10_000,
        ..Default::default()
    });
    let svg = trace.to_svg();
    assert_sound(&svg);
    let document = Document::parse(&svg).unwrap();
    assert_eq!(
        texts(&document, "title")[0],
        "Timeline of 10001 tasks over 3.0 s"
    );
    let texts = texts(&document, "text");
    let lanes = texts.iter().filter(|text| text.starts_with("call "));
    assert_eq!(lanes.filter(|text| !text.contains("starts")).count(), 39); // main is the fortieth
    assert!(
        texts.iter().any(|text| text == "… and 9961 more tasks"),
        "{texts:?}"
    );
    // In words there are twelve lanes: the loop, main, and ten calls.
    assert!(svg.contains("And 9990 more tasks.</desc>"));
    assert!(svg.len() < 100_000, "{} bytes", svg.len());
}

#[test]
fn of_a_lane_with_a_thousand_changes_the_picture_says_that_it_is_cut() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        for _ in 0..500 {
            compute_for(millis(1));
            block_for(millis(1));
        }
    });
    let svg = event_loop.trace().to_svg();
    assert_sound(&svg);
    let document = Document::parse(&svg).unwrap();
    let texts = texts(&document, "text");
    assert!(
        texts
            .iter()
            .any(|text| text == "main (only the first 400 of 1000 changes)"),
        "{texts:?}"
    );
    assert!(svg.contains("and 988 more changes."));
}

#[test]
fn two_pictures_on_a_page_share_no_id() {
    let ids = |trace: &Trace| {
        let svg = trace.to_svg();
        let document = Document::parse(&svg).unwrap();
        let ids = document
            .descendants()
            .filter_map(|node| node.attribute("id"));
        ids.map(str::to_string).collect::<HashSet<_>>()
    };
    let sequential = cake::run(&cake::Settings {
        mode: cake::Mode::Sequential,
        ..Default::default()
    });
    assert!(ids(&cake()).is_disjoint(&ids(&sequential)));
    // The same trace gives the same picture, wherever and whenever it is drawn.
    assert_eq!(cake().to_svg(), cake().to_svg());
}

#[test]
fn the_legend_names_the_states_that_occur_and_no_others() {
    let svg = cake().to_svg();
    let document = Document::parse(&svg).unwrap();
    let texts = texts(&document, "text");
    assert_eq!(
        texts[texts.len() - 4..],
        ["running", "ready, not polled", "waiting", "a poll"]
    );
}

#[test]
fn each_poll_is_marked() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        for _ in 0..4 {
            sleep(secs(1)).await;
        }
    });
    let svg = event_loop.trace().to_svg();
    let document = Document::parse(&svg).unwrap();
    let marks = document
        .descendants()
        .filter(|node| node.has_tag_name("line") && node.attribute("stroke-width") == Some("2"));
    let places: Vec<_> = marks.map(|mark| mark.attribute("x1").unwrap()).collect();
    let legend = places.len() - 1;
    assert_eq!(
        places[..legend],
        ["0.000%", "25.000%", "50.000%", "75.000%", "100.000%"]
    );
}

#[test]
fn the_longest_time_there_is_can_be_drawn() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(sleep(Duration::MAX));
    assert_sound(&event_loop.trace().to_svg());
}
