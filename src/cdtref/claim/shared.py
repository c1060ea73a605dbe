"""
What two lines of a patient share: a tooth, a quadrant, an arch; and whether a line tells it.

A quadrant is told by the teeth or by the area, an arch by the code, the teeth or the area. A claim
does not show a site, so no two lines are known to share one. Days and visits are told by dates, of
which nothing is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cdtref.claim.conflict import Scope
from cdtref.claim.parsed import ParsedLine
from cdtref.tooth import Area, Tooth


def shares(scope: Scope, one: ParsedLine, other: ParsedLine) -> bool:
    """True where both lines tell it, and it is the same."""
    if scope == "tooth":  # the common case, and mostly of one tooth each
        if one.tooth is not None and other.tooth is not None:
            return one.tooth is other.tooth
        return not set(one.teeth).isdisjoint(other.teeth)
    if scope in _OF_PATIENT:
        return True
    told = _PLACES[scope]
    return not frozenset(told(one)).isdisjoint(told(other))


def tells(scope: Scope, line: ParsedLine) -> bool:
    """True where the line tells what is asked for."""
    return scope in _OF_PATIENT or bool(_PLACES[scope](line))


def places_of(scope: Scope, line: ParsedLine) -> frozenset[Tooth | Area]:
    """The teeth, quadrants or arches that the line tells; none where nothing is asked of it."""
    if scope in _OF_PATIENT:
        return frozenset()
    return frozenset(_PLACES[scope](line))


def teeth_of(line: ParsedLine) -> tuple[Tooth, ...]:
    """The teeth that the line names."""
    return line.teeth


def quadrants_of(line: ParsedLine) -> frozenset[Area]:
    """By the teeth where the line names any, else by the area."""
    if line.teeth:
        return frozenset(tooth.quadrant for tooth in line.teeth)
    return frozenset(area for area in line.areas if area.kind == "quadrant")


def arches_of(line: ParsedLine) -> frozenset[Area]:
    """By the code where it is for one arch, else by the teeth, else by the area."""
    if line.requirement is not None and line.requirement.arch is not None:
        return frozenset({line.requirement.arch})
    if line.teeth:
        return frozenset(tooth.arch for tooth in line.teeth)
    return frozenset(area.arch for area in line.areas if area.arch is not None)


def _no_site(_: ParsedLine) -> tuple[Tooth, ...]:
    return ()


_OF_PATIENT: Final = ("visit", "day", "patient")
_PLACES: Final[Mapping[Scope, Callable[[ParsedLine], tuple[Tooth, ...] | frozenset[Area]]]] = {
    "tooth": teeth_of,
    "quadrant": quadrants_of,
    "arch": arches_of,
    "site": _no_site,
}
