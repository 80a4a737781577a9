//! Our crate as one module, for a program that must compile where the crate is not: on the official
//! playground.
//!
//! What is compiled there is the snippet and, below it, `mod event_loops { … }`: the files of
//! `code/src` put into one another, without features, comments and tests.

use std::fs;
use std::io;
use std::path::Path;

use crate::program::fnv1a;

/// Where the page finds it, in the book's folder. It is written when the book is built, and so is
/// always that of the code beside the book.
pub const SCRIPT: &str = "target/course/event_loops.js";

/// Writes [`SCRIPT`] into the book's folder, unless it is there as it should be. `workspace` is
/// where the crate is; a book without one gets an empty script.
///
/// # Errors
///
/// When the crate can't be read or the script can't be written.
pub fn write_script(book: &Path, workspace: &Path) -> io::Result<()> {
    let folder = workspace.join("code/src");
    let file = book.join(SCRIPT);
    if is_current(&file, &folder) {
        return Ok(());
    }
    let lib = folder.join("lib.rs");
    let source = if lib.is_file() {
        module(&lib)?
    } else {
        String::new()
    };
    let json = serde_json::Value::String(source);
    let text = format!("{}courseRun.crateSource = {json};\n", first_line());
    fs::create_dir_all(file.parent().unwrap_or(book))?;
    // Another build may read it at this moment: it is never there in part.
    let new = file.with_extension(format!("{}.new", std::process::id()));
    fs::write(&new, text)?;
    fs::rename(&new, &file)
}

/// It names the version of this file, so that a script of another version is not kept.
fn first_line() -> String {
    let version = fnv1a(include_bytes!("crate_source.rs"));
    format!(
        "// The course's crate, for programs that run where it is not. Written with the book, don't edit. {version:x}\n"
    )
}

/// Whether the script was written by this version after the last change in the folder. Putting the
/// crate together anew with each build of the book would take longer than all else that we do.
fn is_current(script: &Path, folder: &Path) -> bool {
    let Ok(written) = fs::metadata(script).and_then(|metadata| metadata.modified()) else {
        return false;
    };
    let is_older = |path: &Path| {
        let changed = fs::metadata(path).and_then(|metadata| metadata.modified());
        changed.is_ok_and(|changed| changed < written)
    };
    fn all(folder: &Path, holds: &impl Fn(&Path) -> bool) -> bool {
        // The folder's own time tells of files that were taken away.
        holds(folder)
            && fs::read_dir(folder).is_ok_and(|entries| {
                entries.flatten().all(|entry| match entry.file_type() {
                    Ok(kind) if kind.is_dir() => all(&entry.path(), holds),
                    _ => holds(&entry.path()),
                })
            })
    }
    all(folder, &is_older)
        && fs::read_to_string(script).is_ok_and(|text| text.starts_with(&first_line()))
}

/// The crate whose `lib.rs` this is, as a module of a program.
fn module(lib: &Path) -> io::Result<String> {
    let folder = lib.parent().unwrap_or(lib);
    let body = file(lib, folder)?;
    Ok(format!(
        "#[allow(warnings)]\nmod event_loops {{\n{}}}\n",
        rooted(&body)
    ))
}

/// A file with the files of its modules in it. `folder` is where those are.
fn file(path: &Path, folder: &Path) -> io::Result<String> {
    let text = fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    let mut body = String::new();
    let mut lines = text.lines().filter(|line| !is_comment(line)).peekable();
    while let Some(line) = lines.next() {
        let needs_feature = line.trim_start().starts_with("#[cfg(feature");
        if line == "#[cfg(test)]" {
            // By rustfmt's rules and the course's, tests are the last item of a file.
            break;
        } else if needs_feature && lines.peek().is_some_and(|next| module_name(next).is_some()) {
            lines.next();
        } else if let Some(name) = module_name(line) {
            let inside = file(&folder.join(format!("{name}.rs")), &folder.join(name))?;
            let head = line.trim_end_matches(';');
            body += &format!("{head} {{\n{inside}}}\n");
        } else if !line.trim().is_empty() {
            body += &with_included(line, path.parent().unwrap_or(folder))?;
            body.push('\n');
        }
    }
    // Nothing of a file that needs a feature.
    Ok(if body.starts_with("#![cfg(feature") {
        String::new()
    } else {
        body
    })
}

/// The line with each `include_str!("file")` replaced by the text of the file, as a literal.
fn with_included(line: &str, folder: &Path) -> io::Result<String> {
    let Some((before, rest)) = line.split_once("include_str!(\"") else {
        return Ok(line.to_string());
    };
    let Some((name, after)) = rest.split_once("\")") else {
        return Ok(line.to_string());
    };
    let file = folder.join(name);
    let text = fs::read_to_string(&file)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
    // In a text `crate::` is no path.
    let literal = format!("{text:?}").replace("crate::", "crate\\x3a:");
    Ok(format!(
        "{before}{literal}{}",
        with_included(after, folder)?
    ))
}

/// `timers` of `mod timers;`, `pub mod timers;` or `pub(crate) mod timers;`.
fn module_name(line: &str) -> Option<&str> {
    let (visibility, name) = line.strip_suffix(';')?.split_once("mod ")?;
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_item =
        visibility.is_empty() || (visibility.starts_with("pub") && visibility.ends_with(' '));
    (is_name && is_item).then_some(name)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// What the crate calls `crate::` is a module of the program now.
fn rooted(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("crate::") {
        let word_goes_on = rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        text += &rest[..at];
        text += if word_goes_on {
            "crate::"
        } else {
            "crate::event_loops::"
        };
        rest = &rest[at + "crate::".len()..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_put_into_one_another_and_paths_follow() {
        let folder = crate::snippets::Folder::new().unwrap();
        let write = |name: &str, text: &str| {
            let file = folder.path().join("code/src").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write(
            "lib.rs",
            "//! Docs.\n\nmod a;\n#[cfg(feature = \"x\")]\npub mod b;\npub(crate) mod d;\npub use a::f;\n",
        );
        write(
            "a/c.rs",
            "use crate::d;\n// Why.\npub(crate) fn f() {\n    let my_crate = 1;\n}\n",
        );
        write(
            "a.rs",
            "mod c;\nconst T: &str = include_str!(\"c.txt\");\npub use c::f;\n#[cfg(test)]\nmod tests {}\n",
        );
        write("c.txt", "use crate::d;\n// \"Why.\"\n");
        write("d.rs", "#![cfg(feature = \"x\")]\nfn g() {}\n");
        let source = || {
            write_script(folder.path(), folder.path()).unwrap();
            let script = fs::read_to_string(folder.path().join(SCRIPT)).unwrap();
            let (_, json) = script.split_once("crateSource = ").unwrap();
            serde_json::from_str::<String>(json.trim_end().trim_end_matches(';')).unwrap()
        };
        assert_eq!(
            source(),
            "#[allow(warnings)]\nmod event_loops {\n\
             mod a {\nmod c {\nuse crate::event_loops::d;\npub(crate) fn f() {\n    let my_crate = 1;\n}\n}\n\
             const T: &str = \"use crate\\x3a:d;\\n// \\\"Why.\\\"\\n\";\n\
             pub use c::f;\n}\npub(crate) mod d {\n}\npub use a::f;\n}\n"
        );
        // It follows each change, and is left alone without one.
        write("a.rs", "mod c;\npub use c::f as g;\n");
        assert!(source().contains("f as g"));
        let file = folder.path().join(SCRIPT);
        let text = fs::read_to_string(&file).unwrap() + "// kept\n";
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
        fs::write(&file, text).unwrap();
        fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(later)
            .unwrap();
        write_script(folder.path(), folder.path()).unwrap();
        assert!(fs::read_to_string(&file).unwrap().ends_with("// kept\n"));
        // That of another version is not.
        fs::write(&file, "// another\n").unwrap();
        assert!(source().contains("f as g"));
    }
}
