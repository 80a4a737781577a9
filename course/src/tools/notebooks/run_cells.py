"""Runs cells on the Rust kernel, and prints one JSON line for each.

Reads {"folder", "limit", "cells": [source, ...]} from standard input. Cells after one that fails
are run too, so that one run reports everything.
"""

import json
import sys
import time
from queue import Empty

from jupyter_client.manager import KernelManager
from nbformat.v4 import output_from_msg

# The kernel says "idle" while another of its threads may still be passing on what the cell
# printed: the cell is over when nothing has come for so long after that.
SETTLED = 0.2
SHOWN = ("stream", "display_data", "execute_result", "error")


def main():
    request = json.load(sys.stdin)
    manager = KernelManager(kernel_name="rust")
    manager.start_kernel(cwd=request["folder"], stdout=sys.stderr, stderr=sys.stderr)
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=request["limit"])
        listen(client, time.monotonic() + request["limit"])
        for source in request["cells"]:
            ended, outputs = run(manager, client, source, request["limit"])
            print(json.dumps({"ended": ended, "outputs": outputs}), flush=True)
            if ended != "ok":
                break
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def listen(client, deadline):
    """Waits until what the kernel publishes arrives here: a subscription takes its time, and what
    is published before is lost."""
    while time.monotonic() < deadline:
        client.kernel_info()
        try:
            while client.get_iopub_msg(timeout=0.5)["header"]["msg_type"] != "status":
                pass
            break
        except Empty:
            pass
    try:
        while True:
            client.get_iopub_msg(timeout=SETTLED)
    except Empty:
        return


def run(manager, client, source, limit):
    sent = client.execute(source, allow_stdin=False, stop_on_error=False)
    deadline = time.monotonic() + limit
    outputs = []
    idle = False
    while True:
        try:
            message = client.get_iopub_msg(timeout=SETTLED if idle else 1)
        except Empty:
            if idle:
                return "ok", outputs
            if not manager.is_alive():
                return "died", outputs
            if time.monotonic() > deadline:
                return "late", outputs
            continue
        if message["parent_header"].get("msg_id") != sent:
            continue
        kind = message["header"]["msg_type"]
        if kind == "status" and message["content"]["execution_state"] == "idle":
            idle = True
        elif kind in SHOWN:
            outputs.append(output_from_msg(message))


main()
