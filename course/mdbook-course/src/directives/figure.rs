//! A trace as a figure: the picture, what computed it, and the same in words.

use event_loops::Trace;

/// HTML that CommonMark passes through as it is: without an empty line, which would end it.
pub(super) fn figure(trace: &Trace, caption: &str, command: &str, _id: &str) -> String {
    let picture = trace.to_svg();
    let caption = if caption.is_empty() { String::new() } else { format!("{} ", escape(caption)) };
    let html = format!(
        "<figure class=\"timeline\">\n{picture}\n\
         <figcaption>{caption}<code>{}</code></figcaption>\n\
         <details><summary>The same in words</summary>\n\
         <pre>{}</pre>\n\
         </details>\n\
         </figure>",
        escape(command),
        escape(trace.to_string().trim_end()),
    );
    let lines: Vec<_> = html.lines().filter(|line| !line.trim().is_empty()).collect();
    format!("{}\n", lines.join("\n"))
}

/// Text, as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
