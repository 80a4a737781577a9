//! Run: who may use it, and who may not.
#![cfg(unix)]

use course_tests::Runner;
use serde_json::json;
use std::fs;

#[test]
fn only_a_page_of_this_server_may_run_anything() {
    let runner = Runner::start();
    let port = runner.server().port();
    let token = runner.token();
    let ours = format!("localhost:{port}");
    let origin = format!("http://{ours}");
    let good = Post {
        host: Some(ours.clone()),
        origin: Some(origin.clone()),
        site: Some("same-origin".into()),
        kind: Some("application/json".into()),
        token: Some(token.clone()),
        body: json!({ "code": "fn main() { println!(\"ran\"); }" }).to_string(),
    };
    let with = |change: &dyn Fn(&mut Post)| {
        let mut post = good.clone();
        change(&mut post);
        let answer = runner.server().send(&post.request(), &post.body);
        assert_eq!(
            answer.status == 200,
            answer.body.contains("ran"),
            "{}",
            answer.body
        );
        (answer.status, answer.body)
    };
    let set = |value: &str| Some(value.to_owned());

    for (host, from) in [
        (ours.clone(), origin.clone()),
        (
            format!("127.0.0.1:{port}"),
            format!("http://127.0.0.1:{port}"),
        ),
        (format!("[::1]:{port}"), format!("http://[::1]:{port}")),
    ] {
        let (status, body) = with(&|post| {
            post.host = Some(host.clone());
            post.origin = Some(from.clone());
        });
        assert_eq!(status, 200, "{host}: {body}");
    }
    assert_eq!(
        with(&|post| post.site = None).0,
        200,
        "a browser that does not send it"
    );
    assert_eq!(
        with(&|post| post.kind = set("application/json; charset=utf-8")).0,
        200
    );

    for host in [
        "",
        "localhost",
        "evil.example",
        "localhost:1",
        "localhost.:3000",
        "127.0.0.1.nip.io",
    ] {
        assert_eq!(with(&|post| post.host = set(host)).0, 403, "Host {host}");
    }
    assert_ne!(with(&|post| post.host = None).0, 200, "no Host");
    let elsewhere = format!("http://evil.example:{port}");
    let secure = format!("https://{ours}");
    let other_name = format!("http://127.0.0.1:{port}");
    let alike = format!("{origin}.evil.example");
    for from in [
        "",
        "null",
        "http://localhost",
        &elsewhere,
        &secure,
        &other_name,
        &alike,
    ] {
        assert_eq!(
            with(&|post| post.origin = set(from)).0,
            403,
            "Origin {from}"
        );
    }
    assert_eq!(with(&|post| post.origin = None).0, 403, "no Origin");
    for site in ["cross-site", "same-site", "", "same-origin, cross-site"] {
        assert_eq!(
            with(&|post| post.site = set(site)).0,
            403,
            "Sec-Fetch-Site {site}"
        );
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "application/jsonx",
    ] {
        assert_eq!(
            with(&|post| post.kind = set(kind)).0,
            415,
            "Content-Type {kind}"
        );
    }
    assert_eq!(with(&|post| post.kind = None).0, 415, "no Content-Type");
    let longer = format!("{token}0");
    for wrong in [
        "",
        "0",
        &token[1..],
        &longer,
        &token.to_uppercase().replace(char::is_numeric, "x"),
    ] {
        assert_eq!(
            with(&|post| post.token = set(wrong)).0,
            403,
            "token {wrong}"
        );
    }
    assert_eq!(with(&|post| post.token = None).0, 403, "no token");
    for body in [
        "",
        "{",
        "[]",
        "{\"code\": 1}",
        "{\"text\": \"\"}",
        "code=x",
        "\u{0}",
    ] {
        assert_eq!(
            with(&|post| post.body = body.into()).0,
            400,
            "body {body:?}"
        );
    }
    let huge = json!({ "code": "/".repeat(64 * 1024) }).to_string();
    assert_eq!(
        with(&|post| post.body.clone_from(&huge)).0,
        413,
        "a body that is too long"
    );
    assert_eq!(runner.server().get("/run").status, 405);
    runner.nothing_is_left();
}

#[test]
fn the_token_is_not_for_other_sites() {
    let runner = Runner::start();
    let host = format!("Host: localhost:{}\r\n", runner.server().port());
    let ask = |site: &str| {
        let request = format!("GET /run/token HTTP/1.1\r\n{host}Sec-Fetch-Site: {site}\r\n");
        runner.server().ask(&request)
    };
    let ours = ask("same-origin");
    assert_eq!(ours.status, 200);
    assert!(
        ours.headers.contains("cache-control: no-store"),
        "{}",
        ours.headers
    );
    assert!(!ours.headers.contains("access-control"), "{}", ours.headers);
    for site in ["cross-site", "same-site"] {
        let answer = ask(site);
        assert_eq!(answer.status, 403, "{site}");
        assert!(!answer.body.contains(&runner.token()));
    }
}

/// Only as root is there something to refuse: the limits on processes do not bind it.
#[test]
#[cfg(target_os = "linux")]
fn root_without_a_namespace_runs_nothing_unless_told() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    if fs::metadata("/proc/self").expect("a process").uid() != 0 {
        return;
    }
    // A machine whose `unshare` may do nothing, as in many a container.
    let tools = tempfile::tempdir().expect("a folder for the test");
    let unshare = tools.path().join("unshare");
    fs::write(&unshare, "#!/bin/sh\nexit 1\n").expect("it can be written to");
    fs::set_permissions(&unshare, fs::Permissions::from_mode(0o755)).expect("it can be run");
    let path = std::env::var("PATH").expect("a path");
    let path = format!("{}:{path}", tools.path().display());

    let runner = Runner::start_with(|command| {
        command.env("PATH", &path);
    });
    let port = runner.server().port();
    let refused = Post {
        host: Some(format!("localhost:{port}")),
        origin: Some(format!("http://localhost:{port}")),
        site: None,
        kind: Some("application/json".into()),
        token: Some(runner.token()),
        body: json!({ "code": "fn main() {}" }).to_string(),
    };
    let answer = runner.server().send(&refused.request(), &refused.body);
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("--run-as-root"), "{}", answer.body);

    let told = Runner::start_with(|command| {
        command.env("PATH", &path).arg("--run-as-root");
    });
    let user = "println!(\"{}\", std::fs::read_to_string(\"/proc/self/status\").unwrap());";
    let events = told.run(&format!("fn main() {{ {user} }}"));
    let said = serde_json::to_string(&events).expect("JSON");
    assert!(said.contains("Uid:\\t65534"), "not as root: {said}");
    told.nothing_is_left();
}

/// A request to run a program, to be changed for the worse.
#[derive(Clone)]
struct Post {
    host: Option<String>,
    origin: Option<String>,
    site: Option<String>,
    kind: Option<String>,
    token: Option<String>,
    body: String,
}

impl Post {
    fn request(&self) -> String {
        let headers = [
            ("Host", &self.host),
            ("Origin", &self.origin),
            ("Sec-Fetch-Site", &self.site),
            ("Content-Type", &self.kind),
            ("X-Course-Token", &self.token),
        ];
        let lines = headers
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}: {}\r\n", value.as_ref()?)));
        let length = self.body.len();
        format!(
            "POST /run HTTP/1.1\r\n{}Content-Length: {length}\r\n",
            lines.collect::<String>()
        )
    }
}
