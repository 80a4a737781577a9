// Runs a program on the official Rust Playground, where the course has no server of its own:
// published, served by plain mdBook, or opened from a folder. The text goes there when the reader
// presses Run, and not before.
"use strict";

courseRun.runOnPlayground = async (program, tell, signal) => {
    const code = courseRun.alone(program);
    if (code === null) {
        tell({ kind: "failed", text: "the playground has no sockets; cargo run in the course's folder runs it" });
        return;
    }
    tell({ kind: "sending" });
    const answer = await fetch("https://play.rust-lang.org/execute", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
            channel: "stable",
            mode: "debug",
            edition: "2024",
            crateType: "bin",
            tests: false,
            backtrace: false,
            code,
        }),
        // The playground itself stops a program after ten seconds.
        signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    const result = await answer.json().catch(() => ({}));
    if (typeof result.success !== "boolean") {
        tell({ kind: "failed", text: result.error ?? `the playground says ${answer.status}` });
        return;
    }
    tell({ kind: "running" });
    tell({ kind: "compiler", text: withoutCargo(result.stderr) });
    tell({ kind: "output", text: result.stdout });
    tell(ending(result));

    // Cargo's own lines are about its project there, not about the program.
    function withoutCargo(text) {
        return text.replace(/^ +(Compiling|Finished|Running) .*\n/gm, "");
    }

    function ending({ success, exitDetail, stderr, stdout }) {
        const code = Number(/exit(?:ed with)? (?:status|code)[: ]*(\d+)/i.exec(exitDetail ?? "")?.[1] ?? NaN);
        if (/^error: could not compile/m.test(stderr)) {
            return { kind: "compile-failed" };
        }
        if (/^ {2}(ok {5}|wrong {2})/m.test(stdout)) {
            return { kind: "ended", text: courseRun.verdict(stdout), mood: success ? "good" : "bad" };
        }
        if (code === 101) {
            return { kind: "ended", text: "It panicked (exit code 101).", mood: "bad" };
        }
        const failed = exitDetail ? `It ended: ${exitDetail}.` : "It failed.";
        return { kind: "ended", text: success ? "Finished." : failed, mood: success ? "good" : "bad" };
    }
};
