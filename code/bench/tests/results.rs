//! Every runtime does the same work: a benchmark that leaves some of it out measures nothing.

use event_loops_bench::{Runtime, Sizes, Workload, run};

const SIZES: Sizes = Sizes {
    tasks: 50,
    yielding_tasks: 20,
    yields: 30,
    sleeps: 50,
    messages: 500,    // more than a channel has room for
    connections: 110, // more than are begun at once
    echoes: 3,
};

fn results(workload: Workload) -> Vec<Option<u64>> {
    let result = |runtime| Some(run(runtime, workload, &SIZES)?.result);
    Runtime::ALL.map(result).into()
}

#[test]
fn every_task_that_is_spawned_is_joined() {
    assert_eq!(results(Workload::SpawnThenJoin), [Some(1_225); 5]);
}

#[test]
fn every_task_that_is_spawned_is_awaited() {
    assert_eq!(results(Workload::SpawnAndAwait), [Some(1_225); 5]);
}

#[test]
fn every_task_has_all_its_turns() {
    assert_eq!(results(Workload::Yields), [Some(600); 5]);
}

#[test]
fn every_sleeper_wakes() {
    assert_eq!(results(Workload::Sleeps), [Some(1_225); 5]);
}

#[test]
fn every_message_arrives() {
    assert_eq!(results(Workload::Messages), [Some(124_750); 5]);
    assert_eq!(results(Workload::OwnMessages), [Some(124_750); 5]);
}

#[test]
fn every_echo_comes_back() {
    let all = Some(54_285);
    // LocalPool has no sockets.
    assert_eq!(results(Workload::Echoes), [all, all, all, all, None]);
}
