//! One step of a task.

use std::time::Duration;

/// What a task can do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Wait, and give the thread back meanwhile.
    Wait(Duration),
    /// Compute for so long.
    Compute(Duration),
    /// Wait and keep the thread.
    Block(Duration),
    /// Send a message to the task with that number, counted from 1. There is room for one message
    /// with each task: the next one waits for it to be received.
    Send(usize),
    /// Receive the next message.
    Receive,
    /// Let the others have their turn.
    Yield,
    /// Print a text.
    Print(String),
    /// Return an error: the task ends.
    Fail,
}

impl Step {
    /// Reads a step as people write it, like `wait 3s`, `send 2` or `print hello`. How a time is written is
    /// for `time` to say.
    ///
    /// # Errors
    ///
    /// One line that says what to write instead.
    ///
    /// ```
    /// use event_loops::demos::program::Step;
    /// use std::time::Duration;
    ///
    /// let seconds = |text: &str| text.trim_end_matches('s').parse().map(Duration::from_secs).map_err(|_| "3s?".to_string());
    /// assert_eq!(Step::parse("wait 3s", seconds), Ok(Step::Wait(Duration::from_secs(3))));
    /// assert_eq!(Step::parse("jump", seconds).unwrap_err(), "\"jump\" is no step: choose one of wait, compute, block, send, receive, yield, print, fail");
    /// ```
    pub fn parse(
        text: &str,
        time: impl Fn(&str) -> Result<Duration, String>,
    ) -> Result<Step, String> {
        let text = text.trim();
        let (word, argument) = text.split_once(' ').unwrap_or((text, ""));
        let argument = argument.trim();
        let timed = |step: fn(Duration) -> Step| match argument {
            "" => Err(format!("{word} what for? Say a time, like {word} 3s")),
            _ => time(argument).map(step),
        };
        let step = match word {
            "wait" => return timed(Step::Wait),
            "compute" => return timed(Step::Compute),
            "block" => return timed(Step::Block),
            "print" if argument.is_empty() => {
                return Err("print what? Say a text, like print hello".to_string());
            }
            "print" => return Ok(Step::Print(argument.to_string())),
            "send" => {
                let to = argument.parse();
                return to.map(Step::Send).map_err(|_| {
                    "send to whom? Say the number of a task, like send 2".to_string()
                });
            }
            "receive" => Step::Receive,
            "yield" => Step::Yield,
            "fail" => Step::Fail,
            _ => {
                return Err(format!(
                    "{word:?} is no step: choose one of {}",
                    Step::WORDS.join(", ")
                ));
            }
        };
        if argument.is_empty() {
            Ok(step)
        } else {
            Err(format!("{word} stands alone: leave out {argument:?}"))
        }
    }

    /// The words that steps begin with.
    pub const WORDS: [&str; 8] = [
        "wait", "compute", "block", "send", "receive", "yield", "print", "fail",
    ];

    /// As [`Step::parse`] reads it. How a time is written is for `time` to say.
    pub fn in_words(&self, time: impl Fn(Duration) -> String) -> String {
        match self {
            Step::Wait(lasts) => format!("wait {}", time(*lasts)),
            Step::Compute(lasts) => format!("compute {}", time(*lasts)),
            Step::Block(lasts) => format!("block {}", time(*lasts)),
            Step::Send(to) => format!("send {to}"),
            Step::Receive => "receive".to_string(),
            Step::Yield => "yield".to_string(),
            Step::Print(text) => format!("print {text}"),
            Step::Fail => "fail".to_string(),
        }
    }
}
