//! Snippets that the compiler must refuse, with the error that the text is about. A stable rustdoc
//! takes any error for the right one.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::Snippet;
use super::alone;

/// A line of `--error-format=json`, as far as it matters here.
#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    code: Option<Code>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// What is wrong with a snippet that must be refused with these codes and no other.
pub(super) fn complaint(
    snippet: &Snippet,
    expected: &[String],
    args: &[OsString],
    folder: &Path,
    limit: Duration,
) -> io::Result<Option<String>> {
    let compiled = alone::compile(snippet, args, &["--error-format=json"], folder, limit)?;
    let Some(status) = compiled.status else {
        return Ok(Some(format!(
            "compiling this snippet took longer than {}",
            alone::seconds(limit)
        )));
    };
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    let wanted = listed(&expected);
    if status.success() {
        return Ok(Some(format!(
            "this snippet compiles, and should fail with {wanted}"
        )));
    }
    let diagnostics: Vec<Diagnostic> = compiled
        .output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let errors: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|said| said.level == "error")
        .collect();
    let found: BTreeSet<&str> = errors
        .iter()
        .filter_map(|error| error.code.as_ref())
        .map(|code| code.code.as_str())
        .collect();
    if found == expected {
        return Ok(None);
    }
    let what = if found.is_empty() {
        format!("this snippet should fail with {wanted}, and fails with an error that has no code")
    } else {
        format!(
            "this snippet should fail with {wanted}, and fails with {}",
            listed(&found)
        )
    };
    let rendered: String = errors
        .iter()
        .filter_map(|error| error.rendered.as_deref())
        .collect();
    let said = if rendered.is_empty() {
        &compiled.output
    } else {
        &rendered
    };
    Ok(Some(alone::with_output(snippet, &what, said)))
}

fn listed(codes: &BTreeSet<&str>) -> String {
    codes.iter().copied().collect::<Vec<_>>().join(" and ")
}
