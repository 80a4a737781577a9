//! What a reader can set, told so that a page can make a form of it.

use std::time::Duration;

use crate::json::Json;
use crate::settings::time_in_words;

/// One thing that can be set, and how it is set now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// Its name in a line of settings, and of the flag in the terminal.
    pub(crate) name: &'static str,
    /// What the page calls it.
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
}

/// How something is set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Count {
        least: usize,
        most: usize,
        value: usize,
    },
    Time(Duration),
    /// One of some words, each with what the page says instead. The first is what a program does by
    /// itself; each of the others is a flag in the terminal.
    Choice {
        options: Vec<(&'static str, &'static str)>,
        value: &'static str,
    },
    /// For each task what it does, step by step.
    Steps(Vec<String>),
}

impl Field {
    pub(crate) fn count(
        name: &'static str,
        label: &'static str,
        least: usize,
        most: usize,
        value: usize,
    ) -> Self {
        let kind = Kind::Count { least, most, value };
        Field { name, label, kind }
    }

    pub(crate) fn time(name: &'static str, label: &'static str, value: Duration) -> Self {
        let kind = Kind::Time(value);
        Field { name, label, kind }
    }

    pub(crate) fn choice<T: Copy + PartialEq>(
        words: &[(&'static str, &'static str, T)],
        value: T,
    ) -> Self {
        let chosen = words.iter().find(|(.., other)| *other == value);
        Field {
            name: "mode",
            label: "how",
            kind: Kind::Choice {
                options: words
                    .iter()
                    .map(|(word, label, _)| (*word, *label))
                    .collect(),
                value: chosen.map_or("", |(word, ..)| word),
            },
        }
    }

    /// The values in a line of settings: one, but for steps, which have one for each task.
    pub(crate) fn values(&self) -> Vec<String> {
        match &self.kind {
            Kind::Count { value, .. } => vec![value.to_string()],
            Kind::Time(value) => vec![time_in_words(*value)],
            Kind::Choice { value, .. } => vec![(*value).to_string()],
            Kind::Steps(tasks) => tasks.clone(),
        }
    }

    /// The words for it in the terminal, where by itself it would be `otherwise`.
    pub(crate) fn flags(&self, otherwise: &Field) -> String {
        if self == otherwise && !matches!(self.kind, Kind::Steps(_)) {
            return String::new();
        }
        match &self.kind {
            Kind::Choice { value, .. } => format!(" --{value}"),
            Kind::Steps(tasks) => {
                let quoted = tasks
                    .iter()
                    .map(|steps| format!(" --{} \"{}\"", self.name, in_terminal(steps)));
                quoted.collect()
            }
            _ => format!(" --{} {}", self.name, self.values()[0]),
        }
    }

    pub(crate) fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.text_member("name", self.name);
            json.text_member("label", self.label);
            self.write_kind(json);
        });
    }

    fn write_kind(&self, json: &mut Json) {
        match &self.kind {
            Kind::Count { least, most, value } => {
                json.text_member("kind", "count");
                json.number_member("min", Some(least));
                json.number_member("max", Some(most));
                json.text_member("value", &value.to_string());
            }
            Kind::Time(value) => {
                json.text_member("kind", "time");
                json.text_member("value", &time_in_words(*value));
            }
            Kind::Choice { options, value } => {
                json.text_member("kind", "choice");
                json.member("options", |json| {
                    json.list(options, |json, (word, label)| {
                        json.list([word, label], |json, text| json.text(text));
                    });
                });
                json.text_member("value", value);
            }
            Kind::Steps(tasks) => {
                json.text_member("kind", "steps");
                crate::programs::program::write_steps(json, tasks);
            }
        }
    }
}

/// Steps as the terminal takes them.
fn in_terminal(steps: &str) -> String {
    let words = steps
        .split(',')
        .map(|step| crate::settings::decoded(step).unwrap_or_default());
    let words: Vec<_> = words
        .map(|word| word.replace('"', "'").replace(',', ""))
        .collect();
    words.join(", ")
}
