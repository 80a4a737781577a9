// The Rust loop in the page: a question is a line of text, and so is the answer.
"use strict";

// Compiled once a page, run once a widget, when its reader asks for the first time.
courseStepper.compiled = () => {
    const packed = () => Uint8Array.from(atob(courseStepper.module), (character) => character.charCodeAt(0));
    const unpacked = () => courseStepper.module.startsWith("AGFz")
        ? packed()
        : new Blob([packed()]).stream().pipeThrough(new DecompressionStream("gzip"));
    courseStepper.compiling ??= new Response(unpacked()).arrayBuffer().then((bytes) => WebAssembly.compile(bytes));
    return courseStepper.compiling;
};

courseStepper.machine = async () => {
    const module = await courseStepper.compiled();
    const { exports } = await WebAssembly.instantiate(module);
    const ask = (question) => {
        const words = new TextEncoder().encode(question);
        const place = exports.input(words.length);
        // The memory may have grown: a view of it holds only until the next call.
        new Uint8Array(exports.memory.buffer, place, words.length).set(words);
        const length = exports.call(words.length);
        return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, exports.output(), length));
    };
    return {
        ask: (question) => JSON.parse(ask(question)),
        // A picture comes as it is; all else is JSON.
        draw: (question) => ask(question),
    };
};
