//! Which lines of a step are shown: what is new, and of what was there before as much as fits.

use super::diff::kept;

/// How a line of a step is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    New,
    /// It was there before, and says where something new stands.
    Kept,
    /// It was there before, and a click shows it.
    Hidden,
}

/// More lines than this are too many to take in at once.
const LINES: usize = 25;

/// The marks of a program's lines, and how many lines of the one before are gone. `stripped` are
/// the lines without their indentation, as `before` has them.
///
/// What encloses a new line is always shown, and then one kind of context after the other as long
/// as it fits.
pub(super) fn marks(before: &[String], lines: &[&str], stripped: &[String]) -> (Vec<Mark>, usize) {
    let is_kept = kept(before, stripped);
    let gone = before.len() - is_kept.iter().filter(|kept| **kept).count();
    let mut marks: Vec<Mark> = is_kept
        .iter()
        .map(|kept| if *kept { Mark::Hidden } else { Mark::New })
        .collect();
    close_as_opened(&mut marks, lines);
    for line in 0..lines.len() {
        // An empty line says nothing, new or not.
        if stripped[line].is_empty() {
            marks[line] = Mark::Hidden;
        }
    }
    let new: Vec<usize> = (0..lines.len())
        .filter(|line| marks[*line] == Mark::New)
        .collect();
    let around = new.iter().flat_map(|line| enclosing(lines, *line));
    let (opening, closing): (Vec<_>, Vec<_>) = around.unzip();
    show(&mut marks, opening);
    show_gaps(&mut marks, 1);
    show_if_it_fits(&mut marks, closing.into_iter().flatten().collect());
    show_if_it_fits(&mut marks, beside(&new, stripped));
    show_gaps(&mut marks, 1);
    show_gaps(&mut marks, 2);
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

/// The lines above and below what is new. An import says nothing about another.
fn beside(new: &[usize], stripped: &[String]) -> Vec<usize> {
    let near = new.iter().flat_map(|line| [line.wrapping_sub(1), line + 1]);
    near.filter(|line| {
        let text = stripped.get(*line);
        text.is_some_and(|text| !text.is_empty() && !text.starts_with("use "))
    })
    .collect()
}

/// Where up to so many lines are hidden. To hide one or two saves little: a line says that they are.
fn show_gaps(marks: &mut Vec<Mark>, longest: usize) {
    let mut end = 0;
    let mut gaps = Vec::new();
    for lines in marks.chunk_by(|one, other| one == other) {
        let begin = end;
        end += lines.len();
        if lines[0] == Mark::Hidden && lines.len() <= longest {
            gaps.push(begin..end);
        }
    }
    for gap in gaps {
        show_if_it_fits(marks, gap.collect());
    }
}

fn show_if_it_fits(marks: &mut Vec<Mark>, lines: Vec<usize>) {
    let mut shown = marks.clone();
    show(&mut shown, lines);
    if shown.iter().filter(|mark| **mark != Mark::Hidden).count() <= LINES {
        *marks = shown;
    }
}

fn show(marks: &mut [Mark], lines: impl IntoIterator<Item = usize>) {
    for line in lines {
        if marks[line] == Mark::Hidden {
            marks[line] = Mark::Kept;
        }
    }
}
