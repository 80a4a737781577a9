//! The table of chapter 4 as a picture: a bar for each time.
//!
//! As in a timeline, all horizontal places are percentages, colours come from the page, and each
//! colour has a pattern beside it.

use std::fmt::Write as _;
use std::time::Duration;

use super::table::{Row, Table};
use super::{Kind, Way};
use crate::trace::{escape, ticks};

const WIDTH: u32 = 720;
const KIND_HEIGHT: u32 = 28;
const NAME_HEIGHT: u32 = 18;
const BAR_HEIGHT: u32 = 18;
const GAP: u32 = 8;
const AXIS_HEIGHT: u32 = 30;
const LEGEND_ROW: u32 = 22;
/// Bars end here at most: what follows is room for the time of a short one.
const LONGEST_BAR: f64 = 100.0;
/// A longer bar has its time inside.
const ROOM_OUTSIDE: f64 = 75.0;

/// Colours that the page's themes know, each with a pattern and a colour for text on it.
const LOOKS: [(&str, &str, &str); 4] = [
    ("var(--tl-running, #0072b2)", "", "#fff"),
    (
        "var(--tl-ready, #e69f00)",
        "<path d=\"M-2 10L10 -2M4 16L16 4\" stroke=\"#fff\" stroke-width=\"2\"/>",
        "#111",
    ),
    (
        "var(--tl-waiting, #d9ebf7)",
        "<circle cx=\"6\" cy=\"6\" r=\"1.2\" fill=\"#46739a\"/>",
        "#111",
    ),
    (
        "var(--tl-blocking, #b34700)",
        "<path d=\"M0 0L12 12M12 0L0 12\" stroke=\"#fff\" stroke-width=\"1\"/>",
        "#fff",
    ),
];

impl Table {
    /// The table as an SVG picture with a title and a description in words. Languages beyond the
    /// fourth have the looks of the first ones again.
    ///
    /// ```
    /// use event_loops::demos::threads::Kind;
    /// use event_loops::demos::threads::table::{Row, Table};
    /// use std::time::Duration;
    ///
    /// let times = [4, 1, 1, 1].map(Duration::from_secs);
    /// let row = Row { kind: Kind::Waiting, language: "Rust".to_string(), times };
    /// let work = Duration::from_secs(1);
    /// let table = Table { jobs: 4, work, cores: 2, rows: vec![row] };
    /// assert!(table.to_svg().contains("<title"));
    /// ```
    pub fn to_svg(&self) -> String {
        let mut languages: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !languages.contains(&row.language.as_str()) {
                languages.push(&row.language);
            }
        }
        let longest = self.rows.iter().flat_map(|row| row.times).max();
        let mut plot = Plot {
            table: self,
            languages,
            longest: longest.unwrap_or_default(),
            body: String::new(),
            y: 0,
        };
        plot.bars();
        plot.finish()
    }
}

struct Plot<'a> {
    table: &'a Table,
    languages: Vec<&'a str>,
    longest: Duration,
    body: String,
    /// Where the next thing goes.
    y: u32,
}

impl Plot<'_> {
    fn bars(&mut self) {
        for kind in Kind::ALL {
            let rows: Vec<&Row> = self
                .table
                .rows
                .iter()
                .filter(|row| row.kind == kind)
                .collect();
            if rows.is_empty() {
                continue;
            }
            let y = self.y + 18;
            let word = kind.word();
            self.line(format_args!(
                "<text x=\"0\" y=\"{y}\" font-size=\"15\" font-weight=\"600\">{word}</text>"
            ));
            self.y += KIND_HEIGHT;
            for (place, way) in Way::ALL.into_iter().enumerate() {
                let (y, word) = (self.y + 13, way.word());
                self.line(format_args!("<text x=\"0\" y=\"{y}\">{word}</text>"));
                self.y += NAME_HEIGHT;
                for row in &rows {
                    self.bar(row, way, row.times[place]);
                }
                self.y += GAP;
            }
        }
    }

    fn bar(&mut self, row: &Row, way: Way, time: Duration) {
        let look = self.look(&row.language);
        let (y, text_y) = (self.y, self.y + 13);
        let width = percent(time, self.longest);
        let seconds = seconds(time);
        let (kind, way) = (row.kind.word(), way.word());
        let words = escape(&format!("{kind}, {way}, {}: {seconds}", row.language));
        self.line(format_args!(
            "<g><title>{words}</title><rect x=\"0\" y=\"{y}\" width=\"{width:.3}%\" \
             height=\"{BAR_HEIGHT}\" fill=\"url(#{}-{look})\" stroke=\"var(--fg, #222)\" \
             stroke-opacity=\".6\"/>",
            self.id()
        ));
        // A nested picture begins at the bar's end, so that the text can keep its distance to it.
        let (anchor, x, ink, paper) = if width > ROOM_OUTSIDE {
            let (paper, _, ink) = LOOKS[look];
            ("end", -6, ink, paper)
        } else {
            ("start", 6, "var(--fg, #222)", "var(--bg, #fff)")
        };
        self.line(format_args!(
            "<svg x=\"{width:.3}%\" overflow=\"visible\"><text x=\"{x}\" y=\"{text_y}\" \
             font-size=\"12\" text-anchor=\"{anchor}\" fill=\"{ink}\" stroke=\"{paper}\" \
             stroke-width=\"5\" stroke-linejoin=\"round\" paint-order=\"stroke\">{seconds}</text>\
             </svg></g>"
        ));
        self.y += BAR_HEIGHT;
    }

    fn finish(mut self) -> String {
        let bottom = self.y;
        let legend = self.legend(bottom + AXIS_HEIGHT);
        let grid = self.grid(bottom);
        let rows = u32::try_from(self.languages.len()).expect("a few languages");
        let height = bottom + AXIS_HEIGHT + rows * LEGEND_ROW + 6;
        let (id, jobs, words) = (self.id(), self.table.jobs, escape(&self.in_words()));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"var(--fg, #222)\" \
             overflow=\"visible\">\n\
             <title id=\"{id}-t\">How long {jobs} jobs take, in four ways</title>\n\
             <desc id=\"{id}-d\">{words}</desc>\n<defs>\n"
        );
        let looks = LOOKS.iter().take(self.languages.len());
        for (look, (colour, marks, _)) in looks.enumerate() {
            writeln!(
                svg,
                "<pattern id=\"{id}-{look}\" width=\"12\" height=\"12\" \
                 patternUnits=\"userSpaceOnUse\"><rect width=\"12\" height=\"12\" \
                 fill=\"{colour}\"/>{marks}</pattern>"
            )
            .expect("a string grows");
        }
        svg += "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"var(--bg, #fff)\"/>\n";
        svg += &grid;
        svg += &std::mem::take(&mut self.body);
        svg += &legend;
        svg += "</svg>";
        svg
    }

    fn grid(&self, bottom: u32) -> String {
        let mut grid = String::new();
        for (at, label) in ticks(self.longest) {
            let x = percent(at, self.longest);
            let anchor = match x {
                0.0 => "start",
                x if x > 95.0 => "end",
                _ => "middle",
            };
            let text = bottom + 16;
            write!(
                grid,
                "<line x1=\"{x:.3}%\" x2=\"{x:.3}%\" y1=\"{KIND_HEIGHT}\" y2=\"{bottom}\" \
                 stroke=\"var(--fg, #222)\" stroke-opacity=\".25\"/>\n\
                 <text x=\"{x:.3}%\" y=\"{text}\" text-anchor=\"{anchor}\" font-size=\"12\">\
                 {label}</text>\n"
            )
            .expect("a string grows");
        }
        grid
    }

    fn legend(&self, top: u32) -> String {
        let entry = |(place, language): (usize, &&str)| {
            let look = place % LOOKS.len();
            let y = top + u32::try_from(place).expect("a few languages") * LEGEND_ROW;
            format!(
                "<rect x=\"0\" y=\"{y}\" width=\"22\" height=\"16\" fill=\"url(#{}-{look})\" \
                 stroke=\"var(--fg, #222)\" stroke-opacity=\".6\"/>\n\
                 <text x=\"28\" y=\"{}\" font-size=\"12\">{}</text>\n",
                self.id(),
                y + 13,
                escape(language)
            )
        };
        self.languages.iter().enumerate().map(entry).collect()
    }

    /// The picture for those who do not see it.
    fn in_words(&self) -> String {
        let row = |row: &Row| {
            let times = Way::ALL.iter().zip(row.times);
            let times: Vec<_> = times
                .map(|(way, time)| format!("{} {}", way.word(), seconds(time)))
                .collect();
            format!(
                "{}, {}: {}.",
                row.kind.word(),
                row.language,
                times.join(", ")
            )
        };
        let rows: Vec<_> = self.table.rows.iter().map(row).collect();
        rows.join(" ")
    }

    fn look(&self, language: &str) -> usize {
        let place = self.languages.iter().position(|known| *known == language);
        place.unwrap_or_default() % LOOKS.len()
    }

    /// The same for each plot: what puts several into a page gives them other ones.
    fn id(&self) -> &'static str {
        "plot4"
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{line}").expect("a string grows");
    }
}

fn percent(part: Duration, longest: Duration) -> f64 {
    if longest.is_zero() {
        return 0.0;
    }
    part.as_secs_f64() / longest.as_secs_f64() * LONGEST_BAR
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
