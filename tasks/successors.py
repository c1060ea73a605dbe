"""
facts/successors.csv -> what became of each retired code, and what to look at in its place on a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tasks import facts

KINDS = ("replaced", "split", "merged", "none", "unsupported")

Lives = Mapping[str, list[dict[str, Any]]]
"""The lives of each code as the data files have them."""


class Succession(NamedTuple):
    """What became of a retired code: one of `KINDS`, and its heirs."""

    kind: str
    heirs: tuple[str, ...]


class Pointer(NamedTuple):
    """A code to look at from a day on, and the first day on which it is no longer in force."""

    code: str
    since: str
    until: str | None


def read(folder: Path) -> dict[str, Succession]:
    """What became of each retired code."""
    rows = facts.read_by_key(folder, "successors").values()
    return {row["code"]: _succession_of(row) for row in rows}


def _succession_of(row: facts.Row) -> Succession:
    kind, heirs = row["kind"], tuple(row["successors"].split())
    if kind not in KINDS or bool(heirs) != (KINDS.index(kind) < KINDS.index("none")):
        raise SystemExit(f"successors.csv, {row['code']}: {kind!r} does not go with {heirs}")
    return Succession(kind, heirs)


def pointers(
    code: str,
    successions: Mapping[str, Succession],
    periods: Lives,
    linked: Iterable[str],
) -> list[Pointer]:
    """
    What to look at in place of a retired code: its heirs, and theirs once they have ended
    themselves; where it has none, the codes that it is linked to.
    """
    end = periods[code][-1]["terminated"]
    if end is None:
        return []
    if successions[code].heirs:
        return list(dict.fromkeys(_heirs_since(end, code, successions, periods)))
    return [pointer for other in linked for pointer in _lives_since(end, other, periods)]


def _heirs_since(
    day: str,
    code: str,
    successions: Mapping[str, Succession],
    periods: Lives,
) -> Iterator[Pointer]:
    for heir in successions[code].heirs:
        yield from _lives_since(day, heir, periods)
        end = periods[heir][-1]["terminated"]
        if end is not None:
            yield from _heirs_since(max(day, end), heir, successions, periods)


def _lives_since(day: str, code: str, periods: Lives) -> Iterator[Pointer]:
    """The lives of a code as far as they lie after a day; ISO days sort as texts."""
    for period in periods[code]:
        start, end = max(day, period["effective"] or day), period["terminated"]
        if end is None or start < end:
            yield Pointer(code, start, end)
