mod book;
mod connections;
mod guard;
mod listen;
mod live;
mod open;
mod pages;
mod place;
mod site;
mod warnings;
mod watch;

use crate::run::{self, RunArgs, RunState};
use crate::{Problem, root};
use axum::Router;
use axum::routing::get;
use book::Builder;
use listen::Listeners;
use site::Site;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use watch::Watch;

/// What `serve` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The port of this machine to serve at; 0 takes any that is free
    #[arg(long, default_value_t = 3000, value_parser = crate::args::port)]
    port: u16,

    /// Open the course in the browser
    #[arg(long)]
    open: bool,

    #[command(flatten)]
    run: RunArgs,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            port: 3000,
            open: false,
            run: RunArgs::default(),
        }
    }
}

/// Serves the course until Ctrl-C, which is the right way to end it and so a success.
pub(crate) fn serve(options: &Options) -> Result<ExitCode, Problem> {
    let root = root::find()?;
    // A taken port is known at once, before the book is built.
    let listeners = Listeners::bind(options.port)?;
    let watch = Watch::new(&root);
    let builder = Builder::new(&root)?;
    let site = Arc::new(Site::new(builder.build()?));

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(cannot_serve)?;
    let ended = runtime.block_on(async {
        let address = (Ipv4Addr::LOCALHOST, listeners.port()).into();
        let run = RunState::new(address, root.clone(), &options.run);
        let app = router(&site, &run, listeners.port());
        rebuild_on_change(watch, builder, Arc::clone(&site));
        let _page = announce(options, &run, &root);
        tokio::select! {
            ended = listeners.serve(app) => ended,
            () = told_to_stop() => Ok(()),
        }
    });
    // Open pages hold a websocket for ever, so nobody waits for them; the time is for running
    // snippets to be stopped.
    runtime.shutdown_timeout(Duration::from_millis(500));
    ended.map(|()| ExitCode::SUCCESS).map_err(cannot_serve)
}

/// Everything that the server answers.
fn router(site: &Arc<Site>, run: &RunState, port: u16) -> Router {
    let book = Router::new()
        .route(live::SOCKET, get(live::socket))
        .route(live::SCRIPT, get(live::script))
        .fallback(pages::page)
        .with_state(Arc::clone(site));
    run::add_to(book, run).layer(axum::middleware::from_fn_with_state(
        port,
        guard::only_this_machine,
    ))
}

/// Says where the course is, and opens it if that is wanted. What it gives back is needed as long
/// as a browser may still be starting.
fn announce(options: &Options, run: &RunState, root: &Path) -> Option<open::Page> {
    let url = run.url();
    let mut terminal = io::stdout();
    // Whoever only wanted the address may have stopped reading: that is no reason to stop serving.
    let _ = write!(
        terminal,
        "The course is at {url} (Ctrl-C stops it)\n{}\n",
        run.notice()
    );
    if !options.open {
        return None;
    }
    let page = open::in_browser(&url, &root.join("target/course"));
    if page.is_err() {
        eprintln!("warning: no browser could be opened: open {url} yourself");
    }
    page.ok()
}

/// Builds the book again whenever one of its files changes. What is broken is said once, in the
/// terminal and on the pages; the last good pages stay.
fn rebuild_on_change(mut watch: Watch, builder: Builder, site: Arc<Site>) {
    std::thread::spawn(move || {
        loop {
            let changed = watch.wait_for_change();
            if changed.iter().any(|path| is_code(path)) {
                eprintln!("{CODE_CHANGED}");
            }
            match builder.build() {
                Ok(pages) => {
                    if site.publish(pages).is_some() {
                        eprintln!("mended: the pages are up to date again");
                    }
                }
                Err(problem) => {
                    if site.complain(&problem) {
                        eprintln!("error: {problem}");
                    }
                }
            }
        }
    });
}

/// The pictures come from the demos that are compiled into this very program.
const CODE_CHANGED: &str = "note: the code has changed: listings follow at once, for pictures stop \
    this with Ctrl-C and start it again";

fn is_code(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}

async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
fn cannot_serve(error: io::Error) -> Problem {
    Problem::failure(format!("the server cannot run: {error}"))
}
