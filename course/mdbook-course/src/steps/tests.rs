use super::*;

const BEFORE: &str = "use a;\n\nfn f() {\n    one();\n    two();\n}\n\nfn main() {\n    f();\n    g();\n    h();\n}\n";

/// The marks of the second program, a letter a line.
fn letters(before: &str, after: &str) -> String {
    let mut steps = Steps::default();
    steps.show(before, None);
    let html = steps.show(after, None);
    let classes = html.split("<span class=\"").skip(1);
    let letter = |class: &str| match class.split('"').next() {
        Some("new") => Some('+'),
        Some("kept") => Some('.'),
        Some("boring") => Some('-'),
        _ => None,
    };
    classes.filter_map(letter).collect()
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
fn where_much_is_new_less_of_the_rest_is_shown_and_always_what_is_around_it() {
    let function = |new: usize| {
        let old: String = (1..=6).map(|n| format!("    old({n});\n")).collect();
        let lines: String = (0..new).map(|n| format!("    new({n});\n")).collect();
        format!("fn f() {{\n{lines}{old}}}\n")
    };
    let shown = |new: usize| {
        let letters = letters(&function(0), &function(new));
        (letters.matches('+').count(), letters.matches('.').count())
    };
    assert_eq!(shown(1), (1, 3)); // the function, its end, and the line below
    assert_eq!(shown(22), (22, 3));
    assert_eq!(shown(23), (23, 2)); // no line below
    assert_eq!(shown(24), (24, 1)); // nor the end
    assert_eq!(shown(30), (30, 1));
}

#[test]
fn imports_and_empty_lines_beside_what_is_new_are_hidden() {
    let before = "use a;\nuse b;\nuse d;\nuse e;\n\nfn f() {\n    one();\n    two();\n}\n";
    let after = before.replace("use d;\n", "use c;\nuse d;\n");
    let long = |text: &str| text.replace("use a;\n", "use a1;\nuse a2;\nuse a3;\n");
    // Two are hidden above, and below the rest; a gap of one or two is shown where it fits.
    assert_eq!(letters(&long(before), &long(&after)), "----+-------");
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
    assert!(
        html.starts_with(
            "<p class=\"step-note\"><strong>Step 08-2-nap.</strong> New: 1 line, marked"
        )
    );
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
