use super::site::{News, Site};
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Where a page listens for news.
pub(crate) const SOCKET: &str = "/__course/live";
/// The script that listens.
pub(crate) const SCRIPT: &str = "/__course/live.js";

/// Adds the script to a page. It knows which build it is a page of, so that no reload is missed
/// between loading the page and opening the socket.
pub(crate) fn with_script(html: &[u8], build: u64) -> Bytes {
    let script = format!("<script src=\"{SCRIPT}\" data-build=\"{build}\"></script>\n");
    let end = html
        .windows(7)
        .rposition(|bytes| bytes == b"</body>")
        .unwrap_or(html.len());
    [&html[..end], script.as_bytes(), &html[end..]]
        .concat()
        .into()
}

pub(crate) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("live.js")).into_response()
}

/// Says `reload` when a page is no longer what is served, and `problem: …` when a newer one cannot
/// be built. The page's build is the query: `/__course/live?17`.
pub(crate) async fn socket(
    State(site): State<Arc<Site>>,
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Response {
    let build = query.and_then(|query| query.parse().ok());
    // The page sends nothing: there is no reason to take in much.
    let upgrade = upgrade.max_message_size(1024).max_frame_size(1024);
    upgrade.on_upgrade(move |socket| tell_news(socket, site, build))
}

async fn tell_news(mut socket: WebSocket, site: Arc<Site>, build: Option<u64>) {
    let mut news = site.news();
    let mut known = News {
        build: build.unwrap_or(news.borrow().build),
        problem: None,
    };
    loop {
        let latest = news.borrow_and_update().clone();
        for message in messages(&known, &latest) {
            if socket.send(Message::text(message)).await.is_err() {
                return;
            }
        }
        known = latest;
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            // Nothing is expected from the page but its end.
            received = socket.recv() => if !matches!(received, Some(Ok(_))) { return },
        }
    }
}

fn messages(known: &News, latest: &News) -> Vec<String> {
    let reload = (known.build != latest.build).then(|| "reload".to_owned());
    let problem = latest
        .problem
        .as_ref()
        .filter(|problem| known.problem.as_ref() != Some(problem));
    reload
        .into_iter()
        .chain(problem.map(|problem| format!("problem: {problem}")))
        .collect()
}
