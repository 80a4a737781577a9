//! `course serve`: what a reader's browser gets, and what an author sees while writing.

use course_tests::{PATIENCE, Server};
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tungstenite::{ClientRequestBuilder, Message, WebSocket};

#[test]
fn it_serves_the_pages_and_the_books_own_page_for_what_is_not_there() {
    let book = small_book();
    let server = Server::start(book.path());

    let front = server.get("/");
    assert_eq!(front.status, 200);
    assert!(
        front.headers.contains("content-type: text/html"),
        "{}",
        front.headers
    );
    assert!(front.body.contains("The first chapter."));
    assert!(
        server
            .get("/second.html")
            .body
            .contains("The second chapter.")
    );

    let missing = server.get("/part/no-such-page.html");
    assert_eq!(missing.status, 404);
    assert!(
        missing.body.contains("Document not found"),
        "{}",
        missing.body
    );
    // Nothing outside the book, however it is spelt.
    for path in [
        "/../book.toml",
        "/%2e%2e/book.toml",
        "/..%2fbook.toml",
        "//etc/passwd",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn an_edited_chapter_reloads_the_page() {
    let book = small_book();
    let server = Server::start(book.path());
    let mut page = listen(&server, "");

    edit(book.path(), "second.md", "Words that are new.");
    assert_eq!(hear(&mut page), "reload");
    assert!(
        server
            .get("/second.html")
            .body
            .contains("Words that are new.")
    );
}

#[test]
fn a_page_of_an_older_build_is_told_to_reload_at_once() {
    let book = small_book();
    let server = Server::start(book.path());
    let body = server.get("/").body;
    let (_, build) = body
        .split_once("data-build=\"")
        .expect("the page knows its build");
    let build: u64 = build
        .split('"')
        .next()
        .unwrap_or("")
        .parse()
        .expect("a number");

    assert_eq!(
        hear(&mut listen(&server, &format!("?{}", build - 1))),
        "reload"
    );
    // The page of this build hears nothing before something changes.
    let mut page = listen(&server, &format!("?{build}"));
    edit(book.path(), "second.md", "{{#include nowhere.md}}");
    assert!(hear(&mut page).starts_with("problem: "));
}

#[test]
fn a_broken_chapter_leaves_the_last_good_pages_and_says_where() {
    let book = small_book();
    let server = Server::start(book.path());
    let mut page = listen(&server, "");

    edit(book.path(), "second.md", "{{#include nowhere.md}}");
    let line = "src/second.md:3: there is no file for {{#include nowhere.md}}";
    let said = hear(&mut page);
    assert!(said.starts_with(&format!("problem: {line}")), "{said}");
    let terminal = server.complaint();
    assert_eq!(
        terminal,
        said.replacen("problem", "error", 1),
        "both say the same"
    );
    assert!(
        server
            .get("/second.html")
            .body
            .contains("The second chapter.")
    );
    // A page that is opened now hears it too.
    assert_eq!(hear(&mut listen(&server, "")), said);

    edit(book.path(), "second.md", "Mended words.");
    assert_eq!(hear(&mut page), "reload");
    assert!(server.complaint().starts_with("mended"));
    assert!(server.get("/second.html").body.contains("Mended words."));
}

#[test]
fn a_chapter_that_is_gone_is_found_in_the_summary() {
    let book = small_book();
    let server = Server::start(book.path());
    fs::remove_file(book.path().join("src/second.md")).expect("it can be removed");
    let line = server.complaint();
    assert!(
        line.starts_with("error: src/SUMMARY.md:4: failed to read chapter"),
        "{line}"
    );
    assert!(
        server
            .get("/second.html")
            .body
            .contains("The second chapter.")
    );
    edit(book.path(), "second.md", "Written again.");
    let line = server.complaint();
    assert!(line.starts_with("mended"), "{line}");
    assert!(server.get("/second.html").body.contains("Written again."));
}

#[test]
fn changed_code_shows_in_listings_and_for_pictures_one_is_told_what_to_do() {
    let book = small_book();
    fs::create_dir(book.path().join("code")).expect("it can be created");
    let listing = book.path().join("code/listing.rs");
    fs::write(&listing, "fn first() {}").expect("it can be written");
    edit(book.path(), "second.md", "{{#include ../code/listing.rs}}");
    let server = Server::start(book.path());
    assert!(server.get("/second.html").body.contains("fn first()"));

    let mut page = listen(&server, "");
    fs::write(&listing, "fn second() {}").expect("it can be written");
    assert_eq!(hear(&mut page), "reload");
    assert!(server.get("/second.html").body.contains("fn second()"));
    assert!(server.complaint().starts_with("note: the code has changed"));
}

#[test]
fn a_request_under_another_name_is_refused_on_every_route() {
    let book = small_book();
    let server = Server::start(book.path());
    let port = server.port();
    for path in [
        "/",
        "/second.html",
        "/no-such-page",
        "/__course/live.js",
        "/__course/live",
    ] {
        let answer = server.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\n"
        ));
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("evil.example"), "{}", answer.body);
    }
    let answer = server.ask(&format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"));
    assert_eq!(answer.status, 200);
    let foreign = "Origin: http://evil.example\r\nUpgrade: websocket\r\n";
    let socket = format!("GET /__course/live HTTP/1.1\r\nHost: localhost:{port}\r\n{foreign}");
    assert_eq!(server.ask(&socket).status, 403);
}

#[test]
fn two_servers_of_one_book_do_not_disturb_each_other() {
    let book = small_book();
    let (first, second) = (Server::start(book.path()), Server::start(book.path()));
    let built: Vec<bool> = ["book", "book-2"]
        .map(|name| book.path().join("target/course").join(name).is_dir())
        .into();
    assert_eq!(built, [true, true], "each builds in a folder of its own");
    let (mut one, mut two) = (listen(&first, ""), listen(&second, ""));
    edit(book.path(), "second.md", "Seen by both.");
    for (server, page) in [(first, &mut one), (second, &mut two)] {
        assert_eq!(hear(page), "reload");
        assert!(server.get("/second.html").body.contains("Seen by both."));
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_at_once_though_a_page_listens() {
    let book = small_book();
    let mut server = Server::start(book.path());
    let _page = listen(&server, "");
    assert_eq!(ctrl_c(&mut server), Some(0));
}

/// A preprocessor that takes long, so that the test can look at the server meanwhile.
#[cfg(unix)]
#[test]
fn during_a_rebuild_the_old_pages_are_served_and_ctrl_c_still_ends_it_at_once() {
    let book = small_book();
    let mut server = Server::start(book.path());
    let config = book.path().join("book.toml");
    let slow = "[preprocessor.slow]\ncommand = \"sh -c 'touch started; exec sleep 20'\"\n";
    let with_slow = fs::read_to_string(&config).expect("the config") + slow;
    fs::write(&config, with_slow).expect("it can be written");
    wait_until(|| book.path().join("started").exists());

    let page = server.get("/second.html");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("The second chapter."));
    assert_eq!(ctrl_c(&mut server), Some(0));
}

/// Sends what Ctrl-C sends; the exit code, when the server ends at once. "At once" is a second for
/// a reader; the limit leaves room for a busy machine, and is far from what the tests hold up.
#[cfg(unix)]
fn ctrl_c(server: &mut Server) -> Option<i32> {
    let pid = server.pid().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(sent.expect("kill runs").success());
    server.ended_within(Duration::from_secs(3))?.code()
}

/// The server brings the preprocessor `course` itself: the command must not be run.
const CONFIG: &str = "[book]
title = \"Small\"
[build]
create-missing = false
[preprocessor.course]
command = \"this-is-not-a-command\"
after = [\"links\"]
";

fn small_book() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let src = folder.path().join("src");
    fs::create_dir(&src).expect("it can be written to");
    let files = [
        ("../book.toml", CONFIG),
        (
            "SUMMARY.md",
            "# Summary\n\n- [First](first.md)\n- [Second](second.md)\n",
        ),
        ("first.md", "# First\n\nThe first chapter.\n"),
        ("second.md", "# Second\n\nThe second chapter.\n"),
    ];
    for (name, text) in files {
        fs::write(src.join(name), text).expect("it can be written to");
    }
    folder
}

fn edit(book: &Path, chapter: &str, text: &str) {
    let file = book.join("src").join(chapter);
    fs::write(file, format!("# Edited\n\n{text}\n")).expect("a chapter can be written");
}

fn listen(server: &Server, query: &str) -> WebSocket<TcpStream> {
    let host = format!("localhost:{}", server.port());
    let address = format!("ws://{host}/__course/live{query}").parse();
    let page = ClientRequestBuilder::new(address.expect("an address"))
        .with_header("Origin", format!("http://{host}"));
    let (socket, _) = tungstenite::client(page, server.connect()).expect("a websocket opens");
    socket
}

fn hear(page: &mut WebSocket<TcpStream>) -> String {
    match page.read().expect("a message comes") {
        Message::Text(text) => text.to_string(),
        other => panic!("not a text: {other:?}"),
    }
}

fn wait_until(mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "it never happens");
        std::thread::sleep(Duration::from_millis(5));
    }
}
