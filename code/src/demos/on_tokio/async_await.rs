//! Chapter 7 on tokio: five calls of two steps, of which one is refused.

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Entry, Record, note, run_to_end, watched};
use crate::demos::two_steps::{Refused, Request, Settings, Summary};

/// Makes the calls: [`Way::Async`](crate::demos::two_steps::Way::Async) of
/// [`two_steps`](crate::demos::two_steps) on tokio. Other ways it does not know.
///
/// ```
/// use event_loops::demos::{on_tokio, two_steps::Settings};
/// use std::time::Duration;
///
/// let record = on_tokio::async_await::run(&Settings::default());
/// assert_eq!(record.total(), Duration::from_secs(6));
/// ```
pub fn run(settings: &Settings) -> Record {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each entry to `listener` as it is made.
pub fn run_with(settings: &Settings, listener: impl FnMut(&Entry) + 'static) -> Record {
    let requests: Vec<_> = settings.requests().collect();
    match settings.sequential {
        true => run_to_end(settings.clock, listener, one_after_the_other(requests)),
        false => run_to_end(settings.clock, listener, together(requests)),
    }
}

// ANCHOR: async
async fn together(requests: Vec<Request>) {
    let mut calls = JoinSet::new();
    for request in requests {
        let answer = async move { (request.number, call(request).await) };
        calls.spawn_local(watched(request.to_string(), answer));
    }
    let mut answers = calls.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    let answers: Vec<_> = answers.into_iter().map(|(_, answer)| answer).collect();
    note(Summary(&answers));
}

async fn one_after_the_other(requests: Vec<Request>) {
    let calls: Vec<_> = requests.into_iter().map(call).collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await);
    }
    note(Summary(&answers));
}

async fn call(request: Request) -> Result<u64, Refused> {
    note(format_args!("{request} asks"));
    sleep(request.wait).await;
    let answer = fetch(request).await?;
    note(format_args!("{request} is back"));
    Ok(answer)
}

async fn fetch(request: Request) -> Result<u64, Refused> {
    note(format_args!("{request} fetches"));
    sleep(request.wait).await;
    request.answer()
}
// ANCHOR_END: async
