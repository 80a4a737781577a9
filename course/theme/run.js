// A Run button below each snippet. Ctrl-Enter in the snippet presses it; pressed again it stops.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const local = courseRun.isLocal();
    for (const code of document.querySelectorAll("main pre > code")) {
        const snippet = courseRun.snippet(code);
        if (snippet === null) {
            continue;
        }
        if (!local && snippet.needsCourse) {
            code.parentElement.after(note());
        } else {
            addRun(code, snippet, local ? courseRun.runLocally : courseRun.runOnPlayground);
        }
    }

    // A button that could do nothing is no help: say what does.
    function note() {
        const bar = element("div", "run-bar");
        const text = element("p", "run-state");
        const command = element("code");
        command.textContent = "cargo run";
        text.append("This uses the course's own crate: it runs in the course that ", command, " serves.");
        bar.append(text);
        return bar;
    }

    function addRun(code, snippet, run) {
        const bar = element("div", "run-bar");
        const button = element("button", "run-button");
        button.type = "button";
        button.title = "Run this program (Ctrl-Enter in the code)";
        button.setAttribute("aria-keyshortcuts", "Control+Enter");
        const state = element("p", "run-state");
        state.setAttribute("role", "status");
        bar.append(button, state);
        const output = courseRun.output(state);
        code.parentElement.after(bar, output.box);
        // What stops the run that is under way.
        let stop = null;
        show();

        button.addEventListener("click", press);
        code.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                event.stopPropagation();
                press();
            }
        });

        function press() {
            if (stop === null) {
                start();
            } else {
                stop.abort();
            }
        }

        async function start() {
            const mine = new AbortController();
            stop = mine;
            show();
            output.clear();
            let last = "";
            try {
                await run(snippet.program(), (event) => {
                    last = event.kind;
                    output.tell(event);
                }, mine.signal);
                if (["", "waiting", "preparing", "progress", "compiling", "running"].includes(last)) {
                    output.tell({ kind: "failed", text: "the server went away before the end" });
                }
            } catch (error) {
                output.tell(mine.signal.aborted ? { kind: "stopped" } : { kind: "failed", text: unreachable() });
            }
            stop = null;
            show();
        }

        function show() {
            button.textContent = stop === null ? "Run" : "Stop";
            button.dataset.running = String(stop !== null);
        }
    }

    function unreachable() {
        return local
            ? "the course's server does not answer; is cargo run still running"
            : "play.rust-lang.org cannot be reached; cargo run in the course's folder runs it without the internet";
    }

    function element(name, className = "") {
        const made = document.createElement(name);
        made.className = className;
        return made;
    }
});
