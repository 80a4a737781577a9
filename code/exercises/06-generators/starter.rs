//! Exercise 06-generators: a generator that tries again.
//!
//! `server.attempt(event_loop)` asks once, and returns the answer or a refusal at once. Ask at most
//! four times: wait a second after the first refusal, two after the second, four after the third.
//! Return the first answer there is, or the last refusal, as soon as you have it.

use event_loops::demos::two_steps::Refused;
use event_loops::demos::{Generator, GeneratorLoop, Resumed};
use event_loops::exercises::generators::Server;

pub struct Retry {
    server: Server,
}

pub fn retry(server: Server) -> Retry {
    Retry { server }
}

impl Generator for Retry {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
        Resumed::Complete(self.server.attempt(event_loop))
    }
}
