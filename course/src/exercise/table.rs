/// An exercise of a chapter, and how `event_loops` checks a solution of it.
pub(crate) struct Exercise {
    /// The chapter's, and the folder's in `code/exercises`.
    pub(crate) stem: &'static str,
    /// What is to be done, in a line.
    pub(crate) about: &'static str,
    /// The module of `event_loops::exercises`.
    pub(crate) module: &'static str,
    /// The function that a solution must have.
    pub(crate) function: &'static str,
    /// Its first line, as the starter has it.
    pub(crate) form: &'static str,
}

pub(crate) const EXERCISES: &[Exercise] = &[Exercise {
    stem: "02-waiting",
    about: "wait for all calls at the same time",
    module: "waiting",
    function: "all_at_once",
    form: "pub async fn all_at_once(calls: usize)",
}];
