//! Whose turn it is.

mod common;

use common::{Gate, Log, my_waker, secs, story};
use event_loops::{EventLoop, gather, sleep, spawn, spawn_named, yield_now};
use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::thread;

#[test]
fn first_come_first_served_in_rounds() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let a = spawn_named("a", yield_now());
        let b = spawn_named("b", yield_now());
        a.await.unwrap();
        b.await.unwrap();
    });
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s a is spawned",
            "0.0 s b is spawned",
            "0.0 s main is suspended: waits for the end of a",
            "0.0 s a is polled",
            "0.0 s a wakes itself", // into the next round, behind b
            "0.0 s a is suspended: waits for its next turn",
            "0.0 s b is polled",
            "0.0 s b wakes itself",
            "0.0 s b is suspended: waits for its next turn",
            "0.0 s a is polled",
            "0.0 s main is woken by a",
            "0.0 s a finishes",
            "0.0 s b is polled", // before main, which was woken later
            "0.0 s b finishes",  // and wakes nobody: nobody awaits it yet
            "0.0 s main is polled",
            "0.0 s main finishes",
        ]
    );
}

#[test]
fn a_task_that_wakes_itself_starves_neither_tasks_nor_timers() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    let ended = Rc::new(Cell::new(false));
    let greedy = {
        let (log, ended) = (log.clone(), ended.clone());
        async move {
            while !ended.get() {
                log.push("greedy");
                event_loops::compute_for(secs(1));
                yield_now().await;
            }
        }
    };
    event_loop.spawn(greedy);
    let modest = {
        let log = log.clone();
        async move {
            log.push("modest");
            yield_now().await;
            log.push("modest");
            sleep(secs(2)).await;
            log.push("modest has slept");
            ended.set(true);
        }
    };
    event_loop.run_until_complete(modest);
    assert_eq!(
        log.take(),
        [
            "greedy", // 0 s to 1 s
            "modest",
            "greedy", // to 2 s
            "modest", // sleeps until 4 s
            "greedy", // to 3 s
            "greedy", // to 4 s: the deadline has passed, and greedy is ready once more before it
            "greedy",
            "modest has slept",
        ]
    );
}

#[test]
fn tasks_spawned_before_the_run_have_their_turn_before_the_main_future() {
    let log = Log::default();
    let event_loop = EventLoop::with_virtual_clock();
    for word in ["first", "second"] {
        let log = log.clone();
        event_loop.spawn(async move { log.push(word) });
    }
    event_loop.run_until_complete(async { log.push("main") });
    assert_eq!(log.take(), ["first", "second", "main"]);
}

#[test]
fn tasks_go_on_in_the_order_in_which_they_were_woken() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let wakers = Rc::new(std::cell::RefCell::new(Vec::new()));
        for word in ["a", "b", "c"] {
            let (log, wakers) = (log.clone(), wakers.clone());
            spawn(async move {
                let waker = my_waker().await;
                wakers.borrow_mut().push(waker);
                let mut polls = 0;
                std::future::poll_fn(|_| {
                    polls += 1;
                    if polls == 1 {
                        std::task::Poll::Pending
                    } else {
                        std::task::Poll::Ready(())
                    }
                })
                .await;
                log.push(word);
            });
        }
        yield_now().await;
        for waker in wakers.take().into_iter().rev() {
            waker.wake();
        }
        yield_now().await;
    });
    assert_eq!(log.take(), ["c", "b", "a"]);
}

/// Wakes from other threads are put elsewhere than those from the loop's own, and stand in one line
/// with them all the same.
#[test]
fn a_wake_from_another_thread_takes_its_place_in_the_line() {
    let log = Log::default();
    EventLoop::new().run_until_complete(async {
        let gates = [Gate::default(), Gate::default(), Gate::default()];
        for (gate, name) in gates.iter().zip(["first", "second", "third"]) {
            let (gate, log) = (gate.clone(), log.clone());
            spawn(async move {
                gate.wait().await;
                log.push(name);
            });
        }
        yield_now().await; // by now all three wait
        let [first, second, third] = gates;
        first.open();
        thread::spawn(move || second.open()).join().unwrap();
        third.open();
        yield_now().await;
    });
    assert_eq!(log.take(), ["first", "second", "third"]);
}

#[test]
fn when_the_main_future_is_complete_the_round_is_played_out_and_no_other_begins() {
    let log = Log::default();
    let event_loop = EventLoop::with_virtual_clock();
    let task = |word: &'static str| {
        let log = log.clone();
        async move {
            log.push(word);
            yield_now().await;
            log.push(format!("{word} again"));
            pending::<()>().await;
        }
    };
    event_loop.spawn(task("before"));
    let main = async {
        spawn(task("child"));
        yield_now().await;
        log.push("main");
    };
    event_loop.run_until_complete(main);
    assert_eq!(
        log.take(),
        ["before", "before again", "child", "main"], // "child again" is for the next run
    );
    event_loop.run_until_complete(async {});
    assert_eq!(log.take(), ["child again"]);
}

#[test]
fn ten_thousand_tasks_have_their_turns_in_order() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Rc::new(std::cell::RefCell::new(Vec::new()));
    let task = |number: usize| {
        let log = log.clone();
        async move {
            for _ in 0..3 {
                log.borrow_mut().push(number);
                yield_now().await;
            }
        }
    };
    event_loop.run_until_complete(gather((0..10_000).map(task)));
    let expected = (0..3).flat_map(|_| 0..10_000);
    assert!(log.take().into_iter().eq(expected));
}
