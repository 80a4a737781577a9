"""Chapter 9 in asyncio: a letter that is waited for, and who tells its reader that it has come.

    python3 wakers.py                    the future is told, on the loop's own thread
    python3 wakers.py --mode forgotten   the letter is left, and the future never hears of it
    python3 wakers.py --mode gap         another thread tells the future, and nobody tells the loop

The last one is asyncio's own lost wakeup: `set_result` puts the reader into the ready queue, and the
loop, which sleeps in `select`, does not look into it. `call_soon_threadsafe` wakes the loop, too.
"""

import asyncio
import threading

from watched import Settings, Watched, note, run


# ANCHOR: reader
async def read(mailbox, letter, patience):
    note("no letter yet")
    await asyncio.wait([letter], timeout=patience)
    note(f"reads: {mailbox[0]}" if mailbox else "gives up")
# ANCHOR_END: reader


async def bring(mailbox, tell, wait):
    await asyncio.sleep(wait)
    note("brings the letter")
    mailbox.append("come home")
    tell("come home")


async def on_one_thread(wait, patience, is_told):
    mailbox, letter = [], asyncio.get_running_loop().create_future()
    tell = letter.set_result if is_told else (lambda text: None)
    reader = asyncio.create_task(Watched(read(mailbox, letter, patience)), name="reader")
    postman = asyncio.create_task(Watched(bring(mailbox, tell, wait)), name="postman")
    await reader
    await postman


async def kept(wait, patience):
    await on_one_thread(wait, patience, is_told=True)


async def forgotten(wait, patience):
    await on_one_thread(wait, patience, is_told=False)


# ANCHOR: gap
async def gap(wait, patience):
    mailbox, letter = [], asyncio.get_running_loop().create_future()

    def deliver():
        mailbox.append("come home")
        letter.set_result("come home")  # mended: loop.call_soon_threadsafe(letter.set_result, …)

    async def look_and_wait():
        await asyncio.sleep(wait)
        # By then the loop sleeps in select.
        threading.Timer(patience / 10, deliver).start()
        await read(mailbox, letter, patience - wait)
    # ANCHOR_END: gap

    await asyncio.create_task(Watched(look_and_wait()), name="reader")


MODES = {"kept": kept, "forgotten": forgotten, "gap": gap}


def main():
    settings = Settings("A letter, and who hears of it.", list(MODES))
    settings.add_seconds("--wait", 3.0, "when the letter comes")
    settings.add_seconds("--patience", 12.0, "when the reader looks for the last time")
    chosen = settings.parse_args()
    run(MODES[chosen.mode](chosen.wait, chosen.patience), chosen.format)


if __name__ == "__main__":
    main()
