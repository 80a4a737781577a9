"""Chapter 6 in Python: five calls of two steps, of which one is refused, as generators.

    python3 generators.py                   functions with `yield`
    python3 generators.py --mode iterator   objects with no more than `__next__`
    python3 generators.py --sequential      each call waits for the one before

There is no asyncio in this file: `Scheduler` is an event loop of its own, with a queue of tasks and
a heap of deadlines.
"""

import heapq
import time
from collections import deque
from itertools import count as counter

from callbacks import Refused, Request, summary
from watched import NAME, RECORD, Settings, count, note, place, printed


# ANCHOR: generators
def call(request):
    note(f"{request} asks")
    yield request.wait
    answer = yield from fetch(request)
    note(f"{request} is back")
    return answer


def fetch(request):
    note(f"{request} fetches")
    yield request.wait
    return request.answer()
# ANCHOR_END: generators


# ANCHOR: iterator
class Call:
    def __init__(self, request):
        self.request, self.fetch, self.answer, self.error = request, None, None, None
        self.asked = False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.asked:
            self.asked = True
            note(f"{self.request} asks")
            return self.request.wait
        if self.fetch is None:
            self.fetch = Fetch(self.request)
        for wait in self.fetch:
            return wait
        self.answer, self.error = self.fetch.answer, self.fetch.error
        if self.error is None:
            note(f"{self.request} is back")
        raise StopIteration


class Fetch:
    def __init__(self, request):
        self.request, self.answer, self.error = request, None, None
        self.asked = False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.asked:
            self.asked = True
            note(f"{self.request} fetches")
            return self.request.wait
        try:
            self.answer = self.request.answer()
        except Refused as error:
            self.error = error
        raise StopIteration
# ANCHOR_END: iterator


def driven(request):
    """Lets the scheduler resume a call that is an iterator, and takes its answer out of it."""
    call = Call(request)
    yield from call
    if call.error:
        raise call.error
    return call.answer


def together(scheduler, calls):
    tasks = [scheduler.spawn(str(request), start(request)) for start, request in calls]
    yield tasks
    note(summary("refused" if task.error else task.result for task in tasks))


def one_after_the_other(scheduler, calls):
    answers = []
    for start, request in calls:
        try:
            answers.append((yield from start(request)))
        except Refused:
            answers.append("refused")
    note(summary(answers))


# ANCHOR: scheduler
class Task:
    def __init__(self, name, generator):
        self.name, self.generator = name, generator
        self.result, self.error, self.over = None, None, False
        self.started = False


class Scheduler:
    """A queue of tasks that are ready, and a heap of deadlines: an event loop."""

    def __init__(self):
        self.ready, self.timers, self.waiters = deque(), [], []
        self.number = counter()

    def spawn(self, name, generator):
        task = Task(name, generator)
        self.ready.append(task)
        return task

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                time.sleep(max(0, self.timers[0][0] - time.monotonic()))
            while self.timers and self.timers[0][0] <= time.monotonic():
                self.ready.append(heapq.heappop(self.timers)[-1])
            for _ in range(len(self.ready)):
                self.resume(self.ready.popleft())

    def resume(self, task):
        NAME.set(task.name)
        RECORD.get().write(task.name, "resume" if task.started else "start")
        task.started = True
        try:
            wanted = next(task.generator)
        except StopIteration as end:
            task.result, task.over = end.value, True
        except Refused as error:
            task.error, task.over = error, True
        else:
            self.suspend(task, wanted)
        RECORD.get().write(task.name, "finish" if task.over else "suspend")
        self.wake_waiters()

    def suspend(self, task, wanted):
        """`wanted` is a number of seconds, or a list of tasks."""
        if isinstance(wanted, list):
            self.waiters.append((task, wanted))
        else:
            heapq.heappush(self.timers, (time.monotonic() + wanted, next(self.number), task))

    def wake_waiters(self):
        waiting = self.waiters
        self.waiters = []
        for task, others in waiting:
            if all(other.over for other in others):
                self.ready.append(task)
            else:
                self.waiters.append((task, others))
# ANCHOR_END: scheduler


STARTS = {"generator": call, "iterator": driven}


def run_to_end(start, requests, sequential):
    scheduler = Scheduler()
    calls = [(start, request) for request in requests]
    program = one_after_the_other if sequential else together
    scheduler.spawn("main", program(scheduler, calls))
    scheduler.run()


def main():
    settings = Settings("Calls of two steps, as generators.", list(STARTS))
    settings.add_argument("--tasks", type=count, default=5, help="how many calls (default: 5)")
    settings.add_seconds("--wait", 3.0, "how long each of their two steps waits")
    settings.add_argument("--refused", type=place, default=3, help="the call that fails, or 0 (default: 3)")
    settings.add_argument("--sequential", action="store_true", help="each call waits for the one before")
    chosen = settings.parse_args()
    requests = [
        Request(number, chosen.wait, number == chosen.refused) for number in range(1, chosen.tasks + 1)
    ]
    printed(lambda: run_to_end(STARTS[chosen.mode], requests, chosen.sequential), chosen.format)


if __name__ == "__main__":
    main()
