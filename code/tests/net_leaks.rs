//! A server that runs for months: what is closed is forgotten, by the loop and by the system.
#![cfg(all(feature = "net", target_os = "linux"))]

mod common;

use std::env;
use std::fs;
use std::net::TcpListener as StdListener;

use common::poll_once;
use common::sockets::{in_time, loopback};
use event_loops::EventLoop;
use event_loops::net::TcpListener;

/// How much memory this process has, in kB.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.unwrap().parse().unwrap()
}

#[test]
fn a_hundred_thousand_sockets_that_are_closed_leave_nothing_behind() {
    if env::var("RUSTFLAGS").is_ok_and(|flags| flags.contains("sanitizer")) {
        eprintln!("skipped: a sanitizer keeps for a while what is freed");
        return;
    }
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let listener = StdListener::bind(loopback()).unwrap();
            // All are the same socket to the system, under another number or the same one again: it
            // takes none that it still knows.
            let open_and_close = async |times: usize| {
                for _ in 0..times {
                    let copy = listener.try_clone().unwrap();
                    let copy = TcpListener::from_std(copy).unwrap();
                    let mut accept = Box::pin(copy.accept());
                    assert!(poll_once(&mut accept).await.is_pending());
                }
            };
            open_and_close(1000).await;
            let before = resident();
            open_and_close(100_000).await;
            let more = resident().saturating_sub(before);
            assert!(more < 4096, "{more} kB more than before");
        });
    });
}
