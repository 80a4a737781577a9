//! Writes JSON. A library for that would be larger than all the rest of the module.

use std::fmt::{Display, Write};

/// JSON while it is written. What is opened is closed by who opened it.
#[derive(Default)]
pub(crate) struct Json(String);

impl Json {
    /// An object: `fill` writes its members.
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Json)) {
        self.enclosed('{', '}', fill);
    }

    /// A list: `each` writes an item.
    pub(crate) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Json, T),
    ) {
        self.enclosed('[', ']', |json| {
            for item in items {
                each(json, item);
                json.0.push(',');
            }
        });
    }

    /// A member of an object, which `write` writes.
    pub(crate) fn member(&mut self, name: &str, write: impl FnOnce(&mut Json)) {
        self.text(name);
        self.0.push(':');
        write(self);
        self.0.push(',');
    }

    /// A member that is a text.
    pub(crate) fn text_member(&mut self, name: &str, text: &str) {
        self.member(name, |json| json.text(text));
    }

    /// A member that is a number, or null.
    pub(crate) fn number_member<N: Display>(&mut self, name: &str, number: Option<N>) {
        self.member(name, |json| json.number(number));
    }

    pub(crate) fn number<N: Display>(&mut self, number: Option<N>) {
        match number {
            Some(number) => write!(self.0, "{number}").expect("a string grows"),
            None => self.0.push_str("null"),
        }
    }

    pub(crate) fn text_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.push_str("null"),
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.0.push('"');
        for character in text.chars() {
            match character {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                character if character < ' ' => {
                    write!(self.0, "\\u{:04x}", u32::from(character)).expect("a string grows");
                }
                character => self.0.push(character),
            }
        }
        self.0.push('"');
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        self.0
    }

    fn enclosed(&mut self, open: char, close: char, fill: impl FnOnce(&mut Json)) {
        self.0.push(open);
        fill(self);
        if self.0.ends_with(',') {
            self.0.pop();
        }
        self.0.push(close);
    }
}
