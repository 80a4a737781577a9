//! What the channel promises: order, back-pressure, fairness, and nothing lost by giving up.

mod common;

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;

use common::{Log, OnDrop, panic_text, poll_once, secs, story};
use event_loops::mpsc::{self, TryRecvError, TrySendError};
use event_loops::{EventLoop, gather, now, sleep, spawn, spawn_named, timeout, yield_now};

#[test]
fn a_full_channel_makes_its_sender_wait_for_the_receiver() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        spawn_named("producer", async move {
            sender.send("a").await.unwrap();
            sender.send("b").await.unwrap();
        });
        yield_now().await;
        sleep(secs(3)).await;
        assert_eq!(receiver.recv().await, Some("a"));
        assert_eq!(receiver.recv().await, Some("b"));
        assert_eq!(receiver.recv().await, None);
    });
    assert_eq!(
        story(&event_loop.trace())[3..],
        [
            "0.0 s main wakes itself",
            "0.0 s main is suspended: waits for its next turn",
            "0.0 s producer is polled",
            "0.0 s producer is suspended: waits for room in a channel",
            "0.0 s main is polled",
            "0.0 s main is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s main is woken: its time has come",
            "3.0 s main is polled",
            "3.0 s producer is woken by main",
            "3.0 s main is suspended: waits for a message",
            "3.0 s producer is polled",
            "3.0 s main is woken by producer",
            "3.0 s producer finishes",
            "3.0 s main is polled", // once for "b" and the end: both were there
            "3.0 s main finishes",
        ]
    );
}

#[test]
fn a_channel_never_holds_more_than_its_capacity_and_keeps_the_order() {
    struct Counted(Rc<Cell<usize>>, u32);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    EventLoop::with_virtual_clock().run_until_complete(async {
        let alive = Rc::new(Cell::new(0));
        let (sender, mut receiver) = mpsc::channel(3);
        let count = alive.clone();
        spawn(async move {
            for number in 0..100 {
                let permit = sender.reserve().await.unwrap();
                count.set(count.get() + 1);
                permit.send(Counted(count.clone(), number)).unwrap();
            }
        });
        for expected in 0..100 {
            if expected % 7 == 0 {
                sleep(secs(1)).await;
            }
            let message = receiver.recv().await.unwrap();
            assert_eq!(message.1, expected);
            assert!(alive.get() <= 3, "{}", alive.get());
        }
        assert!(receiver.recv().await.is_none());
    });
}

#[test]
fn senders_get_room_in_the_order_in_which_they_came_and_nobody_jumps_the_line() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.try_send("first").unwrap();
        for word in ["a", "b", "c"] {
            let sender = sender.clone();
            spawn(async move { sender.send(word).await.unwrap() });
        }
        yield_now().await;
        assert_eq!(receiver.recv().await, Some("first"));
        // The room is a's, who has not been polled since.
        assert_eq!(sender.try_send("rude"), Err(TrySendError::Full("rude")));
        for word in ["a", "b", "c"] {
            assert_eq!(receiver.recv().await, Some(word));
        }
    });
}

#[test]
fn a_sender_that_gives_up_leaves_the_line_at_once() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.try_send(1).unwrap();
        let impatient = sender.clone();
        let impatient = spawn(async move { timeout(secs(1), impatient.send(2)).await });
        let patient = sender.clone();
        spawn(async move { patient.send(3).await.unwrap() });
        assert!(impatient.await.unwrap().is_err());
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(receiver.recv().await, Some(3));
        assert_eq!(
            (receiver.try_recv(), now()),
            (Err(TryRecvError::Empty), secs(1))
        );
        // Who gave up leaves no room behind either.
        sender.try_send(4).unwrap();
        assert_eq!(sender.try_send(5), Err(TrySendError::Full(5)));
    });
}

#[test]
fn room_given_to_a_sender_that_is_gone_by_then_goes_to_the_next() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.try_send(1).unwrap();
        let (a, b) = (sender.clone(), sender.clone());
        let unlucky = spawn(async move { a.send(2).await });
        spawn(async move { b.send(3).await });
        yield_now().await;
        assert_eq!(receiver.recv().await, Some(1)); // its room is the unlucky one's now
        unlucky.abort();
        assert_eq!(timeout(secs(1), receiver.recv()).await, Ok(Some(3)));
    });
}

#[test]
fn a_permit_keeps_room_and_gives_it_back_when_it_is_dropped() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let permit = sender.reserve().await.unwrap();
        assert_eq!(sender.try_send(1), Err(TrySendError::Full(1)));
        drop(permit);
        let permit = sender.reserve().await.unwrap();
        permit.send(2).unwrap();
        assert_eq!(sender.try_send(3), Err(TrySendError::Full(3))); // it is used, not given back
        assert_eq!(receiver.recv().await, Some(2));
        sender.try_send(4).unwrap();
    });
}

#[test]
fn giving_up_receiving_loses_no_message_and_wakes_nobody_later() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        assert!(timeout(secs(1), receiver.recv()).await.is_err());
        spawn_named("sender", async move { sender.send(42).await.unwrap() });
        sleep(secs(1)).await;
        assert_eq!(receiver.recv().await, Some(42));
    });
    let told = story(&event_loop.trace());
    assert!(!told.iter().any(|line| line.contains("woken by sender")));
}

#[test]
fn a_receiver_that_is_woken_and_gives_up_before_its_turn_loses_no_message() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut recv = Box::pin(receiver.recv());
        assert!(poll_once(&mut recv).await.is_pending());
        sender.try_send(1).unwrap();
        drop(recv);
        assert_eq!(receiver.recv().await, Some(1));
    });
}

#[test]
fn a_receiver_that_goes_drops_the_messages_and_sends_the_senders_home() {
    let event_loop = EventLoop::with_virtual_clock();
    let log = Log::default();
    event_loop.run_until_complete(async {
        let (sender, receiver) = mpsc::channel(1);
        let to = log.clone();
        let guard = Box::new(OnDrop(move || to.push("dropped"))) as Box<dyn std::any::Any>;
        sender.try_send(guard).unwrap();
        let waiting = sender.clone();
        let waiting = spawn(async move { waiting.send(Box::new("mine")).await });
        yield_now().await;
        drop(receiver);
        assert_eq!(log.take(), ["dropped"]);
        let back = waiting.await.unwrap().unwrap_err().0;
        assert_eq!(*back.downcast::<&str>().unwrap(), "mine");
        assert!(sender.is_closed() && sender.reserve().await.is_err());
    });
}

#[test]
fn a_permit_for_a_receiver_that_is_gone_gives_the_message_back() {
    EventLoop::new().run_until_complete(async {
        let (sender, receiver) = mpsc::channel(1);
        let permit = sender.reserve().await.unwrap();
        drop(receiver);
        assert_eq!(permit.send(1), Err(mpsc::SendError(1)));
    });
}

#[test]
fn a_message_may_hold_an_end_of_its_own_channel() {
    struct Letter(#[allow(dead_code, reason = "it is only held")] mpsc::Sender<Letter>);
    let (sender, receiver) = mpsc::channel(2);
    sender.try_send(Letter(sender.clone())).unwrap();
    drop(receiver); // drops a sender on the way
    assert!(sender.is_closed());
}

#[test]
fn the_last_sender_to_go_wakes_the_receiver() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (sender, mut receiver) = mpsc::channel::<u32>(1);
        for (task, seconds) in [sender.clone(), sender].into_iter().zip([1, 2]) {
            spawn(async move {
                sleep(secs(seconds)).await;
                drop(task);
            });
        }
        assert_eq!((receiver.recv().await, now()), (None, secs(2)));
    });
}

#[test]
fn a_pipeline_of_many_stages_loses_nothing() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (first, mut from) = mpsc::channel(1);
        for _ in 0..20 {
            let (to, next) = mpsc::channel(1);
            spawn(async move {
                while let Some(number) = from.recv().await {
                    to.send(number + 1).await.unwrap();
                }
            });
            from = next;
        }
        let produce = (0..10).map(|ten| {
            let first = first.clone();
            async move {
                for one in 0..10 {
                    first.send(ten * 10 + one).await.unwrap();
                }
            }
        });
        spawn(gather(produce.collect::<Vec<_>>()));
        drop(first);
        let mut all = Vec::new();
        while let Some(number) = from.recv().await {
            all.push(number);
        }
        all.sort_unstable();
        assert_eq!(all, (20..120).collect::<Vec<u32>>());
    });
}

#[test]
fn a_deadlock_says_who_waits_for_a_message_or_for_room_and_where() {
    let event_loop = EventLoop::with_virtual_clock();
    let (sender, mut receiver) = mpsc::channel::<u32>(1);
    let (full, _kept) = mpsc::channel::<u32>(1);
    let line = line!() + 3;
    let deadlock = event_loop
        .try_run_until_complete(async {
            spawn_named("reader", async move { receiver.recv().await });
            spawn_named("writer", async move {
                full.send(1).await.unwrap();
                full.send(2).await
            });
            pending::<()>().await;
        })
        .unwrap_err();
    drop(sender);
    let waits: Vec<_> = deadlock
        .stuck
        .into_iter()
        .map(|stuck| stuck.waits_for)
        .collect();
    assert_eq!(
        waits,
        [
            None,
            Some(format!("a message, at mpsc.rs:{line}")),
            Some(format!("room in a channel, at mpsc.rs:{}", line + 3)),
        ]
    );
}

#[test]
fn a_channel_without_any_room_is_refused() {
    assert_eq!(
        panic_text(|| drop(mpsc::channel::<u32>(0))),
        "a channel needs room for at least one message"
    );
}
