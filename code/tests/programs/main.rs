//! Random programs do on the loop what an oracle foretells, event by event, and nothing that must
//! never happen.
//!
//! proptest makes new programs in every run: 10,000 of them, or as many as `PROPTEST_CASES` says.
//! One that fails is made smaller for as long as it fails, printed, and kept by its seed in
//! `code/proptest-regressions/programs.txt`, whose programs are tried first in every run. Commit
//! that file, and write a small test with a name for what has been found: a seed makes its program
//! only as long as the strategies in `program.rs` stay as they are.

mod invariants;
mod oracle;
mod program;
mod run;
mod story;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

use event_loops::Awaited;
use program::Program;
use story::{By, End, Joined, On, Outcome, Story, What};

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let asked_for = std::env::var_os("PROPTEST_CASES").is_some();
    let file = FileFailurePersistence::Direct("proptest-regressions/programs.txt");
    ProptestConfig {
        cases: if asked_for { default.cases } else { 10_000 },
        failure_persistence: Some(Box::new(file)),
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_programs_do_what_the_oracle_foretells(program in program::programs()) {
        let run = run::run(&program);
        prop_assert_eq!(invariants::check(&run), Ok(()));
        let foretold = oracle::foretell(&program);
        prop_assert!(run.story == foretold, "{}", difference(&run.story, &foretold));
    }
}

/// What led to the first line that is not as foretold, and what follows.
fn difference(story: &Story, foretold: &Story) -> String {
    let (lines, other) = (&story.lines, &foretold.lines);
    let same = lines.iter().zip(other).take_while(|(a, b)| a == b).count();
    let show = |lines: &[story::Line], from: usize, to: usize| -> String {
        let lines = lines.iter().take(to).skip(from);
        lines.map(|line| format!("  {line:?}\n")).collect()
    };
    format!(
        "the story begins with\n{}and goes on\n{}but should go on\n{}ends: {:?}\nand should: {:?}",
        show(lines, same.saturating_sub(20), same),
        show(lines, same, same + 5),
        show(other, same, same + 5),
        story.ends,
        foretold.ends,
    )
}

/// A thousand programs, always the same.
fn some_programs() -> Vec<Program> {
    let mut runner = TestRunner::deterministic();
    let strategy = program::programs();
    let mut program = || strategy.new_tree(&mut runner).expect("a program").current();
    (0..1_000).map(|_| program()).collect()
}

/// Without this the test above could pass because nothing ever happens.
#[test]
fn everything_that_can_happen_happens_in_random_programs() {
    let stories: Vec<Story> = some_programs().iter().map(oracle::foretell).collect();
    let lines = || stories.iter().flat_map(|story| &story.lines);
    let in_lines = |what: &str, is_it: fn(&What) -> bool| {
        let times = lines().filter(|line| is_it(&line.what)).count();
        assert!(times >= 10, "{what} in a thousand programs: {times} times");
    };
    let gives = |what: &str, is_it: fn(&Outcome) -> bool| {
        let given = lines().filter(|line| matches!(&line.what, What::Did(_, _, out) if is_it(out)));
        let times = given.count();
        assert!(times >= 10, "{what} in a thousand programs: {times} times");
    };
    let ends = |what: &str, is_it: fn(&End) -> bool| {
        let times = (stories.iter().flat_map(|story| &story.ends))
            .filter(|end| is_it(end))
            .count();
        assert!(times >= 10, "{what} in a thousand programs: {times} times");
    };
    let waits_for = |what: On| {
        let waits = |line: &&story::Line| matches!(&line.what, What::Suspended(_, on) if on.contains(&what));
        let times = lines().filter(waits).count();
        assert!(
            times >= 10,
            "waiting for {what:?} in a thousand programs: {times} times"
        );
    };

    ends("a result", |end| matches!(end, End::Result(_)));
    ends("a panic of main", |end| *end == End::Panicked);
    ends("a deadlock", |end| matches!(end, End::Deadlock(_)));
    ends(
        "a deadlock of several",
        |end| matches!(end, End::Deadlock(stuck) if stuck.len() > 1),
    );

    in_lines("a wake by a timer", |what| {
        matches!(what, What::Woken(_, By::Timer))
    });
    in_lines(
        "a wake by another task",
        |what| matches!(what, What::Woken(a, By::Task(b)) if a != b),
    );
    in_lines("a wait for other threads", |what| {
        *what == What::Parked(None)
    });
    in_lines("a panic", |what| matches!(what, What::Panicked(_)));
    in_lines(
        "two waits at once",
        |what| matches!(what, What::Suspended(_, on) if on.len() > 1),
    );

    for what in [
        Awaited::Message,
        Awaited::Room,
        Awaited::Permit,
        Awaited::Lock,
    ] {
        waits_for(On::For(what));
    }
    waits_for(On::For(Awaited::Notification));
    waits_for(On::NextTurn);
    waits_for(On::Task(1));
    waits_for(On::Until(3));

    gives("a result", |out| {
        matches!(out, Outcome::Joined(_, Joined::Result(_)))
    });
    gives("a panic", |out| {
        matches!(out, Outcome::Joined(_, Joined::Panicked))
    });
    gives("an abort", |out| {
        matches!(out, Outcome::Joined(_, Joined::Aborted))
    });
    gives("a result in time", |out| matches!(out, Outcome::InTime(_)));
    gives("a timeout", |out| *out == Outcome::Elapsed);
    gives("a message", |out| matches!(out, Outcome::Received(Some(_))));
    gives("the end of a channel", |out| {
        *out == Outcome::Received(None)
    });
    gives("a refused message", |out| {
        matches!(out, Outcome::Refused(_))
    });
    gives("a race", |out| matches!(out, Outcome::First(_)));
    gives(
        "several results",
        |out| matches!(out, Outcome::All(all) if all.len() > 1),
    );
}
