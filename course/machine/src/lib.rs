//! Where and when something was measured: what stands beside each figure of the course.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where and when something was measured. It names no host and no person.
pub struct Facts {
    /// `AMD EPYC 7B13, 2 cores, Debian GNU/Linux 12 (bookworm)`
    pub machine: String,
    /// `2026-07-31`
    pub date: String,
    /// `1.95.0`
    pub rust: String,
}

/// The facts of this machine, today.
///
/// # Errors
///
/// One line for the reader, when there is no Rust to ask for its version.
///
/// ```
/// let facts = machine::facts().unwrap();
/// assert!(facts.machine.contains("core"));
/// assert_eq!(facts.date.len(), "2026-07-31".len());
/// ```
pub fn facts() -> Result<Facts, String> {
    let rustc = said("rustc", &["--version"]).ok_or("rustc does not start: is Rust installed?")?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = if cores == 1 {
        "1 core".into()
    } else {
        format!("{cores} cores")
    };
    Ok(Facts {
        machine: format!("{}, {cores}, {}", processor(), system()),
        date: date(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
        ),
        rust: rustc.split(' ').nth(1).unwrap_or(&rustc).to_string(),
    })
}

fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map(|(_, model)| model.trim().to_owned());
    model
        .or_else(|| said("sysctl", &["-n", "machdep.cpu.brand_string"]))
        .or_else(|| std::env::var("PROCESSOR_IDENTIFIER").ok())
        .unwrap_or_else(|| std::env::consts::ARCH.into())
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map(|name| name.trim_matches('"').to_owned())
        .or_else(|| said("sw_vers", &["-productVersion"]).map(|version| format!("macOS {version}")))
        .unwrap_or_else(|| std::env::consts::OS.into())
}

/// The first line that a program prints, if there is such a program.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().unwrap_or_default().trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

/// The day, in UTC, so many seconds after the start of 1970.
fn date(since_1970: Duration) -> String {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let mut day = since_1970.as_secs() / (24 * 60 * 60);
    let mut year = 1970;
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", day + 1)
}

#[cfg(test)]
mod tests {
    use super::date;
    use std::time::Duration;

    #[test]
    fn dates_know_leap_years() {
        let day = |seconds| date(Duration::from_secs(seconds));
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(951_868_800), "2000-03-01");
        assert_eq!(day(1_735_689_599), "2024-12-31");
        assert_eq!(day(1_735_689_600), "2025-01-01");
    }
}
