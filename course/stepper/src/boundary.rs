//! What a page calls: text in, text out, through the module's memory.
//!
//! ```text
//! page: place = input(length)      writes its question there, UTF-8
//!       length = call(length)      reads the answer at output(), UTF-8
//! ```

// An exported name is a promise that no other has it: Rust counts that as unsafe.
#![allow(unsafe_code)]

use std::cell::RefCell;

use crate::answers::Stepper;

thread_local! {
    /// A module has one thread, and a page one module for each stepper.
    static DESK: RefCell<Desk> = RefCell::default();
}

#[derive(Default)]
struct Desk {
    stepper: Stepper,
    question: Vec<u8>,
    answer: String,
}

/// Longer questions than this nobody has: a link is shorter.
const LONGEST: usize = 64 * 1024;

/// Makes room for a question of so many bytes, and says where. The place holds until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    DESK.with_borrow_mut(|desk| {
        desk.question = vec![0; length];
        desk.question.as_mut_ptr()
    })
}

/// Answers the question, and says how many bytes the answer has.
#[unsafe(no_mangle)]
pub extern "C" fn call(length: usize) -> usize {
    DESK.with_borrow_mut(|desk| {
        let question = desk.question.get(..length.min(LONGEST)).unwrap_or_default();
        desk.answer = match std::str::from_utf8(question) {
            Ok(question) => desk.stepper.answer(question),
            Err(_) => desk.stepper.answer(""),
        };
        desk.answer.len()
    })
}

/// Where the answer is. The place holds until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    DESK.with_borrow(|desk| desk.answer.as_ptr())
}
