"""
What a typed link between two codes says: the role of the other code, and the difference in a
sentence.

Each kind is told once, with its inverse, the most telling first; pages list and compare codes in
this order. The texts are ours.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Relation(NamedTuple):
    """
    One kind of link from a code A to another code B.

    Attributes:
        role: What B is, seen from A.
        difference: What sets the two apart, with {a} and {b} for the codes.
        inverse: Name of the relation of B to A.
    """

    role: str
    difference: str
    inverse: str


class _Kind(NamedTuple):
    """
    A relation and its inverse: their names, the role of B in each, and the difference told of
    `name`.
    """

    name: str
    role: str
    inverse: str
    inverse_role: str
    difference: str


def _mutual(name: str, role: str, difference: str) -> _Kind:
    """A relation that is its own inverse."""
    return _Kind(name, role, name, role, difference)


def _same_service(what: str, difference: str) -> _Kind:
    """One service in another form."""
    name = f"same_service_other_{what.replace(' ', '_')}"
    told = f"{{a}} and {{b}} are one service {difference}."
    return _mutual(name, f"same service, other {what}", told)


# fmt: off
_KINDS: Final = (
    _Kind("succeeded_by", "successor", "successor_of", "predecessor",
          "{b} took the place of {a}, which is no longer valid."),
    _Kind("capture_only_of", "with its interpretation", "has_capture_only", "capture only",
          "{a} is the taking of the images alone; {b} includes their interpretation."),
    _Kind("has_interpretation", "interpretation only",
          "interpretation_of", "capture that it interprets",
          "{a} is the taking of the images; {b} is their interpretation by someone else."),
    _mutual("confused_with", "often confused with it",
            "{a} and {b} are easily confused, but are different services."),
    _Kind("additional_to", "main service", "has_additional", "in addition to it",
          "{b} is the main service; {a} is reported in addition to it."),
    _Kind("part_of", "the whole service", "has_part", "part of it",
          "{a} is a part of the service that {b} stands for."),
    _Kind("retreatment_of", "first treatment", "has_retreatment", "retreatment",
          "{b} is the first treatment; {a} treats the same again."),
    _same_service("extent", "to a different extent"),
    _same_service("technique", "done by different techniques"),
    _same_service("material", "in different materials"),
    _same_service("tooth class", "on different classes of teeth"),
    _same_service("dentition", "for different dentitions"),
    _same_service("arch", "in different arches"),
    _same_service("support", "on different supports"),
    _same_service("duration", "of different duration"),
    _same_service("product", "with different products"),
    _Kind("more_specific_than", "more general code", "less_specific_than", "more specific code",
          "{a} is the more specific code, {b} the more general one."),
    _Kind("repair_of", "what it repairs", "has_repair", "repair",
          "{a} repairs what {b} provides."),
    _Kind("adjustment_of", "what it adjusts", "has_adjustment", "adjustment",
          "{a} adjusts what {b} provides."),
    _Kind("maintenance_of", "what it maintains", "has_maintenance", "maintenance",
          "{a} maintains what {b} provides."),
    _Kind("recementation_of", "what it recements", "has_recementation", "recementation",
          "{a} fastens again what {b} provides."),
    _Kind("removal_of", "what it removes", "has_removal", "removal",
          "{a} removes what {b} provides."),
    _Kind("follows", "comes before it", "precedes", "comes after it",
          "{b} comes first, and {a} may follow it."),
)
# fmt: on


def _relations_by_name() -> dict[str, Relation]:
    named: dict[str, Relation] = {}
    for kind in _KINDS:
        named[kind.name] = Relation(kind.role, kind.difference, kind.inverse)
        if kind.inverse != kind.name:
            turned = kind.difference.format(a="{b}", b="{a}")
            named[kind.inverse] = Relation(kind.inverse_role, turned, kind.name)
    return named


RELATIONS: Final = _relations_by_name()
"""Every relation by its name."""

RANK: Final = {name: place for place, name in enumerate(RELATIONS)}
"""The place of each relation in the table."""
