//! Running a program that may never end, and everything that it starts.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How a program ended.
pub(crate) struct Ended {
    /// `None`: it had to be stopped, because its time was over.
    pub(crate) status: Option<ExitStatus>,
    /// What it printed, on either output, in order.
    pub(crate) output: String,
}

/// More output than this is not kept: a snippet that prints in a loop must not fill the memory.
const MOST_OUTPUT: usize = 4 << 20;

/// Runs a program in `folder`. When `limit` is over, or when this process ends, the program ends
/// too, and so does everything that it has started.
pub(super) fn run<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = A>,
    folder: &Path,
    limit: Duration,
) -> io::Result<Ended> {
    let (mut reader, writer) = io::pipe()?;
    let mut command = tied(program.as_ref());
    command
        .args(args)
        .current_dir(folder)
        .env("RUST_BACKTRACE", "0")
        // What a killed rustdoc leaves behind goes with the folder.
        .env("TMPDIR", folder)
        .stdin(Stdio::piped())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn()?;
    // It holds the pipe's other end: as long as that is open, reading does not come to an end.
    drop(command);

    let (chunks, received) = mpsc::channel();
    thread::spawn(move || {
        let mut chunk = [0; 8192];
        let mut kept = 0;
        while let Ok(length @ 1..) = reader.read(&mut chunk) {
            if kept < MOST_OUTPUT {
                kept += length;
                let _ = chunks.send(chunk[..length].to_vec());
            }
        }
    });
    let deadline = Instant::now() + limit;
    let mut output = Vec::new();
    let in_time = loop {
        match received.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(chunk) => output.extend(chunk),
            Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => break false,
        }
    };
    if !in_time {
        end(&mut child);
    }
    // Also closes its stdin, at which a tied group ends, whatever the program has left running.
    let status = child.wait()?;
    Ok(Ended {
        status: in_time.then_some(status),
        output: String::from_utf8_lossy(&output).into_owned(),
    })
}

/// A process group of its own can be killed as a whole, but then Ctrl-C does not reach it. So a
/// watcher in the group waits for the end of its input, which comes when we close it and when we
/// die, and kills the group.
#[cfg(unix)]
fn tied(program: &OsStr) -> Command {
    use std::os::unix::process::CommandExt;

    const SCRIPT: &str = "exec 3<&0 </dev/null
        (read -r _ <&3; kill -s KILL 0) >/dev/null 2>&1 &
        # rustdoc keeps what a snippet prints: one that prints for ever must not take all memory.
        ulimit -v 4194304 2>/dev/null
        \"$@\" 3<&-";
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "sh"])
        .arg(program)
        .process_group(0);
    command
}

#[cfg(unix)]
fn end(child: &mut Child) {
    drop(child.stdin.take());
}

#[cfg(not(unix))]
fn tied(program: &OsStr) -> Command {
    Command::new(program)
}

/// `taskkill /T` ends the whole tree of processes.
#[cfg(not(unix))]
fn end(child: &mut Child) {
    let id = child.id().to_string();
    let _ = Command::new("taskkill")
        .args(["/F", "/T", "/PID", &id])
        .output();
    let _ = child.kill();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    fn sh(script: &str, limit: Duration) -> Ended {
        run("sh", ["-c", script], Path::new("/"), limit).unwrap()
    }

    #[test]
    fn both_outputs_are_kept_in_order_with_the_exit_code() {
        let ended = sh(
            "echo a; echo b >&2; echo c; exit 3",
            Duration::from_secs(60),
        );
        assert_eq!(ended.output, "a\nb\nc\n");
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_never_ends_is_stopped_with_what_it_started() {
        let limit = Duration::from_millis(300);
        let ended = sh("sleep 1000 & echo $!; while true; do :; done", limit);
        assert!(ended.status.is_none());
        let process = format!("/proc/{}", ended.output.trim());
        assert!(
            Path::new(&process).parent().is_some_and(Path::exists),
            "{process}"
        );
        // Killed is killed, but the kernel takes a moment; a zombie only waits to be counted.
        let waiting_since = Instant::now();
        while fs::read_to_string(format!("{process}/stat")).is_ok_and(|stat| !stat.contains(") Z"))
        {
            assert!(
                waiting_since.elapsed() < Duration::from_secs(20),
                "{process} still runs"
            );
            thread::yield_now();
        }
    }

    #[test]
    fn endless_output_is_cut() {
        let ended = sh("exec yes", Duration::from_millis(300));
        assert!(ended.status.is_none());
        assert!(ended.output.len() < MOST_OUTPUT + 8192);
    }
}
