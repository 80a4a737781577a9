// Finding one's way in the list of events. A place is the number of events that have happened: 0 is
// before the first, and the event that happened last is the one before the place.
"use strict";

courseStepper.events = {
    // The next place after `place` whose last event is one of `kinds`, or the one before it; null when
    // there is none.
    find: (events, place, kinds, forwards) => {
        const step = forwards ? 1 : -1;
        for (let next = place + step; next >= 1 && next <= events.length; next += step) {
            if (kinds.includes(events[next - 1].kind)) {
                return next;
            }
        }
        return null;
    },

    // The last place at which the clock shows at most `at` nanoseconds.
    atTime: (events, at) => {
        let [low, high] = [0, events.length];
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (events[middle - 1].at <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    },
};
