// The bar below each snippet: Run or Test, which is Stop meanwhile; Edit, which is Done meanwhile;
// Undo, once there is something to undo.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const local = courseRun.isLocal();
    for (const code of document.querySelectorAll("main pre > code")) {
        const snippet = courseRun.snippet(code);
        if (snippet !== null) {
            addBar(code, snippet, local ? courseRun.runLocally : courseRun.runOnPlayground);
        }
    }

    function addBar(code, snippet, run) {
        const name = snippet.exercise === undefined ? "Run" : "Test";
        const bar = element("div", "run-bar");
        const runButton = button(bar, "run-button", press);
        const editButton = button(bar, "edit-button", () => editor.isOpen() ? editor.end() : editor.begin());
        const undoButton = button(bar, "undo-button", undo);
        undoButton.textContent = "Undo";
        undoButton.title = "Bring the original program back";
        const state = element("p", "run-state");
        state.setAttribute("role", "status");
        bar.append(state);
        const output = courseRun.output(snippet, state);
        code.parentElement.after(bar, output.box);
        // What stops the run that is under way.
        let stop = null;
        const editor = courseRun.editor(code, show, press);
        show();
        listen();

        function listen() {
            code.addEventListener("keydown", (event) => {
                if (event.key !== "Enter" || event.altKey || event.shiftKey) {
                    return;
                }
                event.preventDefault();
                event.stopPropagation();
                if (event.ctrlKey || event.metaKey) {
                    press();
                } else {
                    editor.begin();
                }
            });
            // A click sets the caret there; one that ends a selection is for copying. On a
            // telephone a touch is for scrolling, and Edit is the button for it.
            code.addEventListener("click", (event) => {
                if (event.pointerType === "mouse" && getSelection().isCollapsed) {
                    editor.begin(caretAt(code, event));
                }
            });
        }

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
                await run(snippet.program(editor.text(), editor.isChanged() || editor.isOpen()), (event) => {
                    last = event.kind;
                    output.tell(event);
                }, mine.signal);
                if (["", "waiting", "preparing", "progress", "compiling", "running"].includes(last)) {
                    output.tell({ kind: "failed", text: "the server went away before the end" });
                }
            } catch {
                if (mine.signal.aborted) {
                    output.tell({ kind: "stopped" });
                } else {
                    output.say(unreachable(snippet), "bad");
                }
            }
            stop = null;
            show();
        }

        function undo() {
            stop?.abort();
            editor.undo();
            output.clear();
            // The button that was pressed goes away: the next one in line keeps the keyboard.
            editButton.focus();
        }

        function show() {
            runButton.textContent = stop === null ? name : "Stop";
            runButton.dataset.running = String(stop !== null);
            runButton.title = `${runButton.textContent} this program (Ctrl-Enter in the code)`;
            runButton.setAttribute("aria-keyshortcuts", "Control+Enter");
            editButton.textContent = editor.isOpen() ? "Done" : "Edit";
            editButton.title = editor.isOpen() ? "Leave the program (Escape)" : "Change the program (Enter in the code)";
            undoButton.hidden = !editor.isChanged();
            code.parentElement.classList.toggle("editing", editor.isOpen());
            snippet.recorded?.classList.toggle("of-the-original", editor.isChanged());
            if (editor.isOpen() && state.textContent === "") {
                output.say("Tab indents, Escape leaves, Ctrl-Enter runs.", "hint");
            } else if (!editor.isOpen() && state.dataset.mood === "hint") {
                output.say("", "");
            }
        }
    }

    // Where nothing can run it, the page says so, and what can.
    function unreachable({ recorded }) {
        const command = element("code");
        command.textContent = "cargo run";
        if (local) {
            return ["The course's server does not answer: is ", command, " still running?"];
        }
        const below = recorded === null ? "" : " The output below is a recorded one.";
        return [`play.rust-lang.org cannot be reached.${below} To run it on your own machine: `, command,
            " in the course's folder."];
    }

    // The place in the code's text that a click points at.
    function caretAt(code, { clientX, clientY }) {
        const place = document.caretPositionFromPoint?.(clientX, clientY);
        const range = place ? null : document.caretRangeFromPoint?.(clientX, clientY);
        const node = place?.offsetNode ?? range?.startContainer;
        if (!node || !code.contains(node)) {
            return 0;
        }
        const before = new Range();
        before.setStart(code, 0);
        before.setEnd(node, place?.offset ?? range.startOffset);
        return before.toString().length;
    }

    function button(bar, className, press) {
        const made = element("button", className);
        made.type = "button";
        made.addEventListener("click", press);
        bar.append(made);
        return made;
    }

    function element(name, className = "") {
        const made = document.createElement(name);
        made.className = className;
        return made;
    }
});
