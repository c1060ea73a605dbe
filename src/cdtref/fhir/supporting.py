"""
What stands beside the lines of a claim as supporting information, as the categories of HL7 and of
CARIN Blue Button's oral claims have it; a line points to what is its own by its number.
"""

from __future__ import annotations

from collections import defaultdict
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
        self._passed = passed
        self._linked: set[int] = set()
        for item in claim.parts("item"):
            self._linked.update(item.integers("informationSequence"))
        self._of_claim: dict[str, list[Element]] = defaultdict(list)
        # By number, for a claim of thousands of lines may have thousands of these
        self._of_lines: dict[str, dict[int, list[Element]]] = defaultdict(dict)
        for information in claim.parts("supportingInfo"):
            self._add(information)

    def _add(self, information: Element) -> None:
        category = _category_of(information)
        if category is None:
            told = "supporting information of other categories than a dental claim's"
            self._passed.tell(told)
            return
        number = information.integer("sequence")
        if number in self._linked:
            self._of_lines[category].setdefault(number, []).append(information)
        else:
            self._of_claim[category].append(information)

    def missing_teeth(self) -> Iterator[str]:
        """Teeth that are missing."""
        for information in self._all(_MISSING_TOOTH):
            yield from _site_in(information).teeth

    def orthodontics(self) -> dict[str, Any]:
        """The months of orthodontic treatment and the day on which the appliance was placed."""
        for information in self._all(_ORTHODONTICS):
            fields: dict[str, Any] = {"appliance_placed": information.day("timingDate")}
            months = _months_in(information)
            if months is not None:
                fields["orthodontics"] = (months, None)
            return fields
        return {}

    def note(self) -> str | None:
        """Remarks on the claim, which are no line's own."""
        return _words_in(self._of_claim[_WORDS])

    def narrative(self, item: Element) -> str | None:
        """Remarks on a line."""
        return _words_in(self._of_line(item, _WORDS))

    def sites(self, item: Element) -> Iterator[Site]:
        """Further places of a line."""
        for information in self._of_line(item, _PLACE):
            yield _site_in(information)

    def prosthesis(self, item: Element) -> dict[str, Any]:
        """
        Whether the prosthesis of a line is a replacement, and of which day. What no line points to
        is said of the whole claim, once.
        """
        for information in (*self._of_line(item, _PROSTHESIS), *self._of_claim[_PROSTHESIS][:1]):
            day = information.day("timingDate")
            replaces = information.truth("valueBoolean")
            if replaces or (replaces is None and day is not None):
                return {"prosthesis": "replacement", "prior_placement": day}
            if replaces is not None:
                return {"prosthesis": "initial"}
        return {}

    def _all(self, category: str) -> Iterator[Element]:
        yield from self._of_claim[category]
        for several in self._of_lines[category].values():
            yield from several

    def _of_line(self, item: Element, category: str) -> Iterator[Element]:
        """What the item points to, in the order in which it does."""
        by_number = self._of_lines[category]
        if not by_number:
            return
        for number in dict.fromkeys(item.integers("informationSequence")):
            yield from by_number.get(number, ())


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
