// The loop at the cursor: its clock, who is polled, the ready queue, the timers, what was printed.
"use strict";

courseStepper.state = () => {
    const { element } = courseStepper;
    // More in a queue than these are counted.
    const MOST = 12;
    const places = {};
    const list = element("dl", { class: "stepper-state" });
    for (const [key, label] of [["clock", "clock"], ["polled", "polled now"], ["ready", "ready queue"],
        ["timers", "timers"], ["printed", "printed"]]) {
        places[key] = element("dd", { "data-what": key });
        list.append(element("div", {}, element("dt", {}, label), places[key]));
    }
    const printout = element("pre");
    const nothing = (word) => element("span", { class: "stepper-nothing" }, word);

    function chips(words, otherwise) {
        if (words.length === 0) {
            return [nothing(otherwise)];
        }
        const more = words.length > MOST ? [`… and ${words.length - MOST} more`] : [];
        return [element("ol", {}, ...[...words.slice(0, MOST), ...more].map((word) => element("li", {}, word)))];
    }

    function print(lines) {
        printout.textContent = lines.join("\n");
        places.printed.replaceChildren(lines.length === 0 ? nothing("nothing yet") : printout);
        printout.scrollTop = printout.scrollHeight;
        // What scrolls must be within reach of the Tab key; nothing else should be.
        const scrolls = printout.scrollHeight > printout.clientHeight;
        for (const [name, value] of [["tabindex", 0], ["role", "group"], ["aria-label", "Printed"]]) {
            printout.toggleAttribute(name, scrolls);
            if (scrolls) {
                printout.setAttribute(name, value);
            }
        }
    }

    return {
        root: list,
        show: ({ run, moment }) => {
            const name = (task) => run.tasks[task]?.name ?? "?";
            const { polled = null, ready = [], timers = [], printed = [] } = moment ?? {};
            places.clock.textContent = moment?.clock ?? "0 s";
            places.polled.replaceChildren(polled === null ? nothing("nobody") : element("b", {}, name(polled)));
            places.ready.replaceChildren(...chips(ready.map(name), "empty"));
            places.timers.replaceChildren(...chips(timers.map(({ task, at }) => `${name(task)} at ${at}`), "none"));
            print(printed);
        },
    };
};
