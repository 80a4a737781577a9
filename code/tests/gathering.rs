//! Many futures, one result.

mod common;

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use common::{Log, OnDrop, foreign_waker, panic_text, poll_once, poll_with, secs, story};
use event_loops::{EventLoop, TaskId, gather, now, sleep, yield_now};

#[test]
fn results_come_in_the_order_of_the_futures() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let futures = [3, 1, 2].map(|seconds| async move {
            sleep(secs(seconds)).await;
            seconds
        });
        assert_eq!(gather(futures).await, [3, 1, 2]);
        assert_eq!(now(), secs(3));
    });
}

#[test]
fn every_step_of_a_gather() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let sleeps = [secs(1), secs(2)].map(sleep);
    event_loop.run_until_complete(gather(sleeps).named(|place| format!("child {place}")));
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s child 0 is spawned",
            "0.0 s child 1 is spawned",
            "0.0 s main is suspended: waits for the end of child 0 and 1 more",
            "0.0 s child 0 is polled",
            "0.0 s child 0 is suspended: waits until 1.0 s",
            "0.0 s child 1 is polled",
            "0.0 s child 1 is suspended: waits until 2.0 s",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s child 0 is woken: its time has come",
            "1.0 s child 0 is polled",
            "1.0 s child 0 finishes", // main sleeps on: one result is still missing
            "1.0 s loop has nothing to do until 2.0 s",
            "2.0 s loop goes on",
            "2.0 s child 1 is woken: its time has come",
            "2.0 s child 1 is polled",
            "2.0 s main is woken by child 1",
            "2.0 s child 1 finishes",
            "2.0 s main is polled",
            "2.0 s main finishes",
        ]
    );
}

#[test]
fn nothing_is_spawned_before_the_gather_is_awaited() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let all = gather([yield_now()]);
        yield_now().await;
        drop(all);
    });
    assert_eq!(event_loop.trace().tasks.len(), 1);
}

#[test]
fn gathering_nothing_is_done_at_once() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let none: Vec<u8> = event_loop.run_until_complete(gather(Vec::<std::future::Ready<u8>>::new()));
    assert!(none.is_empty());
    assert_eq!(event_loop.trace().polls(TaskId::MAIN), 1);
}

#[test]
fn ten_thousand_children_and_the_owner_is_polled_twice() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let results = event_loop.run_until_complete(gather((0..10_000_u64).map(|number| async move {
        sleep(secs(number % 7)).await;
        number
    })));
    assert!(results.into_iter().eq(0..10_000));
    let trace = event_loop.trace();
    assert_eq!(trace.polls(TaskId::MAIN), 2);
    assert_eq!(trace.total(), secs(6));
}

#[test]
fn the_panic_of_a_child_ends_the_gather_at_once_and_aborts_the_others() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let log = Log::default();
    let text = panic_text(|| {
        let child = |(word, seconds): (&'static str, u64)| {
            let log = log.clone();
            async move {
                let _guard = OnDrop(|| log.push(format!("{word} dropped at {:?}", now())));
                sleep(secs(seconds)).await;
                assert!(seconds != 2, "{word} has burnt");
            }
        };
        let children = [("tea", 1), ("cake", 2), ("bread", 3)];
        event_loop.run_until_complete(gather(children.map(child)).named(|i| format!("c{i}")));
    });
    assert_eq!(text, "cake has burnt");
    assert_eq!(
        log.take(),
        [
            "tea dropped at 1s",
            "cake dropped at 2s",
            "bread dropped at 2s"
        ]
    );
    let story = story(&event_loop.trace());
    assert_eq!(
        story[story.len() - 6..],
        [
            "2.0 s c1 is polled",
            "2.0 s main is woken by c1",
            "2.0 s c1 panics",
            "2.0 s main is polled",
            "2.0 s c2 is dropped before it has finished",
            "2.0 s main panics",
        ]
    );
}

#[test]
fn a_dropped_gather_aborts_its_children_and_wakes_nobody() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let mut all = gather([secs(5), secs(6)].map(sleep)).named(|i| format!("child {i}"));
        assert!(poll_once(&mut all).await.is_pending());
        sleep(secs(1)).await;
        drop(all);
        sleep(secs(1)).await;
    });
    assert_eq!(
        story(&event_loop.trace())[12..],
        [
            "1.0 s main is polled",
            "1.0 s child 0 is dropped before it has finished",
            "1.0 s child 1 is dropped before it has finished", // the last one, and main sleeps on
            "1.0 s main is suspended: waits until 2.0 s",
            "1.0 s loop has nothing to do until 2.0 s",
            "2.0 s loop goes on",
            "2.0 s main is woken: its time has come",
            "2.0 s main is polled",
            "2.0 s main finishes",
        ]
    );
}

#[test]
fn a_gather_that_panicked_or_finished_is_not_to_be_polled_again() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let poll_again = |all: &mut event_loops::Gather<_>| {
            panic_text(|| {
                let _ = poll_with(all, std::task::Waker::noop());
            })
        };
        let too_late = "a gather was polled after it had given its results";

        let mut fine = gather([std::future::ready(())]);
        (&mut fine).await;
        let text = panic_text(|| {
            let _ = poll_with(&mut fine, std::task::Waker::noop());
        });
        assert_eq!(text, too_late);

        let mut burnt = gather([async { panic!("burnt") }]);
        assert!(poll_once(&mut burnt).await.is_pending());
        yield_now().await;
        assert_eq!(poll_again(&mut burnt), "burnt");
        assert_eq!(poll_again(&mut burnt), too_late);
    });
}

#[test]
fn a_gather_in_a_destructor_of_an_unwinding_thread_knows_that_no_child_panicked() {
    struct Cleanup(Rc<Cell<u32>>);
    impl Drop for Cleanup {
        fn drop(&mut self) {
            let event_loop = EventLoop::with_virtual_clock();
            let results = event_loop.run_until_complete(gather([1, 2, 3].map(std::future::ready)));
            self.0.set(results.iter().sum());
        }
    }
    let sum = Rc::new(Cell::new(0));
    let cleanup = Cleanup(sum.clone());
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _cleanup = cleanup;
        panic!("on purpose");
    }));
    assert!(unwound.is_err());
    assert_eq!(sum.get(), 6);
}

#[test]
fn a_gather_whose_loop_was_closed_says_so() {
    let first = EventLoop::with_virtual_clock();
    let mut all = gather([pending::<()>()]);
    first.run_until_complete(async { assert!(poll_once(&mut all).await.is_pending()) });
    drop(first);
    let text = panic_text(|| {
        EventLoop::with_virtual_clock().run_until_complete(async {
            (&mut all).await;
        });
    });
    assert_eq!(
        text,
        "the tasks of a gather were dropped when their event loop closed"
    );
}

#[test]
fn a_foreign_waker_may_close_the_loop_of_the_children_when_it_is_dropped() {
    thread_local! {
        static LOOP: RefCell<Option<EventLoop>> = const { RefCell::new(None) };
    }
    let first = EventLoop::with_virtual_clock();
    let closes = foreign_waker(|| {}, || drop(LOOP.take()));
    let mut all = gather([pending::<()>()]);
    first.run_until_complete(async { assert!(poll_with(&mut all, &closes).is_pending()) });
    drop(closes); // the gather keeps the last clone
    LOOP.set(Some(first));
    let text = panic_text(|| {
        EventLoop::with_virtual_clock().run_until_complete(async {
            (&mut all).await; // pending, and woken by the end of its children's loop
        });
    });
    assert_eq!(
        text,
        "the tasks of a gather were dropped when their event loop closed"
    );
}
