//! The tests of `code/tests/loom.rs` need the crate compiled in another way. So that the one
//! command runs every test there is, this runs them.

use std::process::{Command, Stdio};

use course_tests::root;

#[test]
fn threads_meet_in_every_order() {
    // In a target folder of its own: the flag would make cargo compile everything else anew. In
    // one that lasts, since loom and what it needs take half a minute to compile.
    let target = std::env::current_exe().expect("the test's file");
    let target = target
        .ancestors()
        .nth(3)
        .expect("a target folder")
        .join("loom");
    let status = Command::new(env!("CARGO"))
        .args(["test", "--locked", "--release", "--package", "event-loops"])
        .args(["--no-default-features", "--test", "loom", "--target-dir"])
        .arg(target)
        .env("RUSTFLAGS", "--cfg loom")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(root())
        .stdin(Stdio::null())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "see above");
}
