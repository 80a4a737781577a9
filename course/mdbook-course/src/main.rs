//! The preprocessor.
fn main() {}
