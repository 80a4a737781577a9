// What a run shows below its snippet.
"use strict";

// A box for the output and a line for the state; both are read out by screen readers as they grow.
// `recorded`, if there is one, is shown as long as the program has not run here.
courseRun.output = ({ recorded, exercise }, state) => {
    const box = document.createElement("pre");
    box.className = "run-output";
    box.tabIndex = 0;
    box.hidden = true;
    box.setAttribute("role", "log");
    box.setAttribute("aria-live", "polite");
    box.setAttribute("aria-label", "Output of the program");
    let text = "";

    return { box, clear, tell, say };

    // As the page was: with the recorded output, if there is one.
    function clear() {
        text = "";
        box.replaceChildren();
        box.hidden = true;
        if (recorded !== null) {
            recorded.hidden = false;
        }
        say("", "");
    }

    function say(words, mood) {
        state.replaceChildren(...[words].flat());
        state.dataset.mood = mood;
    }

    function print(more) {
        if (more === "") {
            return;
        }
        text += more;
        if (exercise === undefined) {
            box.append(courseRun.coloured(more));
        } else {
            box.replaceChildren(courseRun.coloured(marked(text)));
        }
        box.hidden = false;
    }

    // The results of an exercise's tests, so that one sees at a glance which pass.
    function marked(report) {
        return report
            .replace(/^ {2}ok {5}/gm, "\x1b[32m  ✓ ok  \x1b[0m ")
            .replace(/^ {2}wrong {2}/gm, "\x1b[31m  ✗ wrong\x1b[0m ");
    }

    // Shows one event of a run.
    function tell(event) {
        const isNews = ["running", "compiler", "compile-failed"].includes(event.kind);
        if (recorded !== null && isNews) {
            recorded.hidden = true;
        }
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
            return say(event.text, event.mood ?? "");
        case "failed":
            return say(`Not run: ${event.text}.`, "bad");
        }
    }

    function exit({ code, ms }) {
        if (exercise !== undefined && code <= 1) {
            return courseRun.verdict(text);
        }
        const time = `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
        switch (code) {
        case 0: return `Finished after ${time}.`;
        case 101: return `It panicked after ${time} (exit code 101).`;
        default: return `It ended with exit code ${code} after ${time}.`;
        }
    }
};

// How the tests of an exercise went, as its report says it.
courseRun.verdict = (report) => {
    const passed = report.match(/^ {2}ok {5}/gm)?.length ?? 0;
    const failed = report.match(/^ {2}wrong {2}/gm)?.length ?? 0;
    const all = passed + failed;
    return failed === 0 ? `Solved: all ${all} tests pass.` : `Not yet: ${passed} of ${all} tests pass.`;
};
