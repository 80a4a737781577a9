//! It waits after each refusal, the last one too: the error comes eight seconds late.

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
        if self.attempts == 4 {
            return Resumed::Complete(Err(Refused));
        }
        match self.server.attempt(event_loop) {
            Ok(answer) => Resumed::Complete(Ok(answer)),
            Err(Refused) => {
                let pause = Duration::from_secs(1 << self.attempts);
                self.attempts += 1;
                Resumed::Yielded(Until::Elapsed(pause))
            }
        }
    }
}
