//! Chapter 7: the program with `async` and `await`, and what the compiler makes of it.

mod common;

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use common::{Log, millis, panic_text, secs};
use event_loops::demos::async_await::{Layout, Sizes, layout, sizes};
use event_loops::demos::two_steps::{self, Settings, Way};
use event_loops::demos::{StepKind, steps};
use event_loops::{ClockKind, EventKind, EventLoop, TaskId, Trace, sleep};

fn with(way: Way, tasks: usize, wait: Duration, refused: usize) -> Trace {
    two_steps::run(&Settings {
        tasks,
        wait,
        refused,
        way,
        ..Settings::default()
    })
}

fn sequential(tasks: usize, refused: usize) -> Trace {
    two_steps::run(&Settings {
        tasks,
        refused,
        way: Way::Async,
        sequential: true,
        ..Settings::default()
    })
}

#[test]
fn three_ways_are_one_sequence_of_start_suspend_resume_and_finish() {
    for (tasks, wait, refused) in [(5, secs(3), 3), (1, millis(1), 1), (9, secs(60), 0)] {
        let found = steps(&with(Way::Async, tasks, wait, refused));
        for way in [Way::Callbacks, Way::StateMachine, Way::Iterator] {
            assert_eq!(found, steps(&with(way, tasks, wait, refused)), "{way}");
        }
        // The sequence of a call by itself, so that not all are wrong in the same way.
        let call: Vec<_> = found.iter().filter(|step| step.task == "call 1").collect();
        use StepKind::{Finish, Resume, Start, Suspend};
        let kinds = [Start, Suspend, Resume, Suspend, Resume, Finish];
        assert!(call.iter().map(|step| step.kind).eq(kinds));
        let times = [0, 0, 1, 1, 2, 2].map(|waits| wait * waits);
        assert!(call.iter().map(|step| step.at).eq(times));
    }
}

#[test]
fn five_calls_of_two_steps_take_six_seconds_and_the_error_is_among_the_answers() {
    let trace = with(Way::Async, 5, secs(3), 3);
    assert_eq!((trace.total(), trace.idle()), (secs(6), secs(6)));
    let last = trace.notes().last().unwrap();
    assert_eq!(last.2, "the answers: 1, 4, refused, 16, 25");
}

#[test]
fn made_first_and_awaited_one_after_the_other_they_do_not_overlap() {
    let trace = sequential(5, 3);
    assert_eq!((trace.total(), trace.idle()), (secs(30), secs(30)));
    assert_eq!(trace.tasks.len(), 1, "{:?}", trace.tasks);
    let asks: Vec<_> = trace
        .notes()
        .filter(|note| note.2.ends_with("asks"))
        .collect();
    let times: Vec<_> = asks.iter().map(|note| note.0.as_secs()).collect();
    assert_eq!(times, [0, 6, 12, 18, 24]);
    // One task, which is polled to start, and after each of ten waits.
    assert_eq!(trace.polls(TaskId::MAIN), 11);
}

#[test]
fn on_the_real_clock_all_calls_wait_at_once() {
    let trace = two_steps::run(&Settings {
        wait: millis(20),
        way: Way::Async,
        clock: ClockKind::Real,
        ..Settings::default()
    });
    assert!(trace.total() >= millis(40));
    let when = |text: &str| trace.notes().find(|note| note.2 == text).unwrap().0;
    assert!(when("call 5 asks") < when("call 1 fetches"));
    let polled = |event: &&event_loops::Event| event.kind == EventKind::Polled;
    assert_eq!(trace.events.iter().filter(polled).count(), 17);
}

#[test]
fn what_lives_across_an_await_is_in_the_future_and_what_is_gone_is_not() {
    let sizes = sizes();
    assert!(sizes.held.bytes >= Sizes::BUFFER);
    assert!(sizes.held.bytes < Sizes::BUFFER + 200);
    assert!(sizes.gone.bytes < 100);
    // Used no more, and yet there: what counts is the scope, as something may still borrow it.
    assert!(sizes.in_scope.bytes >= Sizes::BUFFER);
}

#[test]
fn a_function_that_awaits_another_has_its_state_machine_inside() {
    let sizes = sizes();
    assert!(sizes.fetch.bytes > sizes.sleep.bytes);
    assert!(sizes.call.bytes > sizes.fetch.bytes);
}

#[test]
fn of_two_awaited_in_turn_there_is_one_at_a_time_and_of_two_at_once_both() {
    let sizes = sizes();
    assert!(sizes.one_after_the_other.bytes >= sizes.held.bytes);
    assert!(sizes.one_after_the_other.bytes < 2 * sizes.held.bytes);
    // Each is kept twice, as an argument and where it is polled: the compiler does not yet give both
    // the same place.
    assert_eq!(sizes.at_once.bytes / sizes.held.bytes, 4);
}

#[test]
fn the_list_of_sizes_has_a_line_for_each() {
    let sizes = sizes();
    let text = sizes.to_string();
    for (line, size) in text.lines().skip(1).zip(sizes.all()) {
        assert_eq!(line, format!("{:>5}  {}", size.bytes, size.what));
    }
    assert_eq!(text.lines().count(), 1 + sizes.all().len());
}

/// Pending once.
async fn pause() {
    let mut polled = false;
    poll_fn(|_| match std::mem::replace(&mut polled, true) {
        false => Poll::Pending,
        true => Poll::Ready(()),
    })
    .await;
}

async fn ten_pauses(log: Log) {
    for number in 1..=10 {
        log.push(number.to_string());
        pause().await;
    }
}

#[test]
fn nothing_runs_before_a_poll_and_each_poll_runs_to_the_next_wait() {
    let log = Log::default();
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(ten_pauses(log.clone()));
    assert_eq!(log.take(), [] as [&str; 0]);
    for number in 1..=10 {
        assert!(future.as_mut().poll(&mut context).is_pending());
        assert_eq!(log.take(), [number.to_string()]);
    }
    assert!(future.as_mut().poll(&mut context).is_ready());
    let again = panic_text(|| {
        let _ = future.as_mut().poll(&mut context);
    });
    assert_eq!(again, "`async fn` resumed after completion");
}

#[test]
fn ten_waits_take_no_more_place_than_one() {
    async fn once() {
        pause().await;
    }
    async fn ten_times() {
        pause().await;
        pause().await;
        pause().await;
        pause().await;
        pause().await;
        pause().await;
        pause().await;
        pause().await;
        pause().await;
        pause().await;
    }
    assert_eq!(size_of_val(&once()), size_of_val(&ten_times()));
}

#[test]
fn to_await_a_function_that_waits_asks_for_no_memory() {
    async fn wait() {
        sleep(secs(1)).await;
    }
    async fn waits(times: u32) {
        for _ in 0..times {
            wait().await;
        }
    }
    let count = |times| {
        let run = || EventLoop::with_virtual_clock().run_until_complete(waits(times));
        allocation_counter::measure(run).count_total
    };
    assert_eq!(count(1), count(1001));
}

#[test]
fn dropped_in_the_middle_it_drops_what_it_has_and_goes_no_further() {
    let (alive, log) = (Rc::new(()), Log::default());
    let (held, says) = (Rc::clone(&alive), log.clone());
    let mut future = Box::pin(async move {
        pause().await;
        says.push("after");
        drop(held);
    });
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    assert_eq!(Rc::strong_count(&alive), 2);
    drop(future);
    assert_eq!(Rc::strong_count(&alive), 1);
    assert_eq!(log.take(), [] as [&str; 0]);
}

#[test]
fn a_future_keeps_a_variable_and_a_reference_to_it_inside_itself() {
    let Layout {
        bytes,
        letters,
        third,
        points_to,
    } = layout();
    assert_eq!(points_to, letters.start + 2);
    assert!(letters.end <= bytes && third.end <= bytes);
    assert!(letters.end <= third.start || third.end <= letters.start);
}

#[test]
fn the_drawing_has_a_row_for_each_part_and_the_arrow_leads_from_one_to_the_other() {
    let layout = layout();
    let text = layout.to_string();
    let row = |bytes: &std::ops::Range<usize>| {
        let start = format!("{:>3} to {:>3} | ", bytes.start, bytes.end - 1);
        let row = text.lines().find(|line| line.starts_with(&start));
        row.unwrap_or_else(|| panic!("no {start}: {text}"))
    };
    assert!(
        row(&layout.letters).contains("letters = ab[c]defgh ")
            && row(&layout.letters).ends_with("<-+")
    );
    let address = format!("third = the address of byte {} ", layout.points_to);
    assert!(row(&layout.third).contains(&address) && row(&layout.third).ends_with("--+"));
    // The rows are the whole future, without a gap.
    let rows = text.lines().filter(|line| line.contains(" to "));
    let next = Cell::new(0);
    for line in rows {
        let place = |part: &str| part.trim().parse::<usize>().unwrap();
        let (first, rest) = line.split_once(" to ").unwrap();
        assert_eq!(place(first), next.get(), "{text}");
        next.set(place(rest.split('|').next().unwrap()) + 1);
    }
    assert_eq!(next.get(), layout.bytes, "{text}");
}
