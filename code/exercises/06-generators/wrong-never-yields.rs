//! A loop inside `resume`: it asks four times in the same moment, and nobody else has a turn.

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
        let mut outcome = self.server.attempt(event_loop);
        for _ in 0..3 {
            if outcome.is_err() {
                outcome = self.server.attempt(event_loop);
            }
        }
        Resumed::Complete(outcome)
    }
}
