//! What the demos of a book show, by the words that ask for it.

use std::sync::Arc;

use event_loops::ClockKind;

use super::Shared;
use crate::demo::{Demo, Format, Request, Runtime};
use crate::memo::Memo;

/// What each demo has shown, by its words: these are all that it depends on, since the demos are part
/// of this very program and go by the virtual clock.
#[derive(Debug, Default)]
pub(crate) struct Demos {
    shown: Memo<String, Shown>,
    steppers: Memo<String, Stepper>,
}

/// What a demo puts into a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
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

/// What a stepper begins with.
#[derive(Debug)]
pub(super) struct Stepper {
    /// A picture, and the same in words.
    pub(super) picture: (String, String),
    pub(super) settings: String,
}

impl Demos {
    /// What the demo of these words shows.
    ///
    /// # Errors
    ///
    /// When the words name no demo that a book can show.
    pub(super) fn show(&mut self, words: &str) -> Result<Arc<Shown>, String> {
        self.shown.get(words.to_string(), |words| run(words))
    }

    /// What a stepper through that demo begins with.
    ///
    /// # Errors
    ///
    /// As above, and when the stepper has no such demo.
    pub(super) fn step(&mut self, words: &str) -> Result<Arc<Stepper>, String> {
        self.steppers.get(words.to_string(), |words| {
            let demo = demo_to_show("stepper", words, "--format svg")?;
            let settings = demo
                .stepper_settings()
                .map_err(|why| format!("{{{{#stepper}}}} can't show this demo: {why}"))?;
            let picture = demo.picture();
            Ok(Stepper { picture, settings })
        })
    }

    /// A build has ended: what it has not asked for is forgotten.
    pub(crate) fn end_build(&mut self) {
        self.shown.end_build();
        self.steppers.end_build();
    }
}

fn run(words: &str) -> Result<Shown, String> {
    let demo = demo_to_show("demo", words, "")?;
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

/// The demo that these words ask for, when building the book can run it; `more` words go without saying.
fn demo_to_show(directive: &str, words: &str, more: &str) -> Result<Demo, String> {
    let more = if words.is_empty() { "" } else { more };
    let demo = match Request::parse(split_words(&format!("{words} {more}"))) {
        Ok(Request::Run(demo)) => demo,
        Ok(Request::Print(_)) => {
            return Err(format!(
                "{{{{#{directive}}}}} needs a demo's name: one of {}",
                Demo::names().join(", ")
            ));
        }
        Err(problem) => return Err(problem.to_string()),
    };
    if demo.clock() == ClockKind::Real {
        return Err(format!(
            "{{{{#{directive} {words}}}}} would really wait: add --clock virtual, or show a recorded \
             run with {{{{#recorded …}}}}"
        ));
    }
    if demo.runtime() != Runtime::EventLoops {
        return Err(format!(
            "{{{{#{directive} {words}}}}} can only run on our own loop here: show a recorded run with \
             {{{{#recorded …}}}}"
        ));
    }
    Ok(demo)
}

/// Words as a shell has them: what stands between quotes is one.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for character in text.chars() {
        if character == '"' {
            quoted = !quoted;
            word.get_or_insert_default();
        } else if character.is_whitespace() && !quoted {
            words.extend(word.take());
        } else {
            word.get_or_insert_default().push(character);
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::split_words;

    #[test]
    fn what_stands_between_quotes_is_one_word() {
        for (text, words) in [
            ("  waiting   --tasks 5 ", vec!["waiting", "--tasks", "5"]),
            (
                r#"program --task "wait 3s, send 2" --task="a b""#,
                vec!["program", "--task", "wait 3s, send 2", "--task=a b"],
            ),
            (r#"a "" b"#, vec!["a", "", "b"]),
            ("", vec![]),
        ] {
            assert_eq!(split_words(text), words, "{text}");
        }
    }
}
