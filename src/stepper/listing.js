// The program, with the line that runs marked in it, and at the other lines who stands there.
"use strict";

courseStepper.listing = () => {
    const { element } = courseStepper;
    const title = element("p", { class: "stepper-file" });
    const code = element("code", { class: "hljs language-rust" });
    const box = element("pre", { tabindex: 0, role: "group", "aria-label": "Program" }, code);
    let shown = null;
    let rows = new Map();

    // mdBook's own highlighter, where there is one: line by line, so that a line can be marked.
    function coloured(text) {
        const line = element("span", { class: "stepper-code" });
        if (window.hljs?.highlight) {
            line.innerHTML = hljs.highlight("rust", text, true).value;
        } else {
            line.textContent = text;
        }
        return line;
    }

    function write({ file, first, lines }) {
        title.textContent = file;
        rows = new Map(lines.map((text, place) => {
            const number = element("span", { class: "stepper-number" }, String(first + place));
            const who = element("span", { class: "stepper-who" });
            return [first + place, { who, row: element("span", { class: "stepper-line" }, number, coloured(text), who, "\n") }];
        }));
        code.replaceChildren(...[...rows.values()].map(({ row }) => row));
    }

    // Within the box: the page stays where it is.
    function reveal(row) {
        const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
        if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) {
            box.scrollTop = top - box.clientHeight / 2;
        }
    }

    return {
        root: element("div", { class: "stepper-listing" }, title, box),
        show: ({ run, moment }) => {
            const { listing } = run;
            if (listing !== shown) {
                shown = listing;
                write(listing);
            }
            const running = moment?.line?.line ?? null;
            const standing = new Map();
            (moment?.tasks ?? []).forEach(({ line }, task) => {
                if (line?.line !== undefined && line.line !== running) {
                    standing.set(line.line, [...(standing.get(line.line) ?? []), run.tasks[task].name]);
                }
            });
            for (const [number, { row, who }] of rows) {
                const names = standing.get(number) ?? [];
                who.textContent = names.length > 3 ? ` ◂ ${names.length} tasks` : names.length > 0 ? ` ◂ ${names.join(", ")}` : "";
                row.classList.toggle("stepper-here", number === running);
                if (number === running) {
                    row.setAttribute("aria-current", "true");
                    reveal(row);
                } else {
                    row.removeAttribute("aria-current");
                }
            }
        },
    };
};
