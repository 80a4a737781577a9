use super::{live, site::Site};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// A built book, held in memory: some megabytes, and then no request touches the disk or can
/// reach outside the book.
pub(crate) struct Pages {
    /// By path inside the book, with forward slashes: `01-cake.html`.
    files: HashMap<String, Bytes>,
}

impl Pages {
    /// `finish` is given each page as mdBook has rendered it.
    pub(crate) fn read(folder: &Path, finish: impl Fn(&str) -> String) -> io::Result<Self> {
        let mut files = HashMap::new();
        let mut folders: Vec<(PathBuf, String)> = vec![(folder.to_path_buf(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.file_type()?.is_dir() {
                    folders.push((entry.path(), name + "/"));
                } else if name.ends_with(".html") {
                    let page = fs::read_to_string(entry.path())?;
                    files.insert(name, finish(&page).into());
                } else {
                    files.insert(name, fs::read(entry.path())?.into());
                }
            }
        }
        Ok(Pages { files })
    }

    /// The file at a path of a URL, and its name; a folder stands for its `index.html`.
    fn get(&self, path: &str) -> Option<(String, Bytes)> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let mut name = path.trim_start_matches('/').to_owned();
        if name.is_empty() || name.ends_with('/') {
            name += "index.html";
        }
        let bytes = self.files.get(&name)?.clone();
        Some((name, bytes))
    }
}

/// Answers with a page of the book, or with the book's own page for what is not there.
pub(crate) async fn page(State(site): State<Arc<Site>>, method: Method, uri: Uri) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let build = site.news().borrow().build;
    let pages = site.pages();
    let found = pages.get(uri.path()).map(|found| (StatusCode::OK, found));
    let missing = || {
        pages
            .get("404.html")
            .map(|found| (StatusCode::NOT_FOUND, found))
    };
    let Some((status, (name, mut bytes))) = found.or_else(missing) else {
        return (StatusCode::NOT_FOUND, "no such page\n").into_response();
    };
    if name.ends_with(".html") {
        bytes = live::with_script(&bytes, build);
    }
    let headers = [
        (header::CONTENT_TYPE, media_type(&name)),
        // A reload shows what was built last, not what the browser kept.
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, bytes).into_response()
}

fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    match ending.unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "ipynb" | "map" => "application/json",
        "md" | "txt" | "rs" | "py" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "xml" => "application/xml",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
