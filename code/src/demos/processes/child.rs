//! The small program that chapters 3 and 4 start several times: a module of the crate, and, as it
//! stands, a whole program.
//!
//! It says that it has started, waits for a line that tells it to go on, does its work, and says
//! that it is back:
//!
//! ```text
//! child NUMBER wait MILLISECONDS
//! child NUMBER compute ROUNDS     and says what it has computed
//! child NUMBER busy SECONDS       computes until it is told to stop, or for so long
//! child NUMBER meet ANSWER        says where errors go that it has started, then its answer
//! ```

use std::io::{self, Write};
use std::sync::mpsc::{self, TryRecvError};
use std::time::{Duration, Instant};
use std::{env, hint, process, thread};

/// Does what its arguments say.
pub fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (number, work, amount) = match words[..] {
        [number, work, amount] => (number, work, amount.parse().unwrap_or(0)),
        _ => process::exit(2),
    };
    if work == "meet" {
        eprintln!("{number} starts");
    } else {
        say(&format!("{number} starts"));
    }
    told();
    match work {
        "meet" => say(&amount.to_string()),
        "wait" => {
            thread::sleep(Duration::from_millis(amount));
            say(&format!("{number} is back"));
        }
        "compute" => say(&format!("{number} gives {}", compute(amount))),
        "busy" => {
            say(&format!("{number} computes"));
            compute_until_told(Duration::from_secs(amount));
            say(&format!("{number} stops"));
        }
        _ => process::exit(2),
    }
}

/// Work for a core that no compiler can leave out: each round needs the one before.
pub fn compute(rounds: u64) -> u64 {
    let round = |number: u64, _| {
        let next = number.wrapping_mul(6_364_136_223_846_793_005);
        hint::black_box(next.wrapping_add(1_442_695_040_888_963_407))
    };
    (0..rounds).fold(1, round)
}

/// Never waits: it has a look whether somebody has told it, and computes on.
fn compute_until_told(limit: Duration) {
    let (tell, told_here) = mpsc::channel();
    thread::spawn(move || {
        told();
        tell.send(())
    });
    let start = Instant::now();
    while told_here.try_recv() == Err(TryRecvError::Empty) && start.elapsed() < limit {
        compute(1_000);
    }
}

/// Waits for a line. When whoever started this program is gone there is nobody to go on for.
fn told() {
    let mut line = String::new();
    if !matches!(io::stdin().read_line(&mut line), Ok(1..)) {
        process::exit(1);
    }
}

/// A line at a time: many programs write to the same pipe, and a short line stays whole.
fn say(line: &str) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(1);
    }
}
