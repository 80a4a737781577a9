//! Exercises 03-processes and 03-processes-predict: programs started together, and when they end.

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::report::{Check, Report, call, predicted};
use crate::demos::processes::{Program, Work};
use crate::demos::schedule::{self, Act, Machine, schedule};
use crate::{State, Timeline};

/// Has `run_all` run some programs that wait for each other, and checks that all were under way at
/// once, and that it returns what they print.
///
/// ```
/// use event_loops::exercises::processes;
///
/// let report = processes::check(|programs| {
///     let output = |mut program: std::process::Command| program.output().unwrap().stdout;
///     programs.into_iter().map(|program| String::from_utf8(output(program)).unwrap()).collect()
/// });
/// assert!(!report.passed()); // one after the other: the first waits for the others in vain
/// ```
///
/// # Panics
///
/// When the programs can't be compiled, or the system has no pipe left for them.
pub fn check(run_all: impl Fn(Vec<Command>) -> Vec<String>) -> Report {
    let program = Program::compile().expect("the programs can be compiled");
    let three = meet(&run_all, &program, 3);
    let mut checks = vec![Check::new("comes to an end", three.output.is_ok(), || {
        three.output.clone().err().unwrap_or_default()
    })];
    if let Ok(output) = &three.output {
        checks.push(Check::new(
            "all programs are under way at once",
            three.met == 3,
            || alone(three.met),
        ));
        let right = answers(3);
        checks.push(Check::new(
            "returns what they print, in order",
            trimmed(output) == right,
            || wrong_output(&trimmed(output), &right),
        ));
        let fine = three.met == 3 && trimmed(output) == right;
        let wrong = if fine {
            [0, 8].into_iter().find_map(|count| {
                let ran = meet(&run_all, &program, count);
                let output = ran.output.map(|output| trimmed(&output));
                (output != Ok(answers(count)))
                    .then(|| format!("it is right for three programs, and not for {count}"))
            })
        } else {
            Some("first mend what is wrong for three".to_string())
        };
        checks.push(Check::new("runs none, or eight", wrong.is_none(), || {
            wrong.unwrap_or_default()
        }));
    }
    Report {
        exercise: "03-processes",
        checks,
        timeline: None,
    }
}

/// What one call of `run_all` gave, and how many programs were under way together.
struct Met {
    output: Result<Vec<String>, String>,
    met: usize,
}

/// Who has not started by then is waited for by nobody.
const IN_VAIN: Duration = Duration::from_secs(3);

fn meet(run_all: &impl Fn(Vec<Command>) -> Vec<String>, program: &Program, count: usize) -> Met {
    let (starts, stderr) = io::pipe().expect("a pipe");
    let pipes = (0..count).map(|_| io::pipe().expect("a pipe"));
    let (stdins, tells): (Vec<PipeReader>, Vec<PipeWriter>) = pipes.unzip();
    let command = |(place, stdin): (usize, PipeReader)| {
        let mut command = program.command(place + 1, Work::Meet(answer(place + 1)));
        command.stdin(stdin);
        command.stderr(stderr.try_clone().expect("a pipe"));
        command
    };
    let commands = stdins.into_iter().enumerate().map(command).collect();
    // Only the programs write there: when the last one has ended, reading comes to its end.
    drop(stderr);
    let host = thread::spawn(move || host(starts, tells));
    let output = call(|| run_all(commands));
    let met = host.join().unwrap_or_default();
    Met { output, met }
}

/// Waits until all have started, or no more come, and tells them to go on: how many had started.
fn host(starts: PipeReader, tells: Vec<PipeWriter>) -> usize {
    let (started, heard) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(starts).lines() {
            if line.is_err() || started.send(()).is_err() {
                return;
            }
        }
    });
    let met = (0..tells.len())
        .take_while(|_| heard.recv_timeout(IN_VAIN).is_ok())
        .count();
    for mut tell in tells {
        // One that has ended meanwhile needs no telling.
        let _ = tell.write_all(b"go on\n");
    }
    // Until the last one has ended: then its end of the pipe is closed.
    while heard.recv().is_ok() {}
    met
}

fn answer(number: usize) -> u64 {
    (number * number) as u64
}

fn answers(count: usize) -> Vec<String> {
    (1..=count)
        .map(|number| answer(number).to_string())
        .collect()
}

fn trimmed(output: &[String]) -> Vec<String> {
    output.iter().map(|text| text.trim().to_string()).collect()
}

fn alone(met: usize) -> String {
    match met {
        0 => "no program started: does something run them?".to_string(),
        1 => "the first program waited for the others in vain: when does the second one start? \
              (An iterator does nothing before somebody asks it for the next item.)"
            .to_string(),
        met => format!(
            "{met} of 3 were under way: what does your program wait for before it starts the next one?"
        ),
    }
}

fn wrong_output(output: &[String], right: &[String]) -> String {
    if output.iter().any(String::is_empty) {
        return "what a program prints goes to the terminal, unless it is started with a pipe: \
                `Stdio::piped()`"
            .to_string();
    }
    format!("it returned {output:?}, and the programs print {right:?}, in this order")
}

/// When some programs have ended on a machine with one core, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prediction {
    /// Five programs that wait three seconds, one after the other.
    pub waiting_in_sequence: u64,
    /// The five started together.
    pub waiting_together: u64,
    /// Two programs that compute for three seconds, started together: when is the last one done?
    pub computing_together: u64,
    /// One waits three seconds, while another one computes for ten: when is the first one back?
    pub waiting_beside_computing: u64,
}

/// Lays a prediction beside what comes out on a machine with one core.
///
/// ```
/// use event_loops::exercises::processes::{Prediction, check_prediction};
///
/// let report = check_prediction(Prediction::default);
/// assert!(!report.passed()); // nothing is predicted yet
/// ```
pub fn check_prediction(predict: impl FnOnce() -> Prediction) -> Report {
    let output = call(predict);
    let mut checks = vec![Check::new("predicts", output.is_ok(), || {
        output.as_ref().err().cloned().unwrap_or_default()
    })];
    let computing = run(&[Act::Compute(THREE), Act::Compute(THREE)], false);
    if let Ok(said) = output {
        let waiting = [Act::Wait(THREE); 5];
        let beside = [Act::Wait(THREE), Act::Compute(TEN)];
        checks.push(predicted(
            "five that wait, one after the other",
            said.waiting_in_sequence,
            run(&waiting, true).total.as_secs(),
            "when does the second one start?",
        ));
        checks.push(predicted(
            "five that wait, together",
            said.waiting_together,
            run(&waiting, false).total.as_secs(),
            "what does a program that waits need a core for?",
        ));
        checks.push(predicted(
            "two that compute, together",
            said.computing_together,
            computing.total.as_secs(),
            "both need the core all the time, and there is one: how much work is it?",
        ));
        checks.push(predicted(
            "one that waits beside one that computes",
            said.waiting_beside_computing,
            done(&run(&beside, false), 0).as_secs(),
            "the operating system does not ask the other one whether it may be interrupted",
        ));
    }
    let right = checks.iter().all(|check| check.wrong.is_none());
    Report {
        exercise: "03-processes-predict",
        checks,
        timeline: right.then_some(computing),
    }
}

const THREE: Duration = Duration::from_secs(3);
const TEN: Duration = Duration::from_secs(10);

fn run(acts: &[Act], in_sequence: bool) -> Timeline {
    let program = |(place, act): (usize, &Act)| schedule::Program {
        name: format!("program {}", place + 1),
        acts: vec![*act],
        after: (in_sequence && place > 0).then(|| place - 1),
    };
    let programs: Vec<_> = acts.iter().enumerate().map(program).collect();
    let machine = Machine {
        cores: 1,
        slice: Some(Duration::from_millis(500)),
    };
    schedule(&programs, machine)
}

/// When a program has ended.
fn done(timeline: &Timeline, place: usize) -> Duration {
    let segments = &timeline.lanes[place].segments;
    let mut busy = segments.iter().filter(|s| s.state != State::Done);
    busy.next_back().map_or(Duration::ZERO, |last| last.to)
}
