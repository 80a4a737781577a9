use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

/// When each file was changed last, and how long it is.
pub(crate) type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// What lies at and below these places, but in no `target`. What is not there is left out.
pub(crate) fn snapshot(places: &[PathBuf]) -> Snapshot {
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
