//! Exercise 06-generators: a generator that tries again.
//!
//! `server.attempt(event_loop)` asks once, and returns the answer or a refusal at once. Ask at most
//! four times. After the first refusal wait one second, after the second one two, after the third
//! one four; then ask again. Return the first answer there is, or the last refusal, as soon as you
//! have it.
//!
//! A hint: `resume` begins at its first line each time. What has to be known the next time has to be
//! in `self`. A wait is `Resumed::Yielded(Until::Elapsed(time))`.

use event_loops::demos::two_steps::Refused;
use event_loops::demos::{Generator, GeneratorLoop, Resumed};
use event_loops::exercises::generators::Server;

/// A call that has not got its answer yet.
pub struct Retry {
    server: Server,
}

/// Makes it. It has not asked yet.
pub fn retry(server: Server) -> Retry {
    Retry { server }
}

impl Generator for Retry {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
        Resumed::Complete(self.server.attempt(event_loop))
    }
}
