// The same program the other way, below the first picture and on one axis with it, with the totals of
// both.
"use strict";

courseStepper.beside = (goTo) => {
    const { element } = courseStepper;
    const picture = courseStepper.picture(goTo);
    const [first, second] = [0, 1].map(() => element("p", { class: "stepper-total", hidden: true }));
    const root = element("div", { class: "stepper-beside", hidden: true }, second, picture.root);
    const heading = ({ name, words }) => [element("b", {}, name), ` ${words}`];

    return {
        first,
        root,
        draw: picture.draw,
        hide: () => [first, second, root].forEach((part) => { part.hidden = true; }),
        show: (run, other, moment) => {
            [first, second, root].forEach((part) => { part.hidden = false; });
            first.replaceChildren(...heading(run));
            second.replaceChildren(...heading(other));
            picture.show({ run: other, moment });
        },
    };
};
