// The row of tools above the panel: jumps, speed, what else there is to switch on, and the link.
"use strict";

courseStepper.tools = (act, speed) => {
    const { element, button } = courseStepper;
    const jump = (word, kinds) => element("div", { class: "stepper-jump", role: "group", "aria-label": `Jump to a ${word}` },
        button("‹", () => act.jump(kinds, false), { "aria-label": `Previous ${word}`, title: `Previous ${word}` }),
        element("span", { "aria-hidden": "true" }, word),
        button("›", () => act.jump(kinds, true), { "aria-label": `Next ${word}`, title: `Next ${word}` }));
    const toggle = (label, press) => {
        const made = button(label, () => press(made.getAttribute("aria-pressed") === "false"), { "aria-pressed": "false" });
        return made;
    };
    const beside = toggle("Side by side", act.beside);
    const quiz = toggle("What comes next?", act.quiz);
    const copied = element("span", { class: "stepper-copied" });
    const link = button("Copy link", () => act.copy((text) => { copied.textContent = text; }), { class: "stepper-link" });

    return {
        root: element("div", { class: "stepper-tools" },
            element("div", {}, jump("poll", ["polled"]), jump("wake", ["woken"]), jump("print", ["noted"]), speed),
            element("div", {}, beside, quiz, link, copied)),
        show: ({ run, other, isQuiz }) => {
            beside.hidden = run.beside === null;
            beside.setAttribute("aria-pressed", String(other !== null));
            quiz.setAttribute("aria-pressed", String(isQuiz));
            copied.textContent = "";
        },
    };
};
