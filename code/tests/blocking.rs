//! Work that blocks, on other threads: the loop goes on meanwhile, and waits for it when it must.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;

use common::{OnDrop, panic_text, poll_once, secs, story_of_tasks};
use event_loops::{
    EventKind, EventLoop, Wait, WokenBy, now, sleep, spawn, spawn_blocking, yield_now,
};

#[test]
fn a_job_runs_on_another_thread_and_gives_its_result() {
    let here = thread::current().id();
    let there = EventLoop::new().run_until_complete(async {
        spawn_blocking(move || thread::current().id())
            .await
            .unwrap()
    });
    assert_ne!(here, there);
}

#[test]
fn other_tasks_have_their_turns_while_a_job_blocks() {
    let (unblock, blocked) = mpsc::channel();
    EventLoop::new().run_until_complete(async move {
        // The job ends only when another task of the loop has had its turn.
        let job = spawn_blocking(move || blocked.recv().unwrap());
        spawn(async move {
            yield_now().await;
            unblock.send("released").unwrap();
        });
        assert_eq!(job.await.unwrap(), "released");
    });
}

#[test]
fn a_job_begins_without_being_awaited_and_outlives_its_handle() {
    let (tell, told) = mpsc::channel();
    EventLoop::new().run_until_complete(async move {
        drop(spawn_blocking(move || tell.send(()).unwrap()));
        told.recv().unwrap(); // this holds the loop: the job needs none of its turns
    });
}

#[test]
fn two_jobs_run_at_the_same_time_also_when_one_thread_is_there_already() {
    for _ in 0..50 {
        let event_loop = EventLoop::new();
        let meeting = Arc::new((Mutex::new(0), Condvar::new()));
        let job = || {
            let meeting = meeting.clone();
            move || {
                let (arrived, bell) = &*meeting;
                let mut arrived = arrived.lock().unwrap();
                *arrived += 1;
                bell.notify_all();
                // Neither leaves before the other one has come.
                drop(bell.wait_while(arrived, |arrived| *arrived < 2).unwrap());
            }
        };
        event_loop.run_until_complete(async {
            spawn_blocking(|| ()).await.unwrap();
            // Let the thread find out that it has nothing more to do.
            (0..100).for_each(|_| thread::yield_now());
            let jobs = [spawn_blocking(job()), spawn_blocking(job())];
            for job in jobs {
                job.await.unwrap();
            }
        });
    }
}

#[test]
fn there_are_never_more_jobs_at_once_than_threads_and_they_begin_in_their_order() {
    let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let order = Arc::new(Mutex::new(Vec::new()));
    let event_loop = EventLoop::new().with_blocking_threads(1);
    event_loop.run_until_complete(async {
        let jobs: Vec<_> = (0..50)
            .map(|number| {
                let (at_once, most, order) = (at_once.clone(), most.clone(), order.clone());
                spawn_blocking(move || {
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    order.lock().unwrap().push(number);
                    thread::yield_now();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for job in jobs {
            job.await.unwrap();
        }
    });
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert_eq!(*order.lock().unwrap(), Vec::from_iter(0..50));
}

#[test]
fn threads_are_used_again() {
    let event_loop = EventLoop::new();
    let names = event_loop.run_until_complete(async {
        let mut threads = Vec::new();
        for _ in 0..20 {
            threads.push(spawn_blocking(|| thread::current().id()).await.unwrap());
            // The thread says that it is free after its job has told its result.
            spawn_blocking(|| ()).await.unwrap();
        }
        threads
    });
    let mut different = Vec::new();
    for name in names {
        if !different.contains(&name) {
            different.push(name);
        }
    }
    assert!(
        different.len() <= 4,
        "{} threads for 40 jobs, one after the other",
        different.len()
    );
}

#[test]
fn a_panic_in_a_job_becomes_the_error_of_its_handle_and_the_thread_goes_on() {
    let event_loop = EventLoop::new().with_blocking_threads(1);
    event_loop.run_until_complete(async {
        let error = spawn_blocking(|| panic!("no such file")).await.unwrap_err();
        assert_eq!(error.to_string(), "the task panicked: no such file");
        assert_eq!(spawn_blocking(|| 42).await.unwrap(), 42);
    });
}

#[test]
fn an_aborted_job_that_has_not_begun_never_begins() {
    let (unblock, blocked) = mpsc::channel::<()>();
    let began = Arc::new(AtomicUsize::new(0));
    let event_loop = EventLoop::new().with_blocking_threads(1);
    event_loop.run_until_complete(async {
        let first = spawn_blocking(move || blocked.recv().unwrap());
        let count = began.clone();
        let second = spawn_blocking(move || count.fetch_add(1, Ordering::SeqCst));
        second.abort();
        unblock.send(()).unwrap();
        first.await.unwrap();
        assert!(second.await.unwrap_err().is_aborted());
        spawn_blocking(|| ()).await.unwrap(); // behind it in the queue
    });
    assert_eq!(began.load(Ordering::SeqCst), 0);
}

#[test]
fn close_waits_for_the_jobs_that_have_begun_and_drops_the_others() {
    let (unblock, blocked) = mpsc::channel::<()>();
    let (begins, has_begun) = mpsc::channel();
    let (ended, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let event_loop = EventLoop::new().with_blocking_threads(1);
    event_loop.run_until_complete(async {
        let count = ended.clone();
        drop(spawn_blocking(move || {
            begins.send(()).unwrap();
            blocked.recv().unwrap();
            count.fetch_add(1, Ordering::SeqCst);
        }));
        has_begun.recv().unwrap();
        let (count, never) = (dropped.clone(), ended.clone());
        let guard = OnDrop(move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        drop(spawn_blocking(move || {
            let _guard = &guard;
            never.fetch_add(10, Ordering::SeqCst);
        }));
    });
    let releaser = {
        let dropped = dropped.clone();
        thread::spawn(move || {
            // Close has dropped the second job, and now waits for the first.
            while dropped.load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
            unblock.send(()).unwrap();
        })
    };
    event_loop.close();
    releaser.join().unwrap();
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

#[test]
fn what_a_job_does_takes_no_virtual_time() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.run_until_complete(async {
        spawn(sleep(secs(3600)));
        yield_now().await; // without the job the clock would jump to the end of that sleep
        let job = spawn_blocking(|| (0..1000).for_each(|_| thread::yield_now()));
        job.await.unwrap();
        assert_eq!(now(), secs(0));
    });
}

#[test]
fn a_deadlock_is_reported_when_the_last_job_has_ended_and_not_before() {
    let (unblock, blocked) = mpsc::channel::<()>();
    let event_loop = EventLoop::with_virtual_clock();
    let deadlock = event_loop.try_run_until_complete(async {
        // Nobody awaits the job, and it wakes nobody when it ends.
        drop(spawn_blocking(move || blocked.recv().unwrap()));
        let mut turns = 0;
        spawn(async move {
            while turns < 10 {
                turns += 1;
                yield_now().await;
            }
            unblock.send(()).unwrap();
        });
        std::future::pending::<()>().await;
    });
    assert_eq!(deadlock.unwrap_err().stuck.len(), 1);
}

#[test]
fn the_trace_says_what_the_task_of_a_job_waits_for() {
    let (unblock, blocked) = mpsc::channel::<()>();
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let line = line!() + 2;
    event_loop.run_until_complete(async {
        let mut job = spawn_blocking(move || blocked.recv().unwrap());
        assert!(poll_once(&mut job).await.is_pending());
        yield_now().await; // the task of the job waits by now
        unblock.send(()).unwrap();
        job.await.unwrap();
    });
    let trace = event_loop.trace();
    let job = trace.task("task 1").unwrap();
    let waits = trace.of(job).find_map(|event| match &event.kind {
        EventKind::Suspended { on } => Some(on.clone()),
        _ => None,
    });
    assert!(matches!(waits.unwrap()[..], [Wait::BlockingJob { line: at }] if at.line() == line));
    let story = story_of_tasks(&trace);
    assert!(story.contains(&"0.0 s task 1 is suspended: waits for a blocking job".to_string()));
    let woken = trace.of(job).any(|event| {
        event.kind
            == EventKind::Woken {
                by: WokenBy::Outside,
            }
    });
    assert!(woken);
}

#[test]
fn no_threads_at_all_and_no_loop_at_all_are_clear_errors() {
    let text = panic_text(|| drop(EventLoop::new().with_blocking_threads(0)));
    assert_eq!(text, "blocking work needs at least one thread");
    let text = panic_text(|| drop(spawn_blocking(|| ())));
    assert!(
        text.starts_with("spawn_blocking needs a running event loop"),
        "{text}"
    );
}
