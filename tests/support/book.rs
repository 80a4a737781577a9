//! Small books in temporary folders, built and tested by a stock mdBook.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::{preprocessor_bin, root};

/// A book of a few chapters, with the course's preprocessor and nothing else of the course.
pub struct Book {
    folder: TempDir,
}

/// What mdBook said.
pub struct BookOutcome {
    /// Whether it was content.
    pub success: bool,
    /// Both outputs, mdBook's own log and the preprocessor's lines.
    pub output: String,
}

impl Book {
    /// A book whose chapters are these files: name and text.
    ///
    /// # Panics
    ///
    /// When the files can't be written or the preprocessor can't be built, as in all that follows.
    pub fn new(chapters: &[(&str, &str)]) -> Book {
        let book = Book {
            folder: TempDir::new().expect("a temporary folder"),
        };
        let entries: String = chapters
            .iter()
            .map(|(file, _)| format!("- [{file}]({file})\n"))
            .collect();
        book.write("src/SUMMARY.md", &entries);
        for (file, text) in chapters {
            book.write(&format!("src/{file}"), text);
        }
        book.with_time_limit("120s")
    }

    /// Stops the snippets after this time.
    pub fn with_time_limit(self, limit: &str) -> Book {
        let command = preprocessor_bin().to_string_lossy().replace('\\', "/");
        let workspace = root().to_string_lossy().replace('\\', "/");
        let toml = format!(
            "[book]\ntitle = \"A test\"\n\
             [rust]\nedition = \"2024\"\n\
             [preprocessor.course]\ncommand = '\"{command}\"'\nrenderers = [\"html\", \"test\"]\n\
             after = [\"links\"]\nworkspace = '{workspace}'\ntime-limit = \"{limit}\"\n"
        );
        self.write("book.toml", &toml);
        self
    }

    /// Writes a file of the book.
    ///
    /// # Panics
    ///
    /// When it can't be written.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, text).expect("the file is written");
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `mdbook build`.
    pub fn build(&self) -> BookOutcome {
        run(mdbook(), &["build"], self.folder.path())
    }

    /// `mdbook test`.
    pub fn test(&self) -> BookOutcome {
        run(mdbook(), &["test"], self.folder.path())
    }

    /// A page that [`Book::build`] has written.
    ///
    /// # Panics
    ///
    /// When it has not.
    pub fn html(&self, page: &str) -> String {
        let path = self.folder.path().join("book").join(page);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

impl BookOutcome {
    /// Runs the stock mdBook in `folder`.
    pub fn of_mdbook(args: &[&str], folder: &Path) -> BookOutcome {
        run(mdbook(), args, folder)
    }

    /// What `mdbook-course` says to this input, without mdBook.
    ///
    /// # Panics
    ///
    /// When it can't be started.
    pub fn of_preprocessor(input: &str) -> BookOutcome {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        fs::write(file.path(), input).expect("the input is written");
        let input = fs::File::open(file.path()).expect("the input is read");
        outcome(Command::new(preprocessor_bin()).stdin(input))
    }

    /// The lines that name a place in a chapter, without what stands below them.
    pub fn complaints(&self) -> Vec<&str> {
        self.output
            .lines()
            .filter(|line| line.starts_with("src/"))
            .collect()
    }
}

/// The stock mdBook of the course's version, installed on first use.
///
/// # Panics
///
/// When it can't be installed.
pub fn mdbook() -> &'static Path {
    static MDBOOK: OnceLock<PathBuf> = OnceLock::new();
    MDBOOK.get_or_init(|| course::tools::mdbook().unwrap_or_else(|problem| panic!("{problem}")))
}

fn run(program: &Path, args: &[&str], folder: &Path) -> BookOutcome {
    outcome(
        Command::new(program)
            .args(args)
            .current_dir(folder)
            .stdin(Stdio::null()),
    )
}

fn outcome(command: &mut Command) -> BookOutcome {
    let output = command.output().expect("the program starts");
    let text = [output.stdout, output.stderr].concat();
    BookOutcome {
        success: output.status.success(),
        output: String::from_utf8_lossy(&text).into_owned(),
    }
}

/// What stands between two pieces of a text.
///
/// # Panics
///
/// When they are not there.
#[track_caller]
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once(to))
        .map(|(inside, _)| inside)
        .unwrap_or_else(|| {
            panic!("no {from} … {to} in:\n{text}");
        })
}

/// HTML's text as a reader sees it.
pub fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#10;", "\n")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
