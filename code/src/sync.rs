//! Where threads meet: the standard library's locks and atomics. Under `--cfg loom` they are
//! loom's, which tries every order in which the threads can meet (`tests/loom.rs`).

#[cfg(not(loom))]
pub(crate) use std::{
    sync::{Condvar, Mutex, MutexGuard, atomic},
    thread,
};

#[cfg(loom)]
pub(crate) use loom::{
    sync::{Condvar, Mutex, MutexGuard, atomic},
    thread,
};
