//! What the semaphore promises: never more than its permits, first come, first served, none lost.

mod common;

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;

use common::{Log, panic_text, poll_once, secs, story};
use event_loops::{
    EventLoop, Semaphore, SemaphorePermit, gather, now, sleep, spawn, spawn_named, timeout,
    yield_now,
};

#[test]
fn a_permit_goes_from_hand_to_hand() {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let one = Rc::new(Semaphore::new(1));
        let hold = |semaphore: Rc<Semaphore>| async move {
            let _permit = semaphore.acquire().await;
            sleep(secs(1)).await;
        };
        let a = spawn_named("a", hold(one.clone()));
        let b = spawn_named("b", hold(one));
        a.await.unwrap();
        b.await.unwrap();
    });
    assert_eq!(
        story(&event_loop.trace())[5..],
        [
            "0.0 s a is polled",
            "0.0 s a is suspended: waits until 1.0 s",
            "0.0 s b is polled",
            "0.0 s b is suspended: waits for a permit",
            "0.0 s loop has nothing to do until 1.0 s",
            "1.0 s loop goes on",
            "1.0 s a is woken: its time has come",
            "1.0 s a is polled",
            "1.0 s b is woken by a", // and not polled before
            "1.0 s main is woken by a",
            "1.0 s a finishes",
            "1.0 s b is polled",
            "1.0 s b is suspended: waits until 2.0 s",
            "1.0 s main is polled",
            "1.0 s main is suspended: waits for the end of b",
            "1.0 s loop has nothing to do until 2.0 s",
            "2.0 s loop goes on",
            "2.0 s b is woken: its time has come",
            "2.0 s b is polled",
            "2.0 s main is woken by b",
            "2.0 s b finishes",
            "2.0 s main is polled",
            "2.0 s main finishes",
        ]
    );
}

#[test]
fn there_are_never_more_holders_than_permits_and_never_fewer_while_somebody_waits() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (semaphore, holders) = (Rc::new(Semaphore::new(3)), Rc::new(Cell::new(0)));
        let work = |_| {
            let (semaphore, holders) = (semaphore.clone(), holders.clone());
            async move {
                let _permit = semaphore.acquire().await;
                holders.set(holders.get() + 1);
                assert!(holders.get() <= 3);
                sleep(secs(1)).await;
                holders.set(holders.get() - 1);
            }
        };
        gather((0..21).map(work)).await;
        assert_eq!(now(), secs(7)); // twenty-one seconds of work by three
        assert_eq!(semaphore.available_permits(), 3);
    });
}

#[test]
fn permits_go_to_those_who_wait_in_the_order_in_which_they_came() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let (semaphore, log) = (Rc::new(Semaphore::new(0)), Log::default());
        for word in ["a", "b", "c"] {
            let (semaphore, log) = (semaphore.clone(), log.clone());
            spawn(async move {
                semaphore.acquire().await.forget();
                log.push(word);
            });
        }
        yield_now().await;
        semaphore.add_permits(2);
        assert!(semaphore.try_acquire().is_none()); // they are a's and b's
        yield_now().await;
        assert_eq!(log.take(), ["a", "b"]);
        semaphore.add_permits(3);
        assert_eq!(semaphore.available_permits(), 2);
        yield_now().await;
        assert_eq!(log.take(), ["c"]);
    });
}

#[test]
fn who_gives_up_leaves_the_line_and_takes_nothing_along() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let semaphore = Rc::new(Semaphore::new(1));
        let permit = semaphore.acquire().await;
        assert!(timeout(secs(1), semaphore.acquire()).await.is_err());
        drop(permit);
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn a_permit_given_to_one_who_is_gone_by_then_goes_to_the_next() {
    EventLoop::with_virtual_clock().run_until_complete(async {
        let semaphore = Semaphore::new(1);
        let permit: SemaphorePermit<'_> = semaphore.acquire().await;
        let mut unlucky = Box::pin(semaphore.acquire());
        let mut next = Box::pin(semaphore.acquire());
        assert!(poll_once(&mut unlucky).await.is_pending());
        assert!(poll_once(&mut next).await.is_pending());
        drop(permit); // the unlucky one's now
        assert!(poll_once(&mut next).await.is_pending());
        drop(unlucky);
        assert!(poll_once(&mut next).await.is_ready());
    });
}

#[test]
fn a_panic_gives_the_permit_back() {
    let semaphore = Rc::new(Semaphore::new(1));
    let own = semaphore.clone();
    panic_text(|| {
        EventLoop::new().run_until_complete(async move {
            let _permit = own.acquire().await;
            panic!("on purpose");
        });
    });
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_deadlock_says_who_waits_for_a_permit_and_where() {
    let event_loop = EventLoop::new();
    let line = line!() + 5;
    let deadlock = event_loop
        .try_run_until_complete(async {
            let semaphore = Semaphore::new(1);
            let _mine = semaphore.acquire().await;
            let _too_many = semaphore.acquire().await;
            pending::<()>().await;
        })
        .unwrap_err();
    assert_eq!(
        deadlock.stuck[0].waits_for,
        Some(format!("a permit, at semaphore.rs:{line}"))
    );
}
