// Puts a widget into every figure that is made for one, and opens what the address asks for.
"use strict";

// One clear line where the loop can't run; the page's own picture stays.
courseStepper.missing = (figure) => {
    figure.querySelector(".stepper-widget")?.remove();
    const line = "To step through this run, the page needs WebAssembly, which this browser does not allow it. The picture shows the whole run.";
    figure.querySelector(".stepper-static, svg").after(courseStepper.element("p", { class: "stepper-missing" }, line));
    delete figure.dataset.live;
};

document.addEventListener("DOMContentLoaded", () => {
    // The page for the printer holds all chapters, and every script several times.
    if (courseStepper.widgets !== undefined || location.pathname.endsWith("/print.html")) {
        return;
    }
    courseStepper.widgets = new Map();
    for (const figure of document.querySelectorAll("figure.stepper")) {
        if (typeof WebAssembly === "object") {
            courseStepper.widgets.set(figure.id, courseStepper.widget(figure));
        } else {
            courseStepper.missing(figure);
        }
    }
    addEventListener("hashchange", open);
    // A link to where the address is already changes nothing in it: the reader has changed the state.
    addEventListener("click", (event) => {
        const link = event.target.closest?.("a");
        if (link?.hash && link.href === location.href) {
            open();
        }
    });
    open();

    function open() {
        const link = courseStepper.link.read(location.hash);
        courseStepper.widgets.get(link?.id)?.open(link);
    }
});
