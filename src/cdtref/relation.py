"""
What a typed link between two codes says: the role of the other code, and the difference in a
sentence.

Each kind is told once, with its inverse, the most telling first; pages list and compare codes in
this order. The texts are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
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

    def rows(self) -> Iterator[tuple[str, Relation]]:
        yield self.name, Relation(self.role, self.difference, self.inverse)
        if self.inverse == self.name:
            return
        turned = self.difference.format(a="{b}", b="{a}")
        yield self.inverse, Relation(self.inverse_role, turned, self.name)


def _same(what: str, difference: str) -> _Kind:
    """One service in another form: a relation that is its own inverse."""
    name, role = f"same_service_other_{what.replace(' ', '_')}", f"same service, other {what}"
    return _Kind(name, role, name, role, f"{{a}} and {{b}} are one service {difference}.")


_CONFUSED: Final = "{a} and {b} are easily confused, but are different services."
_OFTEN: Final = "often confused with it"

# fmt: off
_KINDS: Final = (
    _Kind("succeeded_by", "successor", "successor_of", "predecessor",
          "{b} took the place of {a}, which is no longer valid."),
    _Kind("capture_only_of", "with its interpretation", "has_capture_only", "capture only",
          "{a} is the taking of the images alone; {b} includes their interpretation."),
    _Kind("has_interpretation", "interpretation only", "interpretation_of", "capture that it interprets",
          "{a} is the taking of the images; {b} is their interpretation by someone else."),
    _Kind("confused_with", _OFTEN, "confused_with", _OFTEN, _CONFUSED),
    _Kind("additional_to", "main service", "has_additional", "in addition to it",
          "{b} is the main service; {a} is reported in addition to it."),
    _Kind("part_of", "the whole service", "has_part", "part of it",
          "{a} is a part of the service that {b} stands for."),
    _Kind("retreatment_of", "first treatment", "has_retreatment", "retreatment",
          "{b} is the first treatment; {a} treats the same again."),
    _same("extent", "to a different extent"),
    _same("technique", "done by different techniques"),
    _same("material", "in different materials"),
    _same("tooth class", "on different classes of teeth"),
    _same("dentition", "for different dentitions"),
    _same("arch", "in different arches"),
    _same("support", "on different supports"),
    _same("duration", "of different duration"),
    _same("product", "with different products"),
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

RELATIONS: Final = dict(row for kind in _KINDS for row in kind.rows())
"""Every relation by its name."""

RANK: Final = {name: place for place, name in enumerate(RELATIONS)}
"""The place of each relation in the table."""
