"""Chapter 3 in Python: one small program, started many times.

    python3 processes.py                     all of them, before one is waited for
    python3 processes.py --mode sequential   each when the one before it has ended
    python3 processes.py --busy 3            and three that compute until the others are back

Nothing here is async. It is the operating system that gives each program its turns.
"""

import json
import os
import subprocess
import sys
import threading
import time

from watched import Settings, count, elapsed


def child(number, work, seconds):
    """The small program: says that it has started, and goes on when it is told to."""
    say(f"program {number} starts")
    told()
    if work == "wait":
        time.sleep(seconds)
        say(f"program {number} is back")
    else:
        say(f"program {number} computes")
        compute_until_told(seconds)
        say(f"program {number} stops")


def say(text):
    """A line at a time: many programs write to the same pipe, and a short line stays whole."""
    sys.stdout.write(text + "\n")  # `print` would write the line and its end, one after the other
    sys.stdout.flush()


def told():
    if not sys.stdin.readline():
        sys.exit(1)  # whoever started this program is gone


def compute_until_told(limit):
    """Never waits: it has a look whether somebody has told it, and computes on."""
    done = threading.Event()
    # At the end of this program nobody waits for a thread that still waits for a line.
    threading.Thread(target=lambda: (told(), done.set()), daemon=True).start()
    end = time.monotonic() + limit
    while not done.is_set() and time.monotonic() < end:
        sum(range(1_000))


class Terminal:
    """Where the programs' lines come in: one pipe for all of them, read by one thread."""

    def __init__(self, as_json):
        reader, self.writer = os.pipe()
        self.reader = open(reader, encoding="utf-8")
        self.start_time = time.monotonic()
        self.as_json = as_json
        self.entries = []

    def start(self, numbers, work, seconds):
        """Returns when each of them has said that it has started."""
        words = [sys.executable, "-B", __file__, "child"]
        programs = [
            subprocess.Popen(
                [*words, str(number), work, str(seconds)],
                stdin=subprocess.PIPE,
                stdout=self.writer,
                text=True,
            )
            for number in numbers
        ]
        self.hear(len(programs))
        return programs

    def tell(self, programs):
        """Tells all of them to go on, and returns when each has answered."""
        for program in programs:
            program.stdin.write("go on\n")
            program.stdin.flush()
        self.hear(len(programs))

    def play(self, numbers, seconds):
        programs = self.start(numbers, "wait", seconds)
        self.tell(programs)
        end(programs)

    def hear(self, lines):
        for _ in range(lines):
            text = self.reader.readline().strip()
            at = time.monotonic() - self.start_time
            task = " ".join(text.split(" ")[:2])
            self.entries.append({"at": at, "task": task, "kind": "note", "text": text})
            if not self.as_json:
                print(f"{elapsed(at):>10}  {text}", flush=True)


def end(programs):
    for program in programs:
        program.communicate()
        if program.returncode:
            sys.exit(f"a program failed ({program.returncode})")


# ANCHOR: together
def together(terminal, programs, busy, wait):
    computing = terminal.start(range(programs + 1, programs + busy + 1), "busy", 60)
    terminal.tell(computing)
    terminal.play(range(1, programs + 1), wait)
    terminal.tell(computing)  # to stop
    end(computing)
# ANCHOR_END: together


def sequential(terminal, programs, busy, wait):
    for number in range(1, programs + 1):
        terminal.play([number], wait)


MODES = {"together": together, "sequential": sequential}


def main():
    if sys.argv[1:2] == ["child"]:
        number, work, seconds = sys.argv[2:]
        return child(number, work, float(seconds))
    settings = Settings("One small program, started many times.", list(MODES))
    settings.add_argument("--programs", type=count, default=5, help="how many wait (default: 5)")
    settings.add_argument("--busy", type=count, help="how many compute beside them (default: none)")
    settings.add_seconds("--wait", 3.0, "how long each of them waits")
    chosen = settings.parse_args()
    if chosen.busy and chosen.mode == "sequential":
        settings.error("--busy: a busy program ends when the others are back: leave it out")
    as_json = chosen.format == "json"
    terminal = Terminal(as_json)
    MODES[chosen.mode](terminal, chosen.programs, chosen.busy or 0, chosen.wait)
    if as_json:
        print(json.dumps(terminal.entries, indent=1))
    else:
        print(f"{elapsed(terminal.entries[-1]['at']):>10}  in all")


if __name__ == "__main__":
    main()
