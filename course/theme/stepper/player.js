// Play: a step after every so many milliseconds, until the end or until the reader does something else.
"use strict";

courseStepper.player = (step, tell) => {
    const { element } = courseStepper;
    const speeds = [["very slow", 2000], ["slow", 1000], ["normal", 400], ["fast", 120], ["very fast", 30]];
    const options = speeds.map(([label, pause]) => element("option", { value: pause, selected: label === "normal" }, label));
    const select = element("select", { onchange: () => timer !== null && start() }, ...options);
    const speed = element("label", { class: "stepper-speed" }, "Speed ", select);
    let timer = null;

    function start() {
        clearInterval(timer);
        timer = setInterval(() => step() || stop(), Number(select.value));
        tell(true);
    }

    function stop() {
        clearInterval(timer);
        timer = null;
        tell(false);
    }

    return { speed, start, stop, isPlaying: () => timer !== null };
};
