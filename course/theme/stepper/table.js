// All events as a table, for those who would rather read: made when it is opened.
"use strict";

courseStepper.table = (act) => {
    const { element } = courseStepper;
    const body = element("tbody", { onclick: (event) => act.go(event.target.closest("tr").rowIndex) });
    const head = element("tr", {}, ...["no.", "at", "what happened"].map((word) => element("th", { scope: "col" }, word)));
    const table = element("table", {}, element("thead", {}, head), body);
    const box = element("div", { class: "stepper-events", tabindex: 0, role: "group", "aria-label": "All events" }, table);
    const root = element("details", { class: "stepper-all", ontoggle: () => root.open && view !== null && show(view) },
        element("summary", {}, "All events"), box);
    let view = null;
    let shown = null;

    function write({ events }) {
        const rows = events.map(({ clock, sentence }, place) => {
            const row = document.createElement("tr");
            for (const text of [String(place + 1), clock, sentence]) {
                row.insertCell().textContent = text;
            }
            return row;
        });
        body.replaceChildren(...rows);
    }

    function show({ run, place }) {
        if (run !== shown) {
            shown = run;
            write(run);
        }
        body.querySelector("[aria-current]")?.removeAttribute("aria-current");
        const row = body.rows[place - 1];
        if (row !== undefined) {
            row.setAttribute("aria-current", "true");
            box.scrollTop = row.offsetTop - box.clientHeight / 2;
        }
    }

    return {
        root,
        show: (next) => {
            view = next;
            if (root.open) {
                show(next);
            }
        },
    };
};
