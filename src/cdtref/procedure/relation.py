"""
What a typed link between two codes says: the role of the other code, and the difference in a
sentence.

Each kind is told once, with its inverse, the most telling first; pages list and compare codes in
this order. The texts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from types import MappingProxyType
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


# fmt: off
_KINDS: Final = (
    _Kind("succeeded_by", "successor", "successor_of", "predecessor",
          "{b} took the place of {a}, which is no longer valid."),
    _Kind("split_into", "one of its heirs", "split_from", "predecessor, divided",
          "{a} ended and was divided into {b} and others."),
    _Kind("merged_into", "heir", "merged_from", "predecessor, taken in",
          "{a} ended and became part of {b}."),
    _Kind("capture_only_of", "with its interpretation", "has_capture_only", "capture only",
          "{a} is the taking of the images alone; {b} includes their interpretation."),
    _Kind("has_interpretation", "interpretation only",
          "interpretation_of", "capture that it interprets",
          "{a} is the taking of the images; {b} is their interpretation by someone else."),
    _mutual("confused_with", "often confused with it",
            "{a} and {b} are easily confused, but are different services."),
    _Kind("additional_to", "what it is added to", "has_additional", "in addition to it",
          "{a} is reported in addition to {b} when both are done together."),
    # Bundling, and nothing else: what has a line of its own is a visit or an addition.
    _Kind("part_of", "the whole service", "has_part", "part of it",
          "{a} is included in {b}, and the same office does not report it beside {b}."),
    # A case is reported when it begins, and its visits follow: no step leads to it.
    _Kind("visit_of", "case it belongs to", "has_visit", "visits under it",
          "{a} is a visit of the case {b}, on a line of its own."),
    _Kind("retreatment_of", "first treatment", "has_retreatment", "retreatment",
          "{b} is the first treatment; {a} treats the same again."),
    _mutual("other_attachment", "fixed or removable counterpart",
            "{a} and {b} serve one purpose: one of them is fixed in place, and the other is "
            "removable."),
    _mutual("other_coverage", "other coverage",
            "{a} and {b} are both placed on a tooth, but cover different amounts of it."),
    _mutual("other_injury", "other injury",
            "{a} and {b} treat the same bone or tissue with another kind of injury."),
    _mutual("other_purpose", "other purpose",
            "{a} and {b} are like procedures for different purposes."),
    _mutual("other_site", "other site",
            "{a} and {b} are one kind of service at different sites."),
    _mutual("other_patient", "other patients",
            "{a} and {b} are one kind of service for different patients."),
    _mutual("same_service_other_extent", "same service, other extent",
            "{a} and {b} are one kind of service to a different extent."),
    _mutual("same_service_other_technique", "same service, other technique",
            "{a} and {b} are one service done by different techniques."),
    _mutual("same_service_other_material", "same service, other material",
            "{a} and {b} are one service in different materials."),
    _mutual("same_service_other_tooth_class", "same service, other teeth",
            "{a} and {b} are one service on different classes of teeth."),
    _mutual("same_service_other_dentition", "same service, other dentition",
            "{a} and {b} are one service for different stages of the dentition."),
    _mutual("same_service_other_arch", "same service, other jaw",
            "{a} and {b} are one service, one of them for the upper jaw and the other for the "
            "lower."),
    _mutual("same_service_other_support", "same service, other support",
            "{a} and {b} are one service on different supports."),
    _mutual("same_service_other_duration", "same service, other duration",
            "{a} and {b} are one service of different duration."),
    _mutual("same_service_other_product", "same service, other product",
            "{a} and {b} are one service with different products."),
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


RELATIONS: Final[Mapping[str, Relation]] = MappingProxyType(_relations_by_name())
"""Every relation by its name."""

RANK: Final[Mapping[str, int]] = MappingProxyType(dict(zip(RELATIONS, count(), strict=False)))
"""The place of each relation in the table."""
