//! The program as Rust.

use std::time::Duration;

use super::{Mode, Settings, Step};

/// The Rust for a program: one line for each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its lines.
    pub lines: Vec<String>,
    /// For each task the numbers of its steps' lines, counted from 1, and at the end that of its last
    /// line. When they run one after the other, the first line is one that says that the task begins.
    pub steps: Vec<Vec<usize>>,
    /// The line of `main` from which it waits for the tasks; when they run one after the other, those
    /// in which it calls them.
    pub calls: Vec<usize>,
    /// The line of `main` that prints the errors of the tasks.
    pub errors: usize,
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
        errors: 0,
    };
    let is_async = settings.mode == Mode::Together;
    let (head, wait) = if is_async {
        ("async ", ".await")
    } else {
        ("", "")
    };
    let posts: Vec<_> = (1..=settings.tasks.len())
        .map(|number| Post::of(number, settings))
        .collect();
    for ((number, steps), post) in (1..).zip(&settings.tasks).zip(&posts) {
        let parameters = post.parameters(is_async);
        source.line(format!(
            "{head}fn task_{number}({parameters}) -> Result<(), Error> {{"
        ));
        let mut numbers = Vec::new();
        if !is_async {
            numbers.push(source.line(format!("    note(\"task {number} begins\");")));
        }
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
    source.main(&posts, head, wait, is_async);
    source
}

/// What a task has to do with messages.
struct Post {
    number: usize,
    sends: bool,
    receives: bool,
    is_sent_to: bool,
}

impl Post {
    fn of(number: usize, settings: &Settings) -> Self {
        let steps = &settings.tasks[number - 1];
        let mut all = settings.tasks.iter().flatten();
        Post {
            number,
            sends: steps.iter().any(|step| matches!(step, Step::Send(_))),
            receives: steps.contains(&Step::Receive),
            is_sent_to: all.any(|step| *step == Step::Send(number)),
        }
    }

    /// Also who never looks into it has one, if somebody sends: it is gone when the task is over.
    fn has_inbox(&self) -> bool {
        self.receives || self.is_sent_to
    }

    fn parameters(&self, is_async: bool) -> String {
        let inbox = match (self.receives, is_async) {
            (true, true) => "mut inbox: Inbox",
            (true, false) => "inbox: Inbox",
            (false, _) => "_inbox: Inbox",
        };
        self.listed(inbox, "to: Outboxes")
    }

    fn call(&self) -> String {
        let inbox = format!("inbox_{}", self.number);
        format!(
            "task_{}({})",
            self.number,
            self.listed(&inbox, "to.clone()")
        )
    }

    fn listed(&self, inbox: &str, outboxes: &str) -> String {
        match (self.has_inbox(), self.sends) {
            (false, false) => String::new(),
            (true, false) => inbox.to_string(),
            (false, true) => outboxes.to_string(),
            (true, true) => format!("{inbox}, {outboxes}"),
        }
    }
}

impl Source {
    fn line(&mut self, line: String) -> usize {
        self.lines.push(line);
        self.lines.len()
    }

    fn main(&mut self, posts: &[Post], head: &str, wait: &str, is_async: bool) {
        self.line(format!("{head}fn program() {{"));
        if posts.iter().any(|post| post.has_inbox()) {
            let inboxes = posts.iter().map(|post| match post.has_inbox() {
                true => format!("inbox_{}", post.number),
                false => "_".to_string(),
            });
            let inboxes = inboxes.collect::<Vec<_>>().join(", ");
            self.line(format!("    let (to, [{inboxes}]) = channels();"));
        }
        if is_async {
            let call = self.line("    let results = gather([".to_string());
            for post in posts {
                self.line(format!("        boxed({}),", post.call()));
            }
            self.line(format!("    ]){wait};"));
            self.calls.push(call);
        } else {
            self.line("    let results = [".to_string());
            for post in posts {
                let call = self.line(format!("        {},", post.call()));
                self.calls.push(call);
            }
            self.line("    ];".to_string());
        }
        self.errors = self.line("    print_errors(results);".to_string());
        self.line("}".to_string());
    }
}

fn in_rust(step: &Step, own: usize, is_async: bool) -> String {
    match step {
        Step::Wait(lasts) if is_async => format!("sleep({}).await;", time(*lasts)),
        Step::Wait(lasts) | Step::Block(lasts) => format!("block_for({});", time(*lasts)),
        Step::Compute(lasts) => format!("compute_for({});", time(*lasts)),
        Step::Send(to) if is_async => format!("to[{to}].send(\"from task {own}\").await?;"),
        Step::Send(to) => format!("to[{to}].send(\"from task {own}\")?;"),
        Step::Receive if is_async => "inbox.recv().await;".to_string(),
        Step::Receive => "inbox.recv()?;".to_string(),
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
