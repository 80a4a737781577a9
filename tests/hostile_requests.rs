//! Requests that are no page's of this server: each is refused, runs nothing, and the server goes
//! on serving.
#![cfg(unix)]

#[path = "hostile/attacks.rs"]
mod attacks;
#[path = "hostile/connections.rs"]
mod connections;
#[path = "hostile/request.rs"]
mod request;

use attacks::ATTACKS;
use course_tests::{Runner, is_root};
use request::Request;

#[test]
fn each_is_refused_and_the_server_goes_on() {
    let runner = Runner::start();
    let good = Request::good(&runner);
    assert!(ran(&good.send(&runner).body), "the request without a fault");
    for (name, change, status) in ATTACKS {
        let mut bad = good.clone();
        change(&mut bad);
        let answer = bad.send(&runner);
        assert_eq!(answer.status, *status, "{name}: {}", answer.body);
        assert!(!ran(&answer.body), "{name}: {}", answer.body);
        assert!(
            !answer.headers.contains("access-control"),
            "{name}: {}",
            answer.headers
        );
        runner.is_well(name);
    }
}

/// Without this, the refusals above could have another reason than theirs.
#[test]
fn what_a_browser_may_send_is_accepted() {
    let runner = Runner::start();
    let good = Request::good(&runner);
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        let answer = request.send(&runner);
        assert!(answer.status == 200 && ran(&answer.body), "{}", answer.body);
    };
    for name in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
        with(&|request| request.rebind(name));
    }
    with(&|request| request.remove("Sec-Fetch-Site"));
    with(&|request| request.set("Content-Type", "application/json; charset=utf-8"));
    with(&|request| {
        request.set(
            "Cookie",
            &format!("theme=dark; {}; x=y", good.get("Cookie")),
        );
    });
}

#[test]
fn the_token_is_for_pages_that_show_the_key() {
    let runner = Runner::start();
    let token = runner.token();
    let mut ask = Request::good(&runner);
    ask.target = "/run/token".into();
    ask.remove("X-Course-Token");
    ask.body.clear();
    let answer = ask.send(&runner);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains(&token));
    assert!(
        answer.headers.contains("cache-control: no-store"),
        "{}",
        answer.headers
    );
    for (name, change) in [
        (
            "a page of another site",
            (|r| r.set("Sec-Fetch-Site", "cross-site")) as fn(&mut Request),
        ),
        ("another Origin", |r| r.set("Origin", "null")),
        ("no key", |r| r.remove("Cookie")),
        ("a wrong key", |r| {
            r.set(
                "Cookie",
                &r.get("Cookie").replace('a', "b").replace('1', "2"),
            );
        }),
        ("a link", |r| r.method = "GET".into()),
        ("no JSON", |r| r.remove("Content-Type")),
    ] {
        let mut bad = ask.clone();
        change(&mut bad);
        let answer = bad.send(&runner);
        assert!(answer.status >= 400, "{name}: {}", answer.body);
        assert!(!answer.body.contains(&token), "{name}");
    }
}

#[test]
fn a_link_from_elsewhere_opens_the_page_and_run_says_how_to_be_let_in() {
    let runner = Runner::start();
    let mut link = Request::good(&runner);
    link.method = "GET".into();
    link.target = "/first.html".into();
    link.body.clear();
    for name in ["Origin", "Content-Type", "X-Course-Token", "Cookie"] {
        link.remove(name);
    }
    link.set("Sec-Fetch-Site", "cross-site");
    let page = link.send(&runner);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("First"));
    let mut run = Request::good(&runner);
    run.remove("Cookie");
    let refusal = run.send(&runner);
    assert!(
        refusal
            .body
            .contains("open the address that cargo run shows"),
        "{}",
        refusal.body
    );
}

#[test]
fn the_key_goes_from_the_address_into_a_cookie_and_nowhere_else() {
    let runner = Runner::start();
    let server = runner.server();
    let (port, cookie) = (server.port(), server.cookie());
    let key = cookie.split_once('=').expect("a value").1.to_owned();
    let get = |path: &str| server.get(path);
    let opened = get(&format!("/first.html?key={key}"));
    assert_eq!(opened.status, 303);
    assert!(
        opened.headers.contains("location: /first.html\r\n"),
        "{}",
        opened.headers
    );
    let sent = format!(
        "set-cookie: course-key-{port}={key}; path=/; max-age=2592000; httponly; samesite=strict"
    );
    assert!(opened.headers.contains(&sent), "{}", opened.headers);
    // However the path is spelt, it leads to no other site.
    for path in [
        "//evil.example/",
        "///evil.example",
        "/\\evil.example/",
        "/./\\/evil.example",
    ] {
        let answer = get(&format!("{path}?key={key}"));
        if answer.status == 303 {
            let (_, place) = answer.headers.split_once("location: ").expect("a place");
            assert!(
                place.starts_with('/') && !place.starts_with("//") && !place.starts_with("/\\"),
                "{path}: {place}"
            );
        }
    }
    for wrong in ["", "0", &key[1..], &format!("{key}0"), &key.to_uppercase()] {
        let answer = get(&format!("/first.html?key={wrong}"));
        assert_eq!(answer.status, 200, "{wrong}");
        assert!(
            !answer.headers.contains("set-cookie"),
            "{wrong}: {}",
            answer.headers
        );
    }
    // Another server of this machine is another matter.
    let other = Runner::start();
    let answer = other.server().get(&format!("/first.html?key={key}"));
    assert_eq!(answer.status, 200);
}

/// Only as root is there something to refuse: the limits on processes do not bind it.
#[test]
#[cfg(target_os = "linux")]
fn root_without_a_namespace_runs_nothing_unless_told() {
    if !is_root() {
        eprintln!("\nSKIPPED: only root is refused, and this is not root\n");
        return;
    }
    let runner = Runner::without_namespaces(|_| {});
    let notice = runner.server().notice().to_owned();
    assert!(notice.starts_with("Run is off: this is root"), "{notice}");
    let answer = Request::without_token(&runner).send(&runner);
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("--run-as-root"), "{}", answer.body);

    let told = Runner::without_namespaces(|command| {
        command.arg("--run-as-root");
    });
    let status = "println!(\"{}\", std::fs::read_to_string(\"/proc/self/status\").unwrap());";
    let events = told.run(&format!("fn main() {{ {status} }}"));
    let said = serde_json::to_string(&events).expect("JSON");
    assert!(said.contains("Uid:\\t65534"), "not as root: {said}");
    told.nothing_is_left();
}

fn ran(body: &str) -> bool {
    body.contains(request::SAYS)
}
