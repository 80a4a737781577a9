use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets through what a page of this very server asks, and what a person types into the address
/// bar.
///
/// A page of another site can make a browser call any port of this machine. If that site lets its
/// own name point to 127.0.0.1, the browser takes the call for its own: only `Host` gives it away.
/// What does more than fetch a page, or opens a websocket, must not come from another site either.
pub(crate) async fn only_this_machine(
    State(port): State<u16>,
    request: Request,
    next: Next,
) -> Response {
    match objection(request.method(), request.headers(), port) {
        Some(line) => (StatusCode::FORBIDDEN, line).into_response(),
        None => {
            let mut response = next.run(request).await;
            // A page that shows ours in a frame could have the reader press Run unawares.
            let alone = HeaderValue::from_static("frame-ancestors 'none'");
            response
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, alone);
            response
        }
    }
}

fn objection(method: &Method, headers: &HeaderMap, port: u16) -> Option<String> {
    // Two of one name, and it depends on who reads them which one counts.
    for name in ["host", "origin", "sec-fetch-site"] {
        if headers.get_all(name).iter().count() > 1 {
            return Some(format!("there is more than one header {name}\n"));
        }
    }
    let value = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = value(header::HOST).unwrap_or("(none)");
    if !is_ours(host, port) {
        return Some(format!(
            "Host {host} is not this server: use http://localhost:{port}\n"
        ));
    }
    let only_reads = matches!(*method, Method::GET | Method::HEAD);
    if only_reads && !headers.contains_key(header::UPGRADE) {
        return None;
    }
    let origin = value(header::ORIGIN);
    if let Some(origin) = origin
        && !origin
            .strip_prefix("http://")
            .is_some_and(|host| is_ours(host, port))
    {
        return Some(format!("Origin {origin} is another site\n"));
    }
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    match site {
        None | Some(b"same-origin" | b"none") => None,
        Some(_) => Some("the request comes from another site\n".into()),
    }
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
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

    fn refused(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
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
        objection(method, &headers, 3000).is_some()
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
    }

    #[test]
    fn what_does_more_than_fetch_must_not_come_from_another_site() {
        let ours = ("host", "localhost:3000");
        let socket = ("upgrade", "websocket");
        for method in [Method::POST, Method::GET] {
            let asks = |extra| refused(&method, &[ours, socket, extra]);
            assert!(!asks(("origin", "http://localhost:3000")));
            assert!(!asks(("sec-fetch-site", "same-origin")));
            assert!(asks(("origin", "http://evil.example")));
            assert!(asks(("origin", "https://localhost:3000")));
            assert!(asks(("origin", "null")));
            assert!(asks(("sec-fetch-site", "cross-site")));
        }
        assert!(
            !refused(&Method::GET, &[ours, ("sec-fetch-site", "cross-site")]),
            "a link to us"
        );
    }
}
