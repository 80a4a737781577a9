//! The state is the pause after the next refusal. The last attempt is the one without a pause.

use event_loops::demos::two_steps::Refused;
use event_loops::demos::{Generator, GeneratorLoop, Resumed, Until};
use event_loops::exercises::generators::Server;
use std::time::Duration;

/// A call that has not got its answer yet.
pub struct Retry {
    server: Server,
    /// How long it waits when it is refused.
    pause: Duration,
}

/// Makes it. It has not asked yet.
pub fn retry(server: Server) -> Retry {
    let pause = Duration::from_secs(1);
    Retry { server, pause }
}

impl Generator for Retry {
    type Return = Result<u64, Refused>;

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
        let outcome = self.server.attempt(event_loop);
        let pause = self.pause;
        if outcome.is_ok() || pause > Duration::from_secs(4) {
            return Resumed::Complete(outcome);
        }
        self.pause = 2 * pause;
        Resumed::Yielded(Until::Elapsed(pause))
    }
}
