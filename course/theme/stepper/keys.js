// The keyboard inside the widget: arrows step, Home and End go to the ends. mdBook's own keys (arrows
// turn the page, s searches, ? helps) stay outside.
"use strict";

courseStepper.keys = (root, scrub, act) => {
    const steps = { ArrowRight: () => act.step(1), ArrowLeft: () => act.step(-1), Home: () => act.go(0), End: () => act.go(Infinity) };
    root.addEventListener("keydown", (event) => {
        event.stopPropagation();
        const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
        // Where these keys mean something already: fields, and boxes that scroll sideways.
        const isTaken = event.target !== scrub && event.target.closest("input, select, pre") !== null;
        if (plain && !isTaken && steps[event.key] !== undefined) {
            event.preventDefault();
            steps[event.key]();
        }
    });
};
