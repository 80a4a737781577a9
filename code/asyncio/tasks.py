"""Chapter 10 in asyncio: calls that are tasks, and who waits for them.

    python3 tasks.py                    main awaits each of them
    python3 tasks.py --panics 2         one of them raises, and the others go on
    python3 tasks.py --mode forgotten   main is at its end first: asyncio.run cancels what is left
"""

import asyncio

from watched import Settings, Watched, count, note, place, run


async def call(number, wait, raises):
    note(f"call {number} starts")
    await asyncio.sleep(wait)
    if raises:
        raise RuntimeError("nobody answers")
    note(f"call {number} is back")
    return number * number


def spawn(number, wait, raises):
    coroutine = Watched(call(number, wait, raises))
    return asyncio.create_task(coroutine, name=f"call {number}")


# ANCHOR: calls
async def joined(calls):
    handles = [spawn(*call) for call in calls]
    for number, handle in enumerate(handles, 1):
        try:
            note(f"call {number}: {await handle}")
        except RuntimeError as error:
            note(f"call {number}: the task raised: {error}")


async def forgotten(calls):
    # The loop keeps only weak references to its tasks: whoever spawns has to hold them.
    handles = [spawn(*call) for call in calls]
    await asyncio.sleep(calls[0][1] / 3)
    note("main is at its end")
    return handles
# ANCHOR_END: calls


MODES = {"joined": joined, "forgotten": forgotten}


def main():
    settings = Settings("Calls that are tasks.", list(MODES))
    settings.add_argument("--tasks", type=count, default=3, help="how many (default: 3)")
    settings.add_argument("--panics", type=place, default=0, help="which raises (default: 0)")
    settings.add_seconds("--wait", 3.0, "how long the first waits; each other a third longer")
    chosen = settings.parse_args()
    waits = [chosen.wait * (1 + number / 3) for number in range(chosen.tasks)]
    calls = [(n, wait, n == chosen.panics) for n, wait in enumerate(waits, 1)]
    run(MODES[chosen.mode](calls), chosen.format)


if __name__ == "__main__":
    main()
