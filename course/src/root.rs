use crate::Problem;
use std::path::{Path, PathBuf};

/// The folder of the book: the nearest one, from the current folder upwards, that holds a
/// `book.toml`; failing that, the checkout that this program was built from.
pub(crate) fn find() -> Result<PathBuf, Problem> {
    let here = std::env::current_dir()
        .map_err(|error| Problem::failure(format!("cannot read the current folder: {error}")))?;
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    here.ancestors()
        .chain(checkout)
        .find(|folder| folder.join("book.toml").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| {
            Problem::failure(
                "no book.toml here, nor in a folder above: change to the folder of the course",
            )
        })
}
