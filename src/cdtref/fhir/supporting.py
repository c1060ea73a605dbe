"""
What stands beside the lines of a claim as supporting information, as the categories of HL7 and of
CARIN Blue Button's oral claims have it; a line points to what is its own by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any, Final

from cdtref.fhir.elements import Element
from cdtref.fhir.passed import Passed
from cdtref.fhir.sites import NOWHERE, Site, site_of
from cdtref.fhir.systems import Kind

_MISSING_TOOTH: Final = "missing tooth"
_PROSTHESIS: Final = "prosthesis"
_PLACE: Final = "additional body site"
_ORTHODONTICS: Final = "orthodontics"
_WORDS: Final = "information"
_CATEGORIES: Final = MappingProxyType(
    {
        "missingtooth": _MISSING_TOOTH,  # HL7
        "missingtoothnumber": _MISSING_TOOTH,  # CARIN
        "prosthesis": _PROSTHESIS,
        "additionalbodysite": _PLACE,
        "orthodontics": _ORTHODONTICS,
        "info": _WORDS,
    }
)


class SupportingInfo:
    """The supporting information of a claim, and which line it belongs to."""

    def __init__(self, claim: Element, passed: Passed) -> None:
        self._by_category: dict[str, list[Element]] = {}
        for information in claim.parts("supportingInfo"):
            category = _category_of(information)
            if category is None:
                passed.tell("supporting information of other categories than a dental claim's")
            else:
                self._by_category.setdefault(category, []).append(information)
        self._linked: set[int] = set()
        for item in claim.parts("item"):
            self._linked.update(item.integers("informationSequence"))

    def missing_teeth(self) -> Iterator[str]:
        """Teeth that are missing."""
        for information in self._of_claim(_MISSING_TOOTH):
            yield from _site_in(information).teeth

    def orthodontics(self) -> dict[str, Any]:
        """The months of orthodontic treatment and the day on which the appliance was placed."""
        for information in self._of_claim(_ORTHODONTICS):
            fields: dict[str, Any] = {"appliance_placed": information.day("timingDate")}
            months = _months_in(information)
            if months is not None:
                fields["orthodontics"] = (months, None)
            return fields
        return {}

    def note(self) -> str | None:
        """Remarks on the claim, which are no line's own."""
        return _words_in(self._unlinked(_WORDS))

    def narrative(self, item: Element) -> str | None:
        """Remarks on a line."""
        return _words_in(self._linked_to(item, _WORDS))

    def sites(self, item: Element) -> Iterator[Site]:
        """Further places of a line."""
        for information in self._linked_to(item, _PLACE):
            yield _site_in(information)

    def prosthesis(self, item: Element) -> dict[str, Any]:
        """
        Whether the prosthesis of a line is a replacement, and of which day. What no line points to
        is said of the whole claim.
        """
        own = [*self._linked_to(item, _PROSTHESIS), *self._unlinked(_PROSTHESIS)]
        for information in own:
            day = information.day("timingDate")
            replaces = information.truth("valueBoolean")
            if replaces or (replaces is None and day is not None):
                return {"prosthesis": "replacement", "prior_placement": day}
            if replaces is not None:
                return {"prosthesis": "initial"}
        return {}

    def _of_claim(self, category: str) -> list[Element]:
        return self._by_category.get(category, [])

    def _unlinked(self, category: str) -> Iterator[Element]:
        for information in self._of_claim(category):
            if information.integer("sequence") not in self._linked:
                yield information

    def _linked_to(self, item: Element, category: str) -> Iterator[Element]:
        found = self._of_claim(category)
        if not found:
            return
        numbers = set(item.integers("informationSequence"))
        for information in found:
            if information.integer("sequence") in numbers:
                yield information


def _category_of(information: Element) -> str | None:
    concept = information.part("category")
    if concept is None:
        return None
    for kind, code in concept.codings():
        if kind in (Kind.INFORMATION, Kind.UNNAMED) and code in _CATEGORIES:
            return _CATEGORIES[code]
    return None


def _site_in(information: Element) -> Site:
    concept = information.part("code")
    if concept is None:
        return NOWHERE
    return site_of(concept)


def _words_in(informations: Iterable[Element]) -> str | None:
    texts = filter(None, (information.text("valueString") for information in informations))
    return " ".join(texts) or None


def _months_in(information: Element) -> int | None:
    quantity = information.part("valueQuantity")
    if quantity is None:
        return None
    return quantity.count("value")
