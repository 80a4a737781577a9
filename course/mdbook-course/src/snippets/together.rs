//! The fast way: all snippets of the book in one file, tested by one rustdoc, which compiles them
//! into one program.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::group;
use super::{Kind, Snippet};
use crate::page::fence;

/// What rustdoc says about the snippets.
pub(super) struct Together {
    /// The places, in the list, of those that passed. The others failed, or had not ended when the
    /// time was over.
    pub(super) passed: Vec<usize>,
    /// What rustdoc printed.
    pub(super) output: String,
    /// Whether it ended by itself.
    pub(super) ended: bool,
    /// Whether it was content.
    pub(super) content: bool,
}

/// The name of the file in which rustdoc finds them.
const FILE: &str = "book.md";

/// How many snippets run at the same time. More than there are cores: what takes long in this book
/// waits.
const AT_ONCE: usize = 16;

/// Tests them in `folder`. `args` name the crates.
pub(super) fn test(
    snippets: &[&Snippet],
    args: &[OsString],
    folder: &Path,
    limit: Duration,
) -> io::Result<Together> {
    let (markdown, lines) = markdown(snippets);
    fs::write(folder.join(FILE), markdown)?;
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let at_once = format!("--test-threads={AT_ONCE}").into();
    let args = ["--test".into(), FILE.into(), "--test-args".into(), at_once]
        .into_iter()
        .chain(args.iter().cloned());
    let ended = group::run(rustdoc, args, folder, limit)?;

    let passed: Vec<usize> = ended.output.lines().filter_map(passed_line).collect();
    Ok(Together {
        passed: (0..snippets.len())
            .filter(|index| passed.contains(&lines[*index]))
            .collect(),
        ended: ended.status.is_some(),
        content: ended.status.is_some_and(|status| status.success()),
        output: ended.output,
    })
}

/// The file, and the line of each snippet's fence in it.
fn markdown(snippets: &[&Snippet]) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut lines = Vec::new();
    let mut line = 1;
    for snippet in snippets {
        let fence = fence(&snippet.code);
        let mut words = vec!["rust"];
        words.extend(snippet.attributes.iter().map(String::as_str));
        if snippet.kind == Kind::Compile {
            words.push("no_run");
        }
        let block = format!(
            "{fence}{}\n{}\n{fence}\n\n",
            words.join(","),
            snippet.code.trim_end()
        );
        lines.push(line);
        line += block.matches('\n').count();
        text += &block;
    }
    (text, lines)
}

/// `test book.md - (line 18) ... ok` → 18.
fn passed_line(said: &str) -> Option<usize> {
    let name = said.strip_prefix("test ")?.strip_suffix("... ok")?;
    let (_, line) = name.rsplit_once("(line ")?;
    line.split(')').next()?.parse().ok()
}
