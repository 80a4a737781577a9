//! One message, once: it arrives, or whoever waits is told that it never will.

mod common;

use std::rc::Rc;

use common::{Log, OnDrop, foreign_waker, poll_once, poll_with, secs, story};
use event_loops::{EventLoop, oneshot, sleep, spawn_named, timeout, yield_now};

#[test]
fn a_message_wakes_the_one_who_waits_for_it_once() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let (tell, told) = oneshot::channel();
        spawn_named("oven", async move {
            sleep(secs(3)).await;
            tell.send("done").unwrap();
        });
        assert_eq!(told.await, Ok("done"));
    });
    assert_eq!(
        story(&event_loop.trace()),
        [
            "0.0 s main is spawned",
            "0.0 s main is polled",
            "0.0 s oven is spawned",
            "0.0 s main is suspended: waits for a message",
            "0.0 s oven is polled",
            "0.0 s oven is suspended: waits until 3.0 s",
            "0.0 s loop has nothing to do until 3.0 s",
            "3.0 s loop goes on",
            "3.0 s oven is woken: its time has come",
            "3.0 s oven is polled",
            "3.0 s main is woken by oven",
            "3.0 s oven finishes",
            "3.0 s main is polled",
            "3.0 s main finishes",
        ]
    );
}

#[test]
fn a_message_that_is_there_already_takes_no_turn() {
    let event_loop = EventLoop::new().with_trace();
    let (tell, told) = oneshot::channel();
    tell.send(1).unwrap();
    assert_eq!(event_loop.run_until_complete(told), Ok(1));
    assert_eq!(story(&event_loop.trace()).len(), 3); // spawned, polled, finished
}

#[test]
fn a_sender_that_goes_without_a_message_wakes_the_receiver_with_an_error() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let (tell, mut told) = oneshot::channel::<u32>();
        let task = spawn_named("aborted", async move {
            sleep(secs(3600)).await;
            tell.send(1).unwrap();
        });
        assert!(timeout(secs(1), &mut told).await.is_err());
        task.abort();
        assert_eq!(told.await, Err(oneshot::RecvError));
    });
}

#[test]
fn giving_up_waiting_loses_no_message() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        let (tell, mut told) = oneshot::channel();
        assert!(timeout(secs(1), &mut told).await.is_err());
        tell.send(42).unwrap();
        sleep(secs(1)).await;
        assert_eq!((&mut told).await, Ok(42));
        assert_eq!(told.await, Err(oneshot::RecvError)); // there was only one
    });
}

#[test]
fn a_message_that_nobody_takes_is_dropped_with_the_receiver() {
    let log = Log::default();
    let (tell, told) = oneshot::channel();
    assert!(tell.send(OnDrop(|| log.push("dropped"))).is_ok());
    assert_eq!(log.take(), [""; 0]);
    drop(told);
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn a_message_with_the_receiver_gone_comes_back() {
    let (tell, told) = oneshot::channel();
    assert!(!tell.is_closed());
    drop(told);
    assert!(tell.is_closed());
    assert_eq!(tell.send("back"), Err("back"));
}

#[test]
fn a_receiver_that_is_dropped_keeps_nobody_s_waker() {
    let token = Rc::new(());
    let log = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (on_wake, on_drop) = (log.clone(), log.clone());
    let waker = foreign_waker(
        move || on_wake.lock().unwrap().push("woken"),
        move || on_drop.lock().unwrap().push("dropped"),
    );
    let (tell, mut told) = oneshot::channel();
    assert!(poll_with(&mut told, &waker).is_pending());
    drop(waker);
    assert!(log.lock().unwrap().is_empty());
    drop(told);
    assert_eq!(*log.lock().unwrap(), ["dropped"]);
    assert!(tell.send(token).is_err());
}

#[test]
fn a_receiver_that_moves_to_another_task_wakes_that_one() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let (tell, mut told) = oneshot::channel();
        assert!(poll_once(&mut told).await.is_pending());
        let reader = spawn_named("reader", told);
        yield_now().await;
        tell.send("hello").unwrap();
        assert_eq!(reader.await.unwrap(), Ok("hello"));
    });
    let told = story(&event_loop.trace());
    assert!(told.contains(&"0.0 s reader is woken by main".to_string()));
}

#[test]
fn a_receiver_whose_sender_is_kept_and_not_used_is_a_deadlock_that_says_where() {
    let event_loop = EventLoop::with_virtual_clock();
    let line = line!() + 1;
    let (tell, told) = oneshot::channel::<u32>();
    let deadlock = event_loop.try_run_until_complete(told).unwrap_err();
    assert_eq!(
        deadlock.stuck[0].waits_for,
        Some(format!("a message, at oneshot.rs:{line}"))
    );
    drop(tell);
}
