//! The fast way: all snippets of the book in one file, tested by one rustdoc, which compiles them
//! into one program.

use std::collections::HashMap;
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
    /// Those that did not pass: failed, or not ended when the time was over.
    pub(super) suspects: Vec<Snippet>,
    /// What rustdoc printed.
    pub(super) output: String,
    /// Whether it ended by itself.
    pub(super) ended: bool,
    /// Whether it was content.
    pub(super) passed: bool,
}

/// The name of the file in which rustdoc finds them.
const FILE: &str = "book.md";

/// Tests them in `folder`. `args` name the crates.
pub(super) fn test(
    snippets: &[Snippet],
    args: &[OsString],
    folder: &Path,
    limit: Duration,
) -> io::Result<Together> {
    let (markdown, lines) = markdown(snippets);
    fs::write(folder.join(FILE), markdown)?;
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let args = ["--test".into(), FILE.into()]
        .into_iter()
        .chain(args.iter().cloned());
    let ended = group::run(rustdoc, args, folder, limit)?;

    let passed: Vec<usize> = ended.output.lines().filter_map(passed_line).collect();
    let suspects = snippets
        .iter()
        .enumerate()
        .filter(|(index, _)| !passed.contains(&lines[index]));
    Ok(Together {
        suspects: suspects.map(|(_, snippet)| snippet.clone()).collect(),
        ended: ended.status.is_some(),
        passed: ended.status.is_some_and(|status| status.success()),
        output: ended.output,
    })
}

/// The file, and the line of each snippet's fence in it.
fn markdown(snippets: &[Snippet]) -> (String, HashMap<usize, usize>) {
    let mut text = String::new();
    let mut lines = HashMap::new();
    let mut line = 1;
    for (index, snippet) in snippets.iter().enumerate() {
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
        lines.insert(index, line);
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
