//! A helper under watch, with all that it starts: the compiler, and a program.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::process::Child;

use super::limited::Ending;
use super::output::{Chunks, Decoder};
use super::reader::{Printer, Stopped};

/// A helper that was started, with all that it starts.
pub(super) struct Process {
    /// None once it is left to a task that ends it.
    child: Option<Child>,
    /// Whether all ends when the child is killed.
    ends_at_once: bool,
    messages: Chunks,
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
    /// Starts a command of [`Containment`](super::containment::Containment).
    pub(super) fn start(mut command: Command, ends_at_once: bool) -> io::Result<Self> {
        let (messages, messenger) = io::pipe()?;
        let (output, writer) = io::pipe()?;
        let (report, reporter) = io::pipe()?;
        command
            .stdin(Stdio::from(reporter))
            .stdout(writer)
            .stderr(messenger);
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true);
        let child = command.spawn()?;
        // The command holds our copies of the writing ends; the pipes would never end.
        drop(command);
        Ok(Self {
            child: Some(child),
            ends_at_once,
            messages: Chunks::new(messages)?,
            output: Chunks::new(output)?,
            report: Chunks::new(report)?,
        })
    }

    /// Hands on what the compiler says as it comes, until it has ended, its time is up, or there
    /// was enough.
    pub(super) async fn compile(&mut self, limit: Duration, printer: Printer<'_>) -> Outcome {
        watch(&mut self.messages, &mut self.report, limit, printer).await
    }

    /// The same with what the program prints. Something may still be ending when this returns.
    pub(super) async fn run(&mut self, limit: Duration, printer: Printer<'_>) -> Outcome {
        watch(&mut self.output, &mut self.report, limit, printer).await
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

async fn watch(
    output: &mut Chunks,
    report: &mut Chunks,
    limit: Duration,
    printer: Printer<'_>,
) -> Outcome {
    match tokio::time::timeout(limit, pump(output, report, printer)).await {
        Ok(Ok(report)) => Ending::parse(&report).map_or(Outcome::Lost, Outcome::Ended),
        Ok(Err(stopped)) => Outcome::Stopped(stopped),
        Err(_) => Outcome::TimedOut,
    }
}

/// Takes output until the helper reports an end; returns the report.
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
    // All that was written before the report is there by now. The end of the pipe may take longer
    // to come, since what is left running is still being ended.
    while let Some(chunk) = output.waiting().await {
        printer.print(decoder.push(&chunk)).await?;
    }
    printer.print(decoder.finish()).await?;
    Ok(report)
}
