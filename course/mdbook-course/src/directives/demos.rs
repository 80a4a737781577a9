//! What the demos of a book show, by the words that ask for it.

use event_loops::ClockKind;

use super::Shared;
use crate::demo::{Demo, Format, Request, Runtime};
use crate::memo::Memo;

/// What each demo has shown, by its words: these are all that it depends on, since the demos are part
/// of this very program and go by the virtual clock.
pub(crate) type Demos = Memo<String, Shown>;

/// What a demo puts into a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A picture, and the same in words.
    Picture((String, String)),
    /// A table, in Markdown.
    Table(String),
    /// What it prints, and the language of that.
    Output {
        language: &'static str,
        text: String,
    },
}

/// Runs the demo of these words.
///
/// # Errors
///
/// When the words name no demo that a book can show.
pub(super) fn run(words: &str) -> Result<Shown, String> {
    let demo = match Request::parse(words.split_whitespace()) {
        Ok(Request::Run(demo)) => demo,
        Ok(Request::Print(_)) => {
            return Err(format!(
                "{{{{#demo}}}} needs a demo's name: one of {}",
                Demo::names().join(", ")
            ));
        }
        Err(problem) => return Err(problem.to_string()),
    };
    if demo.clock() == ClockKind::Real {
        return Err(format!(
            "{{{{#demo {words}}}}} would really wait: add --clock virtual, or show a recorded run \
             with {{{{#recorded …}}}}"
        ));
    }
    if demo.runtime() != Runtime::EventLoops {
        return Err(format!(
            "{{{{#demo {words}}}}} can only run on our own loop here: show a recorded run with \
             {{{{#recorded …}}}}"
        ));
    }
    if let Some(table) = demo.comparison() {
        return Ok(Shown::Table(table.to_string()));
    }
    if demo.format() == Format::Svg {
        return Ok(Shown::Picture(demo.picture()));
    }
    let output = Shared::default();
    demo.print(output.clone())
        .map_err(|problem| problem.to_string())?;
    let language = match demo.format() {
        Format::Json => "json",
        _ => "text",
    };
    Ok(Shown::Output {
        language,
        text: output.text(),
    })
}
