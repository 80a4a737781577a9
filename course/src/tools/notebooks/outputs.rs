use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::text;

/// One output of a cell, in the form in which it is kept and compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Output {
    /// Everything the cell printed there: the kernel sends it line by line, and the lines of the
    /// two streams in no certain order.
    Printed { stream: &'static str, text: String },
    /// The value of the cell's last expression, by media type.
    Shown(BTreeMap<String, Value>),
    /// The cell did not compile, or the kernel gave up on it.
    Error { name: String, message: String },
}

impl Output {
    /// Jupyter's list of a cell's outputs: what it printed first, then what it showed.
    pub(super) fn list(outputs: &[Value]) -> Vec<Output> {
        let printed = ["stdout", "stderr"].into_iter().filter_map(|stream| {
            let text: String = outputs
                .iter()
                .filter(|output| output["output_type"] == "stream" && output["name"] == stream)
                .map(|output| text(&output["text"]))
                .collect();
            (!text.is_empty()).then_some(Output::Printed { stream, text })
        });
        let others = outputs
            .iter()
            .filter_map(|output| match output["output_type"].as_str()? {
                "execute_result" | "display_data" => {
                    let data = output["data"].as_object()?.iter();
                    Some(Output::Shown(
                        data.map(|(kind, value)| (kind.clone(), whole(value)))
                            .collect(),
                    ))
                }
                "error" => Some(Output::Error {
                    name: text(&output["ename"]),
                    message: without_colours(&text(&output["evalue"])),
                }),
                _ => None,
            });
        printed.chain(others).collect()
    }

    /// As the file keeps it.
    pub(super) fn to_json(&self, count: Option<usize>) -> Value {
        match self {
            Output::Printed { stream, text } => {
                json!({ "name": stream, "output_type": "stream", "text": lines(text) })
            }
            Output::Shown(data) => {
                let data: BTreeMap<_, _> = data
                    .iter()
                    .map(|(kind, value)| (kind, split(value)))
                    .collect();
                json!({
                    "data": data,
                    "execution_count": count,
                    "metadata": {},
                    "output_type": "execute_result",
                })
            }
            Output::Error { name, message } => json!({
                "ename": name,
                "evalue": message,
                "output_type": "error",
                "traceback": [message],
            }),
        }
    }

    /// With every text of it changed.
    pub(super) fn map(self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Output::Printed { stream, text } => Output::Printed {
                stream,
                text: change(&text),
            },
            Output::Shown(data) => Output::Shown(
                data.into_iter()
                    .map(|(kind, value)| match value {
                        Value::String(text) => (kind, Value::String(change(&text))),
                        other => (kind, other),
                    })
                    .collect(),
            ),
            Output::Error { name, message } => Output::Error {
                name,
                message: change(&message),
            },
        }
    }

    /// Its parts, each with the name a message gives it.
    pub(super) fn parts(&self) -> Vec<(&str, String)> {
        match self {
            Output::Printed { stream, text } => vec![(stream, text.clone())],
            Output::Shown(data) => data
                .iter()
                .map(|(kind, value)| {
                    (
                        kind.as_str(),
                        value
                            .as_str()
                            .map_or_else(|| value.to_string(), str::to_owned),
                    )
                })
                .collect(),
            Output::Error { name, message } => vec![(name.as_str(), message.clone())],
        }
    }
}

/// Long texts are kept as a list of lines, each with its line's end, so that a change of one line
/// is a change of one line.
pub(super) fn lines(text: &str) -> Value {
    text.split_inclusive('\n').collect()
}

fn split(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), lines)
}

fn whole(value: &Value) -> Value {
    let is_text = |value: &Value| {
        value.is_string()
            || value
                .as_array()
                .is_some_and(|lines| lines.iter().all(Value::is_string))
    };
    if is_text(value) {
        Value::String(text(value))
    } else {
        value.clone()
    }
}

/// The compiler's message without the terminal's colours.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}
