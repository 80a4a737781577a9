// The reader's own program: a box for each task, a row for each of its steps.
"use strict";

courseStepper.steps = (field, changed) => {
    const { element, button } = courseStepper;
    const kinds = new Map(field.steps.map((kind) => [kind.word, kind]));
    const tasks = field.value.map((steps) => steps.split(",").filter((step) => step.trim() !== "").map(parse));
    const root = element("div", { class: "stepper-tasks" });
    render();

    function parse(text) {
        const [word, ...argument] = text.trim().split(" ");
        return { word, argument: decodeURIComponent(argument.join(" ")) };
    }

    function write({ word, argument }) {
        return kinds.get(word).argument === undefined ? word : `${word} ${courseStepper.encode(argument.trim())}`;
    }

    // The element of that key keeps the keyboard, when what it did has made all of them anew.
    function change(key) {
        render();
        const wanted = [].concat(key).map((word) => root.querySelector(`[data-key="${word}"]`));
        wanted.find((found) => found !== null)?.focus();
        changed();
    }

    function render() {
        const full = tasks.length >= field.max;
        const add = button("Add a task", () => {
            tasks.push([{ word: field.steps[0].word, argument: field.steps[0].default ?? "" }]);
            change(`${tasks.length - 1}-0-word`);
        }, { class: "stepper-add", "data-key": "add", hidden: full });
        root.replaceChildren(...tasks.map(box), add);
    }

    function box(steps, task) {
        const name = `task ${task + 1}`;
        const add = button("Add a step", () => {
            steps.push({ word: field.steps[0].word, argument: field.steps[0].default ?? "" });
            change(`${task}-${steps.length - 1}-word`);
        }, { class: "stepper-add", "data-key": `${task}-add`, "aria-label": `Add a step to ${name}`, hidden: steps.length >= field.maxsteps });
        return element("fieldset", {}, element("legend", {}, name),
            element("div", { class: "stepper-moves" }, ...moves(tasks, task, name, (place) => `${place}`, "add")),
            element("ol", {}, ...steps.map((step, place) => row(steps, step, task, place))), add);
    }

    function row(steps, step, task, place) {
        const name = `step ${place + 1} of task ${task + 1}`;
        const select = element("select", {
            "aria-label": name, "data-key": `${task}-${place}-word`,
            onchange: () => {
                const kind = kinds.get(select.value);
                if (kind.argument !== kinds.get(step.word).argument) {
                    step.argument = kind.default ?? "";
                }
                step.word = kind.word;
                change(`${task}-${place}-word`);
            },
        }, ...field.steps.map(({ word, label }) => element("option", { value: word, selected: word === step.word }, label)));
        const { argument } = kinds.get(step.word);
        const input = argument === undefined ? [] : [element("input", {
            type: argument === "task" ? "number" : "text", min: 1, value: step.argument, autocapitalize: "none", spellcheck: "false",
            "aria-label": `${argument} of ${name}`, oninput: ({ target }) => { step.argument = target.value; },
        })];
        return element("li", {}, select, ...input,
            ...moves(steps, place, name, (other) => `${task}-${other}`, `${task}-add`));
    }

    // Up, down, away.
    function moves(list, place, name, key, otherwise) {
        const swap = (other, word) => () => {
            if (list[other] !== undefined) {
                [list[place], list[other]] = [list[other], list[place]];
                change(`${key(other)}-${word}`);
            }
        };
        const move = (sign, word, other) => button(sign, swap(other, word), {
            class: "stepper-move", "data-key": `${key(place)}-${word}`, "aria-label": `Move ${name} ${word}`,
            title: `Move ${word}`, "aria-disabled": String(list[other] === undefined),
        });
        const away = button("×", () => {
            list.splice(place, 1);
            change([`${key(place)}-away`, `${key(place - 1)}-away`, otherwise]);
        }, { class: "stepper-move", "data-key": `${key(place)}-away`, "aria-label": `Remove ${name}`, title: "Remove" });
        return [move("↑", "up", place - 1), move("↓", "down", place + 1), away];
    }

    return { root, values: () => tasks.map((steps) => steps.map(write).join(",")) };
};
