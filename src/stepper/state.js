// The loop at the cursor: its clock, who is polled, the ready queue, the timers, what was printed.
"use strict";

courseStepper.state = () => {
    const { element } = courseStepper;
    const places = {};
    const list = element("dl", { class: "stepper-state" });
    for (const [key, label] of [["clock", "clock"], ["polled", "polled now"], ["ready", "ready queue"],
        ["timers", "timers"], ["printed", "printed"]]) {
        places[key] = element("dd", { "data-what": key });
        list.append(element("div", {}, element("dt", {}, label), places[key]));
    }
    const nothing = (word) => element("span", { class: "stepper-nothing" }, word);
    const chips = (words, otherwise) => words.length === 0
        ? [nothing(otherwise)]
        : [element("ol", {}, ...words.map((word) => element("li", {}, word)))];

    return {
        root: list,
        show: ({ run, moment }) => {
            const name = (task) => run.tasks[task]?.name ?? "?";
            const { polled = null, ready = [], timers = [], printed = [] } = moment ?? {};
            places.clock.textContent = moment?.clock ?? "0 s";
            places.polled.replaceChildren(polled === null ? nothing("nobody") : element("b", {}, name(polled)));
            places.ready.replaceChildren(...chips(ready.map(name), "empty"));
            places.timers.replaceChildren(...chips(timers.map(({ task, at }) => `${name(task)} at ${at}`), "none"));
            places.printed.replaceChildren(printed.length === 0 ? nothing("nothing yet") : element("pre", {}, printed.join("\n")));
            places.printed.scrollTop = places.printed.scrollHeight;
        },
    };
};
