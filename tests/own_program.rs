//! The Rust that the stepper shows for a reader's own program: it compiles, and does what was shown.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use course_tests::root;
use event_loops::demos::program::{Mode, Settings, Step, run, source};
use fastrand::Rng;
use mdbook_course::externs::Externs;

/// The same in each run: a failure can be looked at again.
const SEED: u64 = 7;

/// What a listing uses and does not show.
const HEAD: &str = r#"#![allow(unused, unreachable_code)]
use std::future::Future;
use std::ops::Index;
use std::pin::Pin;
use std::{thread, time::Duration};
use event_loops::{EventLoop, block_for, compute_for, gather, note, sleep, yield_now};

type Error = Box<dyn std::error::Error>;
type Boxed = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

fn boxed(task: impl Future<Output = Result<(), Error>> + 'static) -> Boxed {
    Box::pin(task)
}

fn print_errors(results: impl IntoIterator<Item = Result<(), Error>>) {
    for (number, result) in (1..).zip(results) {
        if let Err(error) = result {
            note(format_args!("task {number}: {error}"));
        }
    }
}

/// Tasks are counted from 1.
#[derive(Clone)]
struct To<T>(Vec<T>);

impl<T> Index<usize> for To<T> {
    type Output = T;
    fn index(&self, number: usize) -> &T {
        &self.0[number - 1]
    }
}

mod together {
    use super::To;
    use event_loops::mpsc::{Receiver, Sender, channel};

    pub type Inbox = Receiver<&'static str>;
    pub type Outboxes = To<Sender<&'static str>>;

    pub fn channels<const N: usize>() -> (Outboxes, [Inbox; N]) {
        let mut to = Vec::new();
        let inboxes = [(); N].map(|()| {
            let (sender, receiver) = channel(1);
            to.push(sender);
            receiver
        });
        (To(to), inboxes)
    }
}

mod blocking {
    use super::To;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    pub type Inbox = Receiver<&'static str>;
    pub type Outboxes = To<SyncSender<&'static str>>;

    pub fn channels<const N: usize>() -> (Outboxes, [Inbox; N]) {
        let mut to = Vec::new();
        let inboxes = [(); N].map(|()| {
            let (sender, receiver) = sync_channel(1);
            to.push(sender);
            receiver
        });
        (To(to), inboxes)
    }
}

fn show<F: Future<Output = ()>>(program: F) {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(program);
    for (at, _, text) in event_loop.trace().notes() {
        println!("{at:?} {text}");
    }
    println!();
}
"#;

/// A program of one module for each of some settings, which prints what each prints.
fn program(all: &[Settings]) -> String {
    let mut text = HEAD.to_string();
    let mut main = String::new();
    for (number, settings) in all.iter().enumerate() {
        let (kind, call) = match settings.mode {
            Mode::Together => ("together", "program().await"),
            Mode::Blocking => ("blocking", "program()"),
        };
        let lines = source(settings).lines.join("\n");
        writeln!(
            text,
            "mod own_{number} {{ use super::*; use super::{kind}::*;\n{lines}\npub async fn run() {{ {call} }}\n}}"
        )
        .expect("a string grows");
        writeln!(main, "    show(own_{number}::run());").expect("a string grows");
    }
    format!("{text}\nfn main() {{\n{main}}}\n")
}

fn step(random: &mut Rng) -> Step {
    let time = Duration::from_millis(500 * random.u64(..8));
    match random.u8(..11) {
        0 | 1 => Step::Wait(time),
        2 => Step::Compute(time),
        3 => Step::Block(time),
        4 | 5 => Step::Send(random.usize(1..=3)),
        6 | 7 => Step::Receive,
        8 => Step::Yield,
        9 => Step::Print("say \"hello\", {braces} \\ ü".to_string()),
        _ => Step::Fail,
    }
}

/// Programs that come to an end: one that is stuck would hang.
fn settings() -> Vec<Settings> {
    let mut random = Rng::with_seed(SEED);
    let mut all = vec![Settings::default()];
    for mode in [Mode::Together, Mode::Blocking] {
        let mut found = 0;
        while found < 20 {
            let mut tasks = vec![Vec::new(); 3];
            tasks.fill_with(|| (0..random.usize(..6)).map(|_| step(&mut random)).collect());
            let settings = Settings {
                tasks,
                mode,
                ..Settings::default()
            };
            if run(&settings).stuck.is_none() {
                all.push(settings);
                found += 1;
            }
        }
    }
    all
}

#[test]
fn what_is_shown_compiles_and_prints_the_same_at_the_same_times() {
    let externs = Externs::build(root()).expect("event_loops compiles");
    let all = settings();
    let text = program(&all);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (file, path) = (folder.path().join("own.rs"), folder.path().join("own"));
    std::fs::write(&file, &text).expect("it can be written");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled = Command::new(rustc)
        .args(externs.rustc_args())
        .arg("-o")
        .args([&path, &file])
        .output()
        .expect("rustc runs");
    let said = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{said}\n{text}");

    let printed = Command::new(&path).output().expect("it runs");
    assert!(printed.status.success(), "{printed:?}");
    let printed = String::from_utf8(printed.stdout).expect("text");
    let mut shown = printed.as_str();
    for settings in &all {
        let trace = run(settings).trace;
        let notes = trace
            .notes()
            .map(|(at, _, text)| format!("{at:?} {text}\n"));
        let expected = notes.collect::<String>() + "\n";
        let rest = shown.strip_prefix(&expected);
        shown = rest.unwrap_or_else(|| {
            let lines = source(settings).lines.join("\n");
            panic!("{lines}\nshown:\n{expected}printed:\n{shown}")
        });
    }
    assert!(shown.is_empty(), "{shown}");
    let errors = printed.lines().filter(|line| line.contains(": ")).count();
    assert!(errors > 5, "no task has failed:\n{printed}");
}
