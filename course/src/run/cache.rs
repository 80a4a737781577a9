//! Programs that were compiled before and whose text is unchanged.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::compile::{self, Compiler};
use super::scratch::RunFolder;

/// The programs that were compiled last. They lie in the server's temporary folder, and go with it.
#[derive(Default)]
pub(super) struct Cache {
    /// The one that was asked for last is the last one.
    programs: Mutex<VecDeque<Arc<Program>>>,
}

/// A compiled program; its folder is removed when nobody has it any more.
pub(super) struct Program {
    code: String,
    /// Stands for the flags and the build of the crates: each build makes a new one.
    compiler: Arc<Compiler>,
    folder: RunFolder,
    bytes: u64,
    /// What the compiler printed: warnings.
    pub(super) messages: String,
}

impl Program {
    /// Of a folder in which the compiler has put it.
    pub(super) fn new(
        code: &str,
        compiler: &Arc<Compiler>,
        folder: RunFolder,
        messages: String,
    ) -> Arc<Self> {
        let about = fs::metadata(compile::program(&folder));
        Arc::new(Self {
            code: code.to_owned(),
            compiler: Arc::clone(compiler),
            bytes: about.map_or(0, |about| about.len()),
            folder,
            messages,
        })
    }

    pub(super) fn path(&self) -> PathBuf {
        compile::program(&self.folder)
    }

    fn is(&self, code: &str, compiler: &Arc<Compiler>) -> bool {
        self.code == code && Arc::ptr_eq(&self.compiler, compiler)
    }
}

impl Cache {
    /// The program of this text, if it was compiled by this very compiler.
    pub(super) fn find(&self, code: &str, compiler: &Arc<Compiler>) -> Option<Arc<Program>> {
        let mut programs = self.programs();
        let index = programs
            .iter()
            .position(|program| program.is(code, compiler))?;
        let found = programs.remove(index)?;
        programs.push_back(Arc::clone(&found));
        // A temporary folder may be swept by others.
        found.path().is_file().then_some(found)
    }

    /// Keeps a program, and as many of those before it as there is room for.
    pub(super) fn keep(&self, program: &Arc<Program>) {
        if !compile::is_alone(&program.folder) {
            return;
        }
        let mut programs = self.programs();
        programs.retain(|old| {
            Arc::ptr_eq(&old.compiler, &program.compiler) && old.code != program.code
        });
        programs.push_back(Arc::clone(program));
        while programs.len() > 1
            && (programs.len() > COUNT || programs.iter().map(|old| old.bytes).sum::<u64>() > BYTES)
        {
            programs.pop_front();
        }
    }

    /// Gives the room back.
    pub(super) fn clear(&self) {
        self.programs().clear();
    }

    fn programs(&self) -> MutexGuard<'_, VecDeque<Arc<Program>>> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const COUNT: usize = 32;
const BYTES: u64 = 256 * 1024 * 1024;
