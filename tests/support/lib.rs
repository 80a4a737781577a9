//! What the tests of this folder share.

mod book;
mod browser;
mod build;
mod command;
mod folder;
mod machine;
mod runner;
mod server;
mod small_book;

pub use book::{Book, BookOutcome, between, mdbook, unescaped};
pub use browser::{Browser, Log, find_chromium};
pub use build::{course_bin, preprocessor_bin};
pub use command::{Said, course};
pub use folder::Folder;
pub use machine::{is_root, link};
pub use runner::{Run, Runner};
pub use server::{Answer, PATIENCE, Server};
pub use small_book::write_page;

use std::fs;
use std::path::Path;

/// The root of the checkout that is being tested.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The names in a folder, sorted.
///
/// # Panics
///
/// When it can't be listed.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .expect("it can be listed")
        .map(|entry| entry.expect("so"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
