// A snippet: which code blocks can be run, and the text that is compiled.
"use strict";

window.courseRun = {};

// What a block is, as its fence's words say; null for one that is not for running.
courseRun.snippet = (code) => {
    const has = (name) => code.classList.contains(name);
    if (!has("language-rust") || ["ignore", "no_run", "noplayground"].some(has)) {
        return null;
    }
    return {
        program: () => courseRun.program(code.textContent),
        // The public playground knows many crates, but not the one of this course.
        needsCourse: /\bevent_loops\b/.test(code.textContent),
    };
};

// A whole program: what has no main function becomes the body of one, as rustdoc does it. Nothing
// is put on a line of its own, so that the compiler counts lines as the reader does.
courseRun.program = (text) => {
    if (/\bfn\s+main\b/.test(text)) {
        return text;
    }
    const head = "#![allow(unused)] fn main() { ";
    // Ends with `Ok::<(), Error>(())`, so that `?` can be used in it.
    if (/\(\(\)\)\s*$/.test(text)) {
        return `${head}fn body() -> Result<(), impl std::fmt::Debug> { ${text}\n} body().unwrap() }`;
    }
    return `${head}${text}\n}`;
};
