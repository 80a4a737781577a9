//! What the page shows below a snippet: the output that was recorded.

use std::path::Path;

use crate::apart::Apart;
use crate::directives::{Edit, attribute, escape};
use crate::page::Page;
use crate::program::Program;
use crate::recording::Recording;
use crate::snippets;

/// A snippet, and what decides about what is put below it.
#[derive(Debug)]
pub(crate) struct Below {
    /// Where that is put.
    at: usize,
    indent: String,
    /// The name of the snippet's recording.
    recording: String,
    /// The whole program, where a part of it is not shown.
    program: Option<String>,
}

/// The snippets of a page that have an output.
pub(crate) fn below_snippets(page: &Page) -> Vec<Below> {
    let mut all = Vec::new();
    for snippet in snippets::collect(page).snippets {
        let (block, hides_lines) = (snippet.range.clone(), snippet.hides_lines());
        let Some(program) = Program::new(snippet) else {
            continue;
        };
        let line = page.line_around(block.start);
        let indent = &page.text[line.start..block.start];
        let indent = if indent.trim().is_empty() { indent } else { "" };
        all.push(Below {
            at: block.start + page.text[block].trim_end().len(),
            indent: indent.to_string(),
            recording: program.name(),
            program: hides_lines.then(|| program.text()),
        });
    }
    all
}

impl Below {
    /// The recorded output, to be put below the snippet. One that has not been recorded yet has none:
    /// that is for a test to find, not for who is writing a chapter.
    pub(crate) fn edit(&self, src: &Path, apart: &mut Apart) -> Option<Edit> {
        let recording = Recording::named(src, &self.recording).ok().flatten();
        let output = recording.map(|recording| shown(&recording));
        let output = output.unwrap_or_default();
        let whole = match &self.program {
            Some(program) => format!(" data-program=\"{}\"", attribute(program)),
            None => String::new(),
        };
        if output.is_empty() && whole.is_empty() {
            return None;
        }
        let html = apart.put(format!("<div class=\"snippet\"{whole}>{output}</div>"));
        Some((self.at..self.at, format!("\n\n{}{html}\n", self.indent)))
    }
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
