//! Run: the reader's snippet, compiled and run on the reader's own machine.
//!
//! `POST /run` takes `{"code": "…"}` and answers with one [`Event`] a line while the program runs.
//! A page elsewhere cannot reach it (`guard`, `key`), and a program that runs wild is stopped
//! (`limits`, `containment`), leaves nothing running and no file behind.
//!
//! **It is no sandbox for strangers' code.** A program runs as this machine's program, with its
//! network and with whatever its user may read; where a PID namespace can be had, it is also kept
//! from seeing or killing other processes. What is in force is one line: [`RunState::notice`].
//!
//! | what must never happen | who sees to it |
//! | --- | --- |
//! | a page of another site starts a program | `serve::guard`: Host, Origin, Sec-Fetch-Site, JSON only; `guard`: token |
//! | another user of this machine starts one | `key`: in the address that the terminal shows, then in a cookie |
//! | a program outlives its reader | `process`: its group or namespace is killed |
//! | a program eats the machine | `limits`, set by the helper of `limited` |
//! | a program reads the server's secrets in its environment | `containment`: it gets one of its own |
//! | a program, or the compiler, reads or writes where it must not | `confine`, where the kernel has Landlock |
//! | what changed is run as it was | `toolchain`: built again; `cache`: its programs dropped |
//! | a folder is left behind | `scratch`: removed after each run, swept at the next start |

pub mod args;
mod cache;
mod compile;
mod confine;
mod containment;
mod event;
#[cfg(unix)]
mod family;
mod guard;
#[cfg(unix)]
mod inherited;
mod job;
mod key;
pub mod limited;
mod limits;
mod output;
mod process;
mod reader;
mod scratch;
mod toolchain;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::routing::post;
use axum::{Router, middleware};
use tokio::sync::Semaphore;

pub use args::RunArgs;
pub use event::Event;
pub use limits::Limits;

use cache::Cache;
use containment::Containment;
use key::Key;
use scratch::Scratch;
use toolchain::Toolchain;

/// Adds Run to what a server answers: `POST /run`, `POST /run/token` which a page asks first, and
/// the key in the address of a page.
pub fn add_to(router: Router, state: &RunState) -> Router {
    let routes = Router::new()
        .route("/run", post(job::start))
        .route("/run/token", post(guard::token))
        .with_state(state.clone());
    router
        .merge(routes)
        .layer(middleware::from_fn_with_state(state.clone(), key::take))
}

/// What every run shares. Cheap to clone.
#[derive(Clone)]
pub struct RunState(Arc<Shared>);

/// Behind [`RunState`].
struct Shared {
    /// Where the server listens.
    address: SocketAddr,
    /// What a browser must have been given before it may run anything.
    key: Key,
    /// What a page must have read from this very server before it may run anything.
    token: String,
    limits: Limits,
    /// How programs are kept, or why none may run.
    containment: Result<Containment, String>,
    /// The compiler and the crates a snippet may use, found and built in the background.
    toolchain: Toolchain,
    /// Where each run gets its own folder.
    scratch: Scratch,
    /// Programs that were compiled before.
    cache: Cache,
    /// Places for those that run at the same time. FIFO, so a line forms.
    places: Semaphore,
    /// Places for those that run or stand in line.
    line: Arc<Semaphore>,
}

impl RunState {
    /// Sees what this machine can contain, sweeps what a killed server left behind, and starts to
    /// build the crates that snippets use. Call it inside a tokio runtime.
    ///
    /// `address` is where the server listens: on one that is not loopback, Run is off. `root` is
    /// the course's folder.
    pub fn new(address: SocketAddr, root: PathBuf, args: &RunArgs) -> Self {
        let limits = args.limits();
        let containment = if address.ip().is_loopback() {
            Containment::find(args.run_as_root)
        } else {
            Err(format!(
                "Run is off: the course is served on {}, which other machines can reach",
                address.ip()
            ))
        };
        let key = Key::of(&root);
        let scratch = Scratch::default();
        scratch.prepare();
        let toolchain = Toolchain::new(root);
        if containment.is_ok() {
            toolchain.prepare();
        }
        Self(Arc::new(Shared {
            address,
            key,
            token: key::random(),
            scratch,
            cache: Cache::default(),
            places: Semaphore::new(limits.at_once),
            line: Arc::new(Semaphore::new(limits.at_once + limits.in_line)),
            limits,
            containment,
            toolchain,
        }))
    }

    /// The address to open: with the key, where there is something to run.
    pub fn url(&self) -> String {
        let port = self.0.address.port();
        match self.0.containment {
            Ok(_) => self.0.key.address(port),
            Err(_) => format!("http://localhost:{port}"),
        }
    }

    /// One line for the terminal: what is in force, or why Run is off.
    pub fn notice(&self) -> String {
        match &self.0.containment {
            Ok(containment) => format!(
                "Run: snippets are compiled and run here, {containment}; {}. Not a sandbox: run what you trust.",
                self.0.limits
            ),
            Err(reason) => reason.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RunArgs, RunState, guard};
    use axum::http::HeaderMap;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn on_an_address_that_others_reach_nothing_runs() {
        let address = (Ipv4Addr::new(192, 0, 2, 1), 3000).into();
        let nowhere = std::env::temp_dir();
        let state = RunState::new(address, nowhere, &RunArgs::default());
        let notice = state.notice();
        assert!(
            notice.starts_with("Run is off: the course is served on 192.0.2.1"),
            "{notice}"
        );
        assert_eq!(
            state.url(),
            "http://localhost:3000",
            "no key to what is off"
        );
        let mut headers = HeaderMap::new();
        let token = state.0.token.clone();
        headers.insert("x-course-token", token.parse().expect("a value"));
        let refusal = guard::check_headers(&state, &headers).expect_err("it is off");
        assert!(format!("{refusal:?}").contains("Run is off"), "{refusal:?}");
    }
}
