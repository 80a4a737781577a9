use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Looks at what a book is made of, again and again.
///
/// Asking for modification times is slower than being told by the operating system, but the same
/// everywhere, and reading a file is no change: a build cannot set off the next one.
pub(crate) struct Watch {
    places: Vec<PathBuf>,
    seen: Snapshot,
}

type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

const PAUSE: Duration = Duration::from_millis(150);

impl Watch {
    pub(crate) fn new(root: &Path) -> Self {
        // Chapters show pieces of the code, so it belongs to the book.
        let places = ["book.toml", "src", "course/theme", "code"].map(|place| root.join(place));
        let seen = snapshot(&places);
        Watch {
            places: places.into(),
            seen,
        }
    }

    /// Returns once something has changed since the last call and an editor that saves in several
    /// steps has had the time to finish.
    pub(crate) fn wait_for_change(&mut self) {
        let mut latest = self.look();
        while latest == self.seen {
            latest = self.look();
        }
        while latest != self.seen {
            self.seen = latest;
            latest = self.look();
        }
    }

    fn look(&self) -> Snapshot {
        std::thread::sleep(PAUSE);
        snapshot(&self.places)
    }
}

fn snapshot(places: &[PathBuf]) -> Snapshot {
    let mut seen = Snapshot::new();
    let mut ahead = places.to_vec();
    while let Some(path) = ahead.pop() {
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            let entries = entries.filter(|entry| entry.file_name() != "target");
            ahead.extend(entries.map(|entry| entry.path()));
        } else {
            seen.insert(path, (metadata.modified().ok(), metadata.len()));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::snapshot;
    use std::fs;

    #[test]
    fn a_snapshot_changes_with_a_file_and_not_with_reading_it() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir(folder.path().join("part")).expect("it can be created");
        let chapter = folder.path().join("part/chapter.md");
        fs::write(&chapter, "one").expect("a file for the test");
        let places = [folder.path().to_path_buf()];

        let first = snapshot(&places);
        fs::read(&chapter).expect("it can be read");
        assert_eq!(snapshot(&places), first);
        fs::write(&chapter, "three").expect("it can be written");
        let second = snapshot(&places);
        assert_ne!(second, first);
        fs::remove_file(&chapter).expect("it can be removed");
        assert_ne!(snapshot(&places), second);
    }
}
