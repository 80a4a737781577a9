use std::process::ExitCode;

use super::{notebooks, setup};
use crate::{Problem, root};

/// What `notebooks` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run every notebook and compare it with the outputs it keeps, instead of opening them
    #[arg(long, conflicts_with_all = ["record", "no_browser", "port", "online"])]
    check: bool,

    /// Run every notebook and keep its outputs, instead of opening them
    #[arg(long, conflicts_with_all = ["no_browser", "port", "online"])]
    record: bool,

    /// Print the address only
    #[arg(long)]
    no_browser: bool,

    /// The port to listen on [default: the first free one from 8888 on]
    #[arg(long)]
    port: Option<u16>,

    /// Let cells fetch crates that are not on this machine
    #[arg(long)]
    online: bool,
}

/// Opens, checks or records the notebooks.
pub(crate) fn notebooks(options: &Options) -> Result<ExitCode, Problem> {
    let root = root::find()?;
    if options.check {
        notebooks::check_all(&root)?;
    } else if options.record {
        notebooks::record_all(&root)?;
    } else {
        let opening = notebooks::Opening {
            browser: !options.no_browser,
            port: options.port,
            online: options.online,
        };
        notebooks::open(&root, &opening)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Sets up everything there is.
pub(crate) fn set_up() -> Result<ExitCode, Problem> {
    setup(&root::find()?)?;
    Ok(ExitCode::SUCCESS)
}
