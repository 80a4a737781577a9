//! One process under watch: the compiler, or a program.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::process::Child;

use super::containment::own_group;
use super::limited::Ending;
use super::output::{Chunks, Decoder};
use super::reader::{Printer, Stopped};

/// A process that was started, with all that it starts.
pub(super) struct Process {
    /// None once it is left to a task that ends it.
    child: Option<Child>,
    /// Whether all ends when the child is killed.
    ends_at_once: bool,
    output: Chunks,
    report: Chunks,
}

/// How the watch over a process ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It ended, and this is how.
    Ended(Ending),
    /// It was ended from outside, its helper with it.
    Lost,
    /// It was stopped because its time was up.
    TimedOut,
    /// It was stopped because its output need go no further.
    Stopped(Stopped),
}

impl Process {
    /// Starts a command of [`Containment`](super::containment::Containment) with nothing to read,
    /// one pipe for both of its outputs, so that their order is kept, and a clean environment.
    pub(super) fn start(mut command: Command, ends_at_once: bool) -> io::Result<Self> {
        let (output, writer) = io::pipe()?;
        let (report, reporter) = io::pipe()?;
        command
            .stdin(Stdio::from(reporter))
            .stdout(writer.try_clone()?)
            .stderr(writer);
        own_group(&mut command);
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true);
        let child = command.spawn()?;
        // The command holds our copies of the writing ends; the pipes would never end.
        drop(command);
        Ok(Self {
            child: Some(child),
            ends_at_once,
            output: Chunks::new(output)?,
            report: Chunks::new(report)?,
        })
    }

    /// Hands the output on as it comes, until the process ends, is stopped or its time is up.
    /// When this returns, nothing of it runs any more.
    pub(super) async fn watch(mut self, limit: Duration, printer: Printer<'_>) -> Outcome {
        let outcome = self.outcome(limit, printer).await;
        self.end().await;
        outcome
    }

    /// The same, but what is left of it may still be ending when this returns: nobody waits.
    pub(super) async fn outcome(&mut self, limit: Duration, printer: Printer<'_>) -> Outcome {
        let pump = pump(&mut self.output, &mut self.report, printer);
        match tokio::time::timeout(limit, pump).await {
            Ok(Ok(report)) => Ending::parse(&report).map_or(Outcome::Lost, Outcome::Ended),
            Ok(Err(stopped)) => Outcome::Stopped(stopped),
            Err(_) => Outcome::TimedOut,
        }
    }

    /// Ends it; when this returns, it is gone.
    pub(super) async fn end(mut self) {
        if let Some(child) = self.child.take() {
            let ends_at_once = self.ends_at_once;
            // Its end of the pipe is closed: the helper sees that, and ends everything.
            drop(self);
            end(child, ends_at_once).await;
        }
    }
}

impl Drop for Process {
    // The reader left in the middle.
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        if self.ends_at_once {
            kill(&mut child);
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(end(child, false));
        }
    }
}

/// Ends all that was started, and returns when it is gone.
async fn end(mut child: Child, at_once: bool) {
    if !at_once {
        // Only the helper knows what has left its group. Then comes what it did not end.
        let _ = tokio::time::timeout(GRACE, child.wait()).await;
    }
    kill(&mut child);
    let _ = child.wait().await;
}

/// Kills the group, which holds the namespace's first process where there is one.
#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // Only as long as the leader is not reaped its number is surely still the group's.
    let leader = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    if let Some(leader) = leader {
        let _ = kill_process_group(leader, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.start_kill();
}

/// How long the helper may take to end everything.
const GRACE: Duration = Duration::from_secs(2);

/// The environment of a process, made from the few variables that it needs of ours.
pub(super) fn clean_environment(command: &mut Command, needed: &[&str]) {
    command.env_clear();
    let everywhere = ["PATH", "SystemRoot", "SystemDrive"];
    for name in everywhere.iter().chain(needed) {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// How long to wait for more output of a process that has ended: what it wrote is in the pipe
/// already. The pipe's end would take longer to come, since whatever is being ended holds it open.
const REST: Duration = Duration::from_millis(2);

/// Takes output until the process has ended; returns the helper's report.
async fn pump(
    output: &mut Chunks,
    report: &mut Chunks,
    mut printer: Printer<'_>,
) -> Result<String, Stopped> {
    let mut decoder = Decoder::default();
    let report = report.line();
    tokio::pin!(report);
    let report = loop {
        tokio::select! {
            chunk = output.next() => match chunk {
                Some(chunk) => printer.print(decoder.push(&chunk)).await?,
                None => break report.await,
            },
            report = &mut report => break report,
        }
    };
    while let Ok(Some(chunk)) = tokio::time::timeout(REST, output.next()).await {
        printer.print(decoder.push(&chunk)).await?;
    }
    printer.print(decoder.finish()).await?;
    Ok(report)
}
