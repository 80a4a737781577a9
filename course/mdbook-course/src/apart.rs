//! HTML that goes around mdBook: pictures are large, and mdBook takes each of their elements apart,
//! puts it together again, twice, and lists its words for the search.

/// What stands in the page until [`Apart::fill`] puts the HTML there: `<!--course:part 7-->`.
const BEFORE: &str = "<!--course:part ";
const AFTER: &str = "-->";

/// The parts of a book that are put into its pages once mdBook has rendered them.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    /// `None` when everything is put into the page at once: who runs mdBook alone gets whole pages
    /// from it.
    parts: Option<Vec<String>>,
}

impl Apart {
    /// Keeps what [`Apart::put`] is given, for [`Apart::fill`].
    pub(crate) fn keeping() -> Apart {
        Apart {
            parts: Some(Vec::new()),
        }
    }

    /// What a page has to say for this HTML to stand there in the end.
    pub(crate) fn put(&mut self, html: String) -> String {
        let Some(parts) = &mut self.parts else {
            return html;
        };
        parts.push(html);
        format!("{BEFORE}{}{AFTER}", parts.len() - 1)
    }

    /// A rendered page, with the HTML where it belongs.
    pub(crate) fn fill(&self, page: &str) -> String {
        let mut filled = String::with_capacity(page.len());
        let mut pieces = page.split(BEFORE);
        filled += pieces.next().unwrap_or_default();
        for piece in pieces {
            match self.part(piece) {
                Some((part, rest)) => {
                    filled += part;
                    filled += rest;
                }
                // An author's comment that happens to look like ours.
                None => {
                    filled += BEFORE;
                    filled += piece;
                }
            }
        }
        filled
    }

    /// A new build begins: nothing of the last one is kept.
    pub(crate) fn clear(&mut self) {
        self.parts.iter_mut().for_each(Vec::clear);
    }

    /// The part whose number `piece` begins with, and what follows it.
    fn part<'a>(&self, piece: &'a str) -> Option<(&str, &'a str)> {
        let (number, rest) = piece.split_once(AFTER)?;
        let part = self.parts.as_ref()?.get(number.parse::<usize>().ok()?)?;
        Some((part, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_ends_where_it_was_put() {
        let mut apart = Apart::keeping();
        let [one, two] = ["<svg>1</svg>", "<svg>2</svg>"].map(|svg| apart.put(svg.to_string()));
        let page = format!("<p>a</p>{two}<p>b</p>{one}{two}");
        assert!(!page.contains("svg"), "{page}");
        assert_eq!(
            apart.fill(&page),
            "<p>a</p><svg>2</svg><p>b</p><svg>1</svg><svg>2</svg>"
        );
        // The next build counts from the beginning.
        apart.clear();
        assert_eq!(apart.put("<svg>3</svg>".to_string()), one);
        assert_eq!(apart.fill(&one), "<svg>3</svg>");
    }

    #[test]
    fn what_only_looks_like_a_part_stays() {
        let mut apart = Apart::keeping();
        apart.put("<svg/>".to_string());
        for page in [
            "<!--course:part 1-->",
            "<!--course:part x-->",
            "<!--course:part 0",
            "<!--a comment-->",
        ] {
            assert_eq!(apart.fill(page), page);
        }
    }

    #[test]
    fn without_somebody_who_fills_pages_they_are_whole() {
        let mut apart = Apart::default();
        assert_eq!(apart.put("<svg/>".to_string()), "<svg/>");
    }
}
