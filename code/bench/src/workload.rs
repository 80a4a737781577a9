//! What the runtimes have to do, and how much of it.

use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;

/// A small program that spends nearly all of its time in the runtime.
///
/// Each computes a number that depends on every task, turn or message, so that nothing can be left
/// out: [`Sizes::result`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// Spawn all tasks, then await one after the other.
    #[value(name = "w1a")]
    SpawnThenJoin,
    /// Spawn a task and await it, again and again.
    #[value(name = "w1b")]
    SpawnAndAwait,
    /// Many tasks that give the thread back, again and again.
    #[value(name = "w2")]
    Yields,
    /// Many tasks that sleep at the same time.
    #[value(name = "w3")]
    Sleeps,
    /// One task sends, another receives, through tokio's bounded channel on every runtime.
    #[value(name = "w4")]
    Messages,
    /// The same through the channel that the runtime's own users would take.
    #[value(name = "w4-own")]
    OwnMessages,
    /// Many connections over loopback, each with one message under way at a time.
    #[value(name = "w5")]
    Echoes,
}

/// How much of everything.
#[derive(Clone, Debug, PartialEq, Eq, Args, Serialize)]
pub struct Sizes {
    /// Tasks that are spawned, in W1
    #[arg(long, default_value_t = 1_000_000)]
    pub tasks: u64,
    /// Tasks that give the thread back, in W2
    #[arg(long, default_value_t = 1_000)]
    pub yielding_tasks: u64,
    /// How often each of them does, in W2
    #[arg(long, default_value_t = 1_000)]
    pub yields: u64,
    /// Tasks that sleep at the same time, in W3
    #[arg(long, default_value_t = 1_000_000)]
    pub sleeps: u64,
    /// Messages that are sent, in W4
    #[arg(long, default_value_t = 1_000_000)]
    pub messages: u64,
    /// Connections that are open at the same time, in W5
    #[arg(long, default_value_t = 8_000)]
    pub connections: u64,
    /// Messages that each of them sends and gets back, in W5
    #[arg(long, default_value_t = 10)]
    pub echoes: u64,
}

/// How many messages a channel has room for, in W4.
pub(crate) const CAPACITY: usize = 100;

/// The length of a message, in W5.
pub(crate) const MESSAGE_BYTES: usize = 64;

/// How many connections are begun at once, in W5: a greater storm of them loses packets.
pub(crate) const CONNECTED_AT_ONCE: u64 = 100;

impl Workload {
    /// All of them.
    pub const ALL: [Workload; 7] = [
        Workload::SpawnThenJoin,
        Workload::SpawnAndAwait,
        Workload::Yields,
        Workload::Sleeps,
        Workload::Messages,
        Workload::OwnMessages,
        Workload::Echoes,
    ];

    /// Its short name.
    pub fn name(self) -> &'static str {
        match self {
            Workload::SpawnThenJoin => "W1a",
            Workload::SpawnAndAwait => "W1b",
            Workload::Yields => "W2",
            Workload::Sleeps => "W3",
            Workload::Messages => "W4",
            Workload::OwnMessages => "W4 own",
            Workload::Echoes => "W5",
        }
    }

    /// Is there so much memory in use for each operation at the same time that it can be told from
    /// the program's own?
    pub fn fills_memory(self) -> bool {
        matches!(self, Workload::SpawnThenJoin | Workload::Sleeps)
    }
}

impl Sizes {
    /// Sizes that take a second or two for all runtimes together.
    pub fn quick() -> Self {
        Sizes {
            tasks: 50_000,
            yielding_tasks: 1_000,
            yields: 50,
            sleeps: 50_000,
            messages: 50_000,
            connections: 200,
            echoes: 10,
        }
    }

    /// How often the workload does what is counted.
    pub fn operations(&self, workload: Workload) -> u64 {
        match workload {
            Workload::SpawnThenJoin | Workload::SpawnAndAwait => self.tasks,
            Workload::Yields => self.yielding_tasks * self.yields,
            Workload::Sleeps => self.sleeps,
            Workload::Messages | Workload::OwnMessages => self.messages,
            Workload::Echoes => self.connections * self.echoes,
        }
    }

    /// What the workload must come to: every task, message and echo adds its number, counted from
    /// 0, and every turn adds 1.
    pub fn result(&self, workload: Workload) -> u64 {
        let operations = self.operations(workload);
        match workload {
            Workload::Yields => operations,
            _ => operations * operations.saturating_sub(1) / 2,
        }
    }

    /// The workload in words.
    pub fn describe(&self, workload: Workload) -> String {
        let Sizes {
            tasks,
            yielding_tasks,
            yields,
            sleeps,
            messages,
            connections,
            echoes,
        } = self;
        let what = match workload {
            Workload::SpawnThenJoin => format!("spawn {tasks}, then join"),
            Workload::SpawnAndAwait => format!("spawn and await each of {tasks}"),
            Workload::Yields => format!("{yielding_tasks} tasks × {yields} yields"),
            Workload::Sleeps => format!("{sleeps} concurrent sleeps"),
            Workload::Messages => format!("{messages} messages, tokio's mpsc on all"),
            Workload::OwnMessages => format!("{messages} messages, each one's own channel"),
            Workload::Echoes => format!("{connections} connections × {echoes} echoes"),
        };
        format!("{} {what}", workload.name())
    }

    /// The same sizes as they are typed.
    pub fn arguments(&self) -> Vec<String> {
        let flags = [
            ("tasks", self.tasks),
            ("yielding-tasks", self.yielding_tasks),
            ("yields", self.yields),
            ("sleeps", self.sleeps),
            ("messages", self.messages),
            ("connections", self.connections),
            ("echoes", self.echoes),
        ];
        flags.map(|(name, size)| format!("--{name}={size}")).into()
    }
}

/// How long each of so many tasks sleeps in W3: long enough that the last has fallen asleep before
/// the first wakes, and not all equally long, in no order.
pub(crate) fn nap(number: u64, sleeps: u64) -> Duration {
    let until_all_sleep = Duration::from_micros(100_000 + 4 * sleeps);
    let spread = Duration::from_micros(number.wrapping_mul(7_919) % sleeps);
    until_all_sleep + spread
}
