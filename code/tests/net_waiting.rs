//! One wait for everything: sockets, deadlines, and other threads.
#![cfg(feature = "net")]

mod common;

use std::future::{pending, poll_fn};
use std::hint::spin_loop;
use std::io::Write;
use std::net::TcpStream as StdStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Instant;

use common::sockets::{connected, in_time, listen, tell_of_parking};
use common::{Gate, millis, secs};
use event_loops::{EventKind, EventLoop, Trace, join, now, sleep, spawn, yield_now};

#[test]
fn a_wake_from_another_thread_ends_the_wait_for_a_socket() {
    in_time(|| {
        let (listener, is_parked) = tell_of_parking();
        let gate = Gate::default();
        let opener = {
            let gate = gate.clone();
            thread::spawn(move || {
                is_parked.recv().unwrap();
                gate.open();
            })
        };
        EventLoop::new()
            .on_event(listener)
            .run_until_complete(async {
                let (listener, _) = listen();
                spawn(async move { listener.accept().await }); // nobody ever comes
                gate.wait().await;
            });
        opener.join().unwrap();
    });
}

/// Another thread writes a number and wakes the task, which answers by writing it back: each time at
/// another moment, also between the loop's last look at its queue and the beginning of its wait.
#[test]
fn twenty_thousand_wakes_while_the_loop_waits_for_a_socket_and_none_is_lost() {
    const ROUNDS: usize = 20_000;
    in_time(|| {
        let (number, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (give, take) = mpsc::channel::<Waker>();
        let thread = {
            let (number, answer) = (number.clone(), answer.clone());
            thread::spawn(move || {
                let waker = take.recv().unwrap();
                for round in 1..=ROUNDS {
                    (0..round * 7919 % 400).for_each(|_| spin_loop());
                    number.store(round, Ordering::Relaxed);
                    waker.wake_by_ref();
                    let began = Instant::now();
                    while answer.load(Ordering::Relaxed) != round {
                        if began.elapsed() > secs(20) {
                            return; // the test hangs, and fails
                        }
                        thread::yield_now();
                    }
                }
            })
        };
        EventLoop::new().run_until_complete(async {
            let (listener, _) = listen();
            spawn(async move { listener.accept().await });
            let mut give = Some(give);
            poll_fn(|cx| {
                if let Some(give) = give.take() {
                    give.send(cx.waker().clone()).unwrap();
                }
                let number = number.load(Ordering::Relaxed);
                answer.store(number, Ordering::Relaxed);
                if number == ROUNDS {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        });
        thread.join().unwrap();
    });
}

#[test]
fn a_sleep_ends_although_a_socket_stays_silent() {
    in_time(|| {
        let event_loop = EventLoop::new();
        let began = Instant::now();
        event_loop.run_until_complete(async {
            let (listener, _) = listen();
            spawn(async move { listener.accept().await });
            let (stream, _peer) = connected();
            spawn(async move { stream.read(&mut [0]).await });
            for round in 1..=5 {
                sleep(millis(5)).await;
                assert!(now() >= millis(5) * round, "{:?} is too early", now());
            }
        });
        assert!(began.elapsed() >= millis(25));
    });
}

#[test]
fn a_socket_is_heard_although_a_sleep_is_far_from_its_end() {
    in_time(|| {
        let (listener, is_parked) = tell_of_parking();
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let address = told.recv().unwrap();
            is_parked.recv().unwrap();
            StdStream::connect(address).unwrap()
        });
        let event_loop = EventLoop::new().on_event(listener);
        event_loop.run_until_complete(async {
            spawn(sleep(secs(3600)));
            let (listener, address) = listen();
            tell.send(address).unwrap();
            listener.accept().await.unwrap();
        });
        drop(thread.join().unwrap());
        assert!(event_loop.trace().total() < secs(3600));
    });
}

#[test]
fn sleeps_and_sockets_take_turns() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (stream, mut peer) = connected();
            let reading = async {
                let mut buffer = [0; 8];
                let mut count = 0;
                while let length @ 1.. = stream.read(&mut buffer).await.unwrap() {
                    count += length;
                }
                count
            };
            let writing = async move {
                for _ in 0..50 {
                    sleep(millis(1)).await;
                    peer.write_all(b"x").unwrap();
                }
            };
            let (count, ()) = join(reading, writing).await;
            assert_eq!(count, 50);
        });
    });
}

#[test]
fn a_virtual_clock_stands_still_while_a_socket_is_waited_for() {
    in_time(|| {
        let (listener, is_parked) = tell_of_parking();
        let event_loop = EventLoop::with_virtual_clock().on_event(listener);
        event_loop.run_until_complete(async {
            let (stream, mut peer) = connected();
            spawn(sleep(secs(3600))); // the clock would jump there
            let thread = thread::spawn(move || {
                is_parked.recv().unwrap();
                peer.write_all(b"x").unwrap();
                peer
            });
            stream.read(&mut [0]).await.unwrap();
            assert_eq!(now(), secs(0));
            drop(thread.join().unwrap());
            // Nobody waits for a socket any more.
            sleep(secs(7200)).await;
            assert_eq!(now(), secs(7200));
        });
    });
}

#[test]
fn on_a_virtual_clock_a_deadline_comes_in_real_time_while_a_socket_is_waited_for() {
    in_time(|| {
        let began = Instant::now();
        EventLoop::with_virtual_clock().run_until_complete(async {
            let (listener, _) = listen();
            let accepting = spawn(async move { listener.accept().await });
            sleep(millis(20)).await;
            assert_eq!(now(), millis(20));
            assert!(began.elapsed() >= millis(20));
            accepting.abort();
            sleep(secs(3600)).await; // and from here on in none
            assert_eq!(now(), secs(3600) + millis(20));
        });
    });
}

/// The time that the loop has waited counts, also when it was interrupted meanwhile.
#[test]
fn on_a_virtual_clock_interruptions_do_not_put_a_deadline_off() {
    in_time(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let (stream, mut peer) = {
            let listener = std::net::TcpListener::bind(common::sockets::loopback()).unwrap();
            let peer = StdStream::connect(listener.local_addr().unwrap()).unwrap();
            (listener.accept().unwrap().0, peer)
        };
        let chatter = {
            let stop = stop.clone();
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    peer.write_all(b"x").unwrap();
                    thread::sleep(millis(1));
                }
            })
        };
        EventLoop::with_virtual_clock().run_until_complete(async {
            let stream = event_loops::net::TcpStream::from_std(stream).unwrap();
            spawn(async move { while let Ok(1..) = stream.read(&mut [0]).await {} });
            sleep(millis(30)).await;
            assert_eq!(now(), millis(30));
        });
        stop.store(true, Ordering::Relaxed);
        chatter.join().unwrap();
    });
}

#[test]
fn a_loop_that_knows_sockets_still_reports_a_deadlock() {
    in_time(|| {
        let deadlock = EventLoop::new().try_run_until_complete(async {
            let (_listener, _) = listen();
            let (_stream, _peer) = connected();
            yield_now().await;
            pending::<()>().await;
        });
        assert_eq!(deadlock.unwrap_err().stuck.len(), 1);
    });
}

/// What happened between the first note and the second.
fn between_notes(trace: &Trace) -> Vec<EventKind> {
    let kinds = trace.events.iter().map(|event| event.kind.clone());
    let is_note = |kind: &EventKind| matches!(kind, EventKind::Noted { .. });
    let rest = kinds.skip_while(|kind| !is_note(kind)).skip(1);
    rest.take_while(|kind| !is_note(kind)).collect()
}

#[test]
fn a_loop_that_waits_for_sockets_polls_nobody() {
    in_time(|| {
        let event_loop = EventLoop::new().with_trace();
        event_loop.run_until_complete(async {
            let (listener, _) = listen();
            spawn(async move { listener.accept().await });
            let pairs: Vec<_> = (0..50).map(|_| connected()).collect();
            let (streams, _peers): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            for stream in streams {
                spawn(async move { stream.read(&mut [0]).await });
            }
            // The system tells once of each socket that it can be written to.
            sleep(millis(10)).await;
            event_loops::note("quiet from here");
            sleep(millis(200)).await;
            event_loops::note("to here");
        });
        let mut kinds = between_notes(&event_loop.trace()).into_iter();
        let mut left = |unwanted: fn(&EventKind) -> bool| kinds.by_ref().filter(unwanted).count();
        let parked = left(|kind| matches!(kind, EventKind::Parked { .. }));
        assert!(
            parked <= 2,
            "parked {parked} times in a wait that nobody ends"
        );
        let polls = between_notes(&event_loop.trace());
        let polls = polls.iter().filter(|kind| **kind == EventKind::Polled);
        assert_eq!(polls.count(), 1); // main, when its time has come
    });
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
fn waiting_for_sockets_costs_next_to_no_processor_time() {
    in_time(|| {
        EventLoop::new().run_until_complete(async {
            let (listener, _) = listen();
            spawn(async move { listener.accept().await });
            let (stream, _peer) = connected();
            spawn(async move { stream.read(&mut [0]).await });
            let Some(before) = processor_time() else {
                eprintln!("skipped: this machine does not say what a thread has used");
                return;
            };
            sleep(millis(500)).await;
            let used = processor_time().unwrap() - before;
            // One that spins uses 50, or half of that on a machine that is twice as busy.
            assert!(used <= 5, "{used} hundredths of a second in 0.5 s");
        });
    });
}
