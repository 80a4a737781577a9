//! Who may use Run: a page of this very server, and nobody else.

use std::fmt::Write;
use std::net::SocketAddr;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::RunState;

/// Checks that a request asks for this machine by one of its loopback names, with the port that
/// the server listens on.
///
/// A page elsewhere can make its own name point here (DNS rebinding), and is then of the same
/// origin for the browser; but its requests still carry that name.
///
/// # Errors
///
/// One line that says what was wrong.
pub fn check_host(headers: &HeaderMap, address: SocketAddr) -> Result<&str, String> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts
        .next()
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.to_ascii_lowercase();
    let port = address.port();
    let ours = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|ours| name == format!("{ours}:{port}") || (port == 80 && name == *ours));
    if ours && hosts.next().is_none() {
        Ok(host)
    } else {
        Err(format!("this server answers at localhost:{port} only"))
    }
}

/// Checks everything about `POST /run` that its headers tell.
pub(super) fn check_headers(state: &RunState, headers: &HeaderMap) -> Result<(), Refusal> {
    let forbidden = |text: &str| Refusal::new(StatusCode::FORBIDDEN, text);
    let host = check_host(headers, state.0.address).map_err(|text| forbidden(&text))?;

    // Browsers send Origin on every POST, and a page cannot change it.
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = origins.next().and_then(|origin| origin.to_str().ok());
    let same = origin.is_some_and(|origin| origin.eq_ignore_ascii_case(&format!("http://{host}")));
    if !same || origins.next().is_some() {
        return Err(forbidden(
            "only a page of this server may run programs (Origin)",
        ));
    }
    check_fetch_site(headers)?;

    // A form cannot send JSON, and a script elsewhere cannot without asking first.
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send application/json",
        ));
    }

    let given = headers
        .get(TOKEN_HEADER)
        .map(|token| token.as_bytes())
        .unwrap_or_default();
    if !same_bytes(given, state.0.token.as_bytes()) {
        return Err(forbidden(
            "this page is of an earlier start of the server: load it again (token)",
        ));
    }
    state
        .0
        .containment
        .as_ref()
        .map_err(|reason| forbidden(reason))?;
    Ok(())
}

/// Reads `{"code": "…"}`, no more than allowed, no slower than allowed.
pub(super) async fn read_code(state: &RunState, body: Body) -> Result<String, Refusal> {
    let limits = &state.0.limits;
    let too_large = || {
        let text = format!("a program may be {} KiB long here", limits.body / 1024);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &text)
    };
    let bytes = tokio::time::timeout(limits.body_time, to_bytes(body, limits.body))
        .await
        .map_err(|_| {
            Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "the program took too long to arrive",
            )
        })?
        .map_err(|_| too_large())?;
    let request: Request = serde_json::from_slice(&bytes).map_err(|error| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            &format!("not {{\"code\": \"…\"}}: {error}"),
        )
    })?;
    Ok(request.code)
}

/// `GET /run/token`.
///
/// What the token buys over Origin: a client that sends any Origin it likes (not a browser) must
/// first have read an answer of this very start of the server, so nothing that can only send, and
/// no page left over from before, runs anything. It keeps out no program of this machine.
pub(super) async fn token(State(state): State<RunState>, headers: HeaderMap) -> Response {
    let checked = check_host(&headers, state.0.address)
        .map_err(|text| Refusal::new(StatusCode::FORBIDDEN, &text))
        .and_then(|_| check_fetch_site(&headers));
    if let Err(refusal) = checked {
        return refusal.into_response();
    }
    let answer = Token {
        token: &state.0.token,
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// A fresh token, which nobody can guess.
pub(super) fn new_token() -> String {
    let mut bytes = [0; 16];
    // Without random numbers from the system there is nothing to fall back on: an empty token is
    // never accepted, so that Run refuses everything.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    bytes.iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    })
}

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    text: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, text: &str) -> Self {
        Self {
            status,
            text: text.to_owned(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": self.text }))).into_response()
    }
}

const TOKEN_HEADER: &str = "x-course-token";

/// `POST /run`'s body.
#[derive(Deserialize)]
struct Request {
    code: String,
}

/// `GET /run/token`'s answer.
#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

/// Browsers that send it say who asks; `none` is the reader's own doing.
fn check_fetch_site(headers: &HeaderMap) -> Result<(), Refusal> {
    let ours = |site: &axum::http::HeaderValue| site == "same-origin" || site == "none";
    if headers.get_all("sec-fetch-site").iter().all(ours) {
        Ok(())
    } else {
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "only a page of this server may run programs (Sec-Fetch-Site)",
        ))
    }
}

/// Compares without telling by its time how much was right.
fn same_bytes(given: &[u8], ours: &[u8]) -> bool {
    let differences = given.iter().zip(ours).fold(0, |acc, (a, b)| acc | (a ^ b));
    !ours.is_empty() && given.len() == ours.len() && differences == 0
}
