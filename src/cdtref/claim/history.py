"""
Earlier lines of a patient, years of them, as the rules look through them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from cdtref.claim.claim import Claim
from cdtref.claim.line import ClaimLine
from cdtref.claim.parsed import ParsedLine
from cdtref.code import parse_code
from cdtref.codeset import Catalog
from cdtref.errors import InvalidCodeError
from cdtref.tooth import TEETH, Tooth


class History:
    """
    Earlier lines of a patient, by code, then by tooth or by day where a rule asks so.

    A line is read in full only when a rule looks at it, for of thousands few matter to a claim.

    A claim among them stands for its lines, and tells who sent them; a predetermination is a plan,
    of which nothing is known to have been done.

    Attributes:
        lines: The lines as they were given, those of claims too.
        places: Their places by code; a line whose code is malformed has none.
    """

    def __init__(self, given: Iterable[ClaimLine | Claim], catalog: Catalog) -> None:
        if isinstance(given, (ClaimLine, Claim)):
            raise TypeError("a history is of several lines or claims; give them in a list")
        self._claims: dict[int, Claim] = {}
        self.lines: tuple[ClaimLine, ...] = tuple(self._lines_of(given))
        self.places: dict[str, list[int]] = {}
        self._catalog = catalog
        self._parsed: dict[int, ParsedLine] = {}
        self._by_tooth: dict[str, dict[str, list[int]]] = {}
        self._by_day: dict[str, dict[date, list[int]]] = {}
        for text, places in self._places_by_text().items():
            code = _code_of(text, catalog)
            if code is not None:
                self.places.setdefault(code, []).extend(places)

    def parsed(self, place: int) -> ParsedLine:
        """The line at a place, read as far as it can be."""
        found = self._parsed.get(place)
        if found is None:
            found = self._parsed[place] = ParsedLine(
                self.lines[place], self._catalog, self._claims.get(place)
            )
        return found

    def parsed_within(
        self, codes: Container[str], day: date | None, reach: int | None
    ) -> Iterator[ParsedLine]:
        """The lines with one of these codes that lie within reach, read as far as they can be."""
        for code in self.places:
            if code in codes:
                yield from map(self.parsed, self.within(self.places[code], day, reach))

    def on_teeth(self, code: str, teeth: Iterable[Tooth]) -> Iterable[int]:
        """The places of the lines with a code that name one of these teeth, in their order."""
        by_tooth = self._by_tooth.get(code)
        if by_tooth is None:
            by_tooth = self._by_tooth[code] = self._grouped_by_tooth(code)
        found: set[int] = set()
        for tooth in teeth:
            found.update(by_tooth.get(tooth.number, ()))
        return sorted(found)

    def on_day(self, code: str, day: date | None) -> Sequence[int]:
        """The places of the lines with a code on a day; of what has no day, none is known."""
        if day is None:
            return ()
        by_day = self._by_day.get(code)
        if by_day is None:
            by_day = {}
            for place in self.places[code]:
                when = self.lines[place].date
                if when is not None:
                    by_day.setdefault(when, []).append(place)
            self._by_day[code] = by_day  # only now: another thread takes what is there for whole
        return by_day.get(day, ())

    def within(self, places: Iterable[int], day: date | None, reach: int | None) -> Iterator[int]:
        """Those of the places whose lines lie no further from a day than so many days, or any."""
        for place in places:
            when = self.lines[place].date
            if when is None or day is None:
                continue
            if reach is None or abs((day - when).days) <= reach:
                yield place

    def _places_by_text(self) -> Mapping[str, list[int]]:
        """The places of the codes as they are written; few texts make up thousands of lines."""
        places: dict[str, list[int]] = {}
        for place, line in enumerate(self.lines):
            claim = self._claims.get(place)
            if claim is None or not claim.predetermination:
                places.setdefault(line.code, []).append(place)
        return places

    def _lines_of(self, given: Iterable[ClaimLine | Claim]) -> list[ClaimLine]:
        lines: list[ClaimLine] = []
        for one in given:
            if isinstance(one, ClaimLine):
                lines.append(one)
            elif isinstance(one, Claim):
                places = range(len(lines), len(lines) + len(one.lines))
                self._claims.update(dict.fromkeys(places, one))
                lines += one.lines
            else:
                raise TypeError(f"a history is of ClaimLines or Claims, not {type(one).__name__}")
        return lines

    def _grouped_by_tooth(self, code: str) -> dict[str, list[int]]:
        by_tooth: dict[str, list[int]] = {}
        for place in self.places[code]:
            for number in self._tooth_numbers(place):
                by_tooth.setdefault(number, []).append(place)
        return by_tooth

    def _tooth_numbers(self, place: int) -> Iterable[str]:
        """A line with one tidy number, as most are, is not read for it."""
        text = self.lines[place].tooth
        if text is None:
            return ()
        if text in TEETH:
            return (text,)
        return [tooth.number for tooth in self.parsed(place).teeth]


def _code_of(text: str, catalog: Catalog) -> str | None:
    if text in catalog:
        return text
    try:
        return parse_code(text)
    except InvalidCodeError:
        return None
