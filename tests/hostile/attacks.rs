//! What can be wrong with a request to run a program.

use super::request::Request;
use serde_json::json;

/// What is wrong with a request, what to change of one that is right, and what the answer must be.
pub type Attack = (&'static str, fn(&mut Request), u16);

pub const ATTACKS: &[Attack] = &[
    ("no Host", |r| r.remove("Host"), 403),
    ("an empty Host", |r| r.set("Host", ""), 403),
    ("a Host without the port", |r| r.claim("localhost"), 403),
    ("a Host with another port", |r| r.claim("localhost:1"), 403),
    ("another Host", |r| r.claim("evil.example"), 403),
    (
        "a Host that was made to point here",
        |r| r.rebind("evil.example"),
        403,
    ),
    (
        "a name that always points here",
        |r| r.rebind("127.0.0.1.nip.io"),
        403,
    ),
    (
        "a Host that begins like ours",
        |r| r.rebind("localhost.evil.example"),
        403,
    ),
    (
        "a Host with a dot at its end",
        |r| r.rebind("localhost."),
        403,
    ),
    (
        "the address of all interfaces",
        |r| r.rebind("0.0.0.0"),
        403,
    ),
    ("another loopback address", |r| r.rebind("127.0.0.2"), 403),
    ("127.0.0.1 as a number", |r| r.rebind("2130706433"), 403),
    (
        "a Host with a user before it",
        |r| r.rebind("localhost@evil.example"),
        403,
    ),
    ("two Hosts", |r| r.add("Host", "evil.example"), 403),
    ("the same Host twice", |r| r.add("Host", &r.host()), 403),
    (
        "a Host that a proxy forwards",
        |r| r.target = "http://evil.example/run".into(),
        403,
    ),
    ("no Origin", |r| r.remove("Origin"), 403),
    ("an empty Origin", |r| r.set("Origin", ""), 403),
    ("the Origin null", |r| r.set("Origin", "null"), 403),
    (
        "another Origin",
        |r| r.set("Origin", "http://evil.example"),
        403,
    ),
    (
        "an Origin without the port",
        |r| r.set("Origin", "http://localhost"),
        403,
    ),
    (
        "an Origin that begins like ours",
        |r| r.set("Origin", &format!("http://{}.evil.example", r.host())),
        403,
    ),
    (
        "an Origin that ends like ours",
        |r| {
            r.set(
                "Origin",
                &format!("http://evil.example?http://{}", r.host()),
            );
        },
        403,
    ),
    (
        "an Origin with a user",
        |r| r.set("Origin", &format!("http://evil@{}", r.host())),
        403,
    ),
    (
        "an Origin with a path",
        |r| r.set("Origin", &format!("http://{}/", r.host())),
        403,
    ),
    (
        "the Origin of an encrypted page",
        |r| r.set("Origin", &format!("https://{}", r.host())),
        403,
    ),
    ("the Origin of a file", |r| r.set("Origin", "file://"), 403),
    (
        "the Origin of an extension",
        |r| r.set("Origin", "chrome-extension://abcdefgh"),
        403,
    ),
    (
        "our other name as Origin",
        |r| {
            r.set(
                "Origin",
                &format!("http://{}", r.host().replace("localhost", "127.0.0.1")),
            );
        },
        403,
    ),
    (
        "two Origins",
        |r| r.add("Origin", "http://evil.example"),
        403,
    ),
    (
        "two Origins in one",
        |r| r.set("Origin", &format!("http://{0} http://{0}", r.host())),
        403,
    ),
    (
        "a page of another site",
        |r| r.set("Sec-Fetch-Site", "cross-site"),
        403,
    ),
    (
        "a page of a sister site",
        |r| r.set("Sec-Fetch-Site", "same-site"),
        403,
    ),
    (
        "an empty Sec-Fetch-Site",
        |r| r.set("Sec-Fetch-Site", ""),
        403,
    ),
    (
        "two sites in one",
        |r| r.set("Sec-Fetch-Site", "same-origin, cross-site"),
        403,
    ),
    (
        "two Sec-Fetch-Sites",
        |r| r.add("Sec-Fetch-Site", "cross-site"),
        403,
    ),
    ("no Content-Type", |r| r.remove("Content-Type"), 415),
    (
        "a form",
        |r| r.set("Content-Type", "application/x-www-form-urlencoded"),
        415,
    ),
    (
        "a form with files",
        |r| r.set("Content-Type", "multipart/form-data; boundary=x"),
        415,
    ),
    (
        "plain text, as a form can send it",
        |r| r.set("Content-Type", "text/plain"),
        415,
    ),
    (
        "almost JSON",
        |r| r.set("Content-Type", "application/jsonx"),
        415,
    ),
    (
        "JSON in second place",
        |r| r.set("Content-Type", "text/plain; application/json"),
        415,
    ),
    ("no token", |r| r.remove("X-Course-Token"), 403),
    ("an empty token", |r| r.set("X-Course-Token", ""), 403),
    (
        "a token of the right length",
        |r| r.set("X-Course-Token", &"0".repeat(32)),
        403,
    ),
    (
        "half the token",
        |r| r.set("X-Course-Token", &r.get("X-Course-Token")[..16]),
        403,
    ),
    (
        "more than the token",
        |r| r.set("X-Course-Token", &format!("{}0", r.get("X-Course-Token"))),
        403,
    ),
    ("no key", |r| r.remove("Cookie"), 403),
    (
        "an empty key",
        |r| r.set("Cookie", r.get("Cookie").trim_end_matches(|c| c != '=')),
        403,
    ),
    (
        "another key",
        |r| r.set("Cookie", &format!("{}0", r.get("Cookie"))),
        403,
    ),
    (
        "the key of another port",
        |r| r.set("Cookie", &r.get("Cookie").replace("key-", "key-1")),
        403,
    ),
    (
        "the key in the address alone",
        |r| {
            let key = r
                .get("Cookie")
                .split_once('=')
                .expect("a value")
                .1
                .to_owned();
            r.target = format!("/run?key={key}");
            r.remove("Cookie");
        },
        403,
    ),
    (
        "the token in place of the key",
        |r| r.set("Cookie", &format!("course-key={}", r.get("X-Course-Token"))),
        403,
    ),
    ("no body", |r| r.body.clear(), 400),
    ("half a body", |r| r.body.truncate(9), 400),
    ("a list", |r| r.body = b"[]".into(), 400),
    ("no text", |r| r.body = b"{\"code\": 1}".into(), 400),
    (
        "another field",
        |r| r.body = b"{\"text\": \"\"}".into(),
        400,
    ),
    (
        "the fields of a form",
        |r| r.body = b"code=fn+main()+%7B%7D".into(),
        400,
    ),
    ("a zero byte", |r| r.body = b"\0".into(), 400),
    (
        "what is not UTF-8",
        |r| r.body = b"{\"code\": \"\xff\xfe\"}".into(),
        400,
    ),
    (
        "half a surrogate",
        |r| r.body = b"{\"code\": \"\\ud800\"}".into(),
        400,
    ),
    ("lists in lists", |r| r.body = b"[".repeat(50_000), 400),
    ("a huge body", |r| r.body = huge(), 413),
    (
        "a body whose length is a lie",
        |r| r.set("Content-Length", "99999999999"),
        413,
    ),
    ("GET", |r| r.method = "GET".into(), 405),
    ("PUT", |r| r.method = "PUT".into(), 405),
    ("DELETE", |r| r.method = "DELETE".into(), 405),
    (
        "a question before the real one",
        |r| r.method = "OPTIONS".into(),
        405,
    ),
    ("an unknown method", |r| r.method = "RUN".into(), 405),
    (
        "headers without end",
        |r| r.set("X-Long", &"x".repeat(100_000)),
        431,
    ),
    (
        "many headers",
        |r| (0..200).for_each(|n| r.add(&format!("X-{n}"), "x")),
        431,
    ),
];

fn huge() -> Vec<u8> {
    json!({ "code": "/".repeat(64 * 1024) })
        .to_string()
        .into_bytes()
}
