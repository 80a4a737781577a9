//! The book where the course's server is not: published, under plain mdBook, from a folder.

use super::{keep, pages, published};
use course_tests::{Browser, root};
use mdbook_course::externs::Externs;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Every page with its snippets, and the text that each of them sends to the playground.
const SENT: &str = "
    const sent = [];
    window.fetch = (url, { body }) => {
        sent.push([url, JSON.parse(body)]);
        return Promise.reject(new Error('nobody there'));
    };
    const bars = [...document.querySelectorAll('main .run-bar')];
    bars.forEach((bar) => bar.querySelector('.run-button').click());
    return bars.map((bar, index) => ({
        url: sent[index][0],
        edition: sent[index][1].edition,
        program: sent[index][1].code,
        words: bar.previousElementSibling.querySelector('code').className,
        shown: bar.previousElementSibling.querySelector('code').textContent,
    }));";

pub(super) fn what_the_page_sends_compiles_alone_and_ends_soon() {
    let browser = Browser::start();
    let crates = only_tokio();
    let mut seen = 0;
    for page in pages() {
        browser.open(&format!("{}{page}.html", published()));
        let snippets = browser.script(SENT);
        let snippets = snippets.as_array().expect("a list");
        let compiled = compile_all(snippets, &crates);
        // One at a time: they share no processor while they are watched.
        for (snippet, compiled) in snippets.iter().zip(compiled) {
            if let Err(why) = compiled.and_then(|folder| judge(snippet, folder.as_ref())) {
                panic!("{page}: {why}\n{}\n…", snippet["shown"]);
            }
        }
        seen += snippets.len();
    }
    assert_eq!(seen, programs_in_the_chapters());
}

/// The programs and exercises that the chapters' files hold, counted the plain way.
fn programs_in_the_chapters() -> usize {
    let count = |page: String| {
        let text = fs::read_to_string(root().join(format!("src/{page}.md"))).expect("a chapter");
        let is_program = |line: &&str| {
            let line = line.trim_start();
            let skipped = line.contains("no_run") || line.contains("ignore");
            (line.starts_with("```rust") && !skipped) || line.starts_with("{{#exercise")
        };
        text.lines().filter(is_program).count()
    };
    pages().into_iter().map(count).sum()
}

type Compiled = Result<Option<TempDir>, String>;

/// Compiles them on as many threads as the machine has cores.
fn compile_all(snippets: &[Value], crates: &[OsString]) -> Vec<Compiled> {
    let share = snippets
        .len()
        .div_ceil(std::thread::available_parallelism().map_or(1, usize::from));
    std::thread::scope(|scope| {
        let shares: Vec<_> = snippets
            .chunks(share.max(1))
            .map(|share| {
                scope.spawn(|| {
                    share
                        .iter()
                        .map(|one| compile(one, crates))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let done = shares
            .into_iter()
            .map(|share| share.join().expect("it does not panic"));
        done.flatten().collect()
    })
}

/// Compiles what was sent, as the playground would. None when the compiler refuses it as it should.
fn compile(snippet: &Value, crates: &[OsString]) -> Compiled {
    let text = |name: &str| snippet[name].as_str().expect("a text");
    assert_eq!(text("url"), "https://play.rust-lang.org/execute");
    let first = text("shown").lines().next().unwrap_or_default();
    assert!(
        text("program").contains(first),
        "it is the program that is shown"
    );

    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::write(folder.path().join("main.rs"), text("program")).expect("it can be written");
    let compiled = Command::new("rustc")
        .args(["--crate-name", "main", "--edition", text("edition")])
        .args(["-C", "debuginfo=0"])
        .args(crates)
        .arg("main.rs")
        .current_dir(folder.path())
        .output()
        .expect("rustc starts");
    let said = String::from_utf8_lossy(&compiled.stderr);
    if has(snippet, "compile_fail") {
        let code = text("words").split(' ').find(|word| word.starts_with('E'));
        return match code {
            Some(code) if said.contains(&format!("error[{code}]")) => Ok(None),
            _ => Err(format!("the compiler should give {code:?}: {said}")),
        };
    }
    if compiled.status.success() {
        Ok(Some(folder))
    } else {
        Err(said.into_owned())
    }
}

/// Whether it ends as it should, and soon. A busy machine may take its time: the best of three
/// runs counts.
fn judge(snippet: &Value, folder: Option<&TempDir>) -> Result<(), String> {
    let Some(folder) = folder else {
        return Ok(());
    };
    let ran = (0..3).find_map(|_| run(folder.path(), Duration::from_secs(5)));
    let (code, output) = ran.ok_or("it does not end within 5 s")?;
    match (code, has(snippet, "exercise"), has(snippet, "should_panic")) {
        // A starter is no solution.
        (Some(1), true, _) if output.contains("  wrong  ") => Ok(()),
        (Some(0), false, false) | (Some(101), _, true) => Ok(()),
        _ => Err(format!("it ends with {code:?}: {output}")),
    }
}

/// Whether the snippet's fence has this word.
fn has(snippet: &Value, word: &str) -> bool {
    let words = snippet["words"].as_str().expect("a text");
    words.split(' ').any(|other| other == word)
}

fn run(folder: &Path, limit: Duration) -> Option<(Option<i32>, String)> {
    let output = fs::File::create(folder.join("output")).expect("a file");
    let mut child = Command::new(folder.join("main"))
        .stdin(Stdio::null())
        .stdout(output.try_clone().expect("a second handle"))
        .stderr(output)
        .current_dir(folder)
        .spawn()
        .expect("the program starts");
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it can be asked") {
            let output = fs::read_to_string(folder.join("output")).unwrap_or_default();
            return Some((status.code(), output));
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What a compiler must be told to find tokio, and nothing of ours.
fn only_tokio() -> Vec<OsString> {
    let all = Externs::build(root())
        .expect("the crates are built")
        .crate_args();
    let is_ours = |pair: &&[OsString]| pair[1].to_string_lossy().starts_with("event_loops=");
    let pairs = all.chunks(2).filter(|pair| !is_ours(pair));
    let args: Vec<OsString> = pairs.flatten().cloned().collect();
    assert!(args.len() < all.len() && args.len() >= 4, "{args:?}");
    args
}

pub(super) fn what_the_playground_answers_is_shown() {
    let browser = Browser::start();
    browser.open(&format!("{}02-waiting.html", published()));
    let answers = [
        (
            json!({ "success": true, "exitDetail": "Exited with status 0", "stdout": "hello\n",
                 "stderr": "   Compiling playground v0.0.1\n    Finished `dev` profile\n" }),
            "hello\n",
            "Finished.",
        ),
        (
            json!({ "success": false, "exitDetail": "Exited with status 101", "stdout": "one\n",
                 "stderr": "thread 'main' panicked at src/main.rs:2:5:\nno\n" }),
            "thread 'main' panicked at src/main.rs:2:5:\nno\none\n",
            "It panicked (exit code 101).",
        ),
        (
            json!({ "success": false, "exitDetail": "Exited with status 101", "stdout": "",
                 "stderr": "error[E0308]: mismatched\nerror: could not compile `playground`\n" }),
            "error[E0308]: mismatched\nerror: could not compile `playground`\n",
            "It does not compile.",
        ),
        (json!({ "error": "too many" }), "", "Not run: too many."),
    ];
    for (answer, output, state) in answers {
        browser.script(&format!(
            "window.fetch = () => Promise.resolve(new Response(JSON.stringify({answer})));"
        ));
        browser.click(".run-button");
        let wanted = json!(state);
        browser.wait_for(&format!(
            "document.querySelector('.run-state').textContent === {wanted}"
        ));
        assert_eq!(
            browser.script("return document.querySelector('.run-output').textContent"),
            output
        );
        // The recorded output stands there as long as nothing has run, and only then.
        let recorded = browser.script("return document.querySelector('.recorded-output').hidden");
        assert_eq!(recorded, !output.is_empty(), "{state}");
    }
}

pub(super) fn without_a_server_a_page_says_what_to_do() {
    let browser = Browser::start();
    let book = published_folder();
    for url in [published(), format!("file://{}/", book.display())] {
        browser.open(&format!("{url}02-waiting.html"));
        let log = browser.log();
        assert_eq!(log.console, Vec::<String>::new(), "{url}");
        let dead = "return [...document.querySelectorAll('main .run-bar')].filter((bar) => !bar.querySelector('.run-button')).length";
        assert_eq!(browser.script(dead), 0, "{url}");
        let output = "document.querySelector('.recorded-output .recorded-text')";
        assert_eq!(
            browser.script(&format!("return {output}.checkVisibility() && {output}.textContent.includes('call 5 is back')")),
            true,
            "{url}"
        );
        browser.click(".run-button");
        browser.wait_for("document.querySelector('.run-state').textContent.startsWith('play.rust-lang.org cannot be reached.')");
        assert_eq!(
            browser.script("return document.querySelector('.run-state code').textContent"),
            "cargo run"
        );
        assert_eq!(
            browser.script(&format!("return {output}.checkVisibility()")),
            true,
            "{url}"
        );
        assert!(
            browser
                .log()
                .requests
                .iter()
                .any(|request| request == "https://play.rust-lang.org/execute")
        );
        keep(&browser, "published-unreachable.png");
    }
}

/// The book that [`published`] serves.
fn published_folder() -> std::path::PathBuf {
    published();
    super::target().join("browser-book")
}
