//! Somebody outside is busy for the loop: it waits, the virtual clock stands still, and nothing
//! that could still go on is called a deadlock.

mod common;

use std::future::pending;
use std::sync::mpsc;
use std::thread;

use common::{Gate, millis, panic_text, secs};
use event_loops::{ClockKind, EventLoop, gather, now, outstanding, sleep, spawn, yield_now};

#[test]
fn the_virtual_clock_does_not_jump_while_another_thread_is_about_to_wake() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let late = spawn(sleep(secs(3600)));
        let gate = Gate::default();
        let (busy, opener) = (outstanding(), gate.clone());
        let thread = thread::spawn(move || {
            (0..1000).for_each(|_| thread::yield_now());
            opener.open();
            drop(busy);
        });
        gate.wait().await;
        assert_eq!(now(), secs(0));
        thread.join().unwrap();
        late.await.unwrap();
        assert_eq!(now(), secs(3600)); // and now it jumps again
    });
}

#[test]
fn a_deadline_comes_although_somebody_outside_never_does_anything() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let _busy = outstanding();
        sleep(millis(20)).await; // in real time, for once
        assert_eq!(now(), millis(20));
    });
}

#[test]
fn waiting_in_pieces_counts_as_waiting() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let busy = outstanding();
        // Somebody wakes a task all the time, long before the deadline. Had each wait to begin
        // anew, the sleep would never end.
        let (stop, stopped) = mpsc::channel::<()>();
        let gate = Gate::default();
        let opener = gate.clone();
        let thread = thread::spawn(move || {
            while stopped.try_recv().is_err() {
                opener.open();
                thread::sleep(millis(1));
            }
            drop(busy);
        });
        let waiter = spawn(async move {
            loop {
                gate.wait().await;
                gate.shut();
            }
        });
        sleep(millis(50)).await;
        assert_eq!(now(), millis(50));
        waiter.abort();
        stop.send(()).unwrap();
        thread.join().unwrap();
    });
}

#[test]
fn equal_deadlines_come_together_and_in_order_after_a_wait_for_somebody() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let _busy = outstanding();
        let order = gather((0..3).map(|number| async move {
            sleep(millis(5)).await;
            (number, now())
        }));
        assert_eq!(order.await, [0, 1, 2].map(|number| (number, millis(5))));
    });
}

#[test]
fn a_loop_with_nobody_left_outside_reports_its_deadlock() {
    for clock in [ClockKind::Virtual, ClockKind::Real] {
        let event_loop = EventLoop::with_clock(clock);
        let deadlock = event_loop.try_run_until_complete(async {
            let busy = outstanding();
            // Wakes nobody, and goes: from now on nobody is left.
            thread::spawn(move || drop(busy));
            pending::<()>().await;
        });
        assert_eq!(deadlock.unwrap_err().stuck[0].name, "main");
    }
}

#[test]
fn one_that_is_gone_before_the_loop_parks_is_not_waited_for() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let (first, second) = (outstanding(), outstanding());
        drop(first);
        drop(second);
        yield_now().await;
        sleep(secs(3600)).await; // a jump: in real time this test would not end
        assert_eq!(now(), secs(3600));
    });
}

#[test]
fn outside_of_a_loop_it_is_a_clear_error() {
    let text = panic_text(|| drop(outstanding()));
    assert!(
        text.starts_with("outstanding needs a running event loop"),
        "{text}"
    );
}
