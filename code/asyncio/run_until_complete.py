"""Chapter 8 in Python: the smallest event loop that runs a coroutine, written without asyncio.

    python3 run_until_complete.py                  it parks until somebody wakes it
    python3 run_until_complete.py --mode busy      it asks again and again
    python3 run_until_complete.py --mode napping   it asks, sleeps for a nap, and asks again

A Python coroutine is resumed by `send`, as a Rust future is by `poll`. What it hands out when it
stops is its own business and the loop's: here it is nothing.
"""

import threading
import time

from watched import RECORD, Settings, printed


class Pause:
    """Hands the thread back once, unfinished: `Poll::Pending`."""

    def __await__(self):
        yield


# ANCHOR: loop
def run_until_complete(coroutine, wait_a_little):
    while True:
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
        wait_a_little()
# ANCHOR_END: loop


async def call(wait, woken, note):
    back = threading.Event()

    def ring():
        back.set()
        woken.set()

    note("the call starts")
    threading.Timer(wait, ring).start()
    while not back.is_set():
        await Pause()
    note("the call is back")


class Told:
    """A coroutine whose steps are written down."""

    def __init__(self, coroutine, record):
        self.coroutine = coroutine
        self.record = record
        self.started = False

    def send(self, value):
        self.record.write("main", "resume" if self.started else "start")
        self.started = True
        try:
            self.coroutine.send(value)
        except StopIteration:
            self.record.write("main", "finish")
            raise
        self.record.write("main", "suspend")


def park(woken):
    """Gives the thread to the operating system. A wake from before is not lost: the event is set."""
    woken.wait()
    woken.clear()


def main():
    settings = Settings("One call that waits, and a loop.", ["parked", "busy", "napping"])
    settings.add_seconds("--wait", 3.0, "how long the call takes")
    settings.add_seconds("--nap", 0.7, "how long a nap is")
    chosen = settings.parse_args()
    woken = threading.Event()
    waits = {
        "parked": lambda: park(woken),
        "busy": lambda: None,
        "napping": lambda: time.sleep(chosen.nap),
    }

    def program():
        record = RECORD.get()
        main = call(chosen.wait, woken, lambda text: record.write("main", "note", text))
        run_until_complete(Told(main, record), waits[chosen.mode])

    printed(program, chosen.format)


if __name__ == "__main__":
    main()
