//! A signal that interrupts the wait for sockets is its handler's business, and not the loop's.
//!
//! A process that is stopped and goes on finds its wait interrupted, as by a signal with a handler;
//! so the loop is in a child of this test.
#![cfg(all(feature = "net", target_os = "linux"))]

mod common;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use common::sockets::{in_time, listen};
use event_loops::EventLoop;
use rustix::process::{Pid, Signal, kill_process};

/// Set in the child.
const CHILD: &str = "EVENT_LOOPS_TEST_CHILD";

#[test]
fn a_loop_that_was_stopped_and_goes_on_waits_as_before() {
    if env::var_os(CHILD).is_some() {
        return in_time(serve);
    }
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "a_loop_that_was_stopped_and_goes_on_waits_as_before",
            "--exact",
        ])
        .args(["--nocapture"])
        .env(CHILD, "")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("at ") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "it has ended");
    }
    let address = line.trim_end().split_once("at ").unwrap().1;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let pid = Pid::from_child(&child);
    for round in 0..20 {
        // The echo says that the loop goes round; after it, it waits.
        stream.write_all(&[round]).unwrap();
        stream.read_exact(&mut [0]).unwrap();
        await_state(pid, 'S');
        kill_process(pid, Signal::STOP).unwrap();
        await_state(pid, 'T');
        kill_process(pid, Signal::CONT).unwrap();
    }
    drop(stream);
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success(), "{rest}");
}

/// In the child: sends back what it gets.
fn serve() {
    EventLoop::new().run_until_complete(async {
        let (listener, address) = listen();
        println!("at {address}");
        let (stream, _) = listener.accept().await.unwrap();
        let mut byte = [0];
        while stream.read(&mut byte).await.unwrap() > 0 {
            stream.write_all(&byte).await.unwrap();
        }
    });
}

/// Waits until all threads of a process sleep, or are stopped.
fn await_state(pid: Pid, wanted: char) {
    let in_state = || {
        let threads = fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero())).unwrap();
        threads.flatten().all(|thread| {
            let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            let state = stat
                .rsplit(") ")
                .next()
                .and_then(|rest| rest.chars().next());
            state == Some(wanted)
        })
    };
    while !in_state() {
        thread::yield_now();
    }
}
