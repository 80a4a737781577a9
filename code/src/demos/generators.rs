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

/// Spawns all calls, and goes on when the last of them is over.
enum Main {
    Start(Settings),
    Waiting(Vec<Handle<Answer>>),
    Over,
}

impl Generator for Main {
    type Return = ();

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<()> {
        match std::mem::replace(self, Main::Over) {
            Main::Start(settings) => {
                let spawn = |request| spawn_call(event_loop, request, settings.way);
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
            Main::Over => panic!("main is resumed after its end"),
        }
    }
}

fn spawn_call(event_loop: &mut GeneratorLoop, request: Request, way: Way) -> Handle<Answer> {
    match way {
        Way::Iterator => {
            let call = iterator::Call::new(request, event_loop.notes());
            event_loop.spawn(request, iterator::Driven(call))
        }
        _ => event_loop.spawn(request, state_machine::Call::new(request)),
    }
}
