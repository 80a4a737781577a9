use std::time::{Duration, Instant};

/// What this process has used up to some moment.
pub(crate) struct Usage {
    at: Instant,
    cpu: Option<Cpu>,
}

/// What happened between two moments.
#[derive(Debug)]
pub(crate) struct Spent {
    real: Duration,
    cpu: Option<Cpu>,
}

/// Time that a processor worked for us: in our own code, and in the operating system's.
#[derive(Clone, Copy, Debug)]
struct Cpu {
    user: Duration,
    sys: Duration,
}

/// Whose time is counted.
#[derive(Clone, Copy)]
enum Who {
    Ourselves,
    Children,
}

impl Usage {
    pub(crate) fn now() -> Self {
        Usage {
            at: Instant::now(),
            cpu: cpu(Who::Ourselves),
        }
    }

    /// What the processes have used that this one has started and seen end.
    pub(crate) fn of_children() -> Self {
        Usage {
            at: Instant::now(),
            cpu: cpu(Who::Children),
        }
    }

    pub(crate) fn since(&self, before: &Usage) -> Spent {
        let cpu = self.cpu.zip(before.cpu).map(|(now, before)| Cpu {
            user: now.user.saturating_sub(before.user),
            sys: now.sys.saturating_sub(before.sys),
        });
        Spent {
            real: self.at.duration_since(before.at),
            cpu,
        }
    }
}

impl Spent {
    /// `real 3.002 s   user 0.001 s   sys 0.002 s   1 thread`
    pub(crate) fn line(&self, threads: Option<usize>) -> String {
        let threads = match threads {
            Some(1) => "1 thread".into(),
            Some(several) => format!("{several} threads"),
            None => "threads: this system does not say".into(),
        };
        format!("{}   {threads}", self.times())
    }

    /// `real 3.002 s   user 0.001 s   sys 0.002 s`
    pub(crate) fn times(&self) -> String {
        let real = self.real.as_secs_f64();
        let cpu = match self.cpu {
            Some(Cpu { user, sys }) => {
                format!(
                    "user {:.3} s   sys {:.3} s",
                    user.as_secs_f64(),
                    sys.as_secs_f64()
                )
            }
            None => "user and sys: this system does not say".into(),
        };
        format!("real {real:.3} s   {cpu}")
    }
}

/// The threads of this process, where the system counts them.
pub(crate) fn threads() -> Option<usize> {
    num_threads::num_threads().map(usize::from)
}

#[cfg(unix)]
fn cpu(who: Who) -> Option<Cpu> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    let duration = |time: TimeVal| {
        let micros = u64::try_from(time.tv_usec()).unwrap_or(0);
        Duration::from_secs(u64::try_from(time.tv_sec()).unwrap_or(0))
            + Duration::from_micros(micros)
    };
    let who = match who {
        Who::Ourselves => UsageWho::RUSAGE_SELF,
        Who::Children => UsageWho::RUSAGE_CHILDREN,
    };
    let used = getrusage(who).ok()?;
    Some(Cpu {
        user: duration(used.user_time()),
        sys: duration(used.system_time()),
    })
}

#[cfg(not(unix))]
fn cpu(_: Who) -> Option<Cpu> {
    None
}

#[cfg(test)]
mod tests {
    use super::{Cpu, Spent, Usage};
    use std::time::Duration;

    #[test]
    fn the_line_has_the_form_that_the_chapters_show() {
        let ms = Duration::from_millis;
        let cpu = Some(Cpu {
            user: ms(1),
            sys: ms(2),
        });
        let line = Spent {
            real: ms(3002),
            cpu,
        }
        .line(Some(1));
        assert_eq!(line, "real 3.002 s   user 0.001 s   sys 0.002 s   1 thread");
    }

    #[cfg(unix)]
    #[test]
    fn work_shows_as_user_time_and_waiting_does_not() {
        let before = Usage::now();
        let mut sum = 0_u64;
        while Usage::now().since(&before).cpu.expect("unix says").user < Duration::from_millis(20) {
            sum = std::hint::black_box(sum + 1);
        }
        let spent = Usage::now().since(&before);
        assert!(
            spent.cpu.expect("unix says").user >= Duration::from_millis(20),
            "{spent:?}"
        );
    }
}
