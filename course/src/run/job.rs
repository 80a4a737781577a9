//! One run, from the request to the last event.

use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::compile::Compiler;
use super::containment::Containment;
use super::guard::{self, Refusal};
use super::limited::Ending;
use super::process::{Outcome, Process, clean_environment};
use super::reader::{Events, Stopped};
use super::scratch::RunFolder;
use super::{Event, Limits, RunState, Shared};

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
    let scratch = shared
        .scratch
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
    if !shared.toolchain.is_ready() {
        events.send(Event::Preparing).await?;
    }
    let compiler = shared.toolchain.ready().await.map_err(failed)?;

    let folder = scratch
        .run_folder()
        .and_then(|folder| Compiler::write(&folder, code).map(|()| folder))
        .map_err(|error| failed(format!("the temporary folder cannot be written: {error}")))?;
    let told = compile_and_run(containment, &shared.limits, &compiler, &folder, events).await;
    folder.remove().await;
    told
}

async fn compile_and_run(
    containment: &Containment,
    limits: &Limits,
    compiler: &Compiler,
    folder: &RunFolder,
    events: &Events,
) -> Result<(), Stopped> {
    events.send(Event::Compiling).await?;
    let rustc = start_process(containment, compiler.command(containment, limits, folder))?;
    let printer = events.printer(limits.output, |text| Event::Compiler { text });
    match rustc.watch(limits.compile_time, printer).await {
        Outcome::Ended(Ending::Exit(0)) => {}
        Outcome::Ended(Ending::Exit(_)) => return Err(Stopped::Because(Event::CompileFailed)),
        other => return Err(unfinished("compiling", other, limits.compile_time)),
    }

    let work = folder.work();
    let mut command = containment.command(limits, &Compiler::program(folder), &work);
    clean_environment(&mut command, &[]);
    own(&work, containment.user()).map_err(|error| {
        Stopped::Because(Event::Failed {
            text: error.to_string(),
        })
    })?;
    // A program may write where it runs; its home is there too.
    command
        .current_dir(&work)
        .env("HOME", &work)
        .env("TMPDIR", &work)
        .env("TMP", &work)
        .env("LANG", "C.UTF-8");
    // Each thread's own heap would reserve much of the address space that is allowed.
    command.env("MALLOC_ARENA_MAX", "2");
    events.send(Event::Running).await?;
    let began = Instant::now();
    let program = start_process(containment, command)?;
    let printer = events.printer(limits.output, |text| Event::Output { text });
    let outcome = program.watch(limits.run_time, printer).await;
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Err(match outcome {
        Outcome::Ended(Ending::Exit(code)) => Stopped::Because(Event::Exit { code, ms }),
        Outcome::Ended(Ending::TooMuch(text)) => Stopped::Because(Event::TooMuch { text }),
        Outcome::Ended(Ending::Signal(signal)) => Stopped::Because(Event::signal(signal, ms)),
        other => unfinished("running", other, limits.run_time),
    })
}

fn start_process(
    containment: &Containment,
    command: std::process::Command,
) -> Result<Process, Stopped> {
    Process::start(command, containment.ends_at_once()).map_err(|error| {
        let text =
            format!("the helper that keeps programs within limits cannot be started: {error}");
        Stopped::Because(Event::Failed { text })
    })
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
fn own(folder: &std::path::Path, user: Option<u32>) -> io::Result<()> {
    match user {
        Some(user) => std::os::unix::fs::chown(folder, Some(user), Some(user)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn own(_folder: &std::path::Path, _user: Option<u32>) -> io::Result<()> {
    Ok(())
}
