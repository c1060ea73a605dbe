"""
A test of each of a thousand items, handed out in groups: to hand out a test takes longer than most
of them run.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import pytest

GROUP = 64


def for_each(items: Sequence[object], name: Callable[[object], str] = str):
    """The test, run on every item; what fails is told by its name."""
    items = list(items)
    groups = [items[at : at + GROUP] for at in range(0, len(items), GROUP)]

    def grouped(test):
        def named(item):
            try:
                test(item)
            except AssertionError as error:
                raise AssertionError(f"{name(item)}: {error}") from error

        @pytest.mark.parametrize(
            "group", groups, ids=[f"from {name(group[0])}" for group in groups]
        )
        def run(group):
            for item in group:
                named(item)

        for copied in ("__name__", "__doc__", "__module__"):
            setattr(run, copied, getattr(test, copied))
        return run

    return grouped


by_code = functools.partial(for_each, name=lambda procedure: procedure.code)
"""The same of procedures, named by their codes."""
