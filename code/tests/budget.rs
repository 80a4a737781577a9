//! Fairness: a task that always finds something to do gives the thread back all the same, and a
//! long round keeps nobody from being noticed.

mod common;

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use common::{millis, secs};
use event_loops::{
    EventKind, EventLoop, Mutex, Notify, Semaphore, Trace, Wait, WokenBy, block_for, mpsc, note,
    now, oneshot, sleep, sleep_until, spawn, spawn_named, timeout, yield_now,
};

/// How many operations a task may do in one turn.
const BUDGET: usize = 128;

/// Runs `busy`, which never has to wait, beside a task that wants one turn and says when it has had
/// it: after how many of the operations that `count` counts.
fn operations_before_another_has_its_turn<F: Future + 'static>(
    busy: impl FnOnce(Rc<Cell<usize>>) -> F,
) -> usize {
    let event_loop = EventLoop::with_virtual_clock();
    let count = Rc::new(Cell::new(0));
    let busy = busy(count.clone());
    event_loop.run_until_complete(async move {
        spawn(busy);
        let other = spawn(async move { count.get() });
        other.await.unwrap()
    })
}

fn one_more(count: &Cell<usize>) -> bool {
    count.set(count.get() + 1);
    count.get() < 10_000
}

#[test]
fn a_channel_that_is_never_empty_lets_others_have_their_turn() {
    let before = operations_before_another_has_its_turn(|count| async move {
        let (sender, mut receiver) = mpsc::channel(10_000);
        (0..10_000).for_each(|number| sender.try_send(number).unwrap());
        while let Some(_message) = receiver.recv().await {
            one_more(&count);
        }
    });
    assert_eq!(before, BUDGET);
}

#[test]
fn a_channel_that_is_never_full_lets_others_have_their_turn() {
    let before = operations_before_another_has_its_turn(|count| async move {
        let (sender, _receiver) = mpsc::channel(10_000);
        while one_more(&count) {
            sender.send(()).await.unwrap();
        }
    });
    assert_eq!(before, BUDGET + 1); // counted before it is done
}

#[test]
fn locks_and_permits_that_are_free_let_others_have_their_turn() {
    let before = operations_before_another_has_its_turn(|count| async move {
        let lock = Mutex::new(());
        while one_more(&count) {
            let _locked = lock.lock().await;
        }
    });
    assert_eq!(before, BUDGET + 1);
    let before = operations_before_another_has_its_turn(|count| async move {
        let permits = Semaphore::new(1);
        while one_more(&count) {
            let _permit = permits.acquire().await;
        }
    });
    assert_eq!(before, BUDGET + 1);
}

#[test]
fn notifications_that_have_been_kept_let_others_have_their_turn() {
    let before = operations_before_another_has_its_turn(|count| async move {
        let notify = Notify::new();
        while one_more(&count) {
            notify.notify_one();
            notify.notified().await;
        }
    });
    assert_eq!(before, BUDGET + 1);
}

#[test]
fn results_that_are_there_let_others_have_their_turn() {
    let before = operations_before_another_has_its_turn(|count| async move {
        while one_more(&count) {
            let (tell, told) = oneshot::channel();
            tell.send(()).unwrap();
            told.await.unwrap();
        }
    });
    assert_eq!(before, BUDGET + 1);

    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let tasks: Vec<_> = (0..1000).map(|_| spawn(async {})).collect();
        yield_now().await;
        let taken = Rc::new(Cell::new(0));
        let count = taken.clone();
        let other = spawn(async move { count.get() });
        for task in tasks {
            assert!(task.is_finished());
            task.await.unwrap();
            taken.set(taken.get() + 1);
        }
        assert_eq!(other.await.unwrap(), BUDGET);
    });
}

#[test]
fn sleeps_that_are_over_let_others_have_their_turn() {
    let before = operations_before_another_has_its_turn(|count| async move {
        while one_more(&count) {
            sleep(secs(0)).await;
        }
    });
    assert_eq!(before, BUDGET + 1);
}

#[test]
fn what_has_to_wait_costs_no_budget() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        spawn(async move {
            for number in 0..1000 {
                sender.send(number).await.unwrap();
            }
        });
        while let Some(_message) = receiver.recv().await {}
    });
    assert_eq!(used_up(&event_loop.trace()), 0);
}

#[test]
fn each_turn_has_a_budget_of_its_own_and_the_trace_says_when_it_is_used_up() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let line = Rc::new(Cell::new(0));
    let at = line.clone();
    event_loop.run_until_complete(async move {
        let lock = Mutex::new(());
        for _ in 0..3 * BUDGET {
            at.set(line!() + 1);
            let _locked = lock.lock().await;
        }
    });
    let trace = event_loop.trace();
    assert_eq!(used_up(&trace), 2); // the third is used up and no operation comes after it
    let story = trace.to_string();
    assert!(story.contains("is suspended: waits for its next turn: its budget is used up"));
    assert!(trace.events.iter().any(|event| matches!(
        &event.kind,
        EventKind::Suspended { on } if matches!(on[..], [Wait::Budget { line: Some(at) }] if at.line() == line.get())
    )));
}

fn used_up(trace: &Trace) -> usize {
    let used_up = |kind: &EventKind| matches!(kind, EventKind::Suspended { on } if matches!(on[..], [Wait::Budget { .. }]));
    trace
        .events
        .iter()
        .filter(|event| used_up(&event.kind))
        .count()
}

#[test]
fn nothing_is_lost_and_nobody_is_passed_over_when_a_budget_ends() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(10_000);
        let senders: Vec<_> = (0..2)
            .map(|who| {
                let sender = sender.clone();
                spawn(async move {
                    for number in 0..1000 {
                        sender.send((who, number)).await.unwrap();
                    }
                })
            })
            .collect();
        drop(sender);
        let mut next = [0; 2];
        while let Some((who, number)) = receiver.recv().await {
            assert_eq!(number, next[who]);
            next[who] += 1;
        }
        assert_eq!(next, [1000; 2]);
        for sender in senders {
            sender.await.unwrap();
        }
    });
}

#[test]
fn a_timeout_ends_a_future_that_uses_up_its_budget_in_every_turn() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let lock = Mutex::new(());
        let endless = async {
            loop {
                let _locked = lock.lock().await;
                block_for(millis(1));
            }
        };
        assert!(timeout(secs(1), endless).await.is_err());
        assert_eq!(now(), millis(1024)); // eight budgets of 128 operations, a millisecond each
    });
}

#[test]
fn a_sleep_that_begins_when_the_budget_is_used_up_begins_all_the_same() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let lock = Mutex::new(());
        for _ in 0..BUDGET {
            let _locked = lock.lock().await;
        }
        spawn(async { block_for(secs(2)) }); // would make a late sleep end late
        sleep(secs(3)).await;
        assert_eq!(now(), secs(3));
    });
}

#[test]
fn tasks_that_wake_themselves_keep_no_timer_waiting() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        for _ in 0..3 {
            spawn(async {
                loop {
                    block_for(millis(1));
                    yield_now().await;
                }
            });
        }
        sleep_until(millis(10)).await;
        // The round in which the time comes is played to its end, and main is first in the next.
        assert!(now() <= millis(10 + 3 + 3), "{:?}", now());
    });
    event_loop.close();
}

#[test]
fn a_round_of_very_many_tasks_keeps_no_timer_from_being_noticed() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let sleeper = spawn_named("sleeper", async {
            sleep(millis(1)).await;
            note("is up");
        });
        yield_now().await;
        let crowd: Vec<_> = (0..10_000)
            .map(|_| spawn(async { block_for(millis(1)) }))
            .collect();
        sleeper.await.unwrap();
        drop(crowd);
    });
    let trace = event_loop.trace();
    let sleeper = trace.task("sleeper").unwrap();
    let mut woken = trace
        .of(sleeper)
        .filter(|event| matches!(event.kind, EventKind::Woken { by: WokenBy::Timer }));
    let woken_at = woken.next().unwrap().at;
    assert!(woken_at <= millis(1 + 128), "noticed at {woken_at:?}");
}

#[test]
fn a_round_holds_only_those_that_were_ready_when_it_began() {
    let event_loop = EventLoop::with_virtual_clock();
    let turns = Rc::new(Cell::new(0));
    let count = turns.clone();
    event_loop.run_until_complete(async move {
        // Wakes itself in every poll, and would have the thread for good if that counted at once.
        spawn(poll_fn(move |cx| {
            count.set(count.get() + 1);
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        }));
        for _ in 0..10 {
            yield_now().await;
        }
    });
    assert_eq!(turns.get(), 10);
}
