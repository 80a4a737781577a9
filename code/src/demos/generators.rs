//! Chapter 6: the program of [`two_steps`](super::two_steps) with generators.
//!
//! `state_machine` holds a call as a hand-written `enum`, `iterator` as an [`Iterator`]. Both are
//! started, and waited for, by the same `main`, which is a state machine too.

pub(super) mod iterator;
pub(super) mod state_machine;

use super::generator_loop::{Generator, GeneratorLoop, Handle, Resumed, Until};
use super::two_steps::{Refused, Request, Settings, Summary, Way};
use crate::Trace;

type Answer = Result<u64, Refused>;

/// Runs the program of that [`Way`]: with state machines or with iterators.
pub(super) fn run_on(mut event_loop: GeneratorLoop, settings: &Settings) -> Trace {
    event_loop.spawn("main", Main::Start(settings.clone()));
    event_loop.run();
    event_loop.trace()
}

/// Spawns all calls, and goes on when the last of them is over; or resumes one after the other
/// itself.
enum Main {
    Start(Settings),
    Waiting(Vec<Handle<Answer>>),
    OneAfterTheOther(Sequence),
    Over,
}

/// The calls that `main` makes itself: the one under way, what came of those before, and the rest.
struct Sequence {
    call: Option<Call>,
    answers: Vec<Answer>,
    requests: Box<dyn Iterator<Item = Request>>,
    way: Way,
}

impl Generator for Main {
    type Return = ();

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<()> {
        match std::mem::replace(self, Main::Over) {
            Main::Start(settings) if settings.sequential => {
                *self = Main::OneAfterTheOther(Sequence {
                    call: None,
                    answers: Vec::new(),
                    requests: Box::new(settings.requests()),
                    way: settings.way,
                });
                self.resume(event_loop)
            }
            Main::Start(settings) => {
                let spawn = |request| {
                    let call = Call::new(event_loop, request, settings.way);
                    event_loop.spawn(request, call)
                };
                let calls: Vec<_> = settings.requests().map(spawn).collect();
                let until = Until::Ended(calls.iter().map(Handle::task).collect());
                *self = Main::Waiting(calls);
                Resumed::Yielded(until)
            }
            Main::Waiting(calls) => {
                let answers: Vec<_> = calls.iter().filter_map(Handle::take).collect();
                event_loop.note(Summary(&answers));
                Resumed::Complete(())
            }
            Main::OneAfterTheOther(mut sequence) => match sequence.resume(event_loop) {
                Resumed::Yielded(until) => {
                    *self = Main::OneAfterTheOther(sequence);
                    Resumed::Yielded(until)
                }
                Resumed::Complete(()) => Resumed::Complete(()),
            },
            Main::Over => panic!("main is resumed after its end"),
        }
    }
}

impl Generator for Sequence {
    type Return = ();

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<()> {
        loop {
            let Some(call) = &mut self.call else {
                let Some(request) = self.requests.next() else {
                    event_loop.note(Summary(&self.answers));
                    return Resumed::Complete(());
                };
                self.call = Some(Call::new(event_loop, request, self.way));
                continue;
            };
            match call.resume(event_loop) {
                Resumed::Yielded(until) => return Resumed::Yielded(until),
                Resumed::Complete(answer) => {
                    self.answers.push(answer);
                    self.call = None;
                }
            }
        }
    }
}

/// A call, written in either way.
enum Call {
    StateMachine(state_machine::Call),
    Iterator(iterator::Driven),
}

impl Call {
    fn new(event_loop: &GeneratorLoop, request: Request, way: Way) -> Self {
        match way {
            Way::Iterator => {
                let call = iterator::Call::new(request, event_loop.notes());
                Call::Iterator(iterator::Driven(call))
            }
            _ => Call::StateMachine(state_machine::Call::new(request)),
        }
    }
}

impl Generator for Call {
    type Return = Answer;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Answer> {
        match self {
            Call::StateMachine(call) => call.resume(event_loop),
            Call::Iterator(call) => call.resume(event_loop),
        }
    }
}
