use super::{
    document::{Cell, Document},
    fault::Fault,
    outputs::Output,
};

/// Everything in which a run differs from what the notebook keeps, and every cell that fails.
pub(super) fn faults(kept: &Document, executed: &Document) -> Vec<Fault> {
    let (kept_cells, cells) = (kept.cells(), executed.cells());
    let never_recorded = kept_cells.iter().all(|cell| !cell.was_run);
    let what_is_wrong = |kept: &Cell, found: &Cell| {
        failure(found).or_else(|| match kept.was_run {
            true => difference(&kept.outputs, &found.outputs, found.measures),
            false if never_recorded && found.number != cells[0].number => None,
            false => Some(NOT_RECORDED.to_owned()),
        })
    };
    let pairs = kept_cells.iter().zip(&cells);
    pairs
        .filter_map(|(kept_cell, cell)| {
            Some(Fault::new(
                &kept.path,
                cell,
                what_is_wrong(kept_cell, cell)?,
            ))
        })
        .collect()
}

/// Said once, at the first cell, of a notebook without any outputs.
const NOT_RECORDED: &str = "no outputs are kept: `cargo run -- notebooks --record` keeps them";

/// The cells of a run that fail, whatever the notebook keeps.
pub(super) fn broken(executed: &Document) -> Vec<Fault> {
    let fault = |cell: &Cell| Some(Fault::new(&executed.path, cell, failure(cell)?));
    executed.cells().iter().filter_map(fault).collect()
}

/// An error; a panic, or a `?` that met an error, which the kernel reports as a cell that went well
/// and which only what the cell wrote to stderr tells.
fn failure(cell: &Cell) -> Option<String> {
    cell.outputs.iter().find_map(|output| match output {
        Output::Error { message, .. } => Some(format!("an error: {}", message.trim())),
        Output::Printed {
            stream: "stderr",
            text,
        } => {
            let mut lines = text
                .lines()
                .skip_while(|line| !line.contains("panicked at"));
            Some(match lines.next() {
                Some(line) => format!("a panic: {line} {}", lines.next().unwrap_or_default()),
                None => format!("written to stderr: {}", first_line(text)),
            })
        }
        _ => None,
    })
}

fn difference(kept: &[Output], found: &[Output], measures: bool) -> Option<String> {
    let parts = |outputs: &[Output]| -> Vec<(String, String)> {
        let parts = outputs.iter().flat_map(Output::parts);
        parts
            .map(|(name, text)| (name.to_owned(), if measures { form(&text) } else { text }))
            .collect()
    };
    let (kept, found) = (parts(kept), parts(found));
    for index in 0..kept.len().max(found.len()) {
        match (kept.get(index), found.get(index)) {
            (Some(kept), Some(found)) if kept == found => {}
            (Some((name, kept)), Some((other, found))) if name == other => {
                return Some(in_lines(name, kept, found));
            }
            (Some((name, kept)), _) => {
                return Some(format!("{name} is missing, kept is {}", first_line(kept)));
            }
            (None, Some((name, found))) => {
                return Some(format!(
                    "{name} is not kept, found is {}",
                    first_line(found)
                ));
            }
            (None, None) => {}
        }
    }
    None
}

/// The first line in which two texts differ.
fn in_lines(name: &str, kept: &str, found: &str) -> String {
    let (mut kept_lines, mut found_lines) = (kept.lines(), found.lines());
    for number in 1.. {
        match (kept_lines.next(), found_lines.next()) {
            (None, None) => break,
            (kept, found) if kept == found => {}
            (kept, found) => {
                let quoted = |line: Option<&str>| {
                    line.map_or("nothing".to_owned(), |line| quoted(line, 200))
                };
                return format!(
                    "{name} is another one\n  line {number}, kept:  {}\n  line {number}, found: {}",
                    quoted(kept),
                    quoted(found)
                );
            }
        }
    }
    format!("{name} differs in how its lines end")
}

fn first_line(text: &str) -> String {
    text.lines()
        .next()
        .map_or("empty".to_owned(), |line| quoted(line, 80))
}

fn quoted(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("`{}…`", &line[..end]),
        None => format!("`{line}`"),
    }
}

/// A text with its numbers, and the unit of a time, replaced by `#`, and with single spaces: what
/// stays the same when something is measured again.
fn form(text: &str) -> String {
    text.split_inclusive('\n').map(form_of_line).collect()
}

fn form_of_line(line: &str) -> String {
    let mut form = String::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let number = number(rest);
        if number > 0 && !form.ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            rest = &rest[number..];
            rest = after_unit(rest);
            form.push('#');
        } else {
            // Columns are padded to the width of their numbers.
            if !(character == ' ' && form.ends_with(' ')) {
                form.push(character);
            }
            rest = &rest[character.len_utf8()..];
        }
    }
    form
}

/// The length of the number that the text begins with: `12`, `0.35`, `1,200`.
fn number(text: &str) -> usize {
    let mut length = text.bytes().take_while(u8::is_ascii_digit).count();
    while length > 0 && text[length..].starts_with(['.', ',']) {
        match text[length + 1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count()
        {
            0 => break,
            digits => length += 1 + digits,
        }
    }
    length
}

/// What follows the unit of time that the text begins with: 950 µs may be 1.1 ms the next time.
fn after_unit(text: &str) -> &str {
    let unit = text.strip_prefix(' ').unwrap_or(text);
    ["ns", "µs", "us", "ms", "s"]
        .into_iter()
        .filter_map(|name| unit.strip_prefix(name))
        .find(|rest| !rest.starts_with(char::is_alphanumeric))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_text_keeps_its_form() {
        assert_eq!(
            form("real   3.004 s\nuser  0 s\n"),
            form("real 12.1 s\nuser 4 ms\n")
        );
        assert_eq!(form("1,200 polls"), form("7 polls"));
        assert_ne!(form("real 3 s"), form("user 3 s"));
        assert_ne!(form("3 s\n3 s\n"), form("3 s\n"));
    }

    #[test]
    fn a_number_in_a_name_is_no_measurement() {
        assert_ne!(form("task1 ends"), form("task2 ends"));
        assert_eq!(form("at 3 seconds"), "at # seconds");
    }
}
