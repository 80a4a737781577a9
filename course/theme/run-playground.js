// Runs a program on the official Rust Playground, where the course has no server of its own:
// published, served by plain mdBook, or opened from a folder. The text goes there when the reader
// presses Run, and not before.
"use strict";

courseRun.runOnPlayground = async (program, tell, signal) => {
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
            code: program,
        }),
        // The playground itself stops a program after ten seconds.
        signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    const result = await answer.json().catch(() => ({}));
    if (typeof result.success !== "boolean") {
        tell({ kind: "failed", text: result.error ?? `the playground says ${answer.status}` });
        return;
    }
    tell({ kind: "compiler", text: withoutCargo(result.stderr) });
    tell({ kind: "output", text: result.stdout });
    tell({ kind: "ended", text: result.success ? "Finished." : result.exitDetail || "It failed." });

    // Cargo's own lines are about its project there, not about the program.
    function withoutCargo(text) {
        return text.replace(/^ +(Compiling|Finished|Running) .*\n/gm, "");
    }
};
