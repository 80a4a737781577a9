//! A call as an iterator over its waits.

use std::time::Duration;

use crate::demos::generator_loop::{Generator, GeneratorLoop, Resumed, Until};
use crate::demos::notes::Notes;
use crate::demos::two_steps::{Refused, Request};

/// Lets the loop resume a call that is an iterator: an item is a wait, and when there is none left,
/// the call is over, and its answer has to be where it should have put it.
pub(crate) struct Driven(pub(crate) Call);

impl Generator for Driven {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, _: &mut GeneratorLoop) -> Resumed<Self::Return> {
        match self.0.next() {
            Some(wait) => Resumed::Yielded(Until::Elapsed(wait)),
            None => Resumed::Complete(self.0.answer.expect("the call has left its answer")),
        }
    }
}

impl Call {
    pub(crate) fn new(request: Request, notes: Notes) -> Self {
        Call {
            request,
            notes,
            fetch: None,
            asked: false,
            answer: None,
        }
    }
}

// ANCHOR: iterator
pub(crate) struct Call {
    request: Request,
    notes: Notes,
    asked: bool,
    fetch: Option<Fetch>,
    answer: Option<Result<u64, Refused>>,
}

impl Iterator for Call {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let Call { request, notes, .. } = self;
        if !self.asked {
            self.asked = true;
            notes.note(format_args!("{request} asks"));
            return Some(request.wait);
        }
        let fetch = self.fetch.get_or_insert_with(|| Fetch {
            request: *request,
            notes: notes.clone(),
            asked: false,
            answer: None,
        });
        if let Some(wait) = fetch.next() {
            return Some(wait);
        }
        match fetch.answer? {
            Err(error) => self.answer = Some(Err(error)),
            Ok(answer) => {
                notes.note(format_args!("{request} is back"));
                self.answer = Some(Ok(answer));
            }
        }
        None
    }
}

pub(crate) struct Fetch {
    request: Request,
    notes: Notes,
    asked: bool,
    answer: Option<Result<u64, Refused>>,
}

impl Iterator for Fetch {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        if !self.asked {
            self.asked = true;
            self.notes.note(format_args!("{} fetches", self.request));
            return Some(self.request.wait);
        }
        self.answer = Some(self.request.answer());
        None
    }
}
// ANCHOR_END: iterator
