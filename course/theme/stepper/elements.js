// The stepper's namespace, and what all its parts make their elements with.
"use strict";

window.courseStepper ??= {};

// element("button", { class: "x", onclick: press }, "Step"): what begins with "on" and is a function
// listens; true and false set and leave out; the rest are attributes.
courseStepper.element = (name, settings = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(settings)) {
        if (typeof value === "function") {
            made.addEventListener(key.slice(2), value);
        } else if (value !== false && value !== undefined && value !== null) {
            made.setAttribute(key, value === true ? "" : value);
        }
    }
    made.append(...inside);
    return made;
};

courseStepper.button = (label, onclick, settings = {}) =>
    courseStepper.element("button", { type: "button", onclick, ...settings }, label);

// Says something to a screen reader, also when it is the same as before.
courseStepper.announce = (status, text) => {
    status.textContent = "";
    requestAnimationFrame(() => { status.textContent = text; });
};
