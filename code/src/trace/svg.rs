//! A trace as a picture: one lane a task, time to the right, the loop's own lane on top.
//!
//! All horizontal places are percentages, so that the picture is as wide as the page while its
//! text keeps its size. Colours are CSS variables with a value of their own where a page sets none.

use std::fmt::Write as _;
use std::time::Duration;

use super::axis::{nanos, ticks};
use super::timeline::hash;
use super::{Lane, Segment, State, Subject, Timeline, Trace, elapsed};

/// The width of the picture where nobody stretches it, in pixels.
const WIDTH: u32 = 720;
const NAME_HEIGHT: u32 = 18;
const BAR_HEIGHT: u32 = 22;
const LANE_HEIGHT: u32 = NAME_HEIGHT + BAR_HEIGHT + 8;
const AXIS_HEIGHT: u32 = 26;
const LEGEND_ROW: u32 = 22;
/// An entry of the legend. Two fit side by side on the narrowest telephone.
const LEGEND_ENTRY: u32 = 165;

/// More lanes than this are not drawn but counted: nobody reads a picture of a thousand lanes.
const MAX_LANES: usize = 41;
/// More polls than this in a lane would be a grey smear.
const MAX_TICKS: usize = 200;
/// More segments than this in a lane can't be told apart.
const MAX_SEGMENTS: usize = 400;
/// More lanes, or more changes in a lane, than this are not told in words but counted.
const MAX_WORDS: usize = 12;

impl Trace {
    /// The timeline as an SVG picture with a title and a description in words, to be put into a
    /// page as it is. It takes the page's colours from the CSS variables `--fg` and `--bg`, and its
    /// states' from `--tl-running`, `--tl-ready`, `--tl-waiting` and `--tl-blocking`.
    ///
    /// ```
    /// use event_loops::{EventLoop, sleep};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock().with_trace();
    /// event_loop.run_until_complete(sleep(Duration::from_secs(3)));
    /// assert!(event_loop.trace().to_svg().contains("<title"));
    /// ```
    pub fn to_svg(&self) -> String {
        self.drawn().to_svg_with_id(&id(&self.to_string()))
    }
}

impl Timeline {
    /// As [`Trace::to_svg`]: an SVG picture with a title and a description in words.
    pub fn to_svg(&self) -> String {
        self.to_svg_with_id(&id(&format!("{:?}", self.lanes)))
    }

    /// As [`Timeline::to_svg`], with this word at the beginning of all its ids. Two pictures on one
    /// page must not share it.
    pub fn to_svg_with_id(&self, id: &str) -> String {
        Picture::of(self, id).draw()
    }
}

/// Tells this picture's parts from those of another one on the same page.
fn id(text: &str) -> String {
    format!("tl{:08x}", hash(text))
}

struct Picture<'a> {
    timeline: &'a Timeline,
    lanes: &'a [Lane],
    hidden: usize,
    states: Vec<State>,
    id: String,
    svg: String,
}

impl<'a> Picture<'a> {
    fn of(timeline: &'a Timeline, id: &str) -> Self {
        let lanes = &timeline.lanes[..timeline.lanes.len().min(MAX_LANES)];
        let seen = |state: &State| {
            let mut segments = lanes.iter().flat_map(|lane| &lane.segments);
            *state != State::Done && segments.any(|segment| segment.state == *state)
        };
        Picture {
            timeline,
            lanes,
            hidden: timeline.lanes.len() - lanes.len(),
            states: State::ALL.into_iter().filter(seen).collect(),
            id: id.to_string(),
            svg: String::new(),
        }
    }

    fn draw(mut self) -> String {
        let lanes_height = self.lanes.len() as u32 * LANE_HEIGHT;
        let more_height = if self.hidden > 0 { NAME_HEIGHT } else { 0 };
        let legend_rows = (self.legend_entries().len() as u32).div_ceil(2);
        let height = lanes_height + more_height + AXIS_HEIGHT + legend_rows * LEGEND_ROW + 6;
        self.head(height);
        self.grid(lanes_height);
        for index in 0..self.lanes.len() {
            self.lane(index);
        }
        if self.hidden > 0 {
            let (y, hidden, one) = (lanes_height + 13, self.hidden, self.subject().one());
            self.line(format_args!(
                "<text x=\"0\" y=\"{y}\">… and {hidden} more {one}s</text>"
            ));
        }
        self.legend(lanes_height + more_height + AXIS_HEIGHT);
        self.svg.push_str("</svg>");
        self.svg
    }

    fn head(&mut self, height: u32) {
        let id = self.id.clone();
        let total = elapsed(self.timeline.total);
        let words = escape(&self.in_words());
        self.line(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"var(--fg, #222)\" overflow=\"visible\">"
        ));
        let (count, one) = (self.timeline.turn_takers(), self.subject().one());
        let tasks = if count == 1 {
            format!("1 {one}")
        } else {
            format!("{count} {one}s")
        };
        self.line(format_args!(
            "<title id=\"{id}-t\">Timeline of {tasks} over {total}</title>"
        ));
        self.line(format_args!("<desc id=\"{id}-d\">{words}</desc>"));
        self.line(format_args!("<defs>"));
        for state in self.states.clone() {
            self.pattern(state);
        }
        self.line(format_args!("</defs>"));
        self.line(format_args!(
            "<rect width=\"100%\" height=\"100%\" fill=\"var(--bg, #fff)\"/>"
        ));
    }

    /// Each state has a pattern beside its colour, for eyes and printers that see no colours.
    fn pattern(&mut self, state: State) {
        let colour = colour(state);
        let marks = match state {
            State::Running | State::Done => "",
            State::Ready => {
                "<path d=\"M-2 10L10 -2M4 16L16 4\" stroke=\"#fff\" stroke-width=\"2\"/>"
            }
            State::Waiting => "<circle cx=\"6\" cy=\"6\" r=\"1.2\" fill=\"#46739a\"/>",
            State::Blocking => {
                "<path d=\"M0 0L12 12M12 0L0 12\" stroke=\"#fff\" stroke-width=\"1\"/>"
            }
        };
        let name = format!("{}-{}", self.id, key(state));
        self.line(format_args!(
            "<pattern id=\"{name}\" width=\"12\" height=\"12\" patternUnits=\"userSpaceOnUse\">\
             <rect width=\"12\" height=\"12\" fill=\"{colour}\"/>{marks}</pattern>"
        ));
    }

    fn grid(&mut self, bottom: u32) {
        let total = self.timeline.total;
        for (at, label) in ticks(total) {
            let x = percent(at, total);
            let anchor = match at {
                Duration::ZERO => "start",
                at if at == total => "end",
                _ => "middle",
            };
            let (line, text) = (bottom + 4, bottom + 18);
            self.line(format_args!(
                "<line x1=\"{x}\" x2=\"{x}\" y1=\"{NAME_HEIGHT}\" y2=\"{line}\" \
                 stroke=\"var(--fg, #222)\" stroke-opacity=\".25\"/>"
            ));
            self.line(format_args!(
                "<text x=\"{x}\" y=\"{text}\" text-anchor=\"{anchor}\" font-size=\"12\">{label}\
                 </text>"
            ));
        }
    }

    fn lane(&mut self, index: usize) {
        let lane = &self.lanes[index];
        let top = index as u32 * LANE_HEIGHT;
        let (text, bar) = (top + 13, top + NAME_HEIGHT);
        let mut name = escape(&lane.name);
        let all = lane.segments.len();
        if all > MAX_SEGMENTS {
            write!(name, " (only the first {MAX_SEGMENTS} of {all} changes)").expect("it grows");
        }
        self.line(format_args!(
            "<text x=\"0\" y=\"{text}\" font-weight=\"600\">{name}</text>"
        ));
        for segment in lane.segments.iter().take(MAX_SEGMENTS) {
            if segment.state != State::Done {
                self.segment(lane, segment, bar);
            }
        }
        let mut marks = self.timeline.marks[index].clone();
        marks.dedup();
        marks.truncate(MAX_TICKS);
        for at in marks {
            let x = percent(at, self.timeline.total);
            let (from, to) = (bar - 3, bar + BAR_HEIGHT + 3);
            self.line(format_args!(
                "<line x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\" \
                 stroke=\"var(--fg, #222)\" stroke-width=\"2\"/>"
            ));
        }
    }

    fn segment(&mut self, lane: &Lane, segment: &Segment, y: u32) {
        let total = self.timeline.total;
        let (x, width) = (
            percent(segment.from, total),
            percent(segment.to - segment.from, total),
        );
        let fill = format!("url(#{}-{})", self.id, key(segment.state));
        let words = escape(&format!(
            "{}: {}",
            lane.name,
            self.timeline.segment_in_words(lane, segment)
        ));
        // The inner picture clips a label that is longer than its segment.
        self.line(format_args!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BAR_HEIGHT}\"><title>{words}\
             </title><rect width=\"100%\" height=\"100%\" fill=\"{fill}\" \
             stroke=\"var(--fg, #222)\" stroke-opacity=\".6\"/>"
        ));
        if let Some(label) = &segment.label {
            let (ink, paper) = (ink(segment.state), colour(segment.state));
            let label = escape(label);
            self.line(format_args!(
                "<text x=\"6\" y=\"15\" font-size=\"12\" fill=\"{ink}\" stroke=\"{paper}\" \
                 stroke-width=\"6\" stroke-linejoin=\"round\" paint-order=\"stroke\">{label}</text>"
            ));
        }
        self.line(format_args!("</svg>"));
    }

    fn legend(&mut self, top: u32) {
        for (place, entry) in self.legend_entries().into_iter().enumerate() {
            let (row, column) = (place as u32 / 2, place as u32 % 2);
            let (x, y) = (column * LEGEND_ENTRY, top + row * LEGEND_ROW);
            let (text_x, text_y) = (x + 28, y + 13);
            let word = entry.map_or("a poll", |state| self.subject().word(state));
            if let Some(state) = entry {
                let fill = format!("url(#{}-{})", self.id, key(state));
                self.line(format_args!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"22\" height=\"16\" fill=\"{fill}\" \
                     stroke=\"var(--fg, #222)\" stroke-opacity=\".6\"/>"
                ));
            } else {
                let (x, from, to) = (x + 11, y, y + 16);
                self.line(format_args!(
                    "<line x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\" \
                     stroke=\"var(--fg, #222)\" stroke-width=\"2\"/>"
                ));
            }
            self.line(format_args!(
                "<text x=\"{text_x}\" y=\"{text_y}\" font-size=\"12\">{word}</text>"
            ));
        }
    }

    /// The states that the picture shows, and `None` for the mark of a poll.
    fn legend_entries(&self) -> Vec<Option<State>> {
        let states = self.states.iter().copied().map(Some);
        let marks = (self.subject() == Subject::Loop).then_some(None);
        states.chain(marks).collect()
    }

    fn subject(&self) -> Subject {
        self.timeline.subject
    }

    /// The picture for those who do not see it. A long one is cut: the text beside the picture
    /// has all of it.
    fn in_words(&self) -> String {
        let lanes = self.lanes.iter().take(MAX_WORDS);
        let mut words: Vec<_> = lanes
            .map(|lane| self.timeline.lane_in_words(lane, MAX_WORDS))
            .collect();
        let left = self.lanes.len().saturating_sub(MAX_WORDS) + self.hidden;
        if left > 0 {
            words.push(format!("And {left} more {}s.", self.subject().one()));
        }
        words.join(" ")
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.svg, "{line}").expect("a string grows");
    }
}

fn key(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Ready => "ready",
        State::Waiting => "waiting",
        State::Blocking => "blocking",
        State::Done => "done",
    }
}

/// Colours that also those tell apart who do not see red and green.
fn colour(state: State) -> &'static str {
    match state {
        State::Running => "var(--tl-running, #0072b2)",
        State::Ready => "var(--tl-ready, #e69f00)",
        State::Waiting => "var(--tl-waiting, #d9ebf7)",
        State::Blocking => "var(--tl-blocking, #b34700)",
        State::Done => "var(--tl-done, #999)",
    }
}

/// The colour of text on that colour.
fn ink(state: State) -> &'static str {
    match state {
        State::Running | State::Blocking => "#fff",
        State::Ready | State::Waiting | State::Done => "#111",
    }
}

fn percent(part: Duration, total: Duration) -> String {
    if total.is_zero() {
        return "0%".to_string();
    }
    let (part, total) = (nanos(part), nanos(total));
    // In thousandths of a percent, rounded; a day's nanoseconds times a hundred thousand just fit.
    let scale = total.div_ceil(100_000).max(1);
    let (part, total) = if total > u64::MAX / 100_000 {
        (part / scale, total / scale)
    } else {
        (part, total)
    };
    let thousandths = (part * 100_000 + total / 2) / total;
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

/// Text, as XML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(' '),
            // XML has no way to say these.
            _ if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            _ => escaped.push(character),
        }
    }
    escaped
}
