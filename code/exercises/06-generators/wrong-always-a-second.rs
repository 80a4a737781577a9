//! It counts its attempts and forgets its pause, which is one second each time.

use event_loops::demos::two_steps::Refused;
use event_loops::demos::{Generator, GeneratorLoop, Resumed, Until};
use event_loops::exercises::generators::Server;
use std::time::Duration;

/// A call that has not got its answer yet.
pub struct Retry {
    server: Server,
    attempts: u32,
}

/// Makes it. It has not asked yet.
pub fn retry(server: Server) -> Retry {
    let attempts = 0;
    Retry { server, attempts }
}

impl Generator for Retry {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
        let outcome = self.server.attempt(event_loop);
        self.attempts += 1;
        if outcome.is_ok() || self.attempts == 4 {
            return Resumed::Complete(outcome);
        }
        Resumed::Yielded(Until::Elapsed(Duration::from_secs(1)))
    }
}
