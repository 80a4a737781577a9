// Runs a program on the reader's own machine, through the server of `cargo run`.
"use strict";

// Whether that server sent this page: only it adds the script that reloads the page. Asking it
// instead would be a failed request wherever it is not there.
courseRun.isLocal = () => document.querySelector("script[src='/__course/live.js']") !== null;

// Calls `tell` with each event as it comes; the server describes them.
courseRun.runLocally = async (program, tell, signal) => {
    const answer = await ask(program, signal);
    if (!answer.ok) {
        const { error } = await answer.json().catch(() => ({ error: `the server says ${answer.status}` }));
        tell({ kind: "failed", text: error });
        return;
    }
    for await (const line of lines(answer.body)) {
        tell(JSON.parse(line));
    }

    async function ask(code, signal) {
        const headers = { "Content-Type": "application/json" };
        // The token is asked for anew each time: a server that was started again has another.
        const answer = await fetch("/run/token", { method: "POST", headers, signal });
        if (!answer.ok) {
            return answer;
        }
        headers["X-Course-Token"] = (await answer.json()).token;
        return fetch("/run", { method: "POST", headers, body: JSON.stringify({ code }), signal });
    }

    async function* lines(body) {
        const reader = body.pipeThrough(new TextDecoderStream()).getReader();
        let begun = "";
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
            const complete = (begun + part.value).split("\n");
            begun = complete.pop();
            yield* complete;
        }
    }
};
