//! `{{#stepper WORDS | CAPTION}}`: the picture of `{{#demo WORDS --format svg}}`, to be stepped through.
//!
//! What is written here is whole without a script: the picture, its command, the same in words. The
//! scripts, which are no modules, since a browser would not load those from a folder, find it by its
//! class, and begin with the settings that it carries.

use super::figure::{attribute, open_figure};
use super::{Demos, split_caption};
use crate::apart::Apart;
use crate::stepper_files::{SCRIPTS, STYLE};

/// The figure that becomes the page's stepper of that number, counted from 1. The first brings along
/// what all of them need.
pub(super) fn show(
    arguments: &str,
    page: &str,
    number: usize,
    demos: &mut Demos,
    apart: &mut Apart,
) -> Result<String, String> {
    let (words, caption) = split_caption(arguments);
    if words
        .split_whitespace()
        .any(|word| word.starts_with("--format"))
    {
        return Err("a stepper is always a picture: leave out --format".to_string());
    }
    let stepper = demos.step(words)?;
    let id = super::figure_id("stepper", page, number);
    let attributes = format!(
        "class=\"timeline stepper\" id=\"{id}\" data-settings=\"{}\"",
        attribute(&stepper.settings)
    );
    let figure = open_figure(
        &attributes,
        &stepper.picture,
        caption,
        &format!("cargo run -- demo {words} --format svg"),
        &id,
        apart,
    );
    let first = if number == 1 {
        loading(page)
    } else {
        String::new()
    };
    Ok(format!(
        "{first}{figure}<noscript><p class=\"stepper-missing\">To step through this run, allow this \
         page to use JavaScript.</p></noscript>\n</figure>\n"
    ))
}

/// Paths from the page's own folder, which hold wherever the book lies: on a site, below one, on a disk.
fn loading(page: &str) -> String {
    let folders = page.split('/').count().saturating_sub(2);
    let root = "../".repeat(folders);
    let scripts = SCRIPTS.map(|name| format!("<script defer src=\"{root}{name}\"></script>\n"));
    format!("<link rel=\"stylesheet\" href=\"{root}{STYLE}\">\n") + &scripts.concat()
}
