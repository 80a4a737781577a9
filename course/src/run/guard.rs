//! Who may use Run: a page of this very server, in a browser that was let in.
//!
//! Where a request comes from is checked for every route, by `serve::guard`, before it gets here.

use axum::Json;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::RunState;
use super::key::same_bytes;

/// Checks what a page must send along, and that Run is on.
pub(super) fn check_headers(state: &RunState, headers: &HeaderMap) -> Result<(), Refusal> {
    check_key(state, headers)?;
    let given = headers
        .get(TOKEN_HEADER)
        .map(|token| token.as_bytes())
        .unwrap_or_default();
    if !same_bytes(given, state.0.token.as_bytes()) {
        return Err(Refusal::forbidden(
            "this page is of an earlier start of the server: load it again (token)",
        ));
    }
    Ok(())
}

/// Reads `{"code": "…"}`, no more than allowed, no slower than allowed.
pub(super) async fn read_code(state: &RunState, body: Body) -> Result<String, Refusal> {
    let limits = &state.0.limits;
    let too_large = || {
        let text = format!("a program may be {} KiB long here", limits.body / 1024);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &text)
    };
    // A length that is announced need not be waited for.
    if body.size_hint().lower() > limits.body as u64 {
        return Err(too_large());
    }
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

/// `POST /run/token`, for a browser that shows the key.
///
/// The token is of this very start of the server: a page that sends it has read an answer of ours,
/// which no page of another site can, whatever it makes a browser send.
pub(super) async fn token(State(state): State<RunState>, headers: HeaderMap) -> Response {
    if let Err(refusal) = check_key(&state, &headers) {
        return refusal.into_response();
    }
    let answer = Token {
        token: &state.0.token,
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
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

    fn forbidden(text: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, text)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": self.text }))).into_response()
    }
}

const TOKEN_HEADER: &str = "x-course-token";

const NO_KEY: &str = "this browser was not let in yet: open the address that cargo run shows in its terminal, \
     the one that ends with ?key=…";

/// `POST /run`'s body.
#[derive(Deserialize)]
struct Request {
    code: String,
}

/// `POST /run/token`'s answer.
#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

/// Where Run is off there is no key to show: the reason is what the reader needs.
fn check_key(state: &RunState, headers: &HeaderMap) -> Result<(), Refusal> {
    let shared = &state.0;
    shared
        .containment
        .as_ref()
        .map_err(|reason| Refusal::forbidden(reason))?;
    if shared.key.is_shown_by(headers, shared.address.port()) {
        Ok(())
    } else {
        Err(Refusal::forbidden(NO_KEY))
    }
}
