// The picture, as the loop's own code draws it, and over it: the cursor, a veil on what is still to
// come, and what each lane is doing, in words.
"use strict";

courseStepper.picture = (goToTime) => {
    const { element } = courseStepper;
    let pressed = { clientX: 0, clientY: 0 };
    const drawing = element("div", { class: "stepper-drawing" });
    const veil = element("div", { class: "stepper-veil" });
    const cursor = element("div", { class: "stepper-cursor" });
    const statuses = element("ul", { class: "stepper-statuses", "aria-label": "What each is doing" });
    const root = element("div", {
        class: "stepper-picture",
        onclick: (event) => goToTime(fraction(event)),
        onpointerdown: (event) => { pressed = event; },
        onpointermove: (event) => event.buttons === 1 && isSideways(event) && goToTime(fraction(event)),
    }, drawing, veil, cursor, statuses);

    // A finger that goes up or down scrolls the page.
    function isSideways(event) {
        return Math.abs(event.clientX - pressed.clientX) > Math.abs(event.clientY - pressed.clientY);
    }

    function fraction(event) {
        const { left, width } = root.getBoundingClientRect();
        return Math.min(Math.max((event.clientX - left) / width, 0), 1);
    }

    // Only the picture knows where its lanes are: a lane's name stands at its top, in bold.
    function measure() {
        const names = [...drawing.querySelectorAll("svg > text[font-weight='600']")];
        const lanes = names.map((name) => element("li", { style: `top: ${Number(name.getAttribute("y")) - 13}px` }));
        statuses.replaceChildren(...lanes);
        const [first, second] = names.map((name) => Number(name.getAttribute("y")));
        root.style.setProperty("--stepper-lane", `${second - first}px`);
        root.style.setProperty("--stepper-lanes", `${(second - first) * names.length}px`);
    }

    return {
        root,
        draw: (svg) => {
            drawing.innerHTML = svg;
            measure();
        },
        show: ({ run, moment }) => {
            root.dataset.begun = String(moment !== null);
            root.style.setProperty("--stepper-x", `${(moment?.x ?? 0) * 100}%`);
            const lanes = [{ name: "loop", words: moment?.loop ?? "", status: "loop" }, ...run.tasks.map(({ name }, task) => ({
                name, ...(moment?.tasks[task] ?? { words: "", status: "new" }),
            }))];
            [...statuses.children].forEach((place, lane) => {
                const { name, words, status } = lanes[lane];
                place.dataset.status = status;
                place.replaceChildren(element("span", { class: "stepper-unseen" }, `${name}: `), words);
            });
        },
    };
};
