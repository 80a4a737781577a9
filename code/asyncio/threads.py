"""Chapter 4 in Python: the same jobs one after the other, on threads, in processes, and as tasks.

    python3 threads.py                              four jobs that wait, on a thread each
    python3 threads.py --mode async                 as tasks on one thread
    python3 threads.py --kind computing             jobs that compute
    python3 threads.py --table                      both kinds in all four ways, timed
"""

import asyncio
import json
import platform
import sys
import sysconfig
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from watched import Settings, count, elapsed


# ANCHOR: compute
def compute(rounds):
    """Work for a core: each round needs the one before."""
    number = 1
    for _ in range(rounds):
        number = (number * 48_271) % 2_147_483_647
    return number
# ANCHOR_END: compute


def rounds_of(seconds):
    """How many rounds take about so long, here and now."""
    rounds = 1_000
    while True:
        # The best of three: one in which others had the core says too little.
        took = min(timed("sequence", "computing", 1, 0, rounds) for _ in range(3))
        if took * 4 >= seconds or took >= 0.25:
            return max(1, int(rounds * seconds / took))
        rounds *= 2


# ANCHOR: ways
def in_sequence(jobs, job, amount):
    return [job(amount) for _ in range(jobs)]


def on_threads(jobs, job, amount):
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(job, [amount] * jobs))


def in_processes(jobs, job, amount):
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(job, [amount] * jobs))


def as_tasks(jobs, job, amount):
    async def one():
        if job is time.sleep:
            return await asyncio.sleep(amount)
        return job(amount)

    async def main():
        return await asyncio.gather(*(one() for _ in range(jobs)))

    return asyncio.run(main())
# ANCHOR_END: ways


WAYS = {
    "sequence": in_sequence,
    "threads": on_threads,
    "processes": in_processes,
    "async": as_tasks,
}


class Meeting:
    """A job that computes, without ever waiting, until it has seen all jobs begin."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.begun = 0
        self.lock = threading.Lock()

    def __call__(self, looks):
        with self.lock:
            self.begun += 1
        for _ in range(looks):
            if self.begun == self.jobs:
                return True
        return False


def timed(way, kind, jobs, seconds, rounds):
    job, amount = (time.sleep, seconds) if kind == "waiting" else (compute, rounds)
    start = time.perf_counter()
    WAYS[way](jobs, job, amount)
    return time.perf_counter() - start


def table(jobs, seconds, repeat):
    """Each time is the best of some runs: what a machine does beside this makes a run longer."""
    rounds = rounds_of(seconds)

    def best(way, kind):
        return min(timed(way, kind, jobs, seconds, rounds) for _ in range(repeat))

    return {kind: {way: best(way, kind) for way in WAYS} for kind in ("waiting", "computing")}


def version():
    """`CPython 3.13.1`, and whether its threads can compute in parallel."""
    name = f"{platform.python_implementation()} {platform.python_version()}"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
        name += " free-threaded" + (", with the GIL" if has_lock else "")
    return name


def main():
    settings = Settings("The same jobs in four ways.", ["threads", "sequence", "processes", "async"])
    kinds = ["waiting", "computing", "meeting"]
    settings.add_argument("--kind", choices=kinds, default="waiting", help="default: waiting")
    settings.add_argument("--jobs", type=count, default=4, help="how many jobs (default: 4)")
    settings.add_seconds("--work", 3.0, "how long each waits or computes")
    settings.add_argument("--table", action="store_true", help="time all of it")
    settings.add_argument("--repeat", type=count, default=3, help="runs of each (default: 3)")
    chosen = settings.parse_args()
    if chosen.table:
        found = table(chosen.jobs, chosen.work, chosen.repeat)
        print(json.dumps({"language": version(), "times": found}, indent=1))
        return
    if chosen.kind == "meeting":
        if chosen.mode == "processes":
            settings.error("--kind meeting: processes share no memory to meet in: choose threads")
        # Threads meet at once, or on a busy machine soon; the others never do.
        looks = 100_000_000 if chosen.mode == "threads" else 1_000
        met = WAYS[chosen.mode](chosen.jobs, Meeting(chosen.jobs), looks)
        print(f"{sum(met)} of {chosen.jobs} jobs saw all others begin before they ended")
        return
    rounds = rounds_of(chosen.work) if chosen.kind == "computing" else 0
    took = timed(chosen.mode, chosen.kind, chosen.jobs, chosen.work, rounds)
    print(f"{elapsed(took):>10}  in all, {version()}")


if __name__ == "__main__":
    main()
