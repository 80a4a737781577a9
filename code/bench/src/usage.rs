//! What the operating system says that this process has used.

use std::time::Duration;

/// What has been used since the process began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// By all threads, in the program and in the kernel.
    pub(crate) cpu: Duration,
    /// The most that was in memory at once.
    pub(crate) peak_bytes: u64,
}

impl Usage {
    /// # Errors
    ///
    /// On a system that has no `getrusage`.
    #[cfg(unix)]
    pub(crate) fn now() -> Result<Self, String> {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::sys::time::{TimeVal, TimeValLike};

        let usage = getrusage(UsageWho::RUSAGE_SELF).map_err(|error| error.to_string())?;
        let duration =
            |time: TimeVal| Duration::from_micros(time.num_microseconds().unsigned_abs());
        // Kilobytes, but for Apple's.
        let unit = if cfg!(target_vendor = "apple") {
            1
        } else {
            1024
        };
        Ok(Usage {
            cpu: duration(usage.user_time()) + duration(usage.system_time()),
            peak_bytes: usage.max_rss().unsigned_abs() * unit,
        })
    }

    /// # Errors
    ///
    /// Always: this system has no `getrusage`.
    #[cfg(not(unix))]
    pub(crate) fn now() -> Result<Self, String> {
        Err(
            "CPU time is read with getrusage, which this system does not have: \
             measure on Linux or macOS"
                .to_string(),
        )
    }
}
