//! The marks of a time axis: round times, few enough to be read.

use std::time::Duration;

/// So many stretches between marks fit side by side on a telephone.
const MAX_STRETCHES: u64 = 6;

/// Round times from zero to at most `total`, with their labels.
pub(crate) fn ticks(total: Duration) -> Vec<(Duration, String)> {
    let total = nanos(total);
    let step = step(total);
    let (unit, word) = unit(step);
    let times = (0..=total / step).map(|count| count * step);
    let time = Duration::from_nanos;
    times.map(|at| (time(at), label(at, unit, word))).collect()
}

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The smallest round stretch of which at most [`MAX_STRETCHES`] fill `total`.
fn step(total: u64) -> u64 {
    let decimal = (0..10).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let round = decimal.chain([
        10 * SECOND,
        20 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        20 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
    ]);
    let fits = |step: &u64| total / step <= MAX_STRETCHES;
    round
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| total.div_ceil(MAX_STRETCHES).div_ceil(DAY) * DAY)
}

fn unit(step: u64) -> (u64, &'static str) {
    match step {
        DAY.. => (DAY, "d"),
        HOUR.. => (HOUR, "h"),
        MINUTE.. => (MINUTE, "min"),
        // Half a second is said in seconds, a tenth of it in milliseconds.
        _ if step * 2 >= SECOND => (SECOND, "s"),
        MILLISECOND.. => (MILLISECOND, "ms"),
        MICROSECOND.. => (MICROSECOND, "µs"),
        _ => (1, "ns"),
    }
}

fn label(at: u64, unit: u64, word: &str) -> String {
    if at == 0 {
        return "0".to_string();
    }
    if at.is_multiple_of(unit) {
        return format!("{} {word}", at / unit);
    }
    let tenths = (at * 10 + unit / 2) / unit;
    format!("{}.{} {word}", tenths / 10, tenths % 10)
}

/// 64 bits of nanoseconds are 584 years.
pub(super) fn nanos(time: Duration) -> u64 {
    time.as_secs()
        .saturating_mul(SECOND)
        .saturating_add(u64::from(time.subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(total: Duration) -> Vec<String> {
        ticks(total).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn round_times_that_fit_on_a_telephone() {
        assert_eq!(
            labels(Duration::from_secs(3)),
            ["0", "0.5 s", "1 s", "1.5 s", "2 s", "2.5 s", "3 s"]
        );
        assert_eq!(
            labels(Duration::from_secs(15)),
            ["0", "5 s", "10 s", "15 s"]
        );
        assert_eq!(
            labels(Duration::from_secs(60 * 80)),
            ["0", "20 min", "40 min", "60 min", "80 min"]
        );
        assert_eq!(
            labels(Duration::from_millis(120)),
            ["0", "20 ms", "40 ms", "60 ms", "80 ms", "100 ms", "120 ms"]
        );
    }

    #[test]
    fn no_time_and_all_time() {
        assert_eq!(labels(Duration::ZERO), ["0"]);
        assert!(labels(Duration::from_secs(86_400 * 365)).len() <= 7);
    }
}
