"""Chapter 5 in asyncio: five calls of two steps, of which one is refused, by callbacks.

    python3 callbacks.py                   all of them under way at once
    python3 callbacks.py --mode blocking   one after the other, without a loop

asyncio's loop knows callbacks, and nothing else: its tasks are made of them. Here they are used as
they are. To write down who does what, `Chains` remembers which callback was handed in by which.
"""

import asyncio
import time
from contextvars import copy_context
from dataclasses import dataclass

from watched import NAME, RECORD, Settings, count, note, place, printed


class Refused(Exception):
    """The second step of a call has failed."""


@dataclass
class Request:
    number: int
    wait: float
    refused: bool

    def __str__(self):
        return f"call {self.number}"

    def answer(self):
        if self.refused:
            raise Refused
        return self.number**2


# ANCHOR: blocking
def call_blocking(request):
    note(f"{request} asks")
    time.sleep(request.wait)
    answer = fetch_blocking(request)
    note(f"{request} is back")
    return answer


def fetch_blocking(request):
    note(f"{request} fetches")
    time.sleep(request.wait)
    return request.answer()
# ANCHOR_END: blocking


# ANCHOR: callbacks
def call(chains, request, done):
    def asked():
        fetch(chains, request, fetched)

    def fetched(answer, error):
        if error is None:
            note(f"{request} is back")
        done(answer, error)

    note(f"{request} asks")
    chains.call_later(request.wait, asked)


def fetch(chains, request, done):
    def waited():
        try:
            answer = request.answer()
        except Refused as error:
            done(None, error)
        else:
            done(answer, None)

    note(f"{request} fetches")
    chains.call_later(request.wait, waited)
# ANCHOR_END: callbacks


def one_after_the_other(chains, requests):
    answers = []
    for request in requests:
        try:
            answers.append(call_blocking(request))
        except Refused:
            answers.append("refused")
    note(summary(answers))


def together(chains, requests):
    answers = {}
    go_on = chains.resumer(lambda: note(summary(answers[request.number] for request in requests)))
    for request in requests:

        def done(answer, error, number=request.number):
            answers[number] = "refused" if error else answer
            if len(answers) == len(requests):
                go_on()

        def start(request=request, done=done):
            call(chains, request, done)

        chains.start(str(request), start)


def summary(answers):
    return "the answers: " + ", ".join(str(answer) for answer in answers)


class Chains:
    """asyncio's loop, with a record of which callback was handed in by which: a chain."""

    def __init__(self, loop):
        self.loop = loop
        self.started = set()
        # How many callbacks, of each chain, are still to come.
        self.left = {}

    def start(self, name, callback):
        """Calls it soon, as the first callback of a chain."""
        context = copy_context()
        context.run(NAME.set, name)
        self.loop.call_soon(self.counted(name, callback), context=context)

    def call_later(self, delay, callback):
        """As the loop's own. The context, and with it the name, is handed on by asyncio."""
        self.loop.call_later(delay, self.counted(NAME.get(), callback))

    def resumer(self, callback):
        """A function that has the callback called in the chain that runs now, from any other."""
        counted, context = self.counted(NAME.get(), callback), copy_context()
        return lambda: self.loop.call_soon(counted, context=context)

    def counted(self, name, callback):
        self.left[name] = self.left.get(name, 0) + 1

        def step():
            write = RECORD.get().write
            write(name, "resume" if name in self.started else "start")
            self.started.add(name)
            self.left[name] -= 1
            callback()
            write(name, "suspend" if self.left[name] else "finish")
            if not any(self.left.values()):
                self.loop.stop()

        return step


def run_to_end(program, requests):
    loop = asyncio.new_event_loop()
    chains = Chains(loop)
    chains.start("main", lambda: program(chains, requests))
    loop.run_forever()
    loop.close()


MODES = {"callbacks": together, "blocking": one_after_the_other}


def main():
    settings = Settings("Calls of two steps, by callbacks.", list(MODES))
    settings.add_argument("--tasks", type=count, default=5, help="how many calls (default: 5)")
    settings.add_seconds("--wait", 3.0, "how long each of their two steps waits")
    settings.add_argument("--refused", type=place, default=3, help="the call that fails, or 0 (default: 3)")
    chosen = settings.parse_args()
    requests = [
        Request(number, chosen.wait, number == chosen.refused) for number in range(1, chosen.tasks + 1)
    ]
    printed(lambda: run_to_end(MODES[chosen.mode], requests), chosen.format)


if __name__ == "__main__":
    main()
