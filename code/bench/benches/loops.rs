//! `cargo bench -p event-loops-bench`: change something in the loop, and look what it does.

use divan::Bencher;
use divan::counter::ItemsCount;
use event_loops_bench::{Outcome, Runtime, Sizes, Workload, run};

fn main() {
    divan::main();
}

const SIZES: Sizes = Sizes {
    tasks: 1_000,
    yielding_tasks: 100,
    yields: 10,
    sleeps: 0,
    messages: 1_000,
    connections: 0,
    echoes: 0,
};

#[divan::bench(args = Runtime::ALL)]
fn w1a_spawn_then_join(bencher: Bencher<'_, '_>, runtime: Runtime) {
    bench(bencher, runtime, Workload::SpawnThenJoin);
}

#[divan::bench(args = Runtime::ALL)]
fn w1b_spawn_and_await(bencher: Bencher<'_, '_>, runtime: Runtime) {
    bench(bencher, runtime, Workload::SpawnAndAwait);
}

#[divan::bench(args = Runtime::ALL)]
fn w2_yields(bencher: Bencher<'_, '_>, runtime: Runtime) {
    bench(bencher, runtime, Workload::Yields);
}

#[divan::bench(args = Runtime::ALL)]
fn w4_messages(bencher: Bencher<'_, '_>, runtime: Runtime) {
    bench(bencher, runtime, Workload::Messages);
}

fn bench(bencher: Bencher<'_, '_>, runtime: Runtime, workload: Workload) {
    let wanted = Some(Outcome::from(SIZES.result(workload)));
    bencher
        .counter(ItemsCount::new(SIZES.operations(workload)))
        .bench(|| assert_eq!(run(runtime, workload, &SIZES), wanted));
}
