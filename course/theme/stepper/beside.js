// The same program the other way, below the first picture and on one axis with it, with the totals of
// both.
"use strict";

courseStepper.beside = (goToTime) => {
    const { element } = courseStepper;
    const picture = courseStepper.picture(goToTime);
    const [first, second] = [0, 1].map(() => element("p", { class: "stepper-total", hidden: true }));
    const root = element("div", { class: "stepper-beside", hidden: true }, second, picture.root);
    const heading = ({ name, words }) => [element("b", {}, `${name}:`), ` ${words}`];

    return {
        first,
        root,
        draw: (svg) => {
            [first, root, second].forEach((part) => { part.hidden = svg === undefined; });
            if (svg !== undefined) {
                picture.draw(svg);
            }
        },
        show: ({ run, other, same }) => {
            if (other !== null) {
                first.replaceChildren(...heading(run));
                second.replaceChildren(...heading(other));
                picture.show({ run: other, moment: same });
            }
        },
    };
};
