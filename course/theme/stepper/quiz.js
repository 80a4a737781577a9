// "What comes next?": the reader says which task is polled next, or that the loop waits; the list of
// events knows.
"use strict";

courseStepper.quiz = (act, view) => {
    const { element, button } = courseStepper;
    const choices = element("div", { class: "stepper-choices" });
    const question = element("fieldset", {}, element("legend", {}, "What comes next?"), choices);
    const verdict = element("p", { class: "stepper-verdict", role: "status" });
    const root = element("div", { class: "stepper-quiz", hidden: true }, question, verdict);
    // Nobody reads a list of a hundred tasks: some that are wrong will do.
    const MOST = 7;
    const OVER = ["done", "dropped", "panicked"];
    let asked = 0;
    let right = 0;

    // Who could be next: tasks that are not over, in their order, and with them the one that is.
    function candidates(answer) {
        const { run, moment } = view;
        const alive = run.tasks.map((_, task) => task)
            .filter((task) => task === answer || !OVER.includes(moment?.tasks[task].status) && moment?.tasks[task].status !== "new");
        const wrong = alive.filter((task) => task !== answer).slice(0, MOST - 1);
        return alive.filter((task) => task === answer || wrong.includes(task));
    }

    function show() {
        const place = courseStepper.events.find(view.run.events, view.place, ["polled", "parked"], true);
        question.hidden = place === null;
        if (place === null) {
            return;
        }
        const answer = view.run.events[place - 1].task ?? null;
        const choice = (label, task) => button(label, () => {
            asked += 1;
            right += task === answer ? 1 : 0;
            act.go(place);
            verdict.dataset.mood = task === answer ? "good" : "bad";
            verdict.textContent = `${task === answer ? "Right" : "Not that"}: ${view.moment.why} (${right} of ${asked} right)`;
            choices.firstElementChild?.focus();
        });
        choices.replaceChildren(
            ...candidates(answer).map((task) => choice(`${view.run.tasks[task].name} is polled`, task)),
            choice("the loop waits", null),
        );
    }

    return {
        root,
        show: () => !root.hidden && show(),
        open: (wanted) => {
            root.hidden = !wanted;
            [asked, right] = [0, 0];
            verdict.textContent = "";
        },
    };
};
