"""Chapter 2 in asyncio: five calls that each wait three seconds.

    python3 waiting.py                     all of them under way at once
    python3 waiting.py --mode sequential   each awaited before the next one is made
    python3 waiting.py --mode blocking     calls that keep the thread while they wait
"""

import asyncio
import time

from watched import Settings, Watched, count, note, run


# ANCHOR: calls
async def blocking(tasks, wait):
    for number in range(1, tasks + 1):
        note(f"call {number} starts")
        time.sleep(wait)
        note(f"call {number} is back")


async def call(number, wait):
    note(f"call {number} starts")
    await asyncio.sleep(wait)
    note(f"call {number} is back")


async def sequential(tasks, wait):
    for number in range(1, tasks + 1):
        await call(number, wait)


async def together(tasks, wait):
    calls = [
        asyncio.create_task(Watched(call(number, wait)), name=f"call {number}")
        for number in range(1, tasks + 1)
    ]
    await asyncio.gather(*calls)
# ANCHOR_END: calls


MODES = {"together": together, "sequential": sequential, "blocking": blocking}


def main():
    settings = Settings("Calls that each wait, on one thread.", list(MODES))
    settings.add_argument("--tasks", type=count, default=5, help="how many calls (default: 5)")
    settings.add_seconds("--wait", 3.0, "how long each of them waits")
    chosen = settings.parse_args()
    run(MODES[chosen.mode](chosen.tasks, chosen.wait), chosen.format)


if __name__ == "__main__":
    main()
