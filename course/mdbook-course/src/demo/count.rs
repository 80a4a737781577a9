//! Numbers as people type them.

/// Reads a whole number.
///
/// # Errors
///
/// One line that says what to type instead.
pub(super) fn parse(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a whole number: say 5, for example"))
}
