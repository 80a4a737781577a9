//! The key to Run: who was given the address that the terminal shows.
//!
//! Host and Origin keep out other sites, but any program of any user of this machine can send the
//! right ones. So Run answers only a browser that was once opened with the key in the address, as
//! Jupyter demands it; from then on a cookie carries the key.

use std::fmt::Write;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::RunState;

/// A secret of this user's. Whoever shows it may run programs.
pub(super) struct Key(String);

impl Key {
    /// The key of a checkout: the same after a restart, so that open pages go on working. Where
    /// it cannot be kept, a new one that holds until the server ends.
    pub(super) fn of(root: &Path) -> Self {
        let file = root.join("target/course").join(FILE);
        Self(kept(&file).unwrap_or_else(|| {
            let key = random();
            // Next time there is another one; that is all.
            let _ = keep(&file, &key);
            key
        }))
    }

    /// The page to open, with the key.
    pub(super) fn address(&self, port: u16) -> String {
        format!("http://localhost:{port}/?{PARAMETER}={}", self.0)
    }

    /// Whether a request carries the key in its cookie.
    pub(super) fn is_shown_by(&self, headers: &HeaderMap, port: u16) -> bool {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .any(|(name, value)| name == cookie_name(port) && self.is(value))
    }

    fn is(&self, given: &str) -> bool {
        same_bytes(given.as_bytes(), self.0.as_bytes())
    }
}

/// Takes the key out of an address and puts it into a cookie. A wrong one changes nothing: the
/// page is shown, and Run says what to do.
pub(super) async fn take(State(state): State<RunState>, request: Request, next: Next) -> Response {
    let key = &state.0.key;
    let given = request.uri().query().unwrap_or_default().split('&');
    let mut given = given.filter_map(|pair| pair.strip_prefix(PARAMETER)?.strip_prefix('='));
    if request.method() != Method::GET || !given.any(|given| key.is(given)) {
        return next.run(request).await;
    }
    // Out of the address, so that it stays in no history and goes to no other site. Two slashes
    // at the start, or a backward one, would lead there.
    let path = request.uri().path().replace('\\', "/");
    let page = format!("/{}", path.trim_start_matches('/'));
    // Strict: what another site sends here does not carry it. A link from there still opens a
    // page, whose own requests do.
    let cookie = format!(
        "{}={}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Strict",
        cookie_name(state.0.address.port()),
        key.0
    );
    let headers = [
        (header::LOCATION, page),
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// A secret that nobody can guess.
pub(super) fn random() -> String {
    let mut bytes = [0; 16];
    // Without random numbers from the system there is nothing to fall back on: an empty secret is
    // never accepted, so that Run refuses everything.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares without telling by its time how much was right.
pub(super) fn same_bytes(given: &[u8], ours: &[u8]) -> bool {
    let differences = given.iter().zip(ours).fold(0, |acc, (a, b)| acc | (a ^ b));
    !ours.is_empty() && given.len() == ours.len() && differences == 0
}

const FILE: &str = "run-key";
const PARAMETER: &str = "key";
/// A month.
const SECONDS: u32 = 30 * 24 * 60 * 60;

/// Cookies know no ports: each server of this machine needs a name of its own.
fn cookie_name(port: u16) -> String {
    format!("course-key-{port}")
}

/// The key in the file, if nobody else can have read or written it.
fn kept(file: &Path) -> Option<String> {
    let about = fs::symlink_metadata(file).ok()?;
    if !about.is_file() || !is_private(&about) {
        let _ = fs::remove_file(file);
        return None;
    }
    let key = fs::read_to_string(file).ok()?;
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then_some(key)
}

fn keep(file: &Path, key: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    // Readable by this user alone, and whole when it appears.
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(key.as_bytes())?;
    fresh.persist(file)?;
    Ok(())
}

#[cfg(unix)]
fn is_private(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    about.uid() == rustix::process::geteuid().as_raw() && about.mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(_about: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::{Key, same_bytes};
    use axum::http::HeaderMap;

    #[test]
    fn a_checkout_keeps_its_key_as_long_as_nobody_else_can_read_it() {
        let root = tempfile::tempdir().expect("a folder");
        let first = Key::of(root.path());
        assert_eq!(first.0.len(), 32);
        assert_eq!(Key::of(root.path()).0, first.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = root.path().join("target/course/run-key");
            let mode = |file| {
                std::fs::metadata(file)
                    .expect("it is there")
                    .permissions()
                    .mode()
            };
            assert_eq!(mode(&file) & 0o777, 0o600);
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644))
                .expect("permissions can be set");
            assert_ne!(Key::of(root.path()).0, first.0);
            assert_eq!(mode(&file) & 0o777, 0o600);
        }
    }

    #[test]
    fn the_cookie_of_another_port_does_not_open_this_one() {
        let key = Key("ab".repeat(16));
        let shown = |cookies: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", cookies.parse().expect("a value"));
            key.is_shown_by(&headers, 3000)
        };
        let value = &key.0;
        assert!(shown(&format!("a=b; course-key-3000={value}; c=d")));
        assert!(!shown(&format!("course-key-3001={value}")));
        assert!(!shown(&format!("course-key-3000={value}0")));
        assert!(!shown("course-key-3000="));
        assert!(!shown(value));
    }

    #[test]
    fn an_empty_secret_is_nobodys() {
        assert!(!same_bytes(b"", b""));
        assert!(same_bytes(b"a", b"a"));
        assert!(!same_bytes(b"a", b"b"));
    }
}
