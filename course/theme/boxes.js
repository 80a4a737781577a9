// Boxes that scroll, for those who use the keyboard; and what is folded, for the printer.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const boxes = [...document.querySelectorAll("main pre > code, main .table-wrapper, main details > pre, main .recorded-text")];
    const names = { CODE: "Code", PRE: "Text", DIV: "Table" };
    const watch = new ResizeObserver((entries) => entries.forEach((entry) => update(entry.target)));
    for (const box of boxes) {
        watch.observe(box);
        // mdBook turns the page at an arrow key; in a box that scrolls, it scrolls.
        box.addEventListener("keydown", (event) => {
            if (event.key.startsWith("Arrow") && box.scrollWidth > box.clientWidth) {
                event.stopPropagation();
            }
        });
    }

    // What scrolls or can be run must be within reach of the Tab key; nothing else should be.
    function update(box) {
        // Under the editor it is only to be looked at.
        if (box.parentElement.classList.contains("editing")) {
            return;
        }
        const runs = box.parentElement.nextElementSibling?.classList.contains("run-bar") ?? false;
        if (runs || box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) {
            box.tabIndex = 0;
            box.setAttribute("role", "group");
            box.setAttribute("aria-label", runs ? "Program: Enter edits, Control-Enter runs" : names[box.tagName]);
        } else {
            ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
        }
    }

    let opened = [];
    addEventListener("beforeprint", () => {
        opened = [...document.querySelectorAll("main details:not([open])")];
        opened.forEach((details) => { details.open = true; });
    });
    addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));
});
