//! The program as Rust.

use std::time::Duration;

use super::{Mode, Settings, Step};

/// The Rust for a program: one line for each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its lines.
    pub lines: Vec<String>,
    /// For each task the numbers of its steps' lines, counted from 1, and at the end that of its last
    /// line.
    pub steps: Vec<Vec<usize>>,
    /// The line of `main` from which it waits for the tasks; when they run one after the other, those
    /// in which it calls them.
    pub calls: Vec<usize>,
}

/// Writes a program in Rust, as somebody would who has the event loop and wants no more than this.
///
/// ```
/// use event_loops::demos::program::{Settings, Step, source};
///
/// let settings = Settings { tasks: vec![vec![Step::Yield, Step::Fail]], ..Settings::default() };
/// let source = source(&settings);
/// assert_eq!(source.lines[source.steps[0][0] - 1], "    yield_now().await;");
/// assert_eq!(source.lines[source.steps[0][1] - 1], "    return Err(\"failed\".into());");
/// ```
pub fn source(settings: &Settings) -> Source {
    let mut source = Source {
        lines: Vec::new(),
        steps: Vec::new(),
        calls: Vec::new(),
    };
    let is_async = settings.mode == Mode::Together;
    let (head, wait) = if is_async {
        ("async ", ".await")
    } else {
        ("", "")
    };
    for (number, steps) in (1..).zip(&settings.tasks) {
        let parameters = match (steps.contains(&Step::Receive), steps.iter().any(is_send)) {
            (false, false) => "",
            (true, false) => "mut inbox: Inbox",
            (false, true) => "to: Outboxes",
            (true, true) => "mut inbox: Inbox, to: Outboxes",
        };
        source.line(format!(
            "{head}fn task_{number}({parameters}) -> Result<(), Error> {{"
        ));
        let mut numbers = Vec::new();
        for step in steps {
            numbers.push(source.line(format!("    {}", in_rust(step, number, is_async))));
        }
        numbers.push(match steps.last() {
            Some(Step::Fail) => source.line("}".to_string()),
            _ => {
                let last = source.line("    Ok(())".to_string());
                source.line("}".to_string());
                last
            }
        });
        source.line(String::new());
        source.steps.push(numbers);
    }
    let calls = (1..).zip(&settings.tasks).map(|(number, steps)| {
        let arguments = match (steps.contains(&Step::Receive), steps.iter().any(is_send)) {
            (false, false) => String::new(),
            (true, false) => format!("inbox_{number}"),
            (false, true) => "to.clone()".to_string(),
            (true, true) => format!("inbox_{number}, to.clone()"),
        };
        format!("task_{number}({arguments})")
    });
    source.main(&calls.collect::<Vec<_>>(), head, wait, is_async);
    source
}

impl Source {
    fn line(&mut self, line: String) -> usize {
        self.lines.push(line);
        self.lines.len()
    }

    fn main(&mut self, calls: &[String], head: &str, wait: &str, is_async: bool) {
        self.line(format!("{head}fn program() {{"));
        if is_async {
            let call = self.line("    let results = gather([".to_string());
            for task in calls {
                self.line(format!("        boxed({task}),"));
            }
            self.line(format!("    ]){wait};"));
            self.calls.push(call);
        } else {
            self.line("    let results = [".to_string());
            for task in calls {
                let call = self.line(format!("        {task},"));
                self.calls.push(call);
            }
            self.line("    ];".to_string());
        }
        self.line("    print_errors(results);".to_string());
        self.line("}".to_string());
    }
}

fn is_send(step: &Step) -> bool {
    matches!(step, Step::Send(_))
}

fn in_rust(step: &Step, own: usize, is_async: bool) -> String {
    match step {
        Step::Wait(lasts) if is_async => format!("sleep({}).await;", time(*lasts)),
        Step::Wait(lasts) | Step::Block(lasts) => format!("block_for({});", time(*lasts)),
        Step::Compute(lasts) => format!("compute_for({});", time(*lasts)),
        Step::Send(to) if is_async => format!("to[{to}].send(\"from task {own}\").await?;"),
        Step::Send(to) => format!("to[{to}].send(\"from task {own}\")?;"),
        Step::Receive if is_async => "inbox.recv().await;".to_string(),
        Step::Receive => "inbox.recv();".to_string(),
        Step::Yield if is_async => "yield_now().await;".to_string(),
        Step::Yield => "thread::yield_now();".to_string(),
        Step::Print(text) => format!("note({text:?});"),
        Step::Fail => "return Err(\"failed\".into());".to_string(),
    }
}

/// In the largest unit that fits.
fn time(time: Duration) -> String {
    let millis = time.as_secs() * 1_000 + u64::from(time.subsec_millis());
    if millis.is_multiple_of(1_000) {
        format!("Duration::from_secs({})", millis / 1_000)
    } else {
        format!("Duration::from_millis({millis})")
    }
}
