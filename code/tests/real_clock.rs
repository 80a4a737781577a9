//! The machine's own clock. Few tests, and short ones: none asserts that something was quick.

mod common;

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use common::{Gate, millis, secs, story};
use event_loops::{EventKind, EventLoop, TaskId, block_for, compute_for, gather, now, sleep};

#[test]
fn a_sleep_never_ends_early() {
    let event_loop = EventLoop::new();
    let began = Instant::now();
    event_loop.run_until_complete(gather([1, 5, 20].map(|length| async move {
        let (started, before) = (Instant::now(), now());
        sleep(millis(length)).await;
        assert!(started.elapsed() >= millis(length));
        assert!(now() - before >= millis(length));
    })));
    assert!(began.elapsed() >= millis(20));
}

#[test]
fn held_threads_are_held_for_as_long_as_they_say() {
    EventLoop::new().run_until_complete(async {
        let began = now();
        block_for(millis(5));
        assert!(now() - began >= millis(5));
        compute_for(millis(5));
        assert!(now() - began >= millis(10));
    });
}

#[test]
fn a_loop_with_nothing_to_do_is_parked_and_polls_nobody() {
    let event_loop = EventLoop::new().with_trace();
    event_loop.run_until_complete(gather([millis(50); 5].map(sleep)));
    let trace = event_loop.trace();
    for task in &trace.tasks {
        assert_eq!(trace.polls(task.id), 2, "{}", task.name);
    }
    // Five deadlines, so five times at most, and a few more if the system wakes it for nothing. A
    // loop that looks at the clock until the time has come would be here thousands of times.
    let parked = |kind: &EventKind| matches!(kind, EventKind::Parked { .. });
    let count = trace.events.iter().filter(|e| parked(&e.kind)).count();
    assert!((1..=20).contains(&count), "parked {count} times");
    assert!(trace.idle() >= millis(40), "idle for {:?}", trace.idle());
}

#[test]
fn a_wake_from_another_thread_ends_the_parking() {
    let event_loop = EventLoop::new().with_trace();
    let gate = Gate::default();
    let (asleep, is_asleep) = mpsc::channel();
    let waker = {
        let gate = gate.clone();
        thread::spawn(move || {
            is_asleep.recv().unwrap();
            gate.open();
        })
    };
    let event_loop_is_parked = async move {
        // An hour away: only the other thread can end this test in good time.
        let alarm = event_loops::spawn(sleep(secs(3600)));
        asleep.send(()).unwrap();
        gate.wait().await;
        alarm.abort();
    };
    event_loop.run_until_complete(event_loop_is_parked);
    waker.join().unwrap();
    assert!(event_loop.trace().total() < secs(3600));
}

#[test]
fn a_loop_without_deadlines_waits_for_other_threads() {
    let event_loop = EventLoop::new().with_trace();
    let gate = Gate::default();
    let opener = {
        let gate = gate.clone();
        thread::spawn(move || {
            thread::sleep(millis(20)); // long enough for the loop to be parked, most of the time
            gate.open();
        })
    };
    event_loop.run_until_complete(gate.wait());
    opener.join().unwrap();
    let trace = event_loop.trace();
    assert!(trace.polls(TaskId::MAIN) <= 2);
    let last = &story(&trace)[story(&trace).len() - 1];
    assert!(last.ends_with("main finishes"), "{last}");
}

/// What a thread has used of the processor, in hundredths of a second.
#[cfg(target_os = "linux")]
fn processor_time() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[test]
#[cfg(target_os = "linux")]
fn waiting_costs_next_to_no_processor_time() {
    let Some(before) = processor_time() else {
        eprintln!("skipped: this machine does not say what a thread has used");
        return;
    };
    EventLoop::new().run_until_complete(gather([millis(500); 5].map(sleep)));
    let used = processor_time().unwrap() - before;
    // A parked loop uses none. One that spins uses 50, or half of that on a machine with twice as
    // much to do as it has processors.
    assert!(used <= 5, "{used} hundredths of a second in 0.5 s");
}
