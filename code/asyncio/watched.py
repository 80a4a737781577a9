"""What the programs beside this file share: who did what and when, and how that is printed.

The programs themselves use nothing but asyncio. `Watched(coroutine)` runs a coroutine as it is,
and writes down each time that asyncio sends it on its way and each time that it hands back the
thread: what is a poll in Rust.
"""

import argparse
import asyncio
import json
import math
import os
import sys
import time
from collections.abc import Coroutine
from contextvars import ContextVar


class Record:
    """What the tasks did and said, in order; shown at once to a person, at the end to a program."""

    def __init__(self, as_json):
        self.as_json = as_json
        self.entries = []
        self.start = time.monotonic()

    def write(self, task, kind, text=None):
        at = time.monotonic() - self.start
        self.entries.append({"at": at, "task": task, "kind": kind} | ({"text": text} if text else {}))
        if text and not self.as_json:
            print(f"{elapsed(at):>10}  {text}", flush=True)

    def print_end(self):
        if self.as_json:
            print(json.dumps(self.entries, indent=1))
        else:
            print(f"{elapsed(self.entries[-1]['at']):>10}  in all")


# A task inherits the context of the one that creates it, and with it the record. So does a callback.
RECORD = ContextVar("record")
# Who runs, where it is no task of asyncio's.
NAME = ContextVar("name", default=None)


def note(text):
    """Says something under the name of the task that is running."""
    RECORD.get().write(NAME.get() or asyncio.current_task().get_name(), "note", text)


class Watched(Coroutine):
    """A coroutine whose steps are written down; a task runs it as it would run the coroutine."""

    def __init__(self, coroutine, name=None):
        self.coroutine = coroutine
        self.name = name
        self.started = False

    def send(self, value):
        """asyncio calls this to start the coroutine, and again to resume it."""
        return self.step(self.coroutine.send, value)

    def throw(self, *error):
        """asyncio calls this to resume it with an exception, such as a cancellation."""
        return self.step(self.coroutine.throw, *error)

    def step(self, go_on, *what):
        if self.name:
            asyncio.current_task().set_name(self.name)
        task, write = asyncio.current_task().get_name(), RECORD.get().write
        write(task, "resume" if self.started else "start")
        self.started = True
        try:
            future = go_on(*what)
        except StopIteration:
            write(task, "finish")
            raise
        write(task, "suspend")
        return future

    def close(self):
        self.coroutine.close()

    def __await__(self):
        # Awaited instead of run as a task, it is a part of the task that awaits it.
        return (yield from self.coroutine.__await__())


def compute_for(seconds):
    """Holds the thread and uses it, as a long computation does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def run(program, output_format):
    """Runs a coroutine to its end with `asyncio.run`, and prints what happened."""
    printed(lambda: asyncio.run(Watched(program, name="main")), output_format)


def printed(program, output_format):
    """Runs something that writes a record, and prints what happened."""
    record = Record(as_json=output_format == "json")
    RECORD.set(record)
    try:
        program()
        record.print_end()
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read along has gone: nothing is left to be said, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Settings(argparse.ArgumentParser):
    """What can be set on the command line. A mistake is answered by one line."""

    def __init__(self, description, modes):
        super().__init__(description=description)
        self.add_argument("--mode", choices=modes, default=modes[0], help=f"default: {modes[0]}")
        self.add_argument("--format", choices=["text", "json"], default="text", help="default: text")

    def add_seconds(self, name, default, help):
        help = f"{help}, in seconds (default: {default})"
        self.add_argument(name, type=seconds, default=default, metavar="SECONDS", help=help)

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def seconds(text):
    """Reads a time from the command line."""
    number = to_number(float, text, "say a number of seconds, like 3 or 0.02")
    if not math.isfinite(number) or not 0 <= number <= 24 * 60 * 60:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 seconds to a day: choose one like 3")
    return number


def count(text, least=1):
    """Reads a number of tasks from the command line."""
    number = to_number(int, text, "say a whole number, like 5")
    if not least <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not from {least} to 10000: choose a number like 5")
    return number


def place(text):
    """Reads which of the tasks is meant; 0 means none."""
    return count(text, least=0)


def to_number(kind, text, hint):
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number: {hint}") from None


def elapsed(at):
    """A measured time, with the same precision in every line."""
    return f"{at:.3f} s"
