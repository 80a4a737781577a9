//! What the tests of this folder share.

mod book;
mod browser;
mod build;
mod command;
mod folder;
mod runner;
mod server;

pub use book::{Book, BookOutcome, between, mdbook, unescaped};
pub use browser::{Browser, Log, find_chromium};
pub use build::{course_bin, preprocessor_bin};
pub use command::{Said, course};
pub use folder::Folder;
pub use runner::{Run, Runner, write_page};
pub use server::{Answer, PATIENCE, Server};

use std::path::Path;

/// The root of the checkout that is being tested.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
