//! The stepper's scripts and styles, which are many small files to read, as one each to load.
//!
//! They lie among the chapters' files, so that mdBook copies them, and are loaded by the pages that
//! have a stepper. Beside them, not written here, is the loop itself, `src/stepper/loop.js`.

use std::fs;
use std::io;
use std::path::Path;

/// Where they are written by hand, in the workspace.
pub const SOURCES: &str = "course/theme/stepper";

/// What a page loads, from the folder of the chapters: the styles, then the scripts in this order.
pub const STYLE: &str = "stepper/stepper.css";
/// See [`STYLE`].
pub const SCRIPTS: [&str; 2] = ["stepper/stepper.js", "stepper/loop.js"];

/// Each uses what stands before it.
const PARTS: [&str; 19] = [
    "elements.js",
    "machine.js",
    "link.js",
    "events.js",
    "controls.js",
    "player.js",
    "picture.js",
    "state.js",
    "listing.js",
    "table.js",
    "steps.js",
    "form.js",
    "beside.js",
    "quiz.js",
    "tools.js",
    "keys.js",
    "session.js",
    "widget.js",
    "start.js",
];
const STYLES: [&str; 2] = ["stepper.css", "panel.css"];

/// Writes them into the folder of the chapters, unless they are there as they should be.
///
/// # Errors
///
/// When one can't be read or written.
pub fn write(src: &Path, workspace: &Path) -> io::Result<()> {
    let sources = workspace.join(SOURCES);
    let joined = |parts: &[&str], squeezed: fn(&str) -> String| -> io::Result<String> {
        let mut text =
            "/* Joined from course/theme/stepper with each build of the book: don't edit. */\n"
                .to_string();
        for part in parts {
            let path = sources.join(part);
            let source = fs::read_to_string(&path);
            let source = source.map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })?;
            text += &squeezed(&source);
        }
        Ok(text)
    };
    write_if_changed(&src.join(SCRIPTS[0]), &joined(&PARTS, script)?)?;
    write_if_changed(&src.join(STYLE), &joined(&STYLES, style)?)
}

/// Whether a file is one that [`write()`] writes: for who watches the book's files, that is no change of
/// the book.
///
/// ```
/// use mdbook_course::stepper_files::is_written;
/// use std::path::Path;
///
/// assert!(is_written(Path::new("/book/src/stepper/stepper.js")));
/// assert!(!is_written(Path::new("/book/src/stepper/loop.js")));
/// assert!(!is_written(Path::new("/book/course/theme/stepper/stepper.css")));
/// ```
pub fn is_written(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let folder = file.parent().unwrap_or(file);
    folder.ends_with("src/stepper") && name.starts_with("stepper.")
}

/// Not written again, so that browsers may keep what they have.
fn write_if_changed(file: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    // Another build may read it at this moment: it is never there in part.
    let new = file.with_extension(format!("{}.new", std::process::id()));
    fs::write(&new, text)?;
    fs::rename(&new, file)
}

/// Without what only its readers need: comments on lines of their own, indentation, empty lines.
fn script(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    let told = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    told.map(|line| format!("{line}\n")).collect()
}

fn style(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/*") {
        text += before;
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    let text = text + rest;
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_needs_is_left() {
        let source =
            "// One.\n\"use strict\";\n\n    // Two.\n    const a = \"// no comment\"; // three\n";
        assert_eq!(
            script(source),
            "\"use strict\";\nconst a = \"// no comment\"; // three\n"
        );
        let source = "/* One,\n   two. */\na {\n    b: \"◂ \" / \"\"; /* three */\n}\n\n";
        assert_eq!(style(source), "a {\nb: \"◂ \" / \"\";\n}\n");
    }

    #[test]
    fn every_part_is_in_and_nothing_is_written_twice() {
        let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let mut parts: Vec<String> = PARTS
            .iter()
            .chain(&STYLES)
            .map(ToString::to_string)
            .collect();
        let sources = fs::read_dir(workspace.join(SOURCES)).unwrap();
        let mut files: Vec<String> = sources
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        parts.sort();
        files.sort();
        assert_eq!(parts, files);

        let src = tempfile::tempdir().unwrap();
        write(src.path(), workspace).unwrap();
        let file = src.path().join(SCRIPTS[0]);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("courseStepper.widget = (figure) =>"));
        fs::File::open(&file)
            .unwrap()
            .set_modified(std::time::UNIX_EPOCH)
            .unwrap();
        write(src.path(), workspace).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().modified().unwrap(),
            std::time::UNIX_EPOCH
        );
        fs::write(&file, "old").unwrap();
        write(src.path(), workspace).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}
