//! The combinators of futures.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use event_loops::{gather, now};
use futures::future::{join_all, select};
use futures::stream::{self, FuturesUnordered};
use futures::{FutureExt, StreamExt};

use super::{call, run};

#[test]
fn join_all_waits_for_the_longest() {
    let (answers, took) = run(join_all([3, 1, 2].map(call)));
    assert_eq!((answers, took), (vec![3, 1, 2], 3));
}

#[test]
fn select_takes_the_first_and_leaves_the_other_as_it_was() {
    let (both, took) = run(async {
        let (one, two) = (pin!(call(3)), pin!(call(2)));
        let (first, other) = select(one, two).await.factor_first();
        (first, other.await)
    });
    assert_eq!((both, took), ((2, 3), 3));
}

#[test]
fn the_select_macro_in_a_loop_sees_each_end_in_its_turn() {
    let (seen, took) = run(async {
        let mut seen = Vec::new();
        let (mut one, mut two) = (pin!(call(5).fuse()), pin!(call(3).fuse()));
        let mut ticks = pin!(stream::unfold((), |()| async { Some((call(2).await, ())) }).fuse());
        loop {
            futures::select! {
                n = one => { seen.push(("one", n)); break }
                n = two => seen.push(("two", n)),
                n = ticks.next() => seen.push(("tick", n.unwrap())),
            }
        }
        seen
    });
    let expected = [("tick", 2), ("two", 3), ("tick", 2), ("one", 5)];
    assert_eq!((&seen[..], took), (&expected[..], 5));
}

#[test]
fn futures_unordered_gives_what_is_ready_first() {
    let (answers, took) = run([4, 1, 3, 2]
        .map(call)
        .into_iter()
        .collect::<FuturesUnordered<_>>()
        .collect::<Vec<_>>());
    assert_eq!((answers, took), (vec![1, 2, 3, 4], 4));
}

/// It polls with wakers of its own: only the one whose time has come may be polled again.
#[test]
fn a_thousand_futures_unordered_are_each_polled_twice() {
    let polls = Rc::new(RefCell::new(0));
    let counted = |seconds| {
        let polls = polls.clone();
        let mut call = Box::pin(call(seconds));
        poll_fn(move |cx| {
            *polls.borrow_mut() += 1;
            call.poll_unpin(cx)
        })
    };
    let calls: FuturesUnordered<_> = (1..=1000).rev().map(counted).collect();
    let (answers, took) = run(calls.collect::<Vec<_>>());
    assert!(answers.into_iter().eq(1..=1000));
    assert_eq!((took, *polls.borrow()), (1000, 2000));
}

#[test]
fn buffer_unordered_keeps_so_many_going_and_no_more() {
    let going = Rc::new(RefCell::new((0, 0)));
    let count = |change: i32| {
        let (now, most) = &mut *going.borrow_mut();
        *now += change;
        *most = (*most).max(*now);
    };
    let calls = stream::iter([4, 1, 1, 1, 3]).map(|seconds| async move {
        count(1);
        let answer = call(seconds).await;
        count(-1);
        (answer, now().as_secs())
    });
    let (answers, took) = run(calls.buffer_unordered(2).collect::<Vec<_>>());
    assert_eq!(answers, [(1, 1), (1, 2), (1, 3), (4, 4), (3, 6)]);
    assert_eq!((took, *going.borrow()), (6, (0, 2)));
}

#[test]
fn buffered_keeps_the_order_too() {
    let calls = stream::iter([3, 1, 2]).map(call).buffered(3);
    let (answers, took) = run(calls.collect::<Vec<_>>());
    assert_eq!((answers, took), (vec![3, 1, 2], 3));
}

#[test]
fn a_shared_future_runs_once_and_wakes_all() {
    let ((), took) = run(async {
        let shared = call(3).shared();
        let tasks = gather((0..10).map(|_| shared.clone()));
        assert_eq!(tasks.await, [3; 10]);
        assert_eq!(shared.await, 3);
    });
    assert_eq!(took, 3);
}
