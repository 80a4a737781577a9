// A link to exactly this state: which widget, its settings, how many events have happened, and whether
// the other way stands beside it.
//
//     #stepper-02-waiting-1&at=12&beside&run=waiting%3Ftasks%3D5
"use strict";

courseStepper.link = {
    write: ({ id, at, beside, settings }) => {
        const parts = [id, `at=${at}`, ...(beside ? ["beside"] : []), `run=${encodeURIComponent(settings)}`];
        return `#${parts.join("&")}`;
    },

    // Null for a fragment that is none of ours, or whose end got lost on the way.
    read: (fragment) => {
        const [id, ...parts] = fragment.replace(/^#/, "").split("&");
        const values = Object.fromEntries(parts.map((part) => {
            const [name, ...value] = part.split("=");
            return [name, value.join("=")];
        }));
        if (values.run === undefined) {
            return null;
        }
        try {
            const at = Number.parseInt(values.at ?? "0", 10);
            return {
                id,
                at: Number.isFinite(at) ? Math.max(at, 0) : 0,
                beside: values.beside !== undefined,
                settings: decodeURIComponent(values.run),
            };
        } catch {
            return null;
        }
    },

    // Into the address bar, and to where things are copied to. Without what follows "?": under
    // `cargo run` that is the key of this reader's server.
    copy: async (state) => {
        history.replaceState(null, "", courseStepper.link.write(state));
        try {
            await navigator.clipboard.writeText(location.href.replace(location.search, ""));
            return "Copied.";
        } catch {
            return "Copy it from the address bar.";
        }
    },
};
