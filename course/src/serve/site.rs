use super::pages::Pages;
use crate::Problem;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// What is served now, and what the open pages should know.
pub(crate) struct Site {
    /// Whole books replace one another here, so nobody ever sees half of one.
    pages: RwLock<Arc<Pages>>,
    news: watch::Sender<News>,
}

/// What an open page should know.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// The build that is served. It starts from the clock, so that a page which outlived a server
    /// sees that the next one serves another build.
    pub(crate) build: u64,
    /// What has been wrong since that build.
    pub(crate) problem: Option<Problem>,
}

impl Site {
    pub(crate) fn new(pages: Pages) -> Self {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let build = u64::try_from(since_1970.as_millis()).unwrap_or_default();
        Site {
            pages: RwLock::new(Arc::new(pages)),
            news: watch::Sender::new(News {
                build,
                problem: None,
            }),
        }
    }

    pub(crate) fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.pages.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn news(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Serves these pages from now on. Gives back the problem that they mend.
    pub(crate) fn publish(&self, pages: Pages) -> Option<Problem> {
        *self.pages.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pages);
        let mut mended = None;
        self.news.send_modify(|news| {
            news.build += 1;
            mended = news.problem.take();
        });
        mended
    }

    /// Tells the open pages what is wrong, and whether that is new.
    pub(crate) fn complain(&self, problem: &Problem) -> bool {
        self.news.send_if_modified(|news| {
            news.problem.replace(problem.clone()).as_ref() != Some(problem)
        })
    }
}
