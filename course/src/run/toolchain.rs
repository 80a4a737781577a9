//! The compiler for snippets, found and built up in the background, and again when it must be.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Event;
use super::compile::Compiler;
use super::reader::{Events, Stopped};
use crate::files::{Snapshot, snapshot};

/// Finds the compiler and builds the crates that snippets may use.
pub(super) struct Toolchain {
    root: PathBuf,
    state: Arc<watch::Sender<State>>,
    /// Held while it is decided whether to start building, so that it starts once.
    deciding: Mutex<()>,
}

#[derive(Clone)]
enum State {
    NotYet,
    /// What cargo said last.
    Building(String),
    Ready(Ready),
    Failed(Failure),
}

/// A compiler, and what it was made of.
#[derive(Clone)]
struct Ready {
    compiler: Arc<Compiler>,
    /// The sources, as they were before they were built.
    sources: Snapshot,
    /// What a snippet is compiled with and linked to.
    built: Snapshot,
}

/// Why there is no compiler.
#[derive(Clone)]
struct Failure {
    /// In one line.
    reason: String,
    /// What cargo said on the way.
    said: String,
}

impl Toolchain {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            state: Arc::new(watch::Sender::new(State::NotYet)),
            deciding: Mutex::new(()),
        }
    }

    /// Starts to build unless that is under way or done. It is done again when a source or a
    /// library is not what it was, and after a failure: the reader may have mended what was wrong.
    pub(super) fn prepare(&self) {
        let _deciding = self.decide();
        let is_needed = match &*self.state.borrow() {
            State::NotYet | State::Failed(_) => true,
            State::Building(_) => false,
            State::Ready(ready) => !ready.is_current(&self.root),
        };
        if !is_needed {
            return;
        }
        self.state.send_replace(State::Building(String::new()));
        let (root, state) = (self.root.clone(), Arc::clone(&self.state));
        tokio::task::spawn_blocking(move || {
            let sources = sources(&root);
            let said = Arc::new(Mutex::new(String::new()));
            let tell = {
                let (said, state) = (Arc::clone(&said), Arc::clone(&state));
                move |line: &str| {
                    eprintln!("{line}");
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    said.push_str(line);
                    said.push('\n');
                    state.send_replace(State::Building(line.trim().to_owned()));
                }
            };
            state.send_replace(match Compiler::find(&root, tell) {
                Ok(compiler) => State::Ready(Ready {
                    built: snapshot(&compiler.files()),
                    compiler: Arc::new(compiler),
                    sources,
                }),
                Err(reason) => State::Failed(Failure {
                    reason,
                    said: std::mem::take(&mut said.lock().unwrap_or_else(PoisonError::into_inner)),
                }),
            });
        });
    }

    /// Whether what was built is what there is now.
    pub(super) fn is_current(&self) -> bool {
        match &*self.state.borrow() {
            State::Ready(ready) => ready.is_current(&self.root),
            _ => false,
        }
    }

    /// Waits until a snippet can be compiled, and tells what there is to wait for.
    pub(super) async fn ready(&self, events: &Events) -> Result<Arc<Compiler>, Stopped> {
        self.prepare();
        let mut state = self.state.subscribe();
        let mut is_told = false;
        loop {
            let latest = state.borrow_and_update().clone();
            match latest {
                State::Ready(ready) => return Ok(ready.compiler),
                State::Failed(Failure { reason, said }) => {
                    if !said.is_empty() {
                        events.send(Event::Compiler { text: said }).await?;
                    }
                    return Err(Stopped::Because(Event::Failed { text: reason }));
                }
                State::Building(_) | State::NotYet if !is_told => {
                    events.send(Event::Preparing).await?;
                    is_told = true;
                }
                State::Building(text) if !text.is_empty() => {
                    events.send(Event::Progress { text }).await?;
                }
                State::Building(_) | State::NotYet => {}
            }
            if state.changed().await.is_err() {
                let text = "the crates of the course were not built".to_owned();
                return Err(Stopped::Because(Event::Failed { text }));
            }
        }
    }

    fn decide(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ready {
    fn is_current(&self, root: &Path) -> bool {
        self.sources == sources(root) && self.built == snapshot(&self.compiler.files())
    }
}

/// What the crates are built from.
fn sources(root: &Path) -> Snapshot {
    let places = ["code/src", "code/Cargo.toml", "Cargo.toml", "Cargo.lock"];
    snapshot(&places.map(|place| root.join(place)))
}
