// One stepper: what is shown, what the reader can do with it, and the parts that show it. What happens
// on the loop, and all that is said of it, comes from Rust.
"use strict";

courseStepper.widget = (figure) => {
    const { element, announce, events } = courseStepper;
    const { id } = figure;
    const original = figure.dataset.settings;
    const view = { settings: original, run: null, place: 0, moment: null, isBeside: false, isQuiz: false };
    let machine = null;
    let starting = null;
    let axis = 0;
    let other = null;

    const act = {
        step: started((by) => { player.stop(); move(view.place + by, true); }),
        go: started((place) => { player.stop(); return move(place); }),
        goTo: started((fraction) => act.go(events.atTime(view.run.events, fraction * axis))),
        play: started(() => {
            if (player.isPlaying()) {
                player.stop();
            } else {
                move(view.place === view.run.events.length ? 0 : view.place);
                player.start();
            }
        }),
        jump: started((kinds, forwards) => {
            player.stop();
            const place = events.find(view.run.events, view.place, kinds, forwards);
            if (place === null) {
                announce(status, "There is no other.");
            } else {
                move(place, true);
            }
        }),
        run: started((settings) => { run(settings); }),
        reset: started(() => {
            [view.isBeside, view.isQuiz] = [false, false];
            quiz.open(false, view);
            run(original);
        }),
        beside: started((wanted) => {
            view.isBeside = wanted;
            draw();
            move(view.place);
        }),
        quiz: started((wanted) => {
            player.stop();
            view.isQuiz = wanted;
            move(view.place);
            quiz.open(wanted, view);
        }),
        unfold: started((wanted) => {
            panel.hidden = !wanted;
            controls.isUnfolded(wanted);
        }),
        copy: started((say) => copy(say)),
    };

    const status = element("p", { class: "stepper-unseen stepper-status", role: "status" });
    const controls = courseStepper.controls(act, id);
    const player = courseStepper.player(() => {
        move(view.place + 1);
        return view.place < view.run.events.length;
    }, controls.isPlaying);
    const picture = courseStepper.picture(act.goTo);
    const beside = courseStepper.beside(act.goTo);
    const tools = courseStepper.tools(act, player.speed);
    const quiz = courseStepper.quiz(act);
    const state = courseStepper.state();
    const listing = courseStepper.listing();
    const form = courseStepper.form(act, id);
    const table = courseStepper.table(act);
    const remark = element("p", { class: "stepper-remark", hidden: true });
    const command = element("p", { class: "stepper-command" });
    const panel = element("div", { class: "stepper-panel", id: `${id}-panel`, hidden: true },
        tools.root, quiz.root, element("div", { class: "stepper-now" }, state.root, listing.root), form.root, table.root);
    const live = element("div", { class: "stepper-live" }, beside.first, picture.root, beside.root, remark);
    const root = element("div", { class: "stepper-widget" }, live, ...controls.elements, status, panel, command);
    build();
    if (figure.closest(".stepper-page") !== null) {
        root.prepend(form.root);
        act.unfold(true);
    }

    return {
        start,
        // The state that a link asks for.
        open: started((link) => {
            act.unfold(true);
            view.isBeside = link.beside;
            run(link.settings, link.at);
            figure.scrollIntoView();
        }),
    };

    // The picture that the page came with stays, for the printer.
    function build() {
        const drawn = figure.querySelector("svg");
        const kept = element("div", { class: "stepper-static" });
        drawn.replaceWith(kept, root);
        kept.append(drawn);
        for (const event of ["focusin", "pointerenter", "pointerdown"]) {
            root.addEventListener(event, start, { once: true });
        }
        courseStepper.keys(root, controls.scrub, act);
    }

    // Waits for the loop, the first time; after that it is there.
    function started(what) {
        return (...words) => machine === null
            ? start().then(() => machine === null ? undefined : what(...words))
            : what(...words);
    }

    function start() {
        starting ??= courseStepper.machine().then((made) => {
            machine = made;
        }, () => courseStepper.missing(figure)).then(() => machine !== null && run(view.settings));
        return starting;
    }

    function run(settings, place = 0) {
        player.stop();
        const answer = machine.ask(`run 0 ${settings}`);
        form.say(answer.error ?? "", answer.field);
        if (answer.error !== undefined) {
            return;
        }
        [view.run, view.settings] = [answer, answer.settings];
        form.fill(answer.settings, machine.ask(`fields ${answer.settings}`));
        remark.textContent = [answer.deadlock, answer.cut].filter(Boolean).join(" ");
        remark.hidden = remark.textContent === "";
        command.replaceChildren(element("code", {}, answer.command ?? ""));
        figure.dataset.changed = String(answer.settings !== original);
        view.isBeside &&= answer.beside !== null;
        draw();
        move(place);
    }

    function draw() {
        other = view.isBeside ? machine.ask(`run 1 ${view.run.beside}`) : null;
        axis = Math.max(view.run.total, other?.total ?? 0);
        picture.draw(machine.draw(`draw 0 ${axis} ${id}-a`));
        if (other !== null) {
            beside.draw(machine.draw(`draw 1 ${axis} ${id}-b`));
        }
        figure.dataset.live = "true";
    }

    function move(place, says = false) {
        view.place = Math.min(Math.max(place, 0), view.run.events.length);
        view.moment = momentAt(0, view.place);
        figure.dataset.quiz = String(view.isQuiz);
        [picture, controls, tools, state, listing, table, quiz].forEach((part) => part.show(view));
        if (other === null) {
            beside.hide();
        } else {
            const same = view.moment === null ? 0 : events.atTime(other.events, view.moment.at);
            beside.show(view.run, other, momentAt(1, same));
        }
        if (says) {
            announce(status, view.moment?.why ?? "Before the first event.");
        }
        return view.moment;
    }

    // The state after the event before that place, and where on the axis it is.
    function momentAt(slot, place) {
        if (place === 0) {
            return null;
        }
        const moment = machine.ask(`moment ${slot} ${place - 1}`);
        return { ...moment, x: axis === 0 ? 0 : moment.at / axis };
    }

    // Without what follows "?": under `cargo run` that is the key of this reader's server.
    async function copy(say) {
        const { place, settings, isBeside } = view;
        history.replaceState(null, "", courseStepper.link.write({ id, at: place, beside: isBeside, settings }));
        try {
            await navigator.clipboard.writeText(location.href.replace(location.search, ""));
            say("Copied.");
        } catch {
            say("Copy it from the address bar.");
        }
        announce(status, "The link to this state is in the address bar, and copied where the browser allows it.");
    }
};
