//! Times as people type them: `250ms`, `3s`, `15m`.

use std::time::Duration;

/// Reads a time.
///
/// # Errors
///
/// One line that says what to type instead.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    if unsigned != text && (is_number(unsigned) || humantime::parse_duration(unsigned).is_ok()) {
        return Err(format!("{text:?} is less than no time: the shortest is 0s"));
    }
    if is_number(text) && text.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(format!(
            "{text:?} needs a unit: {text}ms, {text}s or {text}m (minutes)"
        ));
    }
    humantime::parse_duration(text).map_err(|error| match error {
        humantime::DurationError::NumberOverflow => {
            format!("{text:?} is longer than we can count")
        }
        _ => format!("{text:?} is not a time: say a number and its unit, like 250ms, 3s or 15m"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse("3s"), Ok(Duration::from_secs(3)));
        assert_eq!(parse("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse("15m"), Ok(Duration::from_secs(15 * 60)));
        assert_eq!(parse("1h20m"), Ok(Duration::from_secs(80 * 60)));
    }

    #[test]
    fn a_bare_number_is_told_the_units() {
        assert_eq!(
            parse("3").unwrap_err(),
            "\"3\" needs a unit: 3ms, 3s or 3m (minutes)"
        );
        assert!(parse("0").unwrap_err().contains("needs a unit"));
    }

    #[test]
    fn nonsense_is_one_line() {
        for text in [
            "",
            "abc",
            "s",
            "3 parsecs",
            "--blocking",
            "inf",
            "NaN",
            "3\nparsecs",
            "١s",
        ] {
            let said = parse(text)
                .map(|time| panic!("{text:?} gave {time:?}"))
                .unwrap_err();
            assert!(said.contains("is not a time"), "{text:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
        for text in ["-1", "-1s", "-0.5", "-250ms"] {
            assert!(
                parse(text).unwrap_err().contains("less than no time"),
                "{text:?}"
            );
        }
        assert!(
            parse("99999999999999999999s")
                .unwrap_err()
                .contains("longer than")
        );
    }
}
