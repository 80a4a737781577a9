//! A picture as a figure: the picture, what computed it, and the same in words.

use crate::apart::Apart;

/// HTML that a Markdown parser passes through as it is: without an empty line, which would end it.
///
/// It is given the picture and the same in words, which may go into the page later. `id` tells this
/// figure from every other one of the book: mdBook prints them all on one page.
pub(super) fn figure(
    picture: &(String, String),
    caption: &str,
    command: &str,
    id: &str,
    apart: &mut Apart,
) -> String {
    open_figure("class=\"timeline\"", picture, caption, command, id, apart) + "</figure>\n"
}

/// The same with other attributes, and without its end: for what has more inside.
pub(super) fn open_figure(
    attributes: &str,
    (svg, words): &(String, String),
    caption: &str,
    command: &str,
    id: &str,
    apart: &mut Apart,
) -> String {
    let picture = without_empty_lines(&with_id(svg, id));
    let words = without_empty_lines(&escape(words.trim_end()));
    let words =
        format!("<details><summary>The same in words</summary>\n<pre>{words}</pre>\n</details>");
    let caption = if caption.is_empty() {
        String::new()
    } else {
        format!("{} ", escape(caption))
    };
    format!(
        "<figure {attributes}>\n{}\n\
         <figcaption>{caption}<code>{}</code></figcaption>\n\
         {}\n",
        apart.put(picture),
        escape(command),
        apart.put(words),
    )
}

fn without_empty_lines(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines.join("\n")
}

/// The picture's ids are made from what it shows, so two equal pictures have equal ids.
fn with_id(svg: &str, id: &str) -> String {
    let first = svg
        .split_once(" id=\"")
        .and_then(|(_, rest)| rest.split('"').next());
    match first.and_then(|id| id.rsplit_once('-')) {
        Some((stem, _)) => svg.replace(stem, id),
        None => svg.to_string(),
    }
}

/// Text, as HTML's attributes have it.
pub(crate) fn attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;").replace('\n', "&#10;")
}

/// Text, as HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_loops::demos::waiting;
    use event_loops::{EventLoop, note};

    fn pair(trace: &event_loops::Trace) -> (String, String) {
        (trace.to_svg(), trace.to_string())
    }

    fn ids(html: &str) -> Vec<&str> {
        html.split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect()
    }

    #[test]
    fn two_equal_pictures_share_no_id_and_use_their_own() {
        let trace = waiting::run(&waiting::Settings::default());
        let figures = [
            figure(&pair(&trace), "", "x", "one-1", &mut Apart::default()),
            figure(&pair(&trace), "", "x", "one-2", &mut Apart::default()),
        ];
        for (figure, stem) in figures.iter().zip(["one-1-", "one-2-"]) {
            assert!(ids(figure).len() > 2, "{figure}");
            assert!(
                ids(figure).iter().all(|id| id.starts_with(stem)),
                "{figure}"
            );
            let used = figure
                .split("url(#")
                .skip(1)
                .filter_map(|rest| rest.split(')').next());
            for id in used {
                assert!(
                    ids(figure).contains(&id),
                    "{id} is used and not there: {figure}"
                );
            }
        }
    }

    #[test]
    fn no_empty_line_ends_the_html() {
        let event_loop = EventLoop::with_virtual_clock().with_trace();
        event_loop.run_until_complete(async { note("one\n\ntwo") });
        let html = figure(
            &pair(&event_loop.trace()),
            "a < b",
            "cargo run -- demo x",
            "x-1",
            &mut Apart::default(),
        );
        assert!(html.contains("one\ntwo"), "{html}");
        assert!(html.trim_end().lines().all(|line| !line.trim().is_empty()));
        assert!(html.contains("<figcaption>a &lt; b <code>cargo run -- demo x</code>"));
    }
}
