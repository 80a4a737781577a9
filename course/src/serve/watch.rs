use crate::files::{Snapshot, snapshot};
use mdbook_course::stepper_files::is_written;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Looks at what a book is made of, again and again.
///
/// Asking for modification times is slower than being told by the operating system, but the same
/// everywhere, and reading a file is no change: a build cannot set off the next one.
pub(crate) struct Watch {
    places: Vec<PathBuf>,
    seen: Snapshot,
}

const PAUSE: Duration = Duration::from_millis(150);

impl Watch {
    pub(crate) fn new(root: &Path) -> Self {
        // Chapters show pieces of the code, so it belongs to the book.
        let places = ["book.toml", "src", "course/theme", "code"].map(|place| root.join(place));
        let seen = of_the_book(&places);
        Watch {
            places: places.into(),
            seen,
        }
    }

    /// What has changed since the last call, once something has and an editor that saves in several
    /// steps has had the time to finish.
    pub(crate) fn wait_for_change(&mut self) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        loop {
            let latest = self.look();
            if latest == self.seen && !changed.is_empty() {
                return changed;
            }
            changed.extend(differences(&self.seen, &latest));
            self.seen = latest;
        }
    }

    fn look(&self) -> Snapshot {
        std::thread::sleep(PAUSE);
        of_the_book(&self.places)
    }
}

/// Without what a build itself writes there.
fn of_the_book(places: &[PathBuf]) -> Snapshot {
    let mut seen = snapshot(places);
    seen.retain(|path, _| !is_written(path));
    seen
}

/// What is new, gone, or not what it was.
fn differences(old: &Snapshot, new: &Snapshot) -> Vec<PathBuf> {
    let paths = old.keys().chain(new.keys());
    let differs = |path: &&PathBuf| old.get(*path) != new.get(*path);
    paths.filter(differs).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{differences, of_the_book};
    use crate::files::snapshot;
    use std::fs;
    use std::path::Path;

    #[test]
    fn writing_and_removing_a_file_are_changes_and_reading_it_is_none() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir(folder.path().join("part")).expect("it can be created");
        let chapter = folder.path().join("part/chapter.md");
        fs::write(&chapter, "one").expect("a file for the test");
        let places = [folder.path().to_path_buf()];

        let first = snapshot(&places);
        fs::read(&chapter).expect("it can be read");
        assert_eq!(differences(&first, &snapshot(&places)), [] as [&Path; 0]);
        fs::write(&chapter, "three").expect("it can be written");
        let second = snapshot(&places);
        assert!(differences(&first, &second).contains(&chapter));
        fs::remove_file(&chapter).expect("it can be removed");
        assert!(differences(&second, &snapshot(&places)).contains(&chapter));
    }

    #[test]
    fn what_a_build_writes_is_no_change() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let scripts = folder.path().join("src/stepper");
        fs::create_dir_all(&scripts).expect("it can be created");
        let places = [folder.path().join("src")];
        let before = of_the_book(&places);
        fs::write(scripts.join("stepper.js"), "joined").expect("it can be written");
        assert!(differences(&before, &of_the_book(&places)).is_empty());
        fs::write(scripts.join("loop.js"), "new").expect("it can be written");
        assert!(!differences(&before, &of_the_book(&places)).is_empty());
    }
}
