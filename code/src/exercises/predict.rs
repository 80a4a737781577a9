//! What predictions are checked by: the programs are run, and what happened is laid beside what was
//! said.

use std::fmt::Debug;

use super::report::{Check, Report};

/// Something to be predicted: what happens, and what to think about where the prediction is wrong.
pub(super) struct Question<T> {
    pub(super) about: &'static str,
    /// Found by running it.
    pub(super) truth: T,
    pub(super) hint: &'static str,
}

/// Compares answer by answer. The right ones are not told.
pub(super) fn compare<T: PartialEq + Debug>(
    exercise: &'static str,
    questions: &[Question<T>],
    said: &[T],
) -> Report {
    let check = |(question, said): (&Question<T>, &T)| {
        Check::new(question.about, question.truth == *said, || {
            format!("you say {said:?}: {}", question.hint)
        })
    };
    Report {
        exercise,
        checks: questions.iter().zip(said).map(check).collect(),
        timeline: None,
    }
}
