"""Chapter 7 in Python: five calls of two steps, of which one is refused, with async and await.

    python3 async_await.py                on asyncio's loop
    python3 async_await.py --mode send    on the loop of chapter 6, which calls `send(None)`
    python3 async_await.py --sequential   all calls are made, and then awaited one after the other

A coroutine is resumed as a generator is. In the mode `send` there is no asyncio: what waits is a
generator with a `yield` in it, and `await` hands what it yields to whoever resumes the coroutine.
"""

import asyncio
import types

from callbacks import Refused, Request, summary
from generators import Scheduler
from watched import Settings, Watched, count, note, place, printed, run


# ANCHOR: async
async def call(wait, request):
    note(f"{request} asks")
    await wait(request.wait)
    answer = await fetch(wait, request)
    note(f"{request} is back")
    return answer


async def fetch(wait, request):
    note(f"{request} fetches")
    await wait(request.wait)
    return request.answer()
# ANCHOR_END: async


async def answered(coroutine):
    try:
        return await coroutine
    except Refused:
        return "refused"


# ANCHOR: send
@types.coroutine
def yielded(wanted):
    """Awaited, it yields what is wanted to the loop: a number of seconds, or a list of tasks."""
    yield wanted


class Sent:
    """A coroutine as the loop of chapter 6 takes it: to resume it is to send it None."""

    def __init__(self, coroutine):
        self.coroutine = coroutine

    def __next__(self):
        return self.coroutine.send(None)
# ANCHOR_END: send


async def one_after_the_other(wait, requests):
    calls = [answered(call(wait, request)) for request in requests]
    note(summary([await made for made in calls]))


async def together(requests):
    calls = [
        asyncio.create_task(Watched(answered(call(asyncio.sleep, request))), name=str(request))
        for request in requests
    ]
    note(summary(await asyncio.gather(*calls)))


async def together_sent(scheduler, requests):
    calls = [
        scheduler.spawn(str(request), Sent(answered(call(yielded, request)))) for request in requests
    ]
    await yielded(calls)
    note(summary(call.result for call in calls))


def run_sent(requests, sequential):
    scheduler = Scheduler()
    if sequential:
        program = one_after_the_other(yielded, requests)
    else:
        program = together_sent(scheduler, requests)
    scheduler.spawn("main", Sent(program))
    scheduler.run()


def main():
    settings = Settings("Calls of two steps, with async and await.", ["asyncio", "send"])
    settings.add_argument("--tasks", type=count, default=5, help="how many calls (default: 5)")
    settings.add_seconds("--wait", 3.0, "how long each of their two steps waits")
    settings.add_argument("--refused", type=place, default=3, help="the call that fails, or 0 (default: 3)")
    settings.add_argument("--sequential", action="store_true", help="each call waits for the one before")
    chosen = settings.parse_args()
    requests = [
        Request(number, chosen.wait, number == chosen.refused) for number in range(1, chosen.tasks + 1)
    ]
    if chosen.mode == "send":
        printed(lambda: run_sent(requests, chosen.sequential), chosen.format)
    elif chosen.sequential:
        run(one_after_the_other(asyncio.sleep, requests), chosen.format)
    else:
        run(together(requests), chosen.format)


if __name__ == "__main__":
    main()
