use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets through what a page of this very server asks, and what a person types into the address
/// bar.
///
/// A page of another site can make a browser call any port of this machine. If that site lets its
/// own name point to 127.0.0.1, the browser takes the call for its own: only `Host` gives it away.
/// What does more than fetch a page, or opens a websocket, must come from a page of ours; a link to
/// the course may be anywhere.
pub(crate) async fn only_this_machine(
    State(port): State<u16>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let mut response = match objection(&method, request.uri(), request.headers(), port) {
        Some(refusal) => refusal.answer(&method),
        None => next.run(request).await,
    };
    // A page that shows ours in a frame could have the reader press Run unawares.
    let alone = HeaderValue::from_static("frame-ancestors 'none'");
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, alone);
    response
}

/// Why a request is refused.
struct Refusal {
    status: StatusCode,
    line: String,
}

impl Refusal {
    fn forbidden(line: impl Into<String>) -> Option<Self> {
        Some(Self {
            status: StatusCode::FORBIDDEN,
            line: line.into(),
        })
    }

    /// A script reads JSON, a person a line.
    fn answer(self, method: &Method) -> Response {
        if only_reads(method) {
            (self.status, format!("{}\n", self.line)).into_response()
        } else {
            (self.status, Json(serde_json::json!({ "error": self.line }))).into_response()
        }
    }
}

fn objection(method: &Method, uri: &Uri, headers: &HeaderMap, port: u16) -> Option<Refusal> {
    // Two of one name, and it depends on who reads them which one counts.
    for name in ["host", "origin", "sec-fetch-site", "content-type"] {
        if headers.get_all(name).iter().count() > 1 {
            return Refusal::forbidden(format!("there is more than one header {name}"));
        }
    }
    let value = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = value(header::HOST).unwrap_or("(none)");
    // The address may name a host, too, as it does for a proxy.
    let addressed = uri.authority().map(axum::http::uri::Authority::as_str);
    if let Some(other) = [Some(host), addressed]
        .into_iter()
        .flatten()
        .find(|name| !is_ours(name, port))
    {
        return Refusal::forbidden(format!(
            "Host {other} is not this server: use http://localhost:{port}"
        ));
    }
    if only_reads(method) && !headers.contains_key(header::UPGRADE) {
        return None;
    }
    // Browsers send it with all that is left, and no page can change it.
    let origin = value(header::ORIGIN).unwrap_or("(none)");
    let same = origin
        .strip_prefix("http://")
        .is_some_and(|from| from.eq_ignore_ascii_case(host));
    if !same {
        return Refusal::forbidden(format!("Origin {origin} is another site"));
    }
    let site = value("sec-fetch-site".parse().ok()?);
    if !matches!(site, None | Some("same-origin" | "none")) {
        return Refusal::forbidden("the request comes from another site (Sec-Fetch-Site)");
    }
    // A form cannot send JSON, and a script elsewhere cannot without asking first.
    let kind = value(header::CONTENT_TYPE).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json");
    (!only_reads(method) && !is_json).then(|| Refusal {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        line: "send application/json".into(),
    })
}

fn only_reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn is_ours(host: &str, port: u16) -> bool {
    let (name, number) = match host.rsplit_once(':') {
        Some((name, number)) if !number.ends_with(']') => (name, Some(number)),
        _ => (host, None),
    };
    // Browsers leave 80 out, the port that http means.
    let same_port = number.unwrap_or("80") == port.to_string();
    let this_machine = ["localhost", "127.0.0.1", "[::1]"];
    same_port
        && this_machine
            .iter()
            .any(|ours| name.eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests {
    use super::objection;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

    fn refused(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        refused_at("/", method, headers)
    }

    fn refused_at(uri: &str, method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .fold(HeaderMap::new(), |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            });
        let uri: Uri = uri.parse().expect("an address");
        objection(method, &uri, &headers, 3000).is_some()
    }

    #[test]
    fn only_names_of_this_machine_with_the_right_port_are_hosts() {
        for host in [
            "localhost:3000",
            "LOCALHOST:3000",
            "127.0.0.1:3000",
            "[::1]:3000",
        ] {
            assert!(!refused(&Method::GET, &[("host", host)]), "{host}");
        }
        for host in [
            "localhost",
            "[::1]",
            "localhost:3001",
            "evil.example:3000",
            "localhost.evil.example:3000",
            "127.0.0.1.evil.example:3000",
            "localhost:3000:3000",
            "",
        ] {
            assert!(refused(&Method::GET, &[("host", host)]), "{host}");
        }
        assert!(refused(&Method::GET, &[]));
        let ours = ("host", "localhost:3000");
        assert!(refused(
            &Method::GET,
            &[ours, ("host", "evil.example:3000")]
        ));
        let proxied = "http://evil.example:3000/";
        assert!(refused_at(proxied, &Method::GET, &[ours]));
    }

    #[test]
    fn what_does_more_than_fetch_must_come_from_a_page_of_ours() {
        let host = ("host", "localhost:3000");
        let origin = ("origin", "http://localhost:3000");
        let socket = ("upgrade", "websocket");
        let json = ("content-type", "application/json");
        for method in [Method::POST, Method::GET] {
            let asks = |headers: &[_]| refused(&method, &[&[host, socket, json], headers].concat());
            assert!(!asks(&[origin]));
            assert!(!asks(&[origin, ("sec-fetch-site", "same-origin")]));
            assert!(asks(&[]), "every browser sends Origin with these");
            assert!(asks(&[("origin", "http://evil.example")]));
            assert!(asks(&[("origin", "https://localhost:3000")]));
            assert!(asks(&[("origin", "http://127.0.0.1:3000")]));
            assert!(asks(&[("origin", "null")]));
            assert!(asks(&[origin, ("sec-fetch-site", "cross-site")]));
        }
        assert!(refused(&Method::POST, &[host, origin]), "no JSON");
        assert!(
            !refused(&Method::GET, &[host, ("sec-fetch-site", "cross-site")]),
            "a link to us"
        );
    }
}
