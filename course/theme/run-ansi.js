// Text with the colours of a terminal, as the compiler prints it, as a piece of the page.
"use strict";

courseRun.coloured = (text) => {
    const page = document.createDocumentFragment();
    let style = { bold: false, colour: "" };
    // Split at escape sequences; each odd piece is the inside of one.
    text.split(/\x1b\[([0-9;]*[A-Za-z])/).forEach((piece, index) => {
        if (index % 2 === 1) {
            style = piece.endsWith("m") ? next(style, piece.slice(0, -1).split(";").map(Number)) : style;
        } else if (piece !== "") {
            const name = [style.bold && "ansi-bold", style.colour].filter(Boolean).join(" ");
            const span = document.createElement("span");
            span.className = name;
            span.textContent = piece;
            page.append(name === "" ? piece : span);
        }
    });
    return page;

    function next({ bold, colour }, [code, ...rest]) {
        if (code === undefined) {
            return { bold, colour };
        }
        if (code === 38 && rest[0] === 5) {
            // One of the sixteen colours, by its number; brighter ones are the same here.
            return next({ bold, colour: named(rest[1] < 16 ? rest[1] % 8 : 0) }, rest.slice(2));
        }
        if (code === 0) {
            return next({ bold: false, colour: "" }, rest);
        }
        if (code === 1 || code === 22) {
            return next({ bold: code === 1, colour }, rest);
        }
        if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
            return next({ bold, colour: named(code % 10) }, rest);
        }
        return next({ bold, colour: code === 39 ? "" : colour }, rest);
    }

    // Black and white are the page's own two.
    function named(number) {
        return number >= 1 && number <= 6 ? `ansi-${number}` : "";
    }
};
