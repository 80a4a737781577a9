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

    // The lines are not all that the file has: what lies between two of them is a gap.
    function write(listing) {
        title.textContent = listing?.file ?? "";
        rows = new Map();
        const lines = listing?.lines ?? [];
        code.replaceChildren(...lines.flatMap(([number, text], place) => {
            const follows = place === 0 || lines[place - 1][0] === number - 1;
            return follows ? [row(number, text)] : [element("span", { class: "stepper-line" }, "⋮\n"), row(number, text)];
        }));
    }

    function row(number, text) {
        const who = element("span", { class: "stepper-who" });
        const line = element("span", { class: "stepper-line" },
            element("span", { class: "stepper-number" }, String(number)), coloured(text), who, "\n");
        rows.set(number, { line, who });
        return line;
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
            if (run !== shown) {
                shown = run;
                write(listing);
            }
            const running = moment?.tasks[moment.polled]?.line ?? null;
            const standing = new Map();
            (moment?.tasks ?? []).forEach(({ line }, task) => {
                if (line !== null && task !== moment.polled) {
                    standing.set(line, [...(standing.get(line) ?? []), run.tasks[task].name]);
                }
            });
            for (const [number, { line, who }] of rows) {
                who.textContent = marked(standing.get(number) ?? []);
                line.classList.toggle("stepper-here", number === running);
                if (number === running) {
                    line.setAttribute("aria-current", "true");
                    reveal(line);
                } else {
                    line.removeAttribute("aria-current");
                }
            }
        },
    };

    function marked(names) {
        return names.length === 0 ? "" : ` ◂ ${names.length > 3 ? `${names.length} tasks` : names.join(", ")}`;
    }
};
