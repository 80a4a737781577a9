//! ```` ```rust,step ````: programs that grow from one block to the next. What was there before is
//! dimmed, or hidden where it is far from what is new; what is new is marked.

mod diff;

use std::convert::Infallible;
use std::ops::Range;

use crate::directives::{Edit, escape};
use crate::memo::Memo;
use crate::page::{CodeBlock, Page};

/// The word after the fence.
const WORD: &str = "step";

/// The steps of a book, in the order of its chapters.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// The program of the last one.
    before: Option<String>,
    /// How each is shown.
    shown: Memo<Step, String>,
}

/// All that decides how a step is shown.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Step {
    before: Option<String>,
    code: String,
    name: Option<String>,
}

/// How a line of a step is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    New,
    /// It was there before, and stands near something new.
    Kept,
    /// It was there before, and a click shows it.
    Hidden,
}

impl Steps {
    /// What to put in place of the steps of a page.
    pub(crate) fn mark(&mut self, page: &Page) -> Vec<Edit> {
        let mut edits = Vec::new();
        for block in page.code_blocks() {
            if is_step(block) {
                let place = block.range.start..end(page, &block.range);
                edits.push((place, self.show(&block.code, name(page, block).as_deref())));
            }
        }
        edits
    }

    /// As HTML, without which there is no way to mark a part of a block of code.
    fn show(&mut self, code: &str, name: Option<&str>) -> String {
        let step = Step {
            before: self.before.replace(code.to_string()),
            code: code.to_string(),
            name: name.map(str::to_string),
        };
        let Ok(html) = self
            .shown
            .get(step, |step| Ok::<_, Infallible>(step.html()));
        html.to_string()
    }

    /// The book has no more of them: the next one is the first of a new build.
    pub(crate) fn end_build(&mut self) {
        self.before = None;
        self.shown.end_build();
    }
}

impl Step {
    fn html(&self) -> String {
        let lines: Vec<&str> = self.code.lines().collect();
        let (marks, gone) = match &self.before {
            Some(before) => marks(&stripped(before), &lines, &stripped(&self.code)),
            None => (vec![Mark::New; lines.len()], 0),
        };
        let is_first = self.before.is_none();
        let note = note(&marks, gone, is_first, self.name.as_deref());
        let code = if is_first {
            escape(&self.code)
        } else {
            marked(&lines, &marks)
        };
        format!("{note}\n\n<pre><code class=\"language-rust step\">{code}</code></pre>")
    }
}

/// The lines without their indentation.
fn stripped(code: &str) -> Vec<String> {
    code.lines().map(|line| line.trim().to_string()).collect()
}

fn is_step(block: &CodeBlock) -> bool {
    let info = block.info.as_deref().unwrap_or_default();
    let mut words = info.split([',', ' ']).map(str::trim);
    words.next() == Some("rust") && words.any(|word| word == WORD)
}

/// Without the line's end, so that what others put below the block can follow.
fn end(page: &Page, block: &Range<usize>) -> usize {
    block.start + page.text[block.clone()].trim_end().len()
}

/// `08-1-busy`, of the file that the block includes.
fn name(page: &Page, block: &CodeBlock) -> Option<String> {
    let fence = page.line_around(block.range.start);
    let line = page.line_on_disk(fence.end + 1);
    let path = line
        .trim()
        .strip_prefix("{{#include ")?
        .strip_suffix("}}")?;
    let file = path.rsplit('/').next()?;
    Some(file.strip_suffix(".rs")?.to_string())
}

fn marks(before: &[String], lines: &[&str], stripped: &[String]) -> (Vec<Mark>, usize) {
    let is_kept = diff::kept(before, stripped);
    let gone = before.len() - is_kept.iter().filter(|kept| **kept).count();
    let mut marks: Vec<Mark> = is_kept
        .iter()
        .map(|kept| if *kept { Mark::Hidden } else { Mark::New })
        .collect();
    close_as_opened(&mut marks, lines);
    for line in 0..lines.len() {
        // An empty line says nothing, new or not.
        if marks[line] != Mark::New || stripped[line].is_empty() {
            continue;
        }
        let around = line.saturating_sub(1)..(line + 2).min(lines.len());
        around.for_each(|near| show(&mut marks, near));
        for (opens, closes) in enclosing(lines, line) {
            show(&mut marks, opens);
            closes.into_iter().for_each(|line| show(&mut marks, line));
        }
    }
    for line in 0..lines.len() {
        if stripped[line].is_empty() && marks[line] == Mark::New {
            marks[line] = Mark::Kept;
        }
    }
    show_short_gaps(&mut marks);
    (marks, gone)
}

/// A bracket that closes is as new as what it closes: alone, one looks like another.
fn close_as_opened(marks: &mut [Mark], lines: &[&str]) {
    for line in 0..lines.len() {
        let text = lines[line].trim();
        if text.is_empty() || text.chars().any(char::is_alphanumeric) {
            continue;
        }
        let mut above = (0..line)
            .rev()
            .filter(|above| !lines[*above].trim().is_empty());
        let depth = indentation(lines[line]);
        if let Some(opens) = above.find(|above| indentation(lines[*above]) <= depth) {
            marks[line] = marks[opens];
        }
    }
}

/// To hide a line or two would save nothing: a line says that they are hidden.
fn show_short_gaps(marks: &mut [Mark]) {
    for gap in marks.chunk_by_mut(|one, other| one == other) {
        if gap.len() <= 2 && gap[0] == Mark::Hidden {
            gap.fill(Mark::Kept);
        }
    }
}

fn show(marks: &mut [Mark], line: usize) {
    if marks[line] == Mark::Hidden {
        marks[line] = Mark::Kept;
    }
}

/// The lines that open and close what a line stands in, by their indentation.
fn enclosing(lines: &[&str], line: usize) -> Vec<(usize, Option<usize>)> {
    let mut found = Vec::new();
    let mut depth = indentation(lines[line]);
    for above in (0..line).rev() {
        if !lines[above].trim().is_empty() && indentation(lines[above]) < depth {
            depth = indentation(lines[above]);
            let closes = (line + 1..lines.len()).find(|below| {
                !lines[*below].trim().is_empty() && indentation(lines[*below]) == depth
            });
            found.push((above, closes));
        }
    }
    found
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines with their marks. `boring` is mdBook's own word for a line that its button shows. Each
/// new line has a mark of its own; those around it need none, and mdBook less time for them as one.
fn marked(lines: &[&str], marks: &[Mark]) -> String {
    let mut html = String::new();
    let mut lines = lines.iter();
    let are_one = |one: &Mark, other: &Mark| one == other && *one != Mark::New;
    for alike in marks.chunk_by(are_one) {
        let class = match alike[0] {
            Mark::New => "new",
            Mark::Kept => "kept",
            Mark::Hidden => "boring",
        };
        if alike[0] == Mark::Hidden {
            let count = alike.len();
            let lines = if count == 1 { "line" } else { "lines" };
            html += &format!("<span class=\"skipped\" data-lines=\"{count} {lines}\"></span>");
        }
        html += &format!("<span class=\"{class}\">");
        for line in lines.by_ref().take(alike.len()) {
            html += &escape(line);
            html.push('\n');
        }
        html += "</span>";
    }
    html
}

/// What a reader is told before the block, and a screen reader's user above all.
fn note(marks: &[Mark], gone: usize, is_first: bool, name: Option<&str>) -> String {
    let count = |wanted| marks.iter().filter(|mark| **mark == wanted).count();
    let (new, kept, hidden) = (count(Mark::New), count(Mark::Kept), count(Mark::Hidden));
    let lines = |count: usize| match count {
        1 => "1 line".to_string(),
        _ => format!("{count} lines"),
    };
    let what = if is_first {
        "The whole program.".to_string()
    } else {
        let mut what = format!("New: {}, marked with +.", lines(new));
        if gone > 0 {
            what += &format!(" Gone: {}.", lines(gone));
        }
        what += &format!(" As before: {}, dimmed", lines(kept + hidden));
        if hidden > 0 {
            what += &format!("; {hidden} of them are hidden until you press the eye");
        }
        what + "."
    };
    let (name, command) = match name {
        Some(name) => (
            format!("<strong>Step {}.</strong> ", escape(name)),
            format!(" <code>cargo run -- step {}</code>", escape(name)),
        ),
        None => Default::default(),
    };
    format!("<p class=\"step-note\">{name}{what}{command}</p>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "use a;\n\nfn f() {\n    one();\n    two();\n}\n\nfn main() {\n    f();\n    g();\n    h();\n}\n";

    /// The marks of the second program, a letter a line.
    fn letters(before: &str, after: &str) -> String {
        let mut steps = Steps::default();
        steps.show(before, None);
        let html = steps.show(after, None);
        let spans = html.split("<span class=\"").skip(1);
        let letters = |span: &str| {
            let letter = match span.split('"').next() {
                Some("new") => "+",
                Some("kept") => ".",
                Some("boring") => "-",
                _ => "",
            };
            letter.repeat(span.matches('\n').count())
        };
        spans.map(letters).collect()
    }

    #[test]
    fn a_new_line_stands_in_what_is_around_it_and_the_rest_is_hidden() {
        let after = BEFORE.replace("    two();\n", "    two();\n    three();\n");
        // use a; to two(), then three(), its bracket, and main, which has nothing new
        assert_eq!(letters(BEFORE, &after), ".....+.------");
    }

    #[test]
    fn far_from_what_is_new_lines_are_hidden_and_beside_it_they_are_dimmed() {
        let body: String = (1..=8).map(|n| format!("    step({n});\n")).collect();
        let before = format!("fn f() {{\n{body}}}\n");
        let after = before.replace("    step(5);\n", "    new();\n    step(5);\n");
        assert_eq!(letters(&before, &after), ".---.+.---.");
    }

    #[test]
    fn a_bracket_is_as_new_as_what_it_closes() {
        let after = BEFORE.replace("    two();\n", "    if yes {\n        two();\n    }\n");
        assert_eq!(letters(BEFORE, &after), "....+.+.------");
    }

    #[test]
    fn a_program_that_is_only_further_in_has_nothing_new() {
        let after = BEFORE.replace("    two();", "        two();");
        assert_eq!(letters(BEFORE, &after), "-".repeat(12));
    }

    #[test]
    fn what_is_marked_is_the_program_and_nothing_else() {
        let mut steps = Steps::default();
        steps.show(BEFORE, None);
        let after = BEFORE.replace("two()", "two::<u8>() & 1");
        let html = steps.show(&after, Some("08-2-nap"));
        let code = html
            .split("step\">")
            .nth(1)
            .unwrap()
            .split("</code>")
            .next()
            .unwrap();
        let mut text = String::new();
        for part in code.split('<') {
            text += part.split_once('>').map_or(part, |(_, text)| text);
        }
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        assert_eq!(text, after);
        assert!(html.starts_with(
            "<p class=\"step-note\"><strong>Step 08-2-nap.</strong> New: 1 line, marked"
        ));
        assert!(
            html.contains("Gone: 1 line. As before: 11 lines, dimmed; "),
            "{html}"
        );
    }

    #[test]
    fn the_first_step_is_all_new_and_has_no_marks() {
        let html = Steps::default().show(BEFORE, None);
        assert!(!html.contains("<span"), "{html}");
        assert!(html.contains("The whole program."), "{html}");
    }
}
