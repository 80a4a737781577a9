//! No dead link in the built book: neither to a page, nor to a place in one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use course_tests::{mdbook, root};
use scraper::{Html, Selector};

/// A page of the built book: the ids that one can link to, and where it links to.
struct Page {
    ids: Vec<String>,
    links: Vec<String>,
}

fn build() -> (tempfile::TempDir, BTreeMap<PathBuf, Page>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let built = Command::new(mdbook())
        .args(["build", "--dest-dir"])
        .arg(folder.path())
        .current_dir(root())
        .output()
        .expect("mdbook runs");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut pages = BTreeMap::new();
    read(folder.path(), folder.path(), &mut pages);
    (folder, pages)
}

fn read(book: &Path, folder: &Path, pages: &mut BTreeMap<PathBuf, Page>) {
    for entry in fs::read_dir(folder).expect("a folder of the book") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(book, &path, pages);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            let text = fs::read_to_string(&path).expect("a page");
            let name = path
                .strip_prefix(book)
                .expect("inside the book")
                .to_path_buf();
            pages.insert(name, Page::parse(&text));
        }
    }
}

impl Page {
    fn parse(text: &str) -> Page {
        let html = Html::parse_document(text);
        let all = |selector: &str, attribute: &str| -> Vec<String> {
            let selector = Selector::parse(selector).expect("a selector");
            let found = html
                .select(&selector)
                .filter_map(|e| e.value().attr(attribute));
            found.map(str::to_string).collect()
        };
        let links = [
            all("a[href]", "href"),
            all("img[src], script[src]", "src"),
            all("link[href]", "href"),
        ];
        Page {
            ids: all("[id]", "id"),
            links: links.concat(),
        }
    }
}

/// Links that leave the book can't be looked at without a network.
fn leaves_the_book(link: &str) -> bool {
    link.contains("://") || link.starts_with("data:") || link.starts_with("mailto:")
}

#[test]
fn every_link_leads_somewhere() {
    let (folder, pages) = build();
    assert!(pages.len() > 4, "the book has only {} pages", pages.len());
    let mut dead = Vec::new();
    let mut inside = 0;
    for (name, page) in &pages {
        // mdBook's page for unknown addresses has links that start at the site's own root, and
        // toc.html is a frame inside the other pages.
        if name == Path::new("404.html") {
            continue;
        }
        for link in page.links.iter().filter(|link| !leaves_the_book(link)) {
            inside += 1;
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            // What follows is a state of the stepper that stands there.
            let place = place.split('&').next().unwrap_or_default();
            let parent = name.parent().unwrap_or(Path::new(""));
            let target = if file.is_empty() {
                name.clone()
            } else {
                parent.join(file)
            };
            if !folder.path().join(&target).exists() {
                dead.push(format!("{}: no page {link}", name.display()));
            } else if let (false, Some(page)) = (place.is_empty(), pages.get(&target))
                && !page.ids.iter().any(|id| id == place)
            {
                dead.push(format!("{}: no place {link}", name.display()));
            }
        }
    }
    assert!(inside > 50, "only {inside} links were looked at");
    assert!(
        dead.is_empty(),
        "{} dead links:\n{}",
        dead.len(),
        dead.join("\n")
    );
}

#[test]
fn no_page_has_an_id_twice() {
    for (name, page) in &build().1 {
        let mut seen = BTreeSet::new();
        for id in &page.ids {
            assert!(
                seen.insert(id),
                "{}: two elements have the id {id}",
                name.display()
            );
        }
    }
}
