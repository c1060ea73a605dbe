"""JSON values changed in one place, for whoever reads them must say what is wrong."""

from __future__ import annotations

from decimal import Decimal

WRONG = (
    *(None, True, 0, -1, 2.5, 10**4000, float("nan"), Decimal("sNaN")),
    *("", "Zzyzx", [], [None], {}, {"Zzyzx": 1}, b"Zzyzx"),
)
"""Values that are of a wrong type or size in most places."""


def places_in(value, path=()):
    """The path of every value in a JSON document."""
    yield path
    keys = ()
    if isinstance(value, dict):
        keys = tuple(value)
    elif isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield from places_in(value[key], (*path, key))


def changed(value, path, other):
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], other)
    return copy
