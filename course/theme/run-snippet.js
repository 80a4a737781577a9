// A snippet: which code blocks can be run, and the text that is compiled.
"use strict";

window.courseRun = {};

// What a block is, as its fence's words and what the preprocessor put below it say; null for one
// that is not for running.
courseRun.snippet = (code) => {
    const has = (name) => code.classList.contains(name);
    const below = code.parentElement.nextElementSibling;
    const facts = below?.classList.contains("snippet") ? below : null;
    const { exercise, tests, program } = facts?.dataset ?? {};
    const skipped = ["ignore", "no_run", "noplayground"].some(has) && tests === undefined;
    if (!has("language-rust") || skipped) {
        return null;
    }
    return {
        exercise,
        recorded: facts?.querySelector(".recorded-output") ?? null,
        // The program of this text. As long as the reader does not see the hidden lines, these take
        // no line of their own: the compiler counts as the reader.
        program: (text, isEdited) => {
            if (tests !== undefined) {
                return `${text}\n${tests}`;
            }
            const hidden = program !== undefined && !isEdited && has("hide-boring");
            return courseRun.program(hidden ? program : text);
        },
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

// A program that compiles where the course's crate is not: the crate stands below it as a module.
// Null when there can be none: the crate's sockets need a crate that is not there either.
courseRun.alone = (program) => {
    if (!/\bevent_loops\b/.test(program)) {
        return program;
    }
    const needsSockets = /\bevent_loops::(\{[^}]*\b)?net\b/.test(program);
    return needsSockets ? null : `${program}\n${courseRun.crateSource}`;
};
