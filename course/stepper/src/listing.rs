//! The lines of a program, with the numbers that its trace knows them by.

use crate::json::Json;

/// Lines of one file.
pub(crate) struct Listing {
    pub(crate) file: String,
    pub(crate) lines: Vec<(usize, String)>,
}

/// A stretch of a source file, between its marks `// ANCHOR: name` and `// ANCHOR_END: name`.
pub(crate) struct Excerpt {
    pub(crate) first: usize,
    pub(crate) text: &'static str,
}

/// Cuts a stretch out of a demo's source, when it is compiled: the module holds these lines alone.
macro_rules! excerpt {
    ($file:literal, $name:literal) => {{
        const FILE: &[u8] = include_bytes!(concat!("../../../../code/src/demos/", $file));
        const FROM: usize =
            $crate::listing::after_line(FILE, concat!("ANCHOR: ", $name, "\n").as_bytes());
        const TO: usize =
            $crate::listing::find(FILE, concat!("// ANCHOR_END: ", $name, "\n").as_bytes());
        const TEXT: [u8; TO - FROM] = $crate::listing::part(FILE, FROM);
        $crate::listing::Excerpt {
            first: const { $crate::listing::line(FILE, FROM) },
            text: const {
                match std::str::from_utf8(&TEXT) {
                    Ok(text) => text,
                    Err(_) => panic!("a source file is text"),
                }
            },
        }
    }};
}
pub(crate) use excerpt;

impl Listing {
    /// The lines of some stretches of one file.
    pub(crate) fn of(file: &str, excerpts: &[Excerpt]) -> Self {
        let numbered = |excerpt: &Excerpt| {
            let lines = (excerpt.first..).zip(excerpt.text.trim_end().lines());
            // Another stretch may begin or end within this one.
            let lines = lines.filter(|(_, line)| !line.starts_with("// ANCHOR"));
            lines
                .map(|(number, line)| (number, line.to_string()))
                .collect::<Vec<_>>()
        };
        Listing {
            file: file.to_string(),
            lines: excerpts.iter().flat_map(numbered).collect(),
        }
    }

    pub(crate) fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.text_member("file", &self.file);
            json.member("lines", |json| {
                json.list(&self.lines, |json, (number, line)| {
                    json.list([0, 1], |json, place| match place {
                        0 => json.number(Some(number)),
                        _ => json.text(line),
                    });
                });
            });
        });
    }
}

/// Where `needle` begins in `text`.
pub(crate) const fn find(text: &[u8], needle: &[u8]) -> usize {
    let mut place = 0;
    while place + needle.len() <= text.len() {
        let mut same = 0;
        while same < needle.len() && text[place + same] == needle[same] {
            same += 1;
        }
        if same == needle.len() {
            return place;
        }
        place += 1;
    }
    panic!("the file has no such mark")
}

/// Where the line after `needle` begins.
pub(crate) const fn after_line(text: &[u8], needle: &[u8]) -> usize {
    find(text, needle) + needle.len()
}

/// The number of the line, from 1, in which a place is.
pub(crate) const fn line(text: &[u8], place: usize) -> usize {
    let (mut lines, mut at) = (1, 0);
    while at < place {
        lines += (text[at] == b'\n') as usize;
        at += 1;
    }
    lines
}

/// `N` bytes from a place on.
pub(crate) const fn part<const N: usize>(text: &[u8], from: usize) -> [u8; N] {
    let (mut part, mut at) = ([0; N], 0);
    while at < N {
        part[at] = text[from + at];
        at += 1;
    }
    part
}
