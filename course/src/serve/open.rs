use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// A page that leads on to the course.
pub(crate) struct Page {
    /// Removed when this is dropped.
    _file: NamedTempFile,
}

/// Opens the browser at an address that nobody else is to see. In a command line, which a browser
/// is started with, every user of the machine sees it; so the browser gets a page that leads there,
/// which only this user can read. It is in a folder of the course's, since some browsers see no
/// temporary ones.
pub(crate) fn in_browser(url: &str, folder: &Path) -> io::Result<Page> {
    let mut file = tempfile::Builder::new()
        .prefix("open-the-course-")
        .suffix(".html")
        .tempfile_in(folder)?;
    writeln!(
        file,
        "<!DOCTYPE html><title>The course</title>\
         <meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\
         <p><a href=\"{url}\">Open the course</a></p>"
    )?;
    opener::open_browser(file.path()).map_err(io::Error::other)?;
    Ok(Page { _file: file })
}
