//! A chapter's text, and which line of the file on disk each part of it comes from.

mod line_map;

use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::Path;

use mdbook_preprocessor::book::Chapter;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::problem::Problem;

/// A chapter as the preprocessor sees it: after `{{#include}}`.
#[derive(Debug)]
pub(crate) struct Page {
    /// As a reader of the repository knows it: `src/02-waiting.md`.
    pub(crate) name: String,
    pub(crate) text: String,
    /// The file, when there is one.
    on_disk: Option<String>,
    /// The line on disk of each line of `text`, both counted as people do, from 1.
    lines: Vec<usize>,
    /// Where each line of `text` starts.
    starts: Vec<usize>,
    blocks: Vec<CodeBlock>,
    quoted: Vec<Range<usize>>,
}

/// All that a page is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    name: String,
    on_disk: Option<String>,
    text: String,
}

/// A place in a chapter's file: prints as `src/02-waiting.md:47`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) page: String,
    pub(crate) line: usize,
}

/// A block of code in a chapter.
#[derive(Debug)]
pub(crate) struct CodeBlock {
    pub(crate) range: Range<usize>,
    /// The words after the fence. Indented blocks have no fence.
    pub(crate) info: Option<String>,
    pub(crate) code: String,
}

impl Source {
    /// `src` is the folder of the chapters, below `root`.
    pub(crate) fn read(root: &Path, src: &Path, chapter: &Chapter) -> Source {
        let path = chapter.source_path.as_ref().or(chapter.path.as_ref());
        let relative = path.map(|path| src.join(path)).unwrap_or_default();
        let name: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        Source {
            name: name.join("/"),
            // A chapter that another preprocessor made up has no file: then its own lines are right.
            on_disk: fs::read_to_string(root.join(&relative)).ok(),
            text: chapter.content.clone(),
        }
    }
}

impl Page {
    pub(crate) fn new(source: &Source) -> Page {
        let Source {
            name,
            on_disk,
            text,
        } = source.clone();
        let lines = line_map::line_map(on_disk.as_deref().unwrap_or(&text), &text);
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let (blocks, quoted) = blocks_and_quoted(&text);
        Page {
            name,
            text,
            on_disk,
            lines,
            starts,
            blocks,
            quoted,
        }
    }

    /// A page without a file.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Page {
        let chapter = Chapter::new("A", text.to_string(), "a.md", vec![]);
        Page::new(&Source::read(
            Path::new("/nowhere"),
            Path::new("src"),
            &chapter,
        ))
    }

    /// The place on disk of the text at `offset`.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self
            .starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        let last = self.lines.last().copied().unwrap_or(1);
        Place {
            page: self.name.clone(),
            line: self.lines.get(line).copied().unwrap_or(last),
        }
    }

    /// The line of the file that the text at `offset` comes from.
    pub(crate) fn line_on_disk(&self, offset: usize) -> &str {
        let line = self.place(offset).line.saturating_sub(1);
        self.on_disk
            .as_deref()
            .and_then(|text| text.lines().nth(line))
            .unwrap_or_default()
    }

    /// The line that holds `offset`, without its line end.
    pub(crate) fn line_around(&self, offset: usize) -> Range<usize> {
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[offset..]
            .find('\n')
            .map_or(self.text.len(), |at| offset + at);
        start..end
    }

    /// Every block of code, in order.
    pub(crate) fn code_blocks(&self) -> &[CodeBlock] {
        &self.blocks
    }

    /// The parts where a directive is only quoted: code, and what is commented out.
    pub(crate) fn quoted(&self) -> &[Range<usize>] {
        &self.quoted
    }
}

impl Place {
    /// A problem at this place.
    pub(crate) fn problem(&self, what: impl fmt::Display) -> Problem {
        Problem::failure(format!("{self}: {what}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.page, self.line)
    }
}

/// Finds the blocks of code, and the parts where a directive is only quoted, in one reading.
fn blocks_and_quoted(text: &str) -> (Vec<CodeBlock>, Vec<Range<usize>>) {
    let mut blocks = Vec::new();
    let mut quoted = Vec::new();
    let mut open: Option<CodeBlock> = None;
    for (event, range) in events(text) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => Some(info.to_string()),
                    CodeBlockKind::Indented => None,
                };
                quoted.push(range.clone());
                open = Some(CodeBlock {
                    range,
                    info,
                    code: String::new(),
                });
            }
            Event::Text(text) => {
                if let Some(block) = &mut open {
                    block.code += &text;
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            Event::Code(_) => quoted.push(range),
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_)
                if text[range.clone()].trim_start().starts_with("<!--") =>
            {
                quoted.push(range);
            }
            _ => {}
        }
    }
    (blocks, quoted)
}

/// With the extensions that mdBook turns on.
fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    Parser::new_ext(text, options).into_offset_iter()
}

/// Replaces parts of `text`. The parts must not overlap.
pub(crate) fn edit(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in edits {
        edited += &text[done..range.start];
        edited += &new;
        done = range.end;
    }
    edited + &text[done..]
}

/// Backticks that nothing in `text` ends.
pub(crate) fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(3.max(longest + 1))
}
