//! Descriptors that the server was started with: no program of a reader's is to have them.

use std::fs;

/// Closes all but the usual three. It is for a process that has opened none of its own yet.
pub(super) fn close() {
    // Linux and macOS both list them there.
    let Ok(open) = fs::read_dir("/dev/fd") else {
        return;
    };
    let numbers = open.flatten().filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse::<i32>().ok()?;
        (number > 2).then_some(number)
    });
    let numbers: Vec<i32> = numbers.collect();
    for number in numbers {
        // The list's own is gone by now, and that is no harm.
        let _ = nix::unistd::close(number);
    }
}
