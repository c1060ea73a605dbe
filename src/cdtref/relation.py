"""
What a typed link between two codes says: the role of the other code, and the difference in a sentence.

One row a relation, the most telling first; pages list and compare codes in this order. The texts are ours.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Relation(NamedTuple):
    """
    One kind of link from a code A to another code B.

    Attributes:
        role: What B is, seen from A.
        difference: What sets the two apart, with {a} and {b} for the codes.
    """

    role: str
    difference: str


def _same(what: str, difference: str) -> Relation:
    return Relation(f"same service, other {what}", f"{{a}} and {{b}} are one service {difference}.")


RELATIONS: Final = {
    "succeeded_by": Relation("successor", "{b} took the place of {a}, which is no longer valid."),
    "successor_of": Relation("predecessor", "{a} took the place of {b}, which is no longer valid."),
    "capture_only_of": Relation(
        "with its interpretation", "{a} is the taking of the images alone; {b} includes their interpretation."
    ),
    "has_capture_only": Relation(
        "capture only", "{a} includes the interpretation; {b} is the taking of the images alone."
    ),
    "has_interpretation": Relation(
        "interpretation only", "{a} is the taking of the images; {b} is their interpretation by someone else."
    ),
    "interpretation_of": Relation(
        "capture that it interprets", "{a} is the interpretation; {b} is the taking of the images by someone else."
    ),
    "confused_with": Relation("often confused with it", "{a} and {b} are easily confused, but are different services."),
    "additional_to": Relation("main service", "{b} is the main service; {a} is reported in addition to it."),
    "has_additional": Relation("in addition to it", "{a} is the main service; {b} is reported in addition to it."),
    "part_of": Relation("the whole service", "{a} is a part of the service that {b} stands for."),
    "has_part": Relation("part of it", "{b} is a part of the service that {a} stands for."),
    "retreatment_of": Relation("first treatment", "{b} is the first treatment; {a} treats the same again."),
    "has_retreatment": Relation("retreatment", "{a} is the first treatment; {b} treats the same again."),
    "same_service_other_extent": _same("extent", "to a different extent"),
    "same_service_other_technique": _same("technique", "done by different techniques"),
    "same_service_other_material": _same("material", "in different materials"),
    "same_service_other_tooth_class": _same("class of tooth", "on different classes of teeth"),
    "same_service_other_dentition": _same("dentition", "for different dentitions"),
    "same_service_other_arch": _same("arch", "in different arches"),
    "same_service_other_support": _same("support", "on different supports"),
    "same_service_other_duration": _same("duration", "of different duration"),
    "same_service_other_product": _same("product", "with different products"),
    "more_specific_than": Relation("more general code", "{a} is the more specific code, {b} the more general one."),
    "less_specific_than": Relation("more specific code", "{b} is the more specific code, {a} the more general one."),
    "repair_of": Relation("what it repairs", "{a} repairs what {b} provides."),
    "has_repair": Relation("repair", "{b} repairs what {a} provides."),
    "adjustment_of": Relation("what it adjusts", "{a} adjusts what {b} provides."),
    "has_adjustment": Relation("adjustment", "{b} adjusts what {a} provides."),
    "maintenance_of": Relation("what it maintains", "{a} maintains what {b} provides."),
    "has_maintenance": Relation("maintenance", "{b} maintains what {a} provides."),
    "recementation_of": Relation("what it recements", "{a} fastens again what {b} provides."),
    "has_recementation": Relation("recementation", "{b} fastens again what {a} provides."),
    "removal_of": Relation("what it removes", "{a} removes what {b} provides."),
    "has_removal": Relation("removal", "{b} removes what {a} provides."),
    "follows": Relation("comes before it", "{b} comes first, and {a} may follow it."),
    "precedes": Relation("comes after it", "{a} comes first, and {b} may follow it."),
}

RANK: Final = {name: place for place, name in enumerate(RELATIONS)}
"""The place of each relation in the table."""
