//! Exercise 01-cake: the cake gets icing, and the cook wants to be done by minute 65.

use std::future::Future;
use std::time::Duration;

use super::report::{Check, Ran, Report, never_blocks, run};
use crate::trace::elapsed;
use crate::{Trace, compute_for, note, sleep};

/// Made by [`make_dough`], needed by [`bake`].
#[derive(Debug)]
pub struct Dough(());

/// Made by [`bake`], needed by [`spread`].
#[derive(Debug)]
pub struct Cake(());

/// Brought by [`shop`], needed by [`stir`].
#[derive(Debug)]
pub struct Groceries(());

/// Made by [`stir`], needed by [`spread`].
#[derive(Debug)]
pub struct Icing(());

/// Made by [`spread`]: the end of the afternoon.
#[derive(Debug)]
pub struct IcedCake(());

/// 15 minutes of work.
pub async fn make_dough() -> Dough {
    work("dough", 15);
    Dough(())
}

/// 45 minutes in the oven, which need no cook.
pub async fn bake(_dough: Dough) -> Cake {
    note("in the oven");
    sleep(minutes(45)).await;
    Cake(())
}

/// 20 minutes of work.
pub async fn shop() -> Groceries {
    work("shopping", 20);
    Groceries(())
}

/// 10 minutes of work on the icing, with sugar from the groceries.
pub async fn stir(_groceries: Groceries) -> Icing {
    work("icing", 10);
    Icing(())
}

/// 5 minutes of work with a baked cake and a stirred icing.
pub async fn spread(_cake: Cake, _icing: Icing) -> IcedCake {
    work("spreads", 5);
    IcedCake(())
}

/// Runs `afternoon`, and checks that nothing is forgotten and that it takes 65 minutes.
///
/// ```
/// use event_loops::exercises::cake::{self, bake, make_dough, shop, spread, stir};
///
/// let report = cake::check(async || {
///     let cake = bake(make_dough().await).await;
///     let icing = stir(shop().await).await;
///     spread(cake, icing).await
/// });
/// assert!(!report.passed()); // 95 minutes: the cook stood before the oven
/// ```
pub fn check<F>(afternoon: impl FnOnce() -> F) -> Report
where
    F: Future<Output = IcedCake>,
{
    let Ran {
        output,
        trace,
        real,
    } = run(afternoon);
    let mut checks = vec![Check::new("comes to an end", output.is_ok(), || {
        output.as_ref().err().cloned().unwrap_or_default()
    })];
    if output.is_ok() {
        checks.push(never_blocks(&trace, real));
        checks.push(Check::new(
            "the cook does each thing once",
            each_thing_once(&trace),
            || {
                "dough, oven, shopping, icing and spreading each have to be done exactly once"
                    .to_string()
            },
        ));
        checks.push(Check::new(
            "is over after 65 min",
            trace.total() == minutes(65),
            || hint(&trace),
        ));
    }
    Report {
        exercise: "01-cake",
        checks,
        timeline: Some(trace.drawn()),
    }
}

fn each_thing_once(trace: &Trace) -> bool {
    let mut done: Vec<_> = trace.notes().map(|(_, _, text)| text.to_string()).collect();
    done.sort();
    done == ["dough", "icing", "in the oven", "shopping", "spreads"]
}

fn hint(trace: &Trace) -> String {
    let started = |what| {
        trace
            .notes()
            .find(|(_, _, text)| *text == what)
            .map(|(at, ..)| at)
    };
    let Some(oven_on) = started("in the oven") else {
        return "the cake was never in the oven".to_string();
    };
    let question = if oven_on > minutes(15) && trace.tasks.len() == 1 {
        "nothing was handed to the loop, and a future that nobody polls has not started: `spawn` \
         hands it over"
            .to_string()
    } else if oven_on > minutes(15) {
        let oven_on = elapsed(oven_on);
        format!(
            "the oven goes on after {oven_on}, and could after 15 min. A spawned task has its turn \
             only when the task that spawned it waits: what does yours do before it waits?"
        )
    } else if started("icing") >= Some(oven_on + minutes(45)) {
        "what else could the cook do while the cake is in the oven?".to_string()
    } else {
        "where does the cook wait although there is work?".to_string()
    };
    format!("it took {}: {question}", elapsed(trace.total()))
}

fn work(what: &str, takes: u64) {
    note(what);
    compute_for(minutes(takes));
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}
