//! `{{#include}}` puts many lines where the file has one: which line was it?

/// The line in `on_disk` of each line of `text`, which mdBook made of it; counted from 1.
///
/// What stands between two directives is the same in both, so it is looked for as a whole, and
/// what lies between two such finds comes from the directive. When something else has changed
/// the text too, the lines after that are a guess.
pub(super) fn line_map(on_disk: &str, text: &str) -> Vec<usize> {
    let disk: Vec<&str> = on_disk.trim_start_matches('\u{feff}').lines().collect();
    let made: Vec<&str> = text.lines().collect();
    let mut map = Vec::with_capacity(made.len());
    let mut next = 0; // of disk
    while next < disk.len() && map.len() < made.len() {
        let plain = disk[next..]
            .iter()
            .take_while(|line| !is_directive(line))
            .count();
        map.extend((next..next + plain).map(|line| line + 1));
        next += plain;
        if next == disk.len() {
            break;
        }
        // One directive, then the plain lines up to the one after it.
        let after = next + 1;
        let plain = disk[after..]
            .iter()
            .take_while(|line| !is_directive(line))
            .count();
        let ends_here = after + plain == disk.len();
        let found = find(&made, &disk[after..after + plain], map.len() + 1, ends_here);
        let until = found.unwrap_or(map.len() + 1);
        map.resize(until.max(map.len()), next + 1);
        next = after;
    }
    map.resize(made.len(), disk.len().max(1));
    map
}

/// The first place at or after `from` where `lines` stand; the last place when they end the text.
fn find(made: &[&str], lines: &[&str], from: usize, at_the_end: bool) -> Option<usize> {
    if at_the_end {
        return made.len().checked_sub(lines.len()).filter(|at| *at >= from);
    }
    (from..=made.len().checked_sub(lines.len())?).find(|at| made[*at..].starts_with(lines))
}

/// Whether mdBook puts something else in this line's place.
fn is_directive(line: &str) -> bool {
    let words = ["include", "rustdoc_include", "playground", "title"];
    // Nearly no line has one, and most have no bracket either.
    line.contains('{')
        && line
            .split("{{#")
            .skip(1)
            .any(|directive| words.iter().any(|word| directive.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::line_map;

    #[test]
    fn the_same_text_has_the_same_lines() {
        assert_eq!(line_map("a\nb\nc\n", "a\nb\nc\n"), [1, 2, 3]);
        assert_eq!(line_map("a\r\nb\r\n", "a\nb\n"), [1, 2]);
        assert_eq!(line_map("", ""), [] as [usize; 0]);
    }

    #[test]
    fn included_lines_come_from_the_directive() {
        let disk = "# A\n```\n{{#include x.rs}}\n```\nb\n";
        let made = "# A\n```\nx1\nx2\nx3\n```\nb\n";
        assert_eq!(line_map(disk, made), [1, 2, 3, 3, 3, 4, 5]);
    }

    #[test]
    fn several_directives_and_one_that_leaves_an_empty_line() {
        let disk = "{{#title T}}\n# A\n{{#include x}}\n```\n\n```\n{{#include y}}";
        let made = "\n# A\nx1\nx2\n```\n\n```\ny1\ny2";
        assert_eq!(line_map(disk, made), [1, 2, 3, 3, 4, 5, 6, 7, 7]);
    }

    #[test]
    fn directives_one_below_the_other() {
        let disk = "a\n{{#include x}}\n{{#include y}}\nb";
        assert_eq!(line_map(disk, "a\nx1\ny1\ny2\nb"), [1, 2, 3, 3, 4]);
    }

    #[test]
    fn a_text_that_does_not_fit_still_gets_lines() {
        assert_eq!(
            line_map("a\n{{#include x}}\nb\n{{#include y}}\nc", "z"),
            [1]
        );
        assert_eq!(line_map("a", "a\nmore"), [1, 1]);
        assert_eq!(line_map("", "a\nb"), [1, 1]);
    }
}
