//! A call as a value that remembers how far it has got.

use crate::demos::generator_loop::{Generator, GeneratorLoop, Resumed, Until};
use crate::demos::two_steps::{Refused, Request};

impl Call {
    pub(crate) fn new(request: Request) -> Self {
        Call::Start(request)
    }
}

impl Fetch {
    pub(crate) fn new(request: Request) -> Self {
        Fetch::Start(request)
    }
}

// ANCHOR: state-machine
pub(crate) enum Call {
    Start(Request),
    Asked(Request),
    Fetching(Request, Fetch),
}

impl Generator for Call {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
        match self {
            Call::Start(request) => {
                event_loop.note(format_args!("{request} asks"));
                let wait = request.wait;
                *self = Call::Asked(*request);
                Resumed::Yielded(Until::Elapsed(wait))
            }
            Call::Asked(request) => {
                *self = Call::Fetching(*request, Fetch::new(*request));
                self.resume(event_loop)
            }
            Call::Fetching(request, fetch) => match fetch.resume(event_loop) {
                Resumed::Yielded(until) => Resumed::Yielded(until),
                Resumed::Complete(Err(error)) => Resumed::Complete(Err(error)),
                Resumed::Complete(Ok(answer)) => {
                    event_loop.note(format_args!("{request} is back"));
                    Resumed::Complete(Ok(answer))
                }
            },
        }
    }
}

pub(crate) enum Fetch {
    Start(Request),
    Asked(Request),
}

impl Generator for Fetch {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
        match self {
            Fetch::Start(request) => {
                event_loop.note(format_args!("{request} fetches"));
                let wait = request.wait;
                *self = Fetch::Asked(*request);
                Resumed::Yielded(Until::Elapsed(wait))
            }
            Fetch::Asked(request) => Resumed::Complete(request.answer()),
        }
    }
}
// ANCHOR_END: state-machine
