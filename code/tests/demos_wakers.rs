//! Chapter 9: what a letter proves about wakers, and how a wakeup is lost.

mod common;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use common::{secs, story};
use event_loops::demos::wakers::{self, Mode, Settings};
use event_loops::{EventKind, EventLoop, Trace, gather, sleep};

fn run(mode: Mode) -> Trace {
    wakers::run(&Settings {
        mode,
        ..Settings::default()
    })
}

#[test]
fn a_kept_waker_has_the_letter_read_when_it_comes_and_a_lost_wakeup_when_somebody_looks() {
    for (mode, at) in [(Mode::Kept, 3), (Mode::Forgotten, 12), (Mode::Gap, 12)] {
        let trace = run(mode);
        let read = trace.notes().find(|note| note.2 == "reads: come home");
        assert_eq!(read.map(|note| note.0), Some(secs(at)), "{mode:?}");
        assert_eq!(trace.total(), secs(at));
    }
}

#[test]
fn the_reader_is_polled_twice_and_once_more_for_each_wake() {
    for (mode, polls) in [(Mode::Kept, 2), (Mode::Forgotten, 2), (Mode::Gap, 3)] {
        let trace = run(mode);
        let reader = trace.task("reader").unwrap();
        let wakes = |event: &&event_loops::Event| matches!(event.kind, EventKind::Woken { .. });
        assert_eq!(trace.polls(reader), polls, "{mode:?}");
        assert_eq!(
            trace.of(reader).filter(wakes).count(),
            polls - 1,
            "{mode:?}"
        );
    }
}

#[test]
fn every_step_of_the_letter_that_is_read() {
    assert_eq!(
        story(&run(Mode::Kept)),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s reader is spawned",
            "0.0 s postman is spawned",
            "0.0 s main is suspended: waits for the end of reader",
            "0.0 s reader is polled",
            "0.0 s reader says: no letter yet",
            "0.0 s reader is suspended: waits until 12.0 s",
            "0.0 s postman is polled",
            "0.0 s postman is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s postman is woken: its time has come",
            "3.0 s postman is polled",
            "3.0 s postman says: brings the letter",
            "3.0 s reader is woken by postman", // its waker, out of the mailbox
            "3.0 s postman finishes",
            "3.0 s reader is polled",
            "3.0 s reader says: reads: come home",
            "3.0 s main is woken by reader",
            "3.0 s reader finishes",
            "3.0 s main is polled",
            "3.0 s main finishes",
        ]
    );
}

#[test]
fn idle_means_no_poll_at_all() {
    let hours = secs(24 * 60 * 60);
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(gather((0..100).map(|_| sleep(hours))));
    let trace = event_loop.trace();
    let polls_between = trace.events.iter().filter(|event| {
        let meanwhile = event.at > Duration::ZERO && event.at < hours;
        meanwhile && event.kind == EventKind::Polled
    });
    assert_eq!(polls_between.count(), 0);
    let polls = |event: &&event_loops::Event| event.kind == EventKind::Polled;
    assert_eq!(trace.events.iter().filter(polls).count(), 2 * 101); // to start and to end
    assert_eq!(trace.idle(), hours);
}

/// Counts how often it is called.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[derive(Default)]
struct Mailbox {
    letter: Option<u32>,
    waker: Option<Waker>,
}

fn deliver(mailbox: &Mutex<Mailbox>) {
    let waker = {
        let mut mailbox = mailbox.lock().unwrap();
        mailbox.letter = Some(42);
        mailbox.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// The gap with a real thread in it, which a barrier lets in at the worst moment.
#[test]
fn a_thread_that_delivers_between_the_look_and_the_waker_wakes_nobody() {
    let (mailbox, gap) = (
        Arc::new(Mutex::new(Mailbox::default())),
        Arc::new(Barrier::new(2)),
    );
    let (to, came) = (mailbox.clone(), gap.clone());
    let postman = thread::spawn(move || {
        came.wait();
        deliver(&to);
        came.wait();
    });
    let mut receive = pin!(poll_fn(|cx: &mut Context<'_>| {
        if let Some(letter) = mailbox.lock().unwrap().letter.take() {
            return Poll::Ready(letter);
        }
        gap.wait();
        gap.wait();
        mailbox.lock().unwrap().waker = Some(cx.waker().clone());
        Poll::Pending
    }));
    let counting = Arc::new(Counting::default());
    let waker = Waker::from(counting.clone());
    assert!(
        receive
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    postman.join().unwrap();
    // The letter is there, the reader said Pending, and nobody will ever call its waker.
    assert_eq!(counting.0.load(Ordering::Acquire), 0);
    assert_eq!(mailbox.lock().unwrap().letter, Some(42));
}

/// Under one lock there are two orders, and both are good.
#[test]
fn under_one_lock_the_letter_comes_before_the_look_or_wakes_the_reader() {
    for before in [true, false] {
        let mailbox = Mutex::new(Mailbox::default());
        let receive = |cx: &mut Context<'_>| {
            let mut mailbox = mailbox.lock().unwrap();
            match mailbox.letter.take() {
                Some(letter) => Poll::Ready(letter),
                None => {
                    mailbox.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        };
        let counting = Arc::new(Counting::default());
        let waker = Waker::from(counting.clone());
        let mut cx = Context::from_waker(&waker);
        if before {
            deliver(&mailbox);
            assert_eq!(receive(&mut cx), Poll::Ready(42));
            assert_eq!(counting.0.load(Ordering::Acquire), 0); // nobody slept
        } else {
            assert_eq!(receive(&mut cx), Poll::Pending);
            deliver(&mailbox);
            assert_eq!(counting.0.load(Ordering::Acquire), 1);
            assert_eq!(receive(&mut cx), Poll::Ready(42));
        }
    }
}

#[test]
fn a_task_that_is_woken_three_times_before_its_turn_is_polled_once() {
    let event_loop = EventLoop::new().with_trace();
    let mut polls = 0;
    event_loop.run_until_complete(poll_fn(|cx| {
        polls += 1;
        if polls > 1 {
            return Poll::Ready(());
        }
        (0..3).for_each(|_| cx.waker().wake_by_ref());
        Poll::Pending
    }));
    assert_eq!(polls, 2);
}

/// What chapter 9 draws, as numbered there. The order is the same in every run: the letter comes when
/// the executor has parked.
#[test]
fn the_reactor_calls_the_waker_and_never_the_future_which_never_calls_the_executor() {
    let calls = wakers::calls();
    let expected = "
 1  executor calls future: poll, with a waker
 2  future calls reactor: leaves the waker
 3  future returns to executor: Pending
 4  executor: park
 5  reactor: a letter comes
 6  reactor calls waker: wake
 7  waker calls executor: ready, unpark
 8  executor calls future: poll, with a waker
 9  future calls reactor: takes the letter
10  future returns to executor: Ready
";
    assert_eq!(format!("\n{calls}"), expected);
    // Each lasts until the last call that is made from within it.
    let until: Vec<usize> = calls.0.iter().map(|call| call.until + 1).collect();
    assert_eq!(until, [2, 2, 3, 4, 7, 7, 7, 9, 9, 10]);
}

#[test]
fn the_picture_of_the_calls_has_an_arrow_and_a_label_for_each_and_says_it_in_words() {
    let calls = wakers::calls();
    let svg = calls.to_svg();
    for (place, call) in calls.0.iter().enumerate() {
        let number = place + 1;
        let label = format!("<tspan font-weight=\"600\">{number}</tspan> {}<", call.what);
        assert!(svg.contains(&label), "{label}: {svg}");
        assert!(svg.contains(&call.to_string()), "{call}: {svg}");
    }
    let arrows = |line: &str| svg.lines().filter(|l| l.contains(line)).count();
    // From the executor's column to the future's, twice, and back.
    assert_eq!(arrows("<line x1=\"12.5%\" x2=\"37.5%\""), 2);
    assert_eq!(arrows("<line x1=\"37.5%\" x2=\"12.5%\""), 2);
    assert_eq!(arrows("<line x1=\"37.5%\" x2=\"62.5%\""), 2);
    assert_eq!(arrows("<line x1=\"62.5%\" x2=\"87.5%\""), 1);
    assert_eq!(arrows("<line x1=\"87.5%\" x2=\"12.5%\""), 1);
    // The executor waits from its parking, in row 4, to the waker's call, in row 7.
    let waiting = svg
        .lines()
        .filter(|line| line.contains("fill=\"url(#tlcalls-waiting)\""));
    let bars: Vec<&str> = waiting
        .filter(|line| line.contains("x=\"12.5%\""))
        .collect();
    assert_eq!(bars.len(), 1, "{svg}");
    assert!(
        bars[0].contains("y=\"166\"") && bars[0].contains("height=\"108\""),
        "{}",
        bars[0]
    );
    for used in svg
        .split("url(#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        assert!(
            svg.contains(&format!("id=\"{used}\"")),
            "{used} is not there"
        );
    }
}
