//! A temporary folder, in thirty lines: a crate for it would bring six more, and everybody's first
//! `mdbook build` compiles what the preprocessor needs.

use std::env;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process;

/// A folder of our own, which goes when this goes.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> io::Result<Folder> {
        // One of our own number may have died and left its folder.
        for attempt in 0.. {
            let name = format!("mdbook-course-{}-{attempt}", process::id());
            let path = env::temp_dir().join(name);
            match private().create(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Folder(path)),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is for the system to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Others can write to the folder that this one is made in, but not to this one.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(false);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_is_new_and_goes_with_what_is_in_it() {
        let (one, two) = (Folder::new().unwrap(), Folder::new().unwrap());
        assert_ne!(one.path(), two.path());
        let file = one.path().join("below/file");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "text").unwrap();
        let path = one.path().to_path_buf();
        drop(one);
        assert!(!path.exists() && two.path().exists());
    }
}
