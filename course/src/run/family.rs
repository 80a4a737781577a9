//! All that a program has started, whatever group or session it has moved to.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, wait};

/// What a program has used up together with all that it started.
pub(super) struct Use {
    /// Bytes of memory that are filled.
    pub(super) memory: u64,
    /// Bytes that its files take.
    pub(super) disk: u64,
    /// How many files and folders there are, as far as they were counted.
    pub(super) files: u64,
}

/// From now on an orphan below this process is its child, instead of the system's first process's.
#[cfg(target_os = "linux")]
pub(super) fn adopt() {
    let _ = rustix::process::set_child_subreaper(Some(getpid()));
}

#[cfg(not(target_os = "linux"))]
pub(super) fn adopt() {}

/// Kills everything below this process. What is started meanwhile is killed in the next round.
pub(super) fn end() {
    for _ in 0..ROUNDS {
        let members = members();
        if members.is_empty() {
            return;
        }
        for member in members {
            let _ = kill_process(member, Signal::KILL);
        }
        // Nobody else waits for orphans.
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What everything below this process uses, and what lies in `folder`. Counts no more files than
/// `enough`.
pub(super) fn usage(folder: &Path, enough: u64) -> Use {
    let mut sum = Use {
        memory: members().into_iter().map(memory).sum(),
        disk: 0,
        files: 0,
    };
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(about) = entry.metadata() else {
                continue;
            };
            sum.files += 1;
            sum.disk += about.blocks() * 512;
            if sum.files > enough {
                return sum;
            }
            if about.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    sum
}

/// A fork that never ends is stopped by the limit on processes, and then this is enough.
const ROUNDS: u32 = 500;

/// The processes below this one. Where the system does not list them in /proc, none.
fn members() -> Vec<Pid> {
    let all: Vec<(i32, i32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| with_parent(&entry.file_name()))
        .collect();
    let mut found = vec![getpid().as_raw_nonzero().get()];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = all.iter().filter(|(_, its)| *its == parent);
        found.extend(children.map(|(process, _)| process));
        next += 1;
    }
    found.drain(1..).filter_map(Pid::from_raw).collect()
}

/// The number of a process, as /proc names it, and that of its parent.
fn with_parent(name: &OsStr) -> Option<(i32, i32)> {
    let process = name.to_str()?.parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // `42 (a name with any characters) S 7 …`
    let (_, after_name) = stat.rsplit_once(") ")?;
    let parent = after_name.split(' ').nth(1)?.parse().ok()?;
    Some((process, parent))
}

/// What a process has filled itself, without the files that it maps.
fn memory(process: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero()));
    let status = status.unwrap_or_default();
    let kib = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    1024 * (kib("RssAnon:").unwrap_or(0) + kib("RssShmem:").unwrap_or(0))
}
