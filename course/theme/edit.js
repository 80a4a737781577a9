// An editor for a snippet: a textarea that lies exactly over the highlighted code. So the browser
// does what it does best, carets, selection, undo, spelling it out to a screen reader, a keyboard
// on a telephone, and the colours stay. It is there only while the reader edits.
"use strict";

// `changed` is called after each change, `run` when the reader presses Ctrl-Enter.
courseRun.editor = (code, changed, run) => {
    const original = [...code.childNodes].map((node) => node.cloneNode(true));
    const first = withoutLastNewline(code.textContent);
    const kept = courseRun.kept(code, first);
    let text = first;
    let box = null;
    if (kept.text !== null) {
        set(kept.text);
    }

    return {
        begin,
        end,
        undo,
        text: () => text,
        isOpen: () => box !== null,
        isChanged: () => text !== first,
    };

    function begin(caret = 0) {
        if (box !== null) {
            return;
        }
        // Hidden lines are shown now, or an error in them would have no place.
        set(text);
        box = document.createElement("textarea");
        box.className = "snippet-editor";
        box.value = text;
        box.spellcheck = false;
        box.setAttribute("autocapitalize", "off");
        box.setAttribute("autocomplete", "off");
        box.setAttribute("aria-label", "Program. Tab indents, Escape leaves, Control-Enter runs.");
        const look = getComputedStyle(code);
        for (const name of ["font", "lineHeight", "letterSpacing", "padding", "tabSize"]) {
            box.style[name] = look[name];
        }
        box.addEventListener("input", () => {
            set(box.value);
            changed();
        });
        box.addEventListener("scroll", () => { code.scrollLeft = box.scrollLeft; });
        box.addEventListener("keydown", key);
        code.after(box);
        // To a screen reader there is one text, not two.
        code.setAttribute("aria-hidden", "true");
        code.tabIndex = -1;
        box.focus({ preventScroll: true });
        box.setSelectionRange(caret, caret);
        box.scrollLeft = code.scrollLeft;
        changed();
    }

    function end() {
        if (box !== null) {
            box.remove();
            box = null;
            if (text === first) {
                restore();
            }
            code.removeAttribute("aria-hidden");
            code.tabIndex = 0;
            code.focus({ preventScroll: true });
            changed();
        }
    }

    function undo() {
        text = first;
        kept.set(null);
        restore();
        if (box !== null) {
            box.value = first;
            set(first);
        }
        changed();
    }

    // As the page came: its hidden lines are hidden again.
    function restore() {
        code.replaceChildren(...original.map((node) => node.cloneNode(true)));
    }

    function set(now) {
        text = now;
        kept.set(text === first ? null : text);
        // A line that has just been begun is as high as any other.
        const shown = now === "" || now.endsWith("\n") ? `${now}\n` : now;
        if (window.hljs === undefined) {
            code.textContent = shown;
        } else {
            code.innerHTML = hljs.highlight("rust", shown, true).value;
        }
    }

    function key(event) {
        // Neither the next chapter nor the search.
        event.stopPropagation();
        const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
        if (isComposing || altKey) {
            return;
        }
        if (key === "Enter" && (ctrlKey || metaKey)) {
            run();
        } else if (ctrlKey || metaKey) {
            return;
        } else if (key === "Escape") {
            end();
        } else if (key === "Tab") {
            courseRun.indent(box, shiftKey);
        } else if (key === "Enter") {
            courseRun.newLine(box);
        } else {
            return;
        }
        event.preventDefault();
    }

    function withoutLastNewline(text) {
        return text.replace(/\n$/, "");
    }
};

// A changed text is kept as long as the tab is open, so that a reload does not lose it; unless the
// book has another program in its place by then.
courseRun.kept = (code, first) => {
    const number = [...document.querySelectorAll("main pre > code")].indexOf(code);
    const name = `course:${location.pathname}:${number}`;
    // Storage may be switched off.
    const tried = (work) => {
        try {
            return work();
        } catch {
            return null;
        }
    };
    const [was, text] = tried(() => JSON.parse(sessionStorage.getItem(name))) ?? [null, null];
    return {
        text: was === first ? text : null,
        set: (now) => tried(() => now === null
            ? sessionStorage.removeItem(name)
            : sessionStorage.setItem(name, JSON.stringify([first, now]))),
    };
};

// Moves the lines of the selection four places, or only what follows the caret.
courseRun.indent = (box, back) => {
    const { value, selectionStart: from, selectionEnd: to } = box;
    if (from === to && !back) {
        insert(" ".repeat(4 - ((from - lineStart(from)) % 4)));
        return;
    }
    const start = lineStart(from);
    const next = value.indexOf("\n", to);
    const lines = value.slice(start, next < 0 ? value.length : next).split("\n");
    const moved = lines.map((line) => back ? line.replace(/^ {1,4}/, "") : line && `    ${line}`);
    const [was, is] = [lines.join("\n"), moved.join("\n")];
    if (was === is) {
        return;
    }
    box.setSelectionRange(start, start + was.length);
    insert(is);
    const caret = Math.max(start, from + moved[0].length - lines[0].length);
    box.setSelectionRange(caret, from === to ? caret : start + is.length);

    function lineStart(at) {
        return value.lastIndexOf("\n", at - 1) + 1;
    }

    // The only way that leaves the browser's own undo in order.
    function insert(text) {
        document.execCommand(text === "" ? "delete" : "insertText", false, text);
    }
};

// A new line as far in as the one before, and further behind an opening brace.
courseRun.newLine = (box) => {
    const before = box.value.slice(0, box.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const deeper = /[{([]\s*$/.test(line) ? "    " : "";
    document.execCommand("insertText", false, `\n${line.match(/^ */)[0]}${deeper}`);
};
