use crate::Problem;
use std::path::{Path, PathBuf};

/// The folder of the book: the nearest one, from the current folder upwards, that holds a
/// `book.toml`; failing that, the checkout that this program was built from.
pub(crate) fn find() -> Result<PathBuf, Problem> {
    let here = std::env::current_dir()
        .map_err(|error| Problem::failure(format!("cannot read the current folder: {error}")))?;
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    nearest(&here, checkout).ok_or_else(|| {
        Problem::failure("no book.toml here, nor in a folder above: change to the course's folder")
    })
}

fn nearest(here: &Path, checkout: Option<&Path>) -> Option<PathBuf> {
    here.ancestors()
        .chain(checkout)
        .find(|folder| folder.join("book.toml").is_file())
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use std::fs;

    #[test]
    fn the_nearest_book_above_wins_then_the_checkout_and_a_gone_checkout_is_none() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (book, inside) = (
            folder.path().join("book"),
            folder.path().join("book/src/part"),
        );
        let (elsewhere, checkout) = (
            folder.path().join("elsewhere"),
            folder.path().join("checkout"),
        );
        for path in [&inside, &elsewhere, &checkout] {
            fs::create_dir_all(path).expect("it can be created");
        }
        for path in [&book, &checkout] {
            fs::write(path.join("book.toml"), "").expect("it can be written");
        }
        assert_eq!(nearest(&inside, Some(&checkout)), Some(book));
        assert_eq!(nearest(&elsewhere, Some(&checkout)), Some(checkout));
        assert_eq!(nearest(&elsewhere, Some(&elsewhere)), None);
    }
}
