//! What mdBook calls.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::errors::{Error, Result};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::apart::Apart;
use crate::crate_source;
use crate::directives::{self, Demos};
use crate::memo::Memo;
use crate::output::{self, Below};
use crate::page::{Page, Source, edit};
use crate::problem::Problem;
use crate::snippets::{self, Collected, Settings};
use crate::stepper_files;
use crate::steps::Steps;

/// The preprocessor, for mdBook's `preprocessor.course`.
///
/// Keys of `[preprocessor.course]` besides mdBook's own: `workspace`, the folder in which cargo
/// finds event-loops, from the book's root (`.`); `time-limit`, how long the snippets may take
/// together (`120s`).
///
/// A clone shares what the demos have shown: who builds a book again and again keeps one.
#[derive(Clone, Debug, Default)]
pub struct Course {
    kept: Arc<Mutex<Kept>>,
}

/// What is kept from build to build, and from preprocessing to the rendered pages.
#[derive(Debug, Default)]
struct Kept {
    chapters: Memo<Source, Chapter>,
    demos: Demos,
    steps: Steps,
    apart: Apart,
}

/// A chapter, and what follows from its text alone.
#[derive(Debug)]
struct Chapter {
    page: Page,
    below_snippets: Vec<Below>,
}

/// Everything that is wrong with a book, a line or more each.
#[derive(Debug)]
struct Problems(Vec<Problem>);

impl Course {
    /// With pictures kept apart: mdBook gets a comment in the place of each, and has a third less to
    /// do. Who builds the book then puts them into each page with [`fill`](Course::fill).
    pub fn with_parts_apart() -> Course {
        let kept = Kept {
            apart: Apart::keeping(),
            ..Kept::default()
        };
        Course {
            kept: Arc::new(Mutex::new(kept)),
        }
    }

    /// A page that mdBook has rendered, with its pictures.
    pub fn fill(&self, page: &str) -> String {
        self.kept().apart.fill(page)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Preprocessor for Course {
    fn name(&self) -> &str {
        "course"
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html" || renderer == "test")
    }

    fn run(&self, ctx: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let src = &ctx.config.book.src;
        let testing = ctx.renderer == "test";
        let (workspace, limit) =
            settings(ctx).map_err(|problem| Error::new(Problems(vec![problem])))?;
        let mut kept = self.kept();
        let Kept {
            chapters,
            demos,
            steps,
            apart,
        } = &mut *kept;
        apart.clear();
        let mut problems = Vec::new();
        let mut snippets = Vec::new();
        let mut pages = Vec::new();
        let mut has_steppers = false;
        for chapter in book.chapters() {
            let source = Source::read(&ctx.root, src, chapter);
            let Ok(chapter) =
                chapters.get(source, |source| Ok::<_, Infallible>(Chapter::of(source)));
            let page = &chapter.page;
            let (mut edits, wrong) =
                directives::expand(page, &ctx.root.join(src), &workspace, demos, apart);
            problems.extend(wrong);
            has_steppers |= page.text.contains("{{#stepper");
            if !testing {
                let below = chapter.below_snippets.iter();
                edits.extend(below.filter_map(|below| below.edit(&ctx.root.join(src), apart)));
                edits.extend(steps.mark(page));
            } else {
                let Collected {
                    snippets: found,
                    problems: wrong,
                } = snippets::collect(page);
                snippets.extend(found);
                problems.extend(wrong);
            }
            // Of a tested page nothing is left for mdBook's own rustdoc, which knows neither our
            // crate nor tokio, and takes half a second even to skip a block.
            pages.push(if testing {
                String::new()
            } else {
                edit(&page.text, edits)
            });
        }
        chapters.end_build();
        demos.end_build();
        steps.end_build();
        if testing {
            let settings = Settings {
                workspace: &workspace,
                limit,
            };
            match snippets::test(&snippets, &settings) {
                Ok(report) if problems.is_empty() => eprintln!("{report}"),
                Ok(_) => {}
                Err(wrong) => problems.extend(wrong),
            }
        }
        if !problems.is_empty() {
            return Err(Error::new(Problems(problems)));
        }
        if !testing {
            crate_source::write_script(&ctx.root, &workspace).map_err(|error| {
                let what = format!("{} can't be written: {error}", crate_source::SCRIPT);
                Error::new(Problems(vec![Problem::failure(what)]))
            })?;
        }
        if has_steppers && !testing {
            stepper_files::write(&ctx.root.join(src), &workspace).map_err(|error| {
                let what = format!("the stepper's script can't be written: {error}");
                Error::new(Problems(vec![Problem::failure(what)]))
            })?;
        }
        replace(&mut book, pages);
        Ok(book)
    }
}

impl Chapter {
    fn of(source: &Source) -> Self {
        let page = Page::new(source);
        let below_snippets = output::below_snippets(&page);
        Chapter {
            page,
            below_snippets,
        }
    }
}

/// Gives the chapters their new text, in the order in which [`Book::chapters`] has them.
fn replace(book: &mut Book, pages: Vec<String>) {
    fn visit(items: &mut [BookItem], pages: &mut impl Iterator<Item = String>) {
        for item in items {
            if let BookItem::Chapter(chapter) = item {
                if !chapter.is_draft_chapter()
                    && let Some(page) = pages.next()
                {
                    chapter.content = page;
                }
                visit(&mut chapter.sub_items, pages);
            }
        }
    }
    visit(&mut book.items, &mut pages.into_iter());
}

fn settings(ctx: &PreprocessorContext) -> Result<(PathBuf, Duration), Problem> {
    let bad = |key: &str, what: &str| {
        Problem::failure(format!("book.toml: preprocessor.course.{key} {what}"))
    };
    let key = |name: &str| {
        ctx.config
            .get::<String>(&format!("preprocessor.course.{name}"))
    };
    let workspace = key("workspace").map_err(|_| bad("workspace", "must be a folder's name"))?;
    let limit =
        key("time-limit").map_err(|_| bad("time-limit", "must be a time, like \"120s\""))?;
    let limit = humantime::parse_duration(limit.as_deref().unwrap_or("120s"))
        .map_err(|error| bad("time-limit", &format!("is no time like \"120s\": {error}")))?;
    Ok((
        ctx.root
            .join(Path::new(workspace.as_deref().unwrap_or("."))),
        limit,
    ))
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}
