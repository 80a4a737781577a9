use crate::machine::open_to_all;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with a book of one page, one for programs to write to, and one for temporary files.
pub(crate) fn new_folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let book = folder.path().join("book");
    fs::create_dir_all(book.join("src")).expect("it can be written to");
    fs::write(book.join("book.toml"), "[book]\ntitle = \"Small\"\n").expect("a file");
    fs::write(book.join("src/SUMMARY.md"), "- [First](first.md)\n").expect("a file");
    fs::write(book.join("src/first.md"), "# First\n").expect("a file");
    open_to_all(folder.path());
    for part in ["open", "tmp"] {
        fs::create_dir(folder.path().join(part)).expect("it can be written to");
        open_to_all(&folder.path().join(part));
    }
    folder
}

/// Writes the page of a book that has the course's settings and page files, without the
/// preprocessor, which computes nothing here.
///
/// # Panics
///
/// When a file cannot be read or written.
pub fn write_page(book: &Path, text: &str) {
    let settings =
        fs::read_to_string(crate::root().join("book.toml")).expect("the course's settings");
    let (before, after) = settings
        .split_once("[preprocessor.course]")
        .expect("the preprocessor");
    let (_, rest) = after.split_once("\n[").expect("something after it");
    fs::create_dir_all(book.join("src")).expect("a folder");
    fs::write(book.join("book.toml"), format!("{before}[{rest}")).expect("a file");
    fs::write(book.join("src/SUMMARY.md"), "- [First](first.md)\n").expect("a file");
    fs::write(book.join("src/first.md"), text).expect("a file");
    let theme = Path::new("course/theme");
    fs::create_dir_all(book.join(theme)).expect("a folder");
    for file in fs::read_dir(crate::root().join(theme))
        .expect("the page files")
        .flatten()
        .filter(|file| file.path().is_file())
    {
        fs::copy(file.path(), book.join(theme).join(file.file_name())).expect("a file");
    }
    mdbook_course::crate_source::write_script(book, crate::root()).expect("the crate's source");
}

/// Writes what makes a checkout of a book: a crate `event_loops`, and a `tokio` beside it.
pub(crate) fn write_workspace(root: &Path) {
    let package = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{more}")
    };
    let course = "[features]\ntokio = [\"dep:tokio\"]\njson = []\nnet = []\n\
        [dependencies]\ntokio = { path = \"../tokio\", optional = true }\n";
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"code\", \"tokio\"]\n".to_owned(),
        ),
        (
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"event-loops\"\nversion = \"0.1.0\"\n\
             dependencies = [\n \"tokio\",\n]\n\n[[package]]\nname = \"tokio\"\nversion = \"0.1.0\"\n"
                .to_owned(),
        ),
        ("code/Cargo.toml", package("event-loops", course)),
        (
            "code/src/lib.rs",
            "pub const WORD: &str = \"first\";\n".to_owned(),
        ),
        ("tokio/Cargo.toml", package("tokio", "")),
        ("tokio/src/lib.rs", String::new()),
    ];
    for (name, text) in files {
        let file = root.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it can be created");
        fs::write(file, text).expect("a file");
    }
}
