//! The marks of a time axis: round times, few enough to be read.

use std::time::Duration;

/// So many stretches between marks fit side by side on a telephone.
const MAX_STRETCHES: u128 = 6;

/// Round times from zero to at most `total`, with their labels.
pub(crate) fn ticks(total: Duration) -> Vec<(Duration, String)> {
    let step = step(total.as_nanos());
    let (unit, word) = unit(step);
    let times = (0..)
        .map(|count| count * step)
        .take_while(|at| *at <= total.as_nanos());
    let nanos = |at: u128| Duration::from_nanos(u64::try_from(at).unwrap_or(u64::MAX));
    times.map(|at| (nanos(at), label(at, unit, word))).collect()
}

const MICROSECOND: u128 = 1_000;
const MILLISECOND: u128 = 1_000_000;
const SECOND: u128 = 1_000_000_000;
const MINUTE: u128 = 60 * SECOND;
const HOUR: u128 = 60 * MINUTE;
const DAY: u128 = 24 * HOUR;

/// The smallest round stretch of which at most [`MAX_STRETCHES`] fill `total`.
fn step(total: u128) -> u128 {
    let decimal = (0..10).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u128.pow(power)));
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
    let fits = |step: &u128| total / step <= MAX_STRETCHES;
    round
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| total.div_ceil(MAX_STRETCHES).div_ceil(DAY) * DAY)
}

fn unit(step: u128) -> (u128, &'static str) {
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

fn label(at: u128, unit: u128, word: &str) -> String {
    if at == 0 {
        return "0".to_string();
    }
    if at.is_multiple_of(unit) {
        return format!("{} {word}", at / unit);
    }
    format!("{:.1} {word}", at as f64 / unit as f64)
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
