// What a run shows below its snippet.
"use strict";

// A box for the output and a line for the state; both are read out by screen readers as they grow.
courseRun.output = (state) => {
    const box = document.createElement("pre");
    box.className = "run-output";
    box.tabIndex = 0;
    box.hidden = true;
    box.setAttribute("role", "log");
    box.setAttribute("aria-live", "polite");
    box.setAttribute("aria-label", "Output of the program");

    return { box, clear, tell };

    function clear() {
        box.replaceChildren();
        box.hidden = true;
        say("", "");
    }

    function say(text, mood) {
        state.textContent = text;
        state.dataset.mood = mood;
    }

    function print(text) {
        if (text !== "") {
            box.append(courseRun.coloured(text));
            box.hidden = false;
        }
    }

    // Shows one event of a run.
    function tell(event) {
        switch (event.kind) {
        case "waiting":
            return say(`Waiting: ${event.at_once} programs run at once here…`, "busy");
        case "preparing":
            return say("Building the crates of the course; this can take a minute…", "busy");
        case "progress":
            return say(`Building the crates of the course: ${event.text}`, "busy");
        case "sending":
            return say("Running on play.rust-lang.org…", "busy");
        case "compiling":
            return say("Compiling…", "busy");
        case "running":
            return say("Running…", "busy");
        case "compiler":
        case "output":
            return print(event.text);
        case "compile-failed":
            return say("It does not compile.", "bad");
        case "cut":
            return say(`Stopped: a program may print ${event.bytes / 1024} KiB here.`, "bad");
        case "timeout":
            return say(`Stopped: ${event.what} took more than ${event.seconds} s.`, "bad");
        case "too-much":
            return say(`Stopped: ${event.text}.`, "bad");
        case "exit":
            return say(exit(event), event.code === 0 ? "good" : "bad");
        case "signal":
            return say(`Ended by signal ${event.signal} (${event.text}).`, "bad");
        case "stopped":
            return say("Stopped.", "bad");
        case "ended":
            return say(event.text, "");
        case "failed":
            return say(`Not run: ${event.text}.`, "bad");
        }
    }

    function exit({ code, ms }) {
        const time = `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
        switch (code) {
        case 0: return `Finished after ${time}.`;
        case 101: return `It panicked after ${time} (exit code 101).`;
        default: return `It ended with exit code ${code} after ${time}.`;
        }
    }
};

// Text with the colours of a terminal, as the compiler prints it, as a piece of the page.
courseRun.coloured = (text) => {
    const page = document.createDocumentFragment();
    let bold = false;
    let colour = "";
    // Split at escape sequences; each odd piece is the inside of one.
    text.split(/\x1b\[([0-9;]*[A-Za-z])/).forEach((piece, index) => {
        if (index % 2 === 1) {
            style(piece);
        } else if (piece !== "") {
            const span = document.createElement("span");
            span.className = [bold && "ansi-bold", colour].filter(Boolean).join(" ");
            span.textContent = piece;
            page.append(span.className ? span : piece);
        }
    });
    return page;

    function style(sequence) {
        if (!sequence.endsWith("m")) {
            return;
        }
        for (const code of sequence.slice(0, -1).split(";").map(Number)) {
            if (code === 0) {
                bold = false;
                colour = "";
            } else if (code === 1) {
                bold = true;
            } else if ((code >= 31 && code <= 36) || (code >= 91 && code <= 96)) {
                colour = `ansi-${code % 10}`;
            } else if (code === 39) {
                colour = "";
            }
        }
    }
};
