//! The programs.

/// A program, and what must become of it.
pub struct Program {
    pub name: &'static str,
    /// `OPEN` is a folder that everybody may write to, `SERVER` the number of the server's
    /// process, `MARK` the name of what must not be there afterwards.
    pub code: &'static str,
    /// One of these is its end.
    pub ends: &'static [End],
    /// What it prints, or the compiler.
    pub says: &'static str,
    /// It must be run by a server that stops it soon.
    pub is_endless: bool,
    /// Without it, it could do what it tries.
    pub needs_landlock: bool,
}

#[derive(Clone, Copy)]
pub enum End {
    Exit(i32),
    Signal(i32),
    Kind(&'static str),
    TimedOut(&'static str),
}

const fn ends(
    name: &'static str,
    code: &'static str,
    ends: &'static [End],
    says: &'static str,
) -> Program {
    Program {
        name,
        code,
        ends,
        says,
        is_endless: false,
        needs_landlock: false,
    }
}

const fn endless(name: &'static str, code: &'static str, ends: &'static [End]) -> Program {
    Program {
        name,
        code,
        ends,
        says: "",
        is_endless: true,
        needs_landlock: false,
    }
}

const fn confined(
    name: &'static str,
    code: &'static str,
    ends: &'static [End],
    says: &'static str,
) -> Program {
    Program {
        name,
        code,
        ends,
        says,
        is_endless: false,
        needs_landlock: true,
    }
}

use End::{Exit, Kind, Signal, TimedOut};

pub const PROGRAMS: &[Program] = &[
    endless("an endless loop", "fn main() { loop { std::hint::spin_loop(); } }", &[TimedOut("running"), Signal(24)]),
    endless("a wait without end", "fn main() { loop { std::thread::park(); } }", &[TimedOut("running")]),
    ends("endless output", "fn main() { loop { println!(\"on and on\"); } }", &[Kind("cut")], "on and on"),
    ends("endless output without a line's end", "fn main() { loop { eprint!(\"{:1000}\", 'x'); } }", &[Kind("cut")], "x"),
    // Bounded: 40 × 64 MiB. Filled, since memory that is only reserved is none.
    ends(
        "endless allocation",
        "fn main() {
            let mut all = Vec::new();
            for n in 0..40_u8 { all.push(vec![n | 1; 64 << 20]); }
            std::thread::sleep(std::time::Duration::from_secs(1));
            println!(\"{}\", all.len());
        }",
        &[Kind("too-much"), Signal(6), Signal(9)],
        "",
    ),
    // Bounded: 8 processes of 192 MiB, none of which is over a limit by itself.
    ends(
        "memory by many small processes",
        "fn main() {
            if std::env::args().nth(1).is_some() {
                let all = vec![1_u8; 192 << 20];
                std::thread::sleep(std::time::Duration::from_secs(20));
                println!(\"{}\", all[1 << 20]);
                return;
            }
            let me = std::env::current_exe().unwrap();
            let start = |_| std::process::Command::new(&me).arg(\"child\").spawn().unwrap();
            for mut child in (0..8).map(start).collect::<Vec<_>>() { child.wait().unwrap(); }
        }",
        &[Kind("too-much")],
        "1024 MiB of memory",
    ),
    // Bounded: 2,000.
    ends(
        "threads without end",
        "fn main() {
            let park = || loop { std::thread::park(); };
            for n in 0..2000 {
                if let Err(error) = std::thread::Builder::new().stack_size(1 << 16).spawn(park) {
                    println!(\"after {n}: {error}\");
                    std::process::exit(i32::from(n > 600));
                }
            }
        }",
        &[Exit(0)],
        "Resource temporarily unavailable",
    ),
    // Bounded: 2 + 4 + 8 + 16 + 32 processes, which then wait.
    ends(
        "a recursive fork",
        "fn main() {
            let depth: u32 = std::env::args().nth(1).map_or(0, |depth| depth.parse().unwrap());
            let me = std::env::current_exe().unwrap();
            for _ in 0..if depth < 5 { 2 } else { 0 } {
                std::process::Command::new(&me).arg((depth + 1).to_string()).spawn().unwrap();
            }
            if depth > 0 { std::thread::sleep(std::time::Duration::from_secs(60)); }
        }",
        &[Exit(0)],
        "",
    ),
    // Bounded: a minute.
    ends(
        "a child in a session of its own",
        "fn main() {
            std::process::Command::new(\"setsid\").args([\"sh\", \"-c\", \"sleep 60; touch OPEN/MARK\"]).spawn().unwrap();
            println!(\"gone\");
        }",
        &[Exit(0)],
        "gone",
    ),
    ends(
        "a daemon that keeps the output open",
        "fn main() {
            std::process::Command::new(\"setsid\").args([\"-f\", \"sh\", \"-c\", \"trap '' TERM HUP INT; sleep 60\"]).status().unwrap();
            println!(\"gone\");
        }",
        &[Exit(0)],
        "gone",
    ),
    endless(
        "a daemon whose parent is stopped",
        "fn main() {
            std::process::Command::new(\"setsid\").args([\"-f\", \"sleep\", \"60\"]).status().unwrap();
            loop { std::thread::park(); }
        }",
        &[TimedOut("running")],
    ),
    ends(
        "a stack overflow",
        "fn deep(n: u64) -> u64 { std::hint::black_box(deep(n + 1)) + 1 } fn main() { deep(0); }",
        &[Signal(6), Signal(11)],
        "overflowed its stack",
    ),
    ends("an abort", "fn main() { std::process::abort(); }", &[Signal(6)], ""),
    ends(
        "a panic while it panics",
        "struct Worse; impl Drop for Worse { fn drop(&mut self) { panic!(\"twice\"); } }
        fn main() { let _worse = Worse; panic!(\"once\"); }",
        &[Signal(6)],
        "twice",
    ),
    ends(
        "what is not UTF-8",
        "use std::io::Write; fn main() { std::io::stdout().write_all(b\"a\\xff\\xc3(\\xe2\\x82\").unwrap(); }",
        &[Exit(0)],
        "a\u{fffd}\u{fffd}(\u{fffd}",
    ),
    ends(
        "commands to a terminal",
        "fn main() { println!(\"\\x1b]0;title\\x07\\x1b[2J\\x1b[31mred\\u{202e}\\0end\"); }",
        &[Exit(0)],
        "end",
    ),
    ends(
        "a read from its input",
        "fn main() { println!(\"{:?}\", std::io::read_to_string(std::io::stdin())); }",
        &[Exit(0)],
        "Ok(\"\")",
    ),
    endless(
        "a closed output",
        // What writes to it is gone, what it runs is not.
        "fn main() { std::process::Command::new(\"sh\").args([\"-c\", \"exec >&- 2>&-; exec sleep 60\"]).status().unwrap(); }",
        &[TimedOut("running")],
    ),
    ends(
        "a report that it forges",
        "use std::io::Write;
        fn main() {
            for fd in 3..20 {
                if let Ok(mut file) = std::fs::OpenOptions::new().write(true).open(format!(\"/proc/self/fd/{fd}\")) {
                    let _ = file.write_all(b\"exit 42\\n\");
                }
            }
            if let Ok(mut file) = std::fs::OpenOptions::new().write(true).open(\"/proc/1/fd/0\") {
                let _ = file.write_all(b\"exit 42\\n\");
            }
            std::process::exit(3);
        }",
        &[Exit(3)],
        "",
    ),
    ends(
        "a deep recursion of macros",
        "macro_rules! deep { ($($x:tt)*) => { deep!($($x)* 1) } } fn main() { deep!(); }",
        &[Kind("compile-failed")],
        "recursion limit reached",
    ),
    endless(
        "a constant that is computed without end",
        "#![allow(long_running_const_eval)]
        const ENDLESS: u64 = { let mut n = 0; loop { n += 1; if n == u64::MAX { break n; } } };
        fn main() { println!(\"{ENDLESS}\"); }",
        &[TimedOut("compiling")],
    ),
    endless(
        "a build that takes too long",
        // 2^22 types, one inside the other: bounded by memory and by time.
        "#![recursion_limit = \"256\"]
        trait Grow { const N: u64; }
        struct Leaf; struct Two<A, B>(A, B);
        impl Grow for Leaf { const N: u64 = 1; }
        impl<A: Grow, B: Grow> Grow for Two<A, B> { const N: u64 = A::N + B::N; }
        macro_rules! nest { ($t:ty; ) => { $t }; ($t:ty; $x:tt $($r:tt)*) => { nest!(Two<$t, Two<$t, $t>>; $($r)*) } }
        fn main() { println!(\"{}\", <nest!(Leaf; 1 2 3 4 5 6 7 8 9 10 11 12 13 14) as Grow>::N); }",
        &[TimedOut("compiling"), Kind("too-much"), Kind("compile-failed"), Kind("signal")],
    ),
    endless(
        "an include without end",
        "fn main() { println!(\"{}\", include_bytes!(\"/dev/zero\").len()); }",
        &[Kind("compile-failed"), TimedOut("compiling"), Kind("too-much"), Kind("signal")],
    ),
    endless(
        "an include of a huge file",
        "fn main() { println!(\"{}\", include_bytes!(\"OPEN/huge\").len()); }",
        &[Kind("compile-failed"), TimedOut("compiling"), Kind("too-much"), Kind("signal")],
    ),
    ends(
        "an include of root's secrets",
        "fn main() { println!(\"{}\", include_str!(\"/etc/shadow\").len()); }",
        &[Kind("compile-failed")],
        "couldn't read",
    ),
    ends(
        "a read of root's secrets",
        "fn main() { println!(\"{}\", std::fs::read_to_string(\"/etc/shadow\").is_err()); }",
        &[Exit(0)],
        "true",
    ),
    confined(
        "writing outside its folder",
        "fn main() {
            for place in [\"/tmp\", \"/var/tmp\", \"/dev/shm\", \"OPEN\", \"..\"] {
                let name = format!(\"{place}/MARK\");
                assert!(std::fs::write(&name, \"\").is_err(), \"{name}\");
                assert!(std::fs::create_dir(&name).is_err(), \"{name}\");
                assert!(std::os::unix::fs::symlink(\"/\", &name).is_err(), \"{name}\");
                assert!(std::os::unix::net::UnixListener::bind(&name).is_err(), \"{name}\");
                std::fs::write(\"inside\", \"\").unwrap();
                assert!(std::fs::rename(\"inside\", &name).is_err(), \"{name}\");
                assert!(std::fs::hard_link(\"inside\", &name).is_err(), \"{name}\");
            }
            std::os::unix::fs::symlink(\"OPEN\", \"link\").unwrap();
            assert!(std::fs::write(\"link/MARK\", \"\").is_err());
        }",
        &[Exit(0)],
        "",
    ),
    confined(
        "changing what was compiled",
        "fn main() {
            let me = std::env::current_exe().unwrap();
            assert!(std::fs::OpenOptions::new().write(true).open(&me).is_err());
            assert!(std::fs::remove_file(&me).is_err());
            assert!(std::fs::write(me.with_file_name(\"main.rs\"), \"\").is_err());
        }",
        &[Exit(0)],
        "",
    ),
    ends(
        "a file larger than allowed",
        // It has a hole, and takes no room.
        "fn main() { std::fs::File::create(\"big\").unwrap().set_len(300 << 20).unwrap(); }",
        &[Signal(25)],
        "",
    ),
    // Bounded: 12 files of 32 MiB.
    ends(
        "many large files",
        "fn main() {
            let part = vec![1_u8; 32 << 20];
            for n in 0..12 { std::fs::write(n.to_string(), &part).unwrap(); }
            std::thread::sleep(std::time::Duration::from_secs(20));
        }",
        &[Kind("too-much")],
        "256 MiB",
    ),
    // Bounded: 12,000.
    ends(
        "files without end",
        "fn main() {
            for n in 0..12_000 { std::fs::File::create(n.to_string()).unwrap(); }
            std::thread::sleep(std::time::Duration::from_secs(20));
        }",
        &[Kind("too-much")],
        "10000 files",
    ),
    ends(
        "a folder deeper than a path can be",
        // Bounded: 600 levels of 20 characters.
        "fn main() {
            for _ in 0..600 {
                std::fs::create_dir(\"a-folder-in-a-folder\").unwrap();
                std::env::set_current_dir(\"a-folder-in-a-folder\").unwrap();
            }
            println!(\"deep\");
        }",
        &[Exit(0)],
        "deep",
    ),
    confined(
        "killing its parent",
        "fn main() {
            let parent = std::os::unix::process::parent_id().to_string();
            let killed = std::process::Command::new(\"kill\").args([\"-9\", &parent]).status().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(100));
            println!(\"still here\");
            std::process::exit(i32::from(killed.success() && parent != \"1\"));
        }",
        &[Exit(0)],
        "still here",
    ),
    confined(
        "killing the server",
        "fn main() { assert!(!std::process::Command::new(\"kill\").args([\"-9\", \"SERVER\"]).status().unwrap().success()); }",
        &[Exit(0)],
        "",
    ),
    ends(
        "killing its group",
        "fn main() {
            std::process::Command::new(\"kill\").args([\"-9\", \"0\"]).status().unwrap();
            std::thread::sleep(std::time::Duration::from_secs(1));
        }",
        &[Signal(9), Kind("failed"), Exit(0)],
        "",
    ),
    confined(
        "the server's secrets",
        "fn main() {
            let environ = std::fs::read(\"/proc/SERVER/environ\").is_ok_and(|read| read.windows(4).any(|w| w == b\"PATH\"));
            println!(\"{environ}\");
            for (name, _) in std::env::vars() { assert!(!name.contains(\"KEY\") && !name.contains(\"TOKEN\"), \"{name}\"); }
        }",
        &[Exit(0)],
        "false",
    ),
];
