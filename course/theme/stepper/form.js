// What the reader can set. Which fields there are, and whether their values will do, is for Rust to say.
"use strict";

courseStepper.form = (act, id) => {
    const { element, button } = courseStepper;
    const fields = element("div", { class: "stepper-fields" });
    const error = element("p", { class: "stepper-error", role: "alert" });
    const run = element("button", { type: "submit", class: "stepper-run" }, "Run");
    const root = element("form", {
        class: "stepper-form", novalidate: true,
        onsubmit: (event) => {
            event.preventDefault();
            act.run(settings());
        },
        oninput: () => { root.dataset.changed = "true"; },
    }, fields, element("div", { class: "stepper-send" }, run, button("Reset", act.reset, { class: "stepper-reset" }), error));
    const chosen = element("select", { id: `${id}-program`, onchange: () => act.run(chosen.value) });
    let program = "";
    let made = [];

    const inputs = {
        count: ({ min, max, value }) => element("input", { type: "number", inputmode: "numeric", min, max, value }),
        time: ({ value }) => element("input", { type: "text", value, size: 6, autocapitalize: "none", spellcheck: "false" }),
        flag: ({ value }) => element("input", { type: "checkbox", checked: value === "yes" }),
        choice: ({ options, value }) => element("select", {}, ...options.map(([word, label]) =>
            element("option", { value: word, selected: word === value }, label))),
    };

    function make(field) {
        if (field.kind === "steps") {
            const editor = courseStepper.steps(field, () => { root.dataset.changed = "true"; });
            return { name: field.name, root: editor.root, values: editor.values };
        }
        const input = inputs[field.kind](field);
        input.id = `${id}-${field.name}`;
        const values = () => [field.kind === "flag" ? (input.checked ? "yes" : "no") : courseStepper.encode(input.value.trim())];
        return {
            name: field.name,
            root: element("div", { class: "stepper-field" }, element("label", { for: input.id }, field.label), input),
            values,
            input,
        };
    }

    function settings(fields = made) {
        const pairs = fields.flatMap(({ name, values }) => values().map((value) => `${name}=${value}`));
        return `${program}?${pairs.join("&")}`;
    }

    return {
        root,
        // What says the same already is not made anew: the reader's caret stays where it is.
        fill: (text, list) => {
            const before = settings();
            [program] = text.split("?");
            const next = list.map(make);
            const shape = JSON.stringify(list.map((field) => ({ ...field, value: null })));
            if (settings(next) !== before || shape !== fields.dataset.shape) {
                fields.dataset.shape = shape;
                made = next;
                fields.replaceChildren(...made.map((field) => field.root));
            }
            root.dataset.changed = "false";
            const named = [...chosen.options].find(({ value }) => value.split("?")[0] === program);
            chosen.value = named?.value ?? "";
        },
        // On the page of its own the reader chooses the program, too.
        offer: (programs) => {
            chosen.append(...programs.map(({ settings: value, label }) => element("option", { value }, label)));
            root.prepend(element("div", { class: "stepper-field" }, element("label", { for: chosen.id }, "program"), chosen));
        },
        say: (text, name) => {
            error.textContent = text;
            for (const { name: own, input } of made) {
                input?.setAttribute("aria-invalid", String(own === name));
            }
        },
    };
};

// A value inside the line of settings, where these characters mean something.
courseStepper.encode = (text) => text.replace(/[%&,=]/g, (character) => encodeURIComponent(character));
