"""What a call answers in a process whose memory is limited."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from waiting import interpreter_of

STATM = Path("/proc/self/statm")  # what a process uses, as Linux alone tells it


def within(megabytes, call, *args):
    """
    What is printed for an expression that may use so much memory more than the imported package;
    its *args* stand in `sys.argv`.
    """
    waiting = interpreter_of(__file__)
    asked = [megabytes * 2**20, call, *map(str, args)]
    waiting.stdin.write(json.dumps(asked) + "\n")
    waiting.stdin.flush()
    status, told = json.loads(waiting.stdout.readline())
    assert status == 0, told
    return told


def _answer_each():
    """A line of JSON in, and one out."""
    import cdtref.claim.csvfile
    import cdtref.table.sheet
    import cdtref.worklog  # noqa: F401

    for line in sys.stdin:
        most, call, *args = json.loads(line)
        sys.stdout.write(json.dumps(_answer_of_child(most, call, args)) + "\n")
        sys.stdout.flush()


def _answer_of_child(most, call, args):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        sys.argv[1:] = args
        _run_limited(most, call)
    os.close(writing)
    with os.fdopen(reading, errors="replace") as file:
        told = file.read().strip()
    _, status = os.waitpid(child, 0)
    return status, told


def _run_limited(most, call):
    import resource
    import traceback

    used = int(STATM.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + most,) * 2)
    status = 1
    try:
        sys.stdout.write(_answer_to(call))
        status = 0
    except Exception:  # noqa: BLE001  # the test shall tell of each
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _answer_to(call):
    import cdtref

    try:
        return str(eval(call, {"cdtref": cdtref, "sys": sys}))
    except cdtref.DataFormatError as error:
        return f"refused {str(error)[:300]}"


if __name__ == "__main__":
    _answer_each()
