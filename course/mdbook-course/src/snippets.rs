//! The Rust in the chapters, and the rules for it: every snippet is a complete program that is
//! compiled and run, or says in the text why not.

pub(crate) mod alone;
mod folder;
mod group;
mod refused;
mod run;
mod together;

use std::ops::Range;

use crate::page::{CodeBlock, Page, Place};
use crate::problem::Problem;

pub(crate) use folder::Folder;
pub(crate) use run::{Settings, test};

/// A ```` ```rust ```` block.
#[derive(Clone, Debug)]
pub(crate) struct Snippet {
    /// Its fence.
    pub(crate) place: Place,
    /// Its block in the page's text.
    pub(crate) range: Range<usize>,
    /// What a reader sees, and the lines that start with `# `.
    code: String,
    /// What rustdoc is told besides `rust`: `should_panic`, `edition2021`, …
    attributes: Vec<String>,
    pub(crate) kind: Kind,
    /// Whether each line of it is a line of the chapter's file, and not an included one.
    own_lines: bool,
}

/// What is done with a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is compiled and run.
    Run,
    /// It is compiled, and the text says why it is not run.
    Compile,
    /// The text says why it is not even compiled.
    Skip,
    /// The compiler must refuse it with these codes.
    Refused(Vec<String>),
}

/// A page's snippets, and what is wrong with them at first sight.
pub(crate) struct Collected {
    pub(crate) snippets: Vec<Snippet>,
    pub(crate) problems: Vec<Problem>,
}

/// The words that make rustdoc take a block for Rust without the word `rust`.
const RUSTDOC: [&str; 5] = [
    "ignore",
    "should_panic",
    "no_run",
    "compile_fail",
    "standalone_crate",
];

/// Finds the snippets of a page.
pub(crate) fn collect(page: &Page) -> Collected {
    let mut collected = Collected {
        snippets: vec![],
        problems: vec![],
    };
    for block in page.code_blocks() {
        let words = words(block.info.as_deref().unwrap_or_default());
        let place = page.place(block.range.start);
        if !words.contains(&"rust") {
            if words
                .iter()
                .all(|word| RUSTDOC.contains(word) || word.starts_with("edition"))
            {
                collected.problems.push(place.problem(
                    "a block of code that names no language is taken for Rust: write ```text or ```rust",
                ));
            }
            continue;
        }
        match kind(&words).and_then(|kind| check(page, block, kind)) {
            Ok(kind) => {
                let attributes = words.iter().filter(|word| is_for_rustdoc(word));
                collected.snippets.push(Snippet {
                    own_lines: own_lines(page, block, &place),
                    attributes: attributes.map(ToString::to_string).collect(),
                    place,
                    range: block.range.clone(),
                    code: block.code.clone(),
                    kind,
                });
            }
            Err(what) => collected.problems.push(place.problem(what)),
        }
    }
    collected
}

impl Snippet {
    /// The program, as the compiler gets it.
    fn program(&self) -> String {
        let lines: Vec<_> = self.code.lines().map(unhidden).collect();
        lines.join("\n") + "\n"
    }

    /// The program with each hidden line in front of the next visible one: then the lines are
    /// those that a reader sees.
    pub(crate) fn joined(&self) -> String {
        let mut text = String::new();
        let mut hidden = false;
        let is_hidden_comment =
            |line: &&str| is_hidden(line) && unhidden(line).trim_start().starts_with("//");
        for line in self.code.lines().filter(|line| !is_hidden_comment(line)) {
            if !text.is_empty() {
                text.push(if hidden { ' ' } else { '\n' });
            }
            hidden = is_hidden(line);
            let line = unhidden(line);
            text += if hidden { line.trim() } else { &line };
        }
        text + "\n"
    }

    /// Whether a part of it is not shown.
    pub(crate) fn hides_lines(&self) -> bool {
        self.code.lines().any(is_hidden)
    }

    /// Whether it names `krate`: if it doesn't, it can't use it.
    pub(crate) fn mentions(&self, krate: &str) -> bool {
        self.code.contains(krate)
    }

    fn should_panic(&self) -> bool {
        self.attributes.iter().any(|word| word == "should_panic")
    }

    /// `2024`, unless the block says otherwise.
    pub(crate) fn edition(&self) -> &str {
        self.attributes
            .iter()
            .find_map(|word| word.strip_prefix("edition"))
            .unwrap_or("2024")
    }
}

/// The words after the fence, cut as mdBook and rustdoc cut them.
fn words(info: &str) -> Vec<&str> {
    info.split([',', ' ', '\t'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect()
}

fn is_for_rustdoc(word: &str) -> bool {
    word == "should_panic" || word == "standalone_crate" || word.starts_with("edition")
}

fn kind(words: &[&str]) -> Result<Kind, String> {
    let has = |name: &str| words.contains(&name);
    let codes: Vec<_> = words
        .iter()
        .filter(|word| is_error_code(word))
        .map(ToString::to_string)
        .collect();
    if has("compile_fail") {
        if codes.is_empty() {
            return Err(
                "name the error that the compiler must give: ```rust,compile_fail,E0382"
                    .to_string(),
            );
        }
        return Ok(Kind::Refused(codes));
    }
    if !codes.is_empty() {
        return Err(format!(
            "{} says nothing without compile_fail",
            codes.join(", ")
        ));
    }
    if words.iter().any(|word| word.starts_with("ignore")) {
        Ok(Kind::Skip)
    } else if has("no_run") {
        Ok(Kind::Compile)
    } else {
        Ok(Kind::Run)
    }
}

fn is_error_code(word: &str) -> bool {
    word.strip_prefix('E')
        .is_some_and(|n| n.len() == 4 && n.bytes().all(|b| b.is_ascii_digit()))
}

fn check(page: &Page, block: &CodeBlock, kind: Kind) -> Result<Kind, String> {
    if matches!(kind, Kind::Skip | Kind::Compile) && !has_reason(&page.text[block.range.end..]) {
        return Err(
            "a snippet that is not run says why, in a line below it that starts with *Not run:"
                .to_string(),
        );
    }
    let comment = block
        .code
        .lines()
        .find(|line| is_hidden(line) && ends_with_comment(&unhidden(line)));
    if let Some(comment) = comment {
        return Err(format!(
            "a hidden line is put in front of the next one, so it can't end with a comment: {}",
            comment.trim()
        ));
    }
    let complete = block
        .code
        .lines()
        .any(|line| unhidden(line).contains("fn main("));
    if matches!(kind, Kind::Run | Kind::Compile) && !complete {
        return Err(
            "a snippet is a complete program: add fn main, in hidden lines (# …) if need be"
                .to_string(),
        );
    }
    Ok(kind)
}

fn has_reason(after: &str) -> bool {
    let next = after.lines().map(str::trim).find(|line| !line.is_empty());
    next.and_then(|line| line.strip_prefix("*Not run:"))
        .is_some_and(|reason| reason.chars().any(char::is_alphanumeric))
}

/// A line without the `# ` that hides it from readers, by rustdoc's rules.
fn unhidden(line: &str) -> String {
    let trimmed = line.trim();
    if trimmed.starts_with("##") {
        line.replacen("##", "#", 1)
    } else if let Some(code) = trimmed.strip_prefix("# ") {
        code.to_string()
    } else if trimmed == "#" {
        String::new()
    } else {
        line.to_string()
    }
}

fn is_hidden(line: &str) -> bool {
    let line = line.trim();
    line == "#" || line.starts_with("# ")
}

/// A comment behind code. `https://…` in a string is none.
fn ends_with_comment(line: &str) -> bool {
    let line = line.trim_start();
    let found = line.find("//").filter(|at| *at > 0);
    found.is_some_and(|at| !line[..at].ends_with(':'))
}

fn own_lines(page: &Page, block: &CodeBlock, fence: &Place) -> bool {
    let newlines = page.text[block.range.clone()].match_indices('\n');
    newlines
        .take(block.code.lines().count())
        .zip(fence.line + 1..)
        .all(|((at, _), line)| page.place(block.range.start + at + 1).line == line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_lines_are_shown_to_the_compiler() {
        for (written, compiled) in [
            ("# use std::fmt;", "use std::fmt;"),
            ("#", ""),
            ("    # let x = 1;", "let x = 1;"),
            ("##[derive(Debug)]", "#[derive(Debug)]"),
            ("#[derive(Debug)]", "#[derive(Debug)]"),
            ("#![allow(unused)]", "#![allow(unused)]"),
            ("    f();", "    f();"),
        ] {
            assert_eq!(unhidden(written), compiled);
        }
    }

    #[test]
    fn hidden_lines_do_not_count() {
        let joined = |code: &str| {
            let page = Page::of_text(&format!("```rust\n{code}\n```\n"));
            collect(&page).snippets[0].joined()
        };
        assert_eq!(
            joined("# use a;\n#\n# use b;\nfn main() {\n    f();\n}\n# fn f() {}"),
            "use a;  use b; fn main() {\n    f();\n}\nfn f() {}\n"
        );
        assert_eq!(
            joined("fn main() {\n#     f();\n\n}"),
            "fn main() {\nf(); \n}\n"
        );
    }

    #[test]
    fn what_the_words_after_a_fence_ask_for() {
        let kind = |info| kind(&words(info));
        assert_eq!(kind("rust"), Ok(Kind::Run));
        assert_eq!(kind("rust, editable,should_panic"), Ok(Kind::Run));
        assert_eq!(kind("rust no_run"), Ok(Kind::Compile));
        assert_eq!(kind("rust,ignore-windows"), Ok(Kind::Skip));
        assert_eq!(
            kind("rust,compile_fail,E0382"),
            Ok(Kind::Refused(vec!["E0382".to_string()]))
        );
        assert!(kind("rust,compile_fail").is_err());
        assert!(kind("rust,compile_fail,E382").is_err());
        assert!(kind("rust,E0382").is_err());
    }

    #[test]
    fn a_reason_follows_the_block() {
        assert!(has_reason("\n\n*Not run: it needs two machines.*\n"));
        assert!(!has_reason("\n\n*Not run:*\n"));
        assert!(!has_reason("\n\nSome text.\n\n*Not run: too late.*\n"));
        assert!(!has_reason(""));
    }
}
