// One stepper: its parts, what the reader can do with it, and who is told when something has changed.
"use strict";

courseStepper.widget = (figure) => {
    const { element, announce } = courseStepper;
    const { id } = figure;
    const original = figure.dataset.settings;
    const isPage = figure.closest(".stepper-page") !== null;
    const view = { settings: original, run: null, other: null, axis: 0, place: 0, moment: null, same: null, isQuiz: false };
    let session = null;
    let starting = null;
    // What the page came with, as the loop writes it.
    let written = null;

    const act = {
        step: started((by) => { goTo(view.place + by, true); }),
        go: started((place) => { goTo(place); }),
        goToTime: started((fraction) => {
            player.stop();
            session.goToTime(fraction);
            show();
        }),
        jump: started((kinds, forwards) => {
            player.stop();
            if (session.jump(kinds, forwards)) {
                show(true);
            } else {
                announce(status, "There is no other.");
            }
        }),
        play: started(() => {
            if (player.isPlaying()) {
                player.stop();
                return;
            }
            goTo(view.place === view.run.events.length ? 0 : view.place);
            player.start();
        }),
        run: started((settings) => {
            if (run(settings)) {
                announce(status, `${view.run.words}. ${remark.textContent}`);
            }
        }),
        reset: started(() => {
            session.beside(false);
            quiz.open(view.isQuiz = false);
            run(original);
        }),
        beside: started((wanted) => {
            session.beside(wanted);
            draw();
            goTo(view.place);
        }),
        quiz: started((wanted) => {
            quiz.open(view.isQuiz = wanted);
            goTo(view.place);
        }),
        unfold: started((wanted) => {
            panel.hidden = !wanted;
            controls.isUnfolded(wanted);
            show();
        }),
        copy: started(async (tell) => {
            tell(await courseStepper.link.copy({ id, at: view.place, beside: view.other !== null, settings: view.settings }));
            announce(status, "The link to this state is in the address bar, and copied where the browser allows it.");
        }),
    };

    const status = element("p", { class: "stepper-unseen stepper-status", role: "status" });
    const controls = courseStepper.controls(act, id);
    const player = courseStepper.player(started(() => {
        session.go(view.place + 1);
        show();
        return view.place < view.run.events.length;
    }), controls.isPlaying);
    const picture = courseStepper.picture(act.goToTime);
    const beside = courseStepper.beside(act.goToTime);
    const tools = courseStepper.tools(act, player.speed);
    const quiz = courseStepper.quiz(act, view);
    const state = courseStepper.state();
    const listing = courseStepper.listing();
    const form = courseStepper.form(act, id);
    const table = courseStepper.table(act);
    const remark = element("p", { class: "stepper-remark", hidden: true });
    const command = element("p", { class: "stepper-command" });
    const panel = element("div", { class: "stepper-panel", id: `${id}-panel`, hidden: true },
        tools.root, quiz.root, element("div", { class: "stepper-now" }, state.root, listing.root), form.root, table.root);
    const live = element("div", { class: "stepper-live" }, beside.first, picture.root, beside.root, remark);
    const root = element("div", { class: "stepper-widget" }, element("div", {}, live, controls.root), status, panel, command);
    build();

    return {
        // The state that a link asks for.
        open: started((link) => {
            act.unfold(true);
            if (run(link.settings)) {
                act.beside(link.beside);
                goTo(link.at, true);
            }
            figure.scrollIntoView();
            controls.step.focus({ preventScroll: true });
        }),
    };

    // The picture that the page came with stays, for the printer.
    function build() {
        const drawn = figure.querySelector("svg");
        const kept = element("div", { class: "stepper-static" });
        drawn.replaceWith(kept, root);
        kept.append(drawn);
        courseStepper.keys(root, controls.scrub, act);
        for (const event of ["focusin", "pointerenter", "pointerdown"]) {
            figure.addEventListener(event, start, { once: true });
        }
        if (isPage) {
            root.prepend(form.root);
            act.unfold(true);
        }
    }

    // Waits for the loop, the first time; after that it is there.
    function started(what) {
        const act = (words) => {
            try {
                return what(...words);
            } catch (error) {
                return stopped(error);
            }
        };
        return (...words) => session === null ? start().then(() => session && act(words)) : act(words);
    }

    function start() {
        starting ??= courseStepper.machine().then((machine) => {
            session = courseStepper.session(machine, id, view);
            if (isPage) {
                form.offer(session.programs());
            }
            run(view.settings);
        }, () => courseStepper.missing(figure));
        return starting;
    }

    // No setting should be able to do that; if one is, the page says so, and can go on.
    function stopped(error) {
        if (!(error instanceof WebAssembly.RuntimeError)) {
            throw error;
        }
        player.stop();
        [session, starting, view.settings, view.other] = [null, null, original, null];
        form.say("The loop in this page has stopped at these settings, which is a fault of the page. Reset starts it anew.");
    }

    function run(settings) {
        const answer = session.run(settings);
        form.say(answer.error ?? "", answer.field);
        if (answer.error !== undefined) {
            return false;
        }
        form.fill(answer.settings, session.fields());
        remark.textContent = [answer.deadlock, answer.cut].filter(Boolean).join(" ");
        remark.hidden = remark.textContent === "";
        command.replaceChildren(element("code", {}, answer.command ?? ""));
        written ??= answer.settings;
        figure.dataset.changed = String(answer.settings !== written);
        draw();
        goTo(0);
        return true;
    }

    function draw() {
        const [first, second] = session.pictures();
        picture.draw(first);
        beside.draw(second);
        figure.dataset.live = "true";
    }

    function goTo(place, says = false) {
        player.stop();
        session.go(place);
        show(says);
    }

    function show(says = false) {
        figure.dataset.quiz = String(view.isQuiz);
        [picture, beside, controls, tools, state, listing, table, quiz].forEach((part) => part.show(view));
        if (says) {
            announce(status, view.moment?.why ?? "Before the first event.");
        }
    }
};
