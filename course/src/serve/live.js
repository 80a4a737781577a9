// Reloads this page when the course was built anew, and shows what is wrong when it could not be.
(() => {
    "use strict";
    const address = `ws://${location.host}/__course/live?${document.currentScript.dataset.build}`;

    // A live region is announced when its text changes, so it is there, empty, from the start.
    const banner = document.createElement("div");
    banner.id = "course-problem";
    banner.setAttribute("role", "status");
    document.body.prepend(banner);

    const style = document.createElement("style");
    style.textContent = `
        #course-problem:empty { display: none; }
        #course-problem {
            position: fixed; inset: auto 0 0 0; z-index: 1000; padding: 0.8em 1.2em;
            background: #7a1c1c; color: #fff; font-size: 1.6rem; line-height: 1.4;
            overflow-wrap: anywhere;
        }
        @media print { #course-problem { display: none; } }
    `;
    document.head.append(style);

    let socket;
    let pause = 500;

    function connect() {
        socket = new WebSocket(address);
        socket.onopen = () => { pause = 500; };
        socket.onmessage = (event) => {
            if (event.data === "reload") {
                location.reload();
            } else if (event.data.startsWith("problem: ")) {
                banner.textContent = event.data.slice("problem: ".length);
            }
        };
        // The server may come back: a restarted one says at once that this page is an old one.
        socket.onclose = () => {
            setTimeout(connect, pause);
            pause = Math.min(pause * 2, 10000);
        };
    }

    // A page with an open socket is not kept for the browser's Back.
    addEventListener("pagehide", () => { socket.onclose = null; socket.close(); });
    addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
    connect();
})();
