// One reader's run of the loop: the settings, what happened with them, and the place in it that is
// shown. All of it is the loop's answers; nothing is worked out here but where one is.
"use strict";

courseStepper.session = (machine, id, view) => {
    const { events } = courseStepper;

    // The state after the event before that place, and where on the axis it is.
    function momentAt(slot, place) {
        if (place === 0) {
            return null;
        }
        const moment = machine.ask(`moment ${slot} ${place - 1}`);
        return { ...moment, x: view.axis === 0 ? 0 : moment.at / view.axis };
    }

    function go(place) {
        view.place = Math.min(Math.max(place, 0), view.run.events.length);
        view.moment = momentAt(0, view.place);
        if (view.other !== null) {
            view.same = momentAt(1, view.moment === null ? 0 : events.atTime(view.other.events, view.moment.at));
        }
    }

    // The other way beside it, or not: what it is called comes with the run.
    function beside(wanted) {
        view.other = wanted && view.run.beside !== null ? machine.ask(`run 1 ${view.run.beside}`) : null;
        view.axis = Math.max(view.run.total, view.other?.total ?? 0);
    }

    return {
        go,
        beside,
        // The answer, which may be an error: then what was shown before still stands.
        run: (settings) => {
            const answer = machine.ask(`run 0 ${settings}`);
            if (answer.error === undefined) {
                [view.run, view.settings] = [answer, answer.settings];
                beside(view.other !== null);
            }
            return answer;
        },
        programs: () => machine.ask("programs"),
        fields: () => machine.ask(`fields ${view.settings}`),
        // Both on one axis.
        pictures: () => [0, ...(view.other === null ? [] : [1])].map((slot) => machine.draw(`draw ${slot} ${view.axis} ${id}-${slot}`)),
        goToTime: (fraction) => go(events.atTime(view.run.events, fraction * view.axis)),
        jump: (kinds, forwards) => {
            const place = events.find(view.run.events, view.place, kinds, forwards);
            return place === null ? false : (go(place), true);
        },
    };
};
