//! One run, from the request to the last event.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::cache::Program;
use super::compile::{self, Compiler};
use super::containment::Containment;
use super::guard::{self, Refusal};
use super::limited::{Ending, Step};
use super::process::{Outcome, Process};
use super::reader::{Events, Stopped};
use super::scratch::{RunFolder, Scratch};
use super::{Event, RunState, Shared};

/// `POST /run`.
pub(super) async fn start(
    State(state): State<RunState>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match accept(&state, &headers, body).await {
        Ok((code, place)) => answer(state, code, place),
        Err(refusal) => refusal.into_response(),
    }
}

/// Checks the request and gives it a place in line.
async fn accept(
    state: &RunState,
    headers: &HeaderMap,
    body: Body,
) -> Result<(String, OwnedSemaphorePermit), Refusal> {
    guard::check_headers(state, headers)?;
    let code = guard::read_code(state, body).await?;
    let place = state.0.line.clone().try_acquire_owned().map_err(|_| {
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many programs stand in line: try again in a moment",
        )
    })?;
    Ok((code, place))
}

/// Starts the run, and answers with its events as they come.
fn answer(state: RunState, code: String, place: OwnedSemaphorePermit) -> Response {
    let (sender, mut receiver) = mpsc::channel::<Event>(16);
    tokio::spawn(async move {
        let events = Events::new(sender.clone());
        // When the reader leaves, the server drops the answer, and the channel closes. Dropping
        // the run in the middle kills its process and removes its folder.
        tokio::select! {
            () = run(&state.0, &code, events) => {}
            () = sender.closed() => {}
        }
        drop(place);
    });
    let lines = futures_util::stream::poll_fn(move |context| {
        receiver
            .poll_recv(context)
            .map(|event| event.map(|event| Ok::<_, io::Error>(Bytes::from(event.line()))))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Body::from_stream(lines)).into_response()
}

/// Waits for its turn, compiles and runs. The events tell the rest.
async fn run(shared: &Shared, code: &str, events: Events) {
    if let Err(Stopped::Because(last)) = try_run(shared, code, &events).await {
        let _ = events.send(last).await;
    }
}

async fn try_run(shared: &Shared, code: &str, events: &Events) -> Result<(), Stopped> {
    let failed = |text: String| Stopped::Because(Event::Failed { text });
    let containment = shared
        .containment
        .as_ref()
        .map_err(|reason| failed(reason.clone()))?;

    let _turn = match shared.places.try_acquire() {
        Ok(turn) => Ok(turn),
        Err(_) => {
            events
                .send(Event::Waiting {
                    at_once: shared.limits.at_once,
                })
                .await?;
            shared.places.acquire().await
        }
    };
    let compiler = shared.toolchain.ready(events).await?;
    let work = shared.folder(Scratch::run_folder)?;
    own(work.path(), containment.user()).map_err(|error| shared.cannot_write(&error))?;
    let mut run = Run {
        shared,
        containment,
        compiler,
        code,
        work: work.path(),
        events,
    };
    let started = match shared.cache.find(code, &run.compiler) {
        Some(program) => run.again(program).await,
        None => match run.anew().await {
            // Another cargo has built the crates meanwhile: then it is not the reader's fault.
            Err(Stopped::Because(_)) if !shared.toolchain.is_current() => {
                run.compiler = shared.toolchain.ready(events).await?;
                run.anew().await
            }
            started => started,
        },
    };
    let told = match started {
        // Where the program lies is needed until it has ended.
        Ok((process, _program)) => run.finish(process).await,
        Err(stopped) => Err(stopped),
    };
    work.remove().await;
    told
}

/// A run whose turn it is.
struct Run<'a> {
    shared: &'a Shared,
    containment: &'a Containment,
    compiler: Arc<Compiler>,
    code: &'a str,
    /// Where the program runs.
    work: &'a Path,
    events: &'a Events,
}

impl Run<'_> {
    /// Compiles the program and starts it.
    async fn anew(&self) -> Result<(Process, Arc<Program>), Stopped> {
        let Run { shared, events, .. } = self;
        let limits = &shared.limits;
        events.send(Event::Compiling).await?;
        let folder = shared.folder(Scratch::program_folder)?;
        compile::write(&folder, self.code).map_err(|error| shared.cannot_write(&error))?;
        // One helper for both: to start another takes time that the reader waits for.
        let mut process = self.start(&[
            self.compiler.step(self.containment, limits, &folder),
            self.step(&compile::program(&folder)),
        ])?;
        let mut messages = String::new();
        let printer = events
            .printer(limits.output, |text| Event::Compiler { text })
            .copying(&mut messages);
        let outcome = process.compile(limits.compile_time, printer).await;
        if let Outcome::Ended(Ending::Exit(0)) = outcome {
            let program = Program::new(self.code, &self.compiler, folder, messages);
            shared.cache.keep(&program);
            return Ok((process, program));
        }
        process.end().await;
        folder.remove().await;
        Err(match outcome {
            Outcome::Ended(Ending::Exit(_)) => why_not(shared, &messages),
            other => unfinished("compiling", other, limits.compile_time),
        })
    }

    /// Starts a program that was compiled before.
    async fn again(&self, program: Arc<Program>) -> Result<(Process, Arc<Program>), Stopped> {
        if !program.messages.is_empty() {
            let text = program.messages.clone();
            self.events.send(Event::Compiler { text }).await?;
        }
        let process = self.start(&[self.step(&program.path())])?;
        Ok((process, program))
    }

    fn step(&self, program: &Path) -> Step {
        let limits = &self.shared.limits;
        self.containment.program(limits, program, self.work)
    }

    fn start(&self, steps: &[Step]) -> Result<Process, Stopped> {
        let command = self.containment.command(steps);
        Process::start(command, self.containment.ends_at_once()).map_err(|error| {
            let text =
                format!("the helper that keeps programs within limits cannot be started: {error}");
            Stopped::Because(Event::Failed { text })
        })
    }

    /// Watches the program; how it ended is the last event.
    async fn finish(&self, mut process: Process) -> Result<(), Stopped> {
        self.events.send(Event::Running).await?;
        let began = Instant::now();
        let limits = &self.shared.limits;
        let printer = self
            .events
            .printer(limits.output, |text| Event::Output { text });
        let outcome = process.run(limits.run_time, printer).await;
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        process.end().await;
        Err(match outcome {
            Outcome::Ended(Ending::Exit(code)) => Stopped::Because(Event::Exit { code, ms }),
            Outcome::Ended(Ending::Signal(signal)) => Stopped::Because(Event::signal(signal, ms)),
            other => unfinished("running", other, limits.run_time),
        })
    }
}

impl Shared {
    /// A temporary folder.
    fn folder(&self, make: fn(&Scratch) -> io::Result<RunFolder>) -> Result<RunFolder, Stopped> {
        make(&self.scratch).map_err(|error| self.cannot_write(&error))
    }

    /// Says so, and gives back the room that the kept programs take.
    fn cannot_write(&self, error: &dyn Display) -> Stopped {
        self.cache.clear();
        let folder = std::env::temp_dir();
        Stopped::Because(Event::Failed {
            text: format!(
                "the temporary folder {} cannot be written: {error}; make room there, then press Run again",
                folder.display()
            ),
        })
    }
}

/// What it means that the compiler has failed. As a rule that is in the reader's text, but what is
/// wrong with the machine is better said plainly.
fn why_not(shared: &Shared, messages: &str) -> Stopped {
    if messages.contains("No space left on device")
        || (messages.contains("linking with") && shared.scratch.is_full())
    {
        shared.cannot_write(&"no space is left")
    } else if messages.contains("linker `") && messages.contains("` not found") {
        Stopped::Because(Event::Failed {
            text: "there is no linker here: install a C compiler (as Debian's build-essential), then press Run again".to_owned(),
        })
    } else {
        Stopped::Because(Event::CompileFailed)
    }
}

/// What a process that did not end by itself means for the run.
fn unfinished(what: &'static str, outcome: Outcome, limit: Duration) -> Stopped {
    let failed = |text: String| Stopped::Because(Event::Failed { text });
    match outcome {
        Outcome::TimedOut => Stopped::Because(Event::Timeout {
            what,
            seconds: limit.as_secs(),
        }),
        Outcome::Stopped(stopped) => stopped,
        Outcome::Ended(Ending::NotStarted(reason)) => failed(format!(
            "{what} could not start: {reason}; if the temporary folder allows no programs, set TMPDIR to one that does"
        )),
        Outcome::Ended(Ending::TooMuch(text)) => Stopped::Because(Event::TooMuch { text }),
        Outcome::Ended(Ending::Signal(signal)) => Stopped::Because(Event::signal(signal, 0)),
        Outcome::Ended(Ending::Exit(code)) => failed(format!("{what} ended with exit code {code}")),
        Outcome::Lost => failed(format!("{what} was ended from outside")),
    }
}

/// Gives the folder to the user that the program runs as.
#[cfg(unix)]
fn own(folder: &Path, user: Option<u32>) -> io::Result<()> {
    match user {
        Some(user) => std::os::unix::fs::chown(folder, Some(user), Some(user)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn own(_folder: &Path, _user: Option<u32>) -> io::Result<()> {
    Ok(())
}
