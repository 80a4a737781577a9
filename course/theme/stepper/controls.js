// The bar below the picture: Step back, Step, Play, scrub, and what unfolds the rest; and the sentence
// that says what happened.
"use strict";

courseStepper.controls = (act, id) => {
    const { element, button } = courseStepper;
    const hint = "Step through this run, event by event, there and back.";
    const back = button("Step back", () => act.step(-1), { class: "stepper-back" });
    const step = button("Step", () => act.step(1), { class: "stepper-step" });
    const play = button("Play", act.play, { class: "stepper-play" });
    const scrub = element("input", {
        type: "range", class: "stepper-scrub", min: 0, max: 1, value: 0, step: 1,
        "aria-label": "Events that have happened", oninput: () => act.go(Number(scrub.value)),
    });
    const clock = element("span", { class: "stepper-clock" });
    const more = button("More", () => act.unfold(more.getAttribute("aria-expanded") === "false"), {
        class: "stepper-more", "aria-expanded": "false", "aria-controls": `${id}-panel`,
    });
    const bar = element("div", { class: "stepper-bar", role: "group", "aria-label": "Step through this run" },
        back, step, play, scrub, clock, more);
    const sentence = element("p", { class: "stepper-sentence" }, hint);

    return {
        root: element("div", { class: "stepper-controls" }, bar, sentence),
        scrub,
        step,
        isUnfolded: (unfolded) => {
            more.setAttribute("aria-expanded", String(unfolded));
            more.textContent = unfolded ? "Less" : "More";
        },
        isPlaying: (playing) => {
            play.textContent = playing ? "Pause" : "Play";
            play.dataset.playing = String(playing);
        },
        show: ({ run, place, moment }) => {
            const count = run.events.length;
            scrub.max = count;
            scrub.value = place;
            const now = moment?.clock ?? "start";
            scrub.setAttribute("aria-valuetext", moment === null ? "before the first event" : `${now}: ${moment.why}`);
            clock.textContent = `${now} · ${place}/${count}`;
            sentence.textContent = moment?.why ?? `${hint} It has ${count} events: ${run.words}.`;
            // Not disabled: a button that is takes the focus with it.
            back.setAttribute("aria-disabled", String(place === 0));
            step.setAttribute("aria-disabled", String(place === count));
        },
    };
};
