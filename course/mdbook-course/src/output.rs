//! What the page shows below a snippet: the output that was recorded.

use std::path::Path;

use crate::directives::{Edit, attribute, escape};
use crate::page::Page;
use crate::program::Program;
use crate::recording::Recording;
use crate::snippets;

/// The recorded output of each snippet of a page, to be put below it. One that has not been
/// recorded yet has none: that is for a test to find, not for who is writing a chapter.
pub(crate) fn below_snippets(page: &Page, src: &Path) -> Vec<Edit> {
    let mut edits = Vec::new();
    for snippet in snippets::collect(page).snippets {
        let (block, hides_lines) = (snippet.range.clone(), snippet.hides_lines());
        let Some(program) = Program::new(snippet) else {
            continue;
        };
        let recording = Recording::read(src, &program).ok().flatten();
        let output = recording
            .map(|recording| shown(&recording))
            .unwrap_or_default();
        let whole = match hides_lines {
            true => format!(" data-program=\"{}\"", attribute(&program.text())),
            false => String::new(),
        };
        if output.is_empty() && whole.is_empty() {
            continue;
        }
        let line = page.line_around(block.start);
        let indent = &page.text[line.start..block.start];
        let indent = if indent.trim().is_empty() { indent } else { "" };
        let html = format!("{indent}<div class=\"snippet\"{whole}>{output}</div>");
        let end = block.start + page.text[block].trim_end().len();
        edits.push((end..end, format!("\n\n{html}\n")));
    }
    edits
}

/// On one line: an empty one would end the HTML.
fn shown(recording: &Recording) -> String {
    let text = escape(recording.output.trim_end_matches('\n')).replace('\n', "&#10;");
    let box_ = match text.is_empty() {
        true => String::new(),
        false => format!("<pre class=\"recorded-text\">{text}</pre>"),
    };
    format!(
        "<div class=\"recorded-output\"><p class=\"output-title\">{}</p>{box_}</div>",
        escape(&title(recording))
    )
}

fn title(recording: &Recording) -> String {
    let what = match (recording.code, recording.output.is_empty()) {
        (None, _) => "The compiler refuses it".to_string(),
        (Some(0), true) => "It prints nothing".to_string(),
        (Some(0), false) => "Output".to_string(),
        (Some(101), _) => "Output; it panics".to_string(),
        (Some(code), _) => format!("Output; it ends with exit code {code}"),
    };
    match &recording.measured {
        None => what,
        // A compiler's words don't depend on the machine.
        Some(measured) if recording.code.is_none() => format!("{what} (Rust {})", measured.rust),
        Some(measured) => format!(
            "{what}, recorded on {}, Rust {}, {}",
            measured.machine, measured.rust, measured.date
        ),
    }
}
