"""Work is counted in calls, which are the same on every machine, and not in seconds."""

from __future__ import annotations

import sys


def calls_of(work):
    """How many functions *work* calls."""
    calls = 0

    def count(_, event, __):
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls
