use std::{
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// One step of a set-up, shown on standard error: a bar on a terminal, else a line now and then.
pub struct Step {
    title: String,
    bar: Option<ProgressBar>,
    begun: Instant,
    last_line: Instant,
}

/// Often enough to see that it goes on, seldom enough for a log.
const BETWEEN_LINES: Duration = Duration::from_secs(15);

impl Step {
    /// Begins a step: "title: detail".
    pub fn begin(title: impl Into<String>, detail: &str) -> Self {
        let title = title.into();
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner().with_style(spinner());
            bar.set_message(format!("{title}: {detail}"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            eprintln!("{title}: {detail}");
        }
        let now = Instant::now();
        Step {
            title,
            bar,
            begun: now,
            last_line: now,
        }
    }

    /// `done` of `total` is done; both count `things`.
    pub fn at(&mut self, done: u64, total: u64, things: &str) {
        let text = format!("{}: {done} of {total} {things}", self.title);
        if let Some(bar) = &self.bar {
            if bar.length() != Some(total) {
                bar.set_style(counter());
                bar.set_length(total);
            }
            bar.set_position(done);
            bar.set_message(text);
        } else {
            self.line(&text);
        }
    }

    /// What it is doing now.
    pub fn doing(&mut self, what: &str) {
        let text = format!("{}: {what}", self.title);
        if let Some(bar) = &self.bar {
            bar.set_message(text);
        } else {
            self.line(&text);
        }
    }

    /// Says that the step is done, and how long it took.
    pub fn done(self) {
        let text = format!("{}: done in {}", self.title, in_words(self.begun.elapsed()));
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!("{text}");
    }

    fn line(&mut self, text: &str) {
        if self.last_line.elapsed() >= BETWEEN_LINES {
            eprintln!("{text}");
            self.last_line = Instant::now();
        }
    }
}

/// A step that fails leaves no half-drawn bar above the message.
impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressStyle {
    style("{spinner} {msg} ({elapsed})")
}

fn counter() -> ProgressStyle {
    style("{bar:30} {msg} ({elapsed})")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
