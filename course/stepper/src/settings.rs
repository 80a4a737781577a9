//! A line of settings: which program, and how it is set. The same in a link, in the page and in its
//! questions: `waiting?tasks=5&wait=3s&mode=together`.

use std::fmt::Write;
use std::time::Duration;

/// What was asked for, before anybody has looked whether it will do.
pub(crate) struct Settings<'a> {
    /// The program's name.
    pub(crate) program: &'a str,
    /// As they stand in the line: [`decoded`] reads a text.
    pairs: Vec<(&'a str, &'a str)>,
}

/// What is wrong with settings, in one line, and with which of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) line: String,
    pub(crate) field: Option<&'static str>,
}

impl Bad {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Bad {
            line: line.into(),
            field: None,
        }
    }

    pub(crate) fn at(field: &'static str, line: impl Into<String>) -> Self {
        Bad {
            line: line.into(),
            field: Some(field),
        }
    }
}

impl<'a> Settings<'a> {
    pub(crate) fn parse(line: &'a str) -> Result<Self, Bad> {
        let (program, rest) = line.split_once('?').unwrap_or((line, ""));
        let pairs = rest.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &'a str| match pair.split_once('=') {
            Some(pair) => Ok(pair),
            None => Err(Bad::new(format!(
                "{pair:?} sets nothing: write it as {pair}=…"
            ))),
        };
        Ok(Settings {
            program,
            pairs: pairs.map(pair).collect::<Result<_, _>>()?,
        })
    }

    /// The last value of that name.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.values(name).last()
    }

    /// All values of that name.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.pairs.iter().filter(move |(other, _)| *other == name);
        named.map(|(_, value)| *value)
    }

    /// Nobody should believe to have set what is not there.
    pub(crate) fn knows_only(&self, names: &[&str]) -> Result<(), Bad> {
        match self.pairs.iter().find(|(name, _)| !names.contains(name)) {
            None => Ok(()),
            Some((name, _)) if self.program == "tasks" && *name == "panics" => Err(Bad::new(
                "a panic would end the loop in this page: see it with cargo run -- demo tasks --panics 2",
            )),
            Some((name, _)) => Err(Bad::new(format!(
                "{} has nothing to set that is called {name:?}: it has {}",
                self.program,
                names.join(", ")
            ))),
        }
    }

    pub(crate) fn count(
        &self,
        name: &'static str,
        otherwise: usize,
        least: usize,
        most: usize,
    ) -> Result<usize, Bad> {
        let Some(value) = self.value(name) else {
            return Ok(otherwise);
        };
        match value.trim().parse() {
            Ok(count) if (least..=most).contains(&count) => Ok(count),
            _ => Err(Bad::at(
                name,
                format!("choose a whole number from {least} to {most}, not {value:?}"),
            )),
        }
    }

    pub(crate) fn time(&self, name: &'static str, otherwise: Duration) -> Result<Duration, Bad> {
        match self.value(name) {
            None => Ok(otherwise),
            Some(value) => time(value).ok_or_else(|| Bad::at(name, not_a_time(value))),
        }
    }

    /// The place of the value in a list of words.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&str, &str, T)],
    ) -> Result<T, Bad> {
        let Some(value) = self.value(name) else {
            return Ok(words[0].2);
        };
        let found = words.iter().find(|(word, ..)| *word == value);
        found.map(|(.., choice)| *choice).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, ..)| *word).collect();
            Bad::at(
                name,
                format!("choose one of {}, not {value:?}", words.join(", ")),
            )
        })
    }
}

/// What to say of a text that is no time.
pub(crate) fn not_a_time(text: &str) -> String {
    format!("{text:?} is not a time: say a number and its unit, like 250ms, 3s or 15m, at most 24h")
}

/// The longest time that can be set: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// `250ms`, `3s`, `1.5 s`, `15m`, `1h`; a whole number of milliseconds.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let unit = if unit == "min" { "m" } else { unit };
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 8 || part.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse::<u64>().ok()?;
    let thousandths = whole.parse::<u64>().ok()? * 1_000 + thousandths;
    let millis = thousandths * factor;
    let time = Duration::from_millis(millis / 1_000);
    (millis.is_multiple_of(1_000) && time <= LONGEST).then_some(time)
}

/// As [`time`] reads it, in the largest unit that fits.
pub(crate) fn time_in_words(time: Duration) -> String {
    let millis = time.as_secs() * 1_000 + u64::from(time.subsec_millis());
    let fits = |(_, factor): &&(&str, u64)| millis >= *factor && millis.is_multiple_of(*factor);
    match UNITS.iter().rev().find(fits) {
        Some((unit, factor)) => format!("{}{unit}", millis / factor),
        None if millis == 0 => "0s".to_string(),
        None => format!("{millis}ms"),
    }
}

/// A value, so that it can stand in a line of settings.
pub(crate) fn encoded(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        match character {
            '%' | '&' | ',' | '=' => {
                write!(line, "%{:02X}", u32::from(character)).expect("a string grows");
            }
            character => line.push(character),
        }
    }
    line
}

pub(crate) fn decoded(text: &str) -> Result<String, Bad> {
    let cut = || Bad::new("there is a % without its two digits: the link is not whole");
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
            let (high, low) = (digit(rest.next()), digit(rest.next()));
            let (Some(high), Some(low)) = (high, low) else {
                return Err(cut());
            };
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| cut())
}
