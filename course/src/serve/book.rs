use super::pages::Pages;
use super::place;
use super::warnings::heard_during;
use crate::Problem;
use mdbook_course::Course;
use mdbook_driver::MDBook;
use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Builds the book, as often as it is asked to.
pub(crate) struct Builder {
    root: PathBuf,
    folder: PathBuf,
    /// Remembers, from build to build, what the demos have shown.
    course: Course,
    /// Keeps `folder` for this process alone; the operating system unlocks it when we end, however
    /// we end.
    _lock: File,
}

impl Builder {
    pub(crate) fn new(root: &Path) -> Result<Self, Problem> {
        let (folder, lock) = own_folder(&root.join("target/course"))
            .map_err(|error| Problem::failure(format!("cannot write to target/course: {error}")))?;
        Ok(Builder {
            root: root.to_path_buf(),
            folder,
            course: Course::with_parts_apart(),
            _lock: lock,
        })
    }

    /// The whole book as it is on disk now, or what is wrong with it.
    pub(crate) fn build(&self) -> Result<Pages, Problem> {
        let build = || heard_during(|| self.render());
        let (built, warnings) = catch_unwind(AssertUnwindSafe(build))
            .map_err(|_| Problem::failure("the book cannot be built: see the panic above"))?;
        let html = built.map_err(|error| place::problem(&self.root, &error))?;
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
        let pages = Pages::read(&html, |page| self.course.fill(page));
        pages.map_err(|error| Problem::failure(format!("{}: {error}", html.display())))
    }

    fn render(&self) -> mdbook_driver::errors::Result<PathBuf> {
        let mut book = MDBook::load(&self.root)?;
        book.config.build.build_dir.clone_from(&self.folder);
        // The page for what is not there is served at any path, so its links start at the top.
        book.config.set("output.html.site-url", "/")?;
        // In place of the command in book.toml: the same code, without a process.
        book.with_preprocessor(self.course.clone());
        book.build()?;
        Ok(book.build_dir_for("html"))
    }
}

/// `book`, or `book-2` and so on while other servers use those before it.
fn own_folder(target: &Path) -> std::io::Result<(PathBuf, File)> {
    fs::create_dir_all(target)?;
    let names = std::iter::once("book".to_owned()).chain((2..).map(|n| format!("book-{n}")));
    for name in names {
        let lock = File::create(target.join(format!("{name}.lock")))?;
        match lock.try_lock() {
            Ok(()) => return Ok((target.join(name), lock)),
            Err(fs::TryLockError::WouldBlock) => {}
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
    }
    unreachable!("there are always more names")
}
