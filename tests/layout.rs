//! One idea a file, one stem a chapter: what makes the house easy to find one's way in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use course_tests::root;

/// A chapter that is written, as `02-waiting`: drafts have no file in the summary.
fn stems() -> Vec<String> {
    let summary = fs::read_to_string(root().join("src/SUMMARY.md")).expect("a summary");
    let links = summary
        .lines()
        .filter_map(|line| line.split_once("](")?.1.strip_suffix(".md)"));
    let is_chapter = |stem: &&str| stem.starts_with(|c: char| c.is_ascii_digit());
    links.filter(is_chapter).map(str::to_string).collect()
}

/// `waiting` of `02-waiting`, as a Rust module is named.
fn module(stem: &str) -> String {
    stem.split_once('-')
        .expect("a number and a name")
        .1
        .replace('-', "_")
}

/// Files that git knows or would know, so that nothing that is built is looked at.
fn files() -> Vec<PathBuf> {
    let git = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(
        git.status.success(),
        "{}",
        String::from_utf8_lossy(&git.stderr)
    );
    let names = String::from_utf8(git.stdout).expect("names in UTF-8");
    names
        .lines()
        .map(PathBuf::from)
        .filter(|file| root().join(file).exists())
        .collect()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_chapters_of_the_first_part_are_written() {
    assert!(stems().starts_with(&["01-cake".to_string(), "02-waiting".to_string()]));
}

#[test]
fn each_chapter_has_its_demo_notebook_exercise_and_python() {
    for stem in stems() {
        let module = module(&stem);
        for file in [
            format!("src/{stem}.md"),
            format!("notebooks/{stem}.ipynb"),
            format!("code/src/demos/{module}.rs"),
            format!("code/src/exercises/{module}.rs"),
            format!("code/exercises/{stem}/starter.rs"),
            format!("code/exercises/{stem}/solution.rs"),
            format!("code/asyncio/{module}.py"),
        ] {
            assert!(root().join(&file).is_file(), "chapter {stem} has no {file}");
        }
    }
}

#[test]
fn each_notebook_and_demo_belongs_to_a_chapter() {
    let stems = stems();
    for file in files() {
        let name = file
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if file.starts_with("notebooks") && file.extension().is_some_and(|e| e == "ipynb") {
            assert!(
                stems.iter().any(|stem| stem == name),
                "{} has no chapter",
                file.display()
            );
        }
        // What the demos in Python share.
        if file.starts_with("code/asyncio") && name != "watched" {
            let found = stems.iter().any(|stem| module(stem) == name);
            assert!(found, "{} has no chapter", file.display());
        }
    }
}

#[test]
fn each_exercise_belongs_to_a_chapter_which_leads_to_it() {
    let stems = stems();
    for exercise in course_tests::names(&root().join("code/exercises")) {
        let stem = stems.iter().find(|stem| {
            let rest = exercise.strip_prefix(stem.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        let stem = stem.unwrap_or_else(|| panic!("code/exercises/{exercise} has no chapter"));
        let chapter = read(format!("src/{stem}.md"));
        let command = format!("cargo run -- exercise {exercise}\n");
        assert!(
            chapter.contains(&command),
            "src/{stem}.md has no {command:?}"
        );
        let solution = format!("code/exercises/{exercise}/solution.rs");
        assert!(
            read("src/solutions.md").contains(&solution),
            "src/solutions.md has no {solution}"
        );
    }
}

#[test]
fn each_demo_has_a_test_of_its_own() {
    for stem in stems() {
        let file = format!("code/tests/demos_{}.rs", module(&stem));
        let tests = read(&file).matches("#[test]").count();
        assert!(tests > 0, "{file} holds no test");
    }
}

#[test]
fn each_chapter_shows_a_timeline_and_leads_to_its_exercise_and_notebook() {
    for stem in stems() {
        let chapter = read(format!("src/{stem}.md"));
        for part in [
            "--format svg",
            "## The wrong version",
            "## Exercise",
            "## Questions",
            "## Read on",
            "## What it costs",
            &format!("cargo run -- exercise {stem}"),
            &format!("notebooks/{stem}.ipynb"),
        ] {
            assert!(chapter.contains(part), "src/{stem}.md has no {part:?}");
        }
    }
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    for file in files() {
        if file
            .extension()
            .is_some_and(|e| ["rs", "js", "py", "css"].iter().any(|x| e == *x))
        {
            let lines = read(&file).lines().count();
            assert!(lines <= 400, "{} has {lines} lines", file.display());
        }
    }
}

#[test]
fn each_script_of_the_stepper_is_one_idea_of_at_most_200_lines() {
    let scripts: Vec<_> = files()
        .into_iter()
        .filter(|file| file.starts_with("course/theme/stepper"))
        .filter(|file| file.extension().is_some_and(|e| e == "js"))
        .collect();
    assert!(scripts.len() > 10, "only {} scripts", scripts.len());
    let architecture = read("ARCHITECTURE.md");
    for file in scripts {
        let lines = read(&file).lines().count();
        assert!(lines <= 200, "{} has {lines} lines", file.display());
        let name = file.to_string_lossy();
        assert!(
            architecture.contains(&format!("`{name}`")),
            "ARCHITECTURE.md does not say what {name} is for"
        );
    }
}

#[test]
fn no_snippet_of_a_chapter_shows_more_than_25_lines() {
    for stem in stems() {
        let chapter = read(format!("src/{stem}.md"));
        for (number, block) in chapter.split("```rust").skip(1).enumerate() {
            let code = block.split("```").next().unwrap_or_default();
            let hidden = |line: &&str| line.starts_with("# ") || *line == "#";
            let visible = code.lines().skip(1).filter(|line| !hidden(line)).count();
            let number = number + 1;
            assert!(
                visible <= 25,
                "src/{stem}.md: snippet {number} shows {visible} lines"
            );
        }
    }
}

#[test]
fn every_path_that_a_page_names_exists() {
    let pages = files()
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == "md"));
    for page in pages {
        for word in read(&page).split('`').skip(1).step_by(2) {
            let folders = [
                "code/",
                "src/",
                "course/",
                "tests/",
                "notebooks/",
                ".ci/",
                ".github/",
            ];
            let is_path = folders.iter().any(|folder| word.starts_with(folder));
            if !is_path || word.contains(' ') {
                continue;
            }
            let found =
                root().join(word).exists() || root().join(word.trim_end_matches('/')).exists();
            assert!(
                found,
                "{} names {word}, which does not exist",
                page.display()
            );
        }
    }
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = read("README.md");
    let blocks: Vec<_> = readme
        .split("```console\n")
        .skip(1)
        .filter_map(|block| block.split("\n```").next())
        .collect();
    assert_eq!(blocks[..2], ["cargo run", "cargo test --workspace"]);
}
