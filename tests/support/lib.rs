//! What the tests of this folder share.

mod book;

pub use book::{Book, Outcome, mdbook};

use std::path::Path;

/// The root of the checkout that is being tested.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
