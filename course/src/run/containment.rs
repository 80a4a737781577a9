//! What this machine can keep a program in.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Limits;
use super::confine;
use super::limited::{Ending, Paths, Step};

/// How programs are kept. Found once, by trying.
#[derive(Clone, Debug)]
pub(super) struct Containment {
    /// The binary that has the helper's subcommand: this one.
    helper: PathBuf,
    namespace: Namespace,
    /// The user that a program runs as, where the server is root.
    user: Option<u32>,
    /// Whether the kernel can say which files a process may touch (`confine`).
    confined: bool,
}

/// Whether the program gets process numbers of its own, so that all it starts ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Namespace {
    /// Root makes one.
    Pid,
    /// Anybody may make one inside a user namespace, where the system allows that.
    UserAndPid,
    /// None: the helper ends what it finds.
    None,
}

impl Containment {
    /// The best that works here.
    ///
    /// # Errors
    ///
    /// Why nothing may run: this is root, who is bound by no limit on processes and may read every
    /// file, there is nothing to keep programs and the compiler in, and nobody said that this is
    /// fine.
    pub(super) fn find(run_as_root: bool) -> Result<Self, String> {
        let helper = std::env::current_exe().map_err(|error| format!("Run is off: {error}"))?;
        let confined = confine::is_available();
        let candidates: &[(Namespace, Option<u32>)] = match (is_root(), run_as_root) {
            (true, false) if !confined => &[],
            (true, false) => &[(Namespace::Pid, NOBODY), (Namespace::Pid, None)],
            (true, true) => &[
                (Namespace::Pid, NOBODY),
                (Namespace::Pid, None),
                (Namespace::None, NOBODY),
                (Namespace::None, None),
            ],
            (false, _) => &[(Namespace::UserAndPid, None), (Namespace::None, None)],
        };
        candidates
            .iter()
            .map(|&(namespace, user)| Self {
                helper: helper.clone(),
                namespace,
                user,
                confined,
            })
            .find(Self::works)
            .ok_or_else(|| NO_NAMESPACE.to_owned())
    }

    /// Runs these steps, one after the other, in the containment.
    pub(super) fn command(&self, steps: &[Step]) -> Command {
        let mut command = match self.namespace {
            Namespace::None => Command::new(&self.helper),
            // Shared memory and queues of its own: those of the machine would outlive the program.
            Namespace::Pid => self.unshare(&["--ipc"]),
            Namespace::UserAndPid => self.unshare(&["--user", "--map-current-user", "--ipc"]),
        };
        command
            .arg(SUBCOMMAND)
            .args(steps.iter().map(Step::argument))
            .env_clear()
            .envs(environment(&[]));
        own_group(&mut command);
        command
    }

    /// The step that runs a program, which may write in `folder`.
    pub(super) fn program(&self, limits: &Limits, program: &Path, folder: &Path) -> Step {
        let mut environment = environment(&[]);
        // Its home is where it may write, too.
        for name in ["HOME", "TMPDIR", "TMP"] {
            environment.push((name.into(), folder.into()));
        }
        environment.push(("LANG".into(), "C.UTF-8".into()));
        // Each thread's own heap would reserve much of the address space that is allowed.
        environment.push(("MALLOC_ARENA_MAX".into(), "2".into()));
        Step {
            program: program.into(),
            arguments: Vec::new(),
            environment,
            folder: folder.to_path_buf(),
            is_compiler: false,
            address_space: limits.address_space,
            memory: limits.memory,
            cpu: limits.run_time.as_secs(),
            file_size: limits.file_size,
            files: limits.files,
            processes: Some(self.processes(limits)),
            user: self.user,
            paths: self.paths(folder, vec!["/".into()]),
        }
    }

    /// The step that compiles in `folder`: the compiler reads what the reader's text tells it to.
    pub(super) fn compiler(
        &self,
        limits: &Limits,
        rustc: &Path,
        arguments: Vec<OsString>,
        libraries: &[PathBuf],
        folder: &Path,
    ) -> Step {
        // The linker is found through PATH; on macOS and Windows it asks for more.
        let mut environment = environment(&[
            "SDKROOT",
            "DEVELOPER_DIR",
            "INCLUDE",
            "LIB",
            "ProgramFiles(x86)",
            "ProgramData",
        ]);
        for name in ["TMPDIR", "TMP"] {
            environment.push((name.into(), folder.into()));
        }
        Step {
            program: rustc.into(),
            arguments,
            environment,
            folder: folder.to_path_buf(),
            is_compiler: true,
            address_space: limits.compile_address_space,
            memory: limits.memory,
            // The linker and code generation use several threads at a time.
            cpu: 2 * limits.compile_time.as_secs(),
            file_size: limits.file_size,
            files: limits.files,
            processes: None,
            user: None,
            paths: self.paths(folder, may_be_read(libraries)),
        }
    }

    fn paths(&self, folder: &Path, read: Vec<PathBuf>) -> Option<Paths> {
        let write = vec![folder.to_path_buf()];
        self.confined.then_some(Paths { read, write })
    }

    /// Whether what is started has a namespace, so that all ends when its first process is killed.
    /// Else the helper must be left the time to end it.
    pub(super) fn ends_at_once(&self) -> bool {
        self.namespace != Namespace::None || cfg!(not(unix))
    }

    /// The user that must own what a program writes.
    pub(super) fn user(&self) -> Option<u32> {
        self.user
    }

    fn unshare(&self, more: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command
            .args(["--pid", "--fork", "--kill-child", "--mount-proc"])
            .args(more);
        command.arg("--").arg(&self.helper);
        command
    }

    /// The limit on processes counts those of the user, or those of the user in its namespace.
    fn processes(&self, limits: &Limits) -> u64 {
        match (self.namespace, self.user) {
            (Namespace::None, None) => limits.processes + own_processes(),
            _ => limits.processes,
        }
    }

    /// Tries it with a program that does nothing.
    fn works(&self) -> bool {
        let Ok((mut report, writer)) = std::io::pipe() else {
            return false;
        };
        // An empty one: how much lies where it runs is watched. The disk for temporary files may be
        // full, which is no reason to be off for good.
        let beside = self.helper.parent().unwrap_or(Path::new(""));
        let Ok(folder) = tempfile::tempdir().or_else(|_| tempfile::tempdir_in(beside)) else {
            return false;
        };
        let nothing = self.program(&Limits::default(), Path::new("true"), folder.path());
        let mut command = self.command(&[nothing]);
        command
            .stdin(Stdio::from(writer))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else {
            return false;
        };
        drop(command);
        let mut text = String::new();
        let read = std::io::Read::read_to_string(&mut report, &mut text);
        let _ = child.wait();
        // Windows has no `true`, and needs none to tell: there is but one way.
        read.is_ok() && (Ending::parse(&text) == Some(Ending::Exit(0)) || cfg!(windows))
    }
}

impl fmt::Display for Containment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace {
            Namespace::None => write!(f, "each in its own process group")?,
            Namespace::Pid | Namespace::UserAndPid => write!(f, "each in its own PID namespace")?,
        }
        match (self.user, is_root()) {
            (Some(_), _) => write!(f, " as user nobody")?,
            (None, true) => write!(f, " as root (no limit on processes)")?,
            (None, false) => {}
        }
        if self.confined {
            write!(f, ", writing to a folder of its own only")?;
        }
        Ok(())
    }
}

/// The hidden subcommand of this binary that is the helper.
const SUBCOMMAND: &str = "exec-limited";

const NOBODY: Option<u32> = Some(65_534);

const NO_NAMESPACE: &str = "Run is off: this is root, and the system gives no PID namespace, or no Landlock, to keep programs in. \
     Start the course as another user, or with --run-as-root if this machine may come to harm";

/// What the compiler may read. Where it has the rights of the program that comes out, everything
/// that those rights allow; root's are more than that.
fn may_be_read(libraries: &[PathBuf]) -> Vec<PathBuf> {
    if !is_root() {
        return vec!["/".into()];
    }
    let system = [
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/opt",
        "/nix",
        "/gnu",
        "/etc/ld.so.cache",
    ];
    let mut paths: Vec<PathBuf> = system.map(PathBuf::from).into();
    // The linker may be anywhere on it.
    let path = std::env::var_os("PATH").unwrap_or_default();
    paths.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    paths.extend_from_slice(libraries);
    paths.retain(|path| path.exists());
    paths
}

/// The few variables of ours that a process needs: those of every process, and these.
fn environment(needed: &[&str]) -> Vec<(OsString, OsString)> {
    let everywhere = ["PATH", "SystemRoot", "SystemDrive"];
    let names = everywhere.iter().chain(needed);
    let found = names.filter_map(|name| Some((name.into(), std::env::var_os(name)?)));
    found.collect()
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// How many threads this user runs at the moment, as Linux counts them.
fn own_processes() -> u64 {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 4096;
    };
    let numbered = |name: &OsStr| {
        name.to_str()
            .is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()))
    };
    entries
        .flatten()
        .filter(|entry| numbered(&entry.file_name()))
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("status")).ok())
        .filter(|status| field(status, "Uid:") == own_user())
        .filter_map(|status| field(&status, "Threads:"))
        .sum()
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(unix)]
fn own_user() -> Option<u64> {
    Some(u64::from(rustix::process::getuid().as_raw()))
}

#[cfg(not(unix))]
fn own_user() -> Option<u64> {
    None
}
