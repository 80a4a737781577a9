//! Calls as a picture: a column for each part, a row for each call, time downwards.
//!
//! Columns are percentages and rows pixels, so that the picture is as wide as the page while its text
//! keeps its size. Colours are those of the timelines.

use std::fmt::Write as _;

use super::calls::{Call, CallKind, Calls, Part};
use crate::trace::escape;

const HEAD: usize = 30;
const ROW: usize = 36;
const LEGEND: usize = 58;
/// Half the width of the bar that shows when a part runs.
const HALF: usize = 5;

impl Calls {
    /// The calls as an SVG picture with a title and a description in words, as
    /// [`Trace::to_svg`](crate::Trace::to_svg) makes one.
    ///
    /// ```
    /// assert!(event_loops::demos::wakers::calls().to_svg().contains("<title"));
    /// ```
    pub fn to_svg(&self) -> String {
        let bottom = HEAD + self.0.len() * ROW + ROW / 2;
        let mut svg = head(self, bottom + LEGEND);
        for part in Part::ALL {
            let (x, name) = (column(part), part.name());
            svg += &format!(
                "<text x=\"{x}\" y=\"14\" text-anchor=\"middle\" font-weight=\"600\">{name}</text>\n\
                 <line x1=\"{x}\" x2=\"{x}\" y1=\"22\" y2=\"{bottom}\" \
                 stroke=\"var(--fg, #222)\" stroke-opacity=\".4\"/>\n"
            );
        }
        for (place, call) in self.0.iter().enumerate() {
            svg += &arrow(call, place);
        }
        for (part, state, from, to) in self.bars() {
            svg += &bar(part, state, from, to);
        }
        // Above the bars and lines that they cross.
        for (place, call) in self.0.iter().enumerate() {
            svg += &label(call, place);
        }
        svg + &legend(bottom + 12) + "</svg>"
    }

    /// When each part runs or waits, from which height to which.
    fn bars(&self) -> Vec<(Part, &'static str, usize, usize)> {
        let calls = || self.0.iter().enumerate();
        let end = row(self.0.len() - 1);
        let mut bars = Vec::new();
        for (place, call) in calls() {
            // A future runs until it has returned; others have done so when nothing more follows.
            let returned = calls().skip(place).find(|(_, other)| {
                call.kind == CallKind::Call
                    && other.kind == CallKind::Return
                    && other.from == call.to
            });
            let until = match returned {
                Some((returned, _)) => row(returned),
                None => row(call.until) + ROW / 3,
            };
            if call.kind == CallKind::Call && call.to != Part::Executor {
                bars.push((call.to, "running", row(place), until));
            }
        }
        let mut from = HEAD - 8;
        let mut state = "running";
        for (place, call) in calls().filter(|(_, call)| call.to == Part::Executor) {
            if call.kind != CallKind::Return {
                bars.push((Part::Executor, state, from, row(place)));
                from = row(place);
                state = if call.kind == CallKind::Park {
                    "waiting"
                } else {
                    "running"
                };
            }
        }
        bars.push((Part::Executor, state, from, end));
        bars
    }
}

/// The height of a call's arrow.
fn row(place: usize) -> usize {
    HEAD + (place + 1) * ROW - 8
}

fn number_of(part: Part) -> usize {
    let mut parts = Part::ALL.into_iter();
    parts.position(|other| other == part).unwrap_or(0)
}

fn column(part: Part) -> String {
    format!("{}%", 12.5 + 25.0 * number_of(part) as f64)
}

fn head(calls: &Calls, height: usize) -> String {
    let words: Vec<String> = calls.0.iter().map(ToString::to_string).collect();
    let words = escape(&words.join(". "));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" width=\"720\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"tlcalls-t tlcalls-d\" font-family=\"system-ui, sans-serif\" \
         font-size=\"13\" fill=\"var(--fg, #222)\" overflow=\"visible\">\n\
         <title id=\"tlcalls-t\">Who calls whom, in {} rows</title>\n\
         <desc id=\"tlcalls-d\">{words}.</desc>\n<defs>\n\
         <pattern id=\"tlcalls-running\" width=\"12\" height=\"12\" patternUnits=\"userSpaceOnUse\">\
         <rect width=\"12\" height=\"12\" fill=\"var(--tl-running, #0072b2)\"/></pattern>\n\
         <pattern id=\"tlcalls-waiting\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
         <rect width=\"6\" height=\"6\" fill=\"var(--tl-waiting, #d9ebf7)\"/>\
         <circle cx=\"3\" cy=\"3\" r=\"1\" fill=\"#46739a\"/></pattern>\n",
        calls.0.len()
    );
    for (name, at) in [("head", HALF + 8), ("own", 8)] {
        writeln!(
            svg,
            "<marker id=\"tlcalls-{name}\" markerUnits=\"userSpaceOnUse\" markerWidth=\"20\" \
             markerHeight=\"10\" refX=\"{at}\" refY=\"5\" orient=\"auto\" overflow=\"visible\">\
             <path d=\"M0 1L8 5L0 9Z\" fill=\"var(--fg, #222)\"/></marker>"
        )
        .expect("a string grows");
    }
    svg + "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"var(--bg, #fff)\"/>\n"
}

fn arrow(call: &Call, place: usize) -> String {
    let y = row(place);
    let line = "stroke=\"var(--fg, #222)\" stroke-width=\"1.5\" fill=\"none\"";
    if call.from == call.to {
        let (x, side) = (column(call.to), side(call.to));
        let (far, near) = (side * 24, side * (HALF as i64 + 1));
        return format!(
            "<svg x=\"{x}\" y=\"{y}\" overflow=\"visible\"><path d=\"M0 -9H{far}V0H{near}\" {line} \
             marker-end=\"url(#tlcalls-own)\"/></svg>\n"
        );
    }
    let dashes = match call.kind {
        CallKind::Return => " stroke-dasharray=\"5 4\"",
        _ => "",
    };
    let (from, to) = (column(call.from), column(call.to));
    format!(
        "<line x1=\"{from}\" x2=\"{to}\" y1=\"{y}\" y2=\"{y}\" {line}{dashes} \
         marker-end=\"url(#tlcalls-head)\"/>\n"
    )
}

/// On which side of its column a part's own doing is drawn: where there is room.
fn side(part: Part) -> i64 {
    if number_of(part) < Part::ALL.len() / 2 {
        1
    } else {
        -1
    }
}

/// Above its line, from where that begins at the left: on a telephone some are longer than their line.
fn label(call: &Call, place: usize) -> String {
    let (number, text) = (place + 1, escape(call.what));
    let leftmost = [call.from, call.to]
        .into_iter()
        .min_by_key(|part| number_of(*part));
    let x = column(leftmost.unwrap_or(call.from));
    let (beside, up, anchor) = match (call.from == call.to, side(call.to)) {
        (true, 1) => (30, 0, "start"),
        (true, _) => (-30, 0, "end"),
        (false, _) => (HALF as i64 + 5, 7, "start"),
    };
    let y = row(place) - up;
    format!(
        "<svg x=\"{x}\" y=\"{y}\" overflow=\"visible\"><text x=\"{beside}\" text-anchor=\"{anchor}\" \
         font-size=\"12\" stroke=\"var(--bg, #fff)\" stroke-width=\"5\" stroke-linejoin=\"round\" \
         paint-order=\"stroke\"><tspan font-weight=\"600\">{number}</tspan> {text}</text></svg>\n"
    )
}

fn bar(part: Part, state: &str, from: usize, to: usize) -> String {
    let (x, height, width) = (column(part), to - from, 2 * HALF);
    format!(
        "<svg x=\"{x}\" y=\"{from}\" overflow=\"visible\"><rect x=\"-{HALF}\" width=\"{width}\" \
         height=\"{height}\" fill=\"url(#tlcalls-{state})\" stroke=\"var(--fg, #222)\" \
         stroke-opacity=\".6\"/></svg>\n"
    )
}

/// In rows of two, as below a timeline.
fn legend(top: usize) -> String {
    let mut svg = String::new();
    for (place, word) in ["running", "waiting", "a call", "what it returns"]
        .into_iter()
        .enumerate()
    {
        let (x, y) = (place % 2 * 165, top + place / 2 * 22);
        if place < 2 {
            svg += &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"22\" height=\"16\" fill=\"url(#tlcalls-{word})\" \
                 stroke=\"var(--fg, #222)\" stroke-opacity=\".6\"/>\n"
            );
        } else {
            let (end, middle) = (x + 22, y + 8);
            let dashes = if place == 3 {
                " stroke-dasharray=\"5 4\""
            } else {
                ""
            };
            svg += &format!(
                "<line x1=\"{x}\" x2=\"{end}\" y1=\"{middle}\" y2=\"{middle}\" \
                 stroke=\"var(--fg, #222)\" stroke-width=\"1.5\"{dashes} \
                 marker-end=\"url(#tlcalls-own)\"/>\n"
            );
        }
        let (x, y) = (x + 28, y + 13);
        svg += &format!("<text x=\"{x}\" y=\"{y}\" font-size=\"12\">{word}</text>\n");
    }
    svg
}
