"""Chapter 1 in asyncio: a cake and the groceries, with one cook.

    python3 cake.py                     while the cake is in the oven, the cook goes shopping
    python3 cake.py --mode sequential   the cook watches the oven, and then goes shopping

asyncio has no virtual clock, and nobody wants to wait for an hour: here a tenth of a second
stands for a minute.
"""

import asyncio
import time

from watched import Settings, Watched, compute_for, note, run


# ANCHOR: sequential
async def one_after_the_other(dough, oven, shopping):
    note("dough")
    compute_for(dough)
    note("watches the oven")
    time.sleep(oven)
    note("cake done")
    note("shopping")
    compute_for(shopping)
    note("groceries home")
# ANCHOR_END: sequential


# ANCHOR: concurrent
async def concurrently(dough, oven, shopping):
    cake = asyncio.create_task(Watched(bake(dough, oven)), name="cake")
    groceries = asyncio.create_task(Watched(shop(shopping)), name="groceries")
    await asyncio.gather(cake, groceries)


async def bake(dough, oven):
    note("dough")
    compute_for(dough)
    note("in the oven")
    await asyncio.sleep(oven)
    note("cake done")


async def shop(shopping):
    note("shopping")
    compute_for(shopping)
    note("groceries home")
# ANCHOR_END: concurrent


MODES = {"concurrent": concurrently, "sequential": one_after_the_other}


def main():
    settings = Settings("A cake and the groceries, with one cook.", list(MODES))
    settings.add_seconds("--dough", 1.5, "the work on the dough")
    settings.add_seconds("--oven", 4.5, "the time in the oven")
    settings.add_seconds("--shopping", 2.0, "the way to the shop and back")
    chosen = settings.parse_args()
    run(MODES[chosen.mode](chosen.dough, chosen.oven, chosen.shopping), chosen.format)


if __name__ == "__main__":
    main()
