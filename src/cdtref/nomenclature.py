"""
A licensee's own wording over our records: the ADA's nomenclature and descriptors from a file that the user has.

Nothing is written back, and no wording is kept by the package. A line that cannot be used is left out and reported in
the `Overlay`; a source that cannot be read as a whole is a `DataFormatError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import attrs

from cdtref.code import Code, CodeSystem, code_system, parse_code
from cdtref.errors import CdtrefError
from cdtref.procedure import Category, Period, Procedure, as_date
from cdtref.tabular import Line, Rows, Table, read_table

_HEADERS: Final = {
    "code": "code cdtcode cdt procedurecode proccode adacode dcode",
    "official": "official nomenclature officialname wording procedurename name title shortdescription "
    "proceduredescription codedescription description",
    "descriptor": "descriptor officialdescriptor longdescription fulldescription description",
    "category": "category categoryofservice",
    "effective": "effective effectivedate effectivefrom startdate validfrom",
    "terminated": "terminated terminationdate termdate deleted deletedate enddate",
}
"""Our columns, and the headers that stand for each: lower case, letters only; the first one there and not taken."""

_REQUIRED: Final = ("code", "official")
_QUOTED: Final = 40


class Remark(NamedTuple):
    """
    What an overlay says of one line.

    Attributes:
        line: The line of the csv, or the place of the row in JSON and rows, from 1.
        code: The code as the line has it.
        told: What is said of it.
    """

    line: int
    code: str
    told: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.code!r}: {self.told}"


@attrs.frozen(kw_only=True)
class Overlay:
    """
    What came of laying a licensee's wording over a catalog.

    Attributes:
        source: The file, or 'rows'.
        matched: Codes of the catalog that got their wording.
        added: Codes new to the catalog, given with the date from which they are valid.
        unmatched: Lines of codes that the catalog does not have and that came without such a date.
        duplicates: Lines of codes that come again with the same wording.
        changed: Lines of codes that come again with another wording (the first one counts), or that had another before.
        malformed: Lines that were left out, with the reason.
        missing: Codes without an end in the catalog that the source has no wording for.
    """

    source: str
    matched: tuple[Code, ...] = ()
    added: tuple[Code, ...] = ()
    unmatched: tuple[Remark, ...] = ()
    duplicates: tuple[Remark, ...] = ()
    changed: tuple[Remark, ...] = ()
    malformed: tuple[Remark, ...] = ()
    missing: tuple[Code, ...] = ()

    def __str__(self) -> str:
        counts = f"{self.source}: {len(self.matched)} matched, {len(self.added)} added, {len(self.missing)} missing"
        kinds = ("unmatched", "duplicates", "changed", "malformed")
        return "\n".join([counts, *(f"{kind}: {remark}" for kind in kinds for remark in getattr(self, kind))])


class _Wording(NamedTuple):
    """One line of the source under our column names; `fault` where it has not the fields of the header."""

    line: int
    cells: Mapping[str, str]
    fault: str


def overlaid(
    procedures: Mapping[Code, Procedure], given: Rows, columns: Mapping[str, str] | None
) -> tuple[dict[Code, Procedure], Overlay]:
    """
    All *procedures*, in order, with the wording of *given* where it has one; and the report.

    Raises:
        DataFormatError: the source cannot be read: not text, broken quoting, no such column; with line and column.
        ValueError: *columns* names a column that we do not have.
        OSError: the file cannot be opened.
    """
    table = read_table(given, _REQUIRED)
    known = dict(procedures.items())
    work = _Work(known)
    for wording in _wordings(table, columns):
        work.take(wording)
    return dict(sorted((known | work.records).items())), work.overlay(table.source)


class _Work:
    """The lines taken so far: the records they made, and what there is to say of them."""

    def __init__(self, procedures: Mapping[Code, Procedure]) -> None:
        self.procedures = procedures
        self.records: dict[Code, Procedure] = {}
        self.remarks: dict[str, list[Remark]] = {}

    def take(self, wording: _Wording) -> None:
        """One line: a record of its code, or a remark on why there is none."""
        try:
            record = self._record(wording)
        except (CdtrefError, ValueError) as error:
            self._say("malformed", wording, str(error))
        else:
            self._place(wording, record)

    def overlay(self, source: str) -> Overlay:
        """The report."""
        known = self.procedures
        return Overlay(
            source=source,
            matched=tuple(sorted(self.records.keys() & known.keys())),
            added=tuple(sorted(self.records.keys() - known.keys())),
            missing=tuple(code for code, p in known.items() if p.terminated is None and code not in self.records),
            **{kind: tuple(remarks) for kind, remarks in self.remarks.items()},
        )

    def _record(self, wording: _Wording) -> Procedure | None:
        """The record of a line with its wording; None for a code that is unknown and comes without a date."""
        code = _code(wording)
        official, descriptor = _words(wording, "official"), _words(wording, "descriptor")
        known = self.procedures.get(code) or _new(code, official, wording, self.procedures)
        return known and attrs.evolve(known, official=official, official_descriptor=descriptor)

    def _place(self, wording: _Wording, record: Procedure | None) -> None:
        if record is None:
            self._say("unmatched", wording, "not in the catalog, and no date from which it is valid")
            return
        first = self.records.setdefault(record.code, record)
        known = self.procedures.get(record.code)
        if first.official != record.official:
            self._say("changed", wording, f"{record.official!r}, but {first.official!r} came first and counts")
        elif first is not record:
            self._say("duplicates", wording, "comes again with the same wording")
        elif known is not None and known.official not in ("", record.official):
            self._say("changed", wording, f"{record.official!r}, where the catalog had {known.official!r}")

    def _say(self, kind: str, wording: _Wording, told: str) -> None:
        remark = Remark(wording.line, wording.cells["code"][:_QUOTED], told)
        self.remarks.setdefault(kind, []).append(remark)


def _code(wording: _Wording) -> Code:
    if wording.fault:
        raise ValueError(wording.fault)
    code = parse_code(wording.cells["code"])
    if code_system(code) is not CodeSystem.CDT:
        raise ValueError(f"it is a {code_system(code).label} code; dental (CDT) codes are expected")
    return code


def _words(wording: _Wording, column: str) -> str:
    words = " ".join(wording.cells.get(column, "").split())
    if column in _REQUIRED and not words:
        raise ValueError("its wording is empty")
    if not words.isprintable() or "\ufffd" in words:
        raise ValueError(f"its {column} holds a character that cannot be printed")
    return words


def _new(code: Code, official: str, wording: _Wording, known: Mapping[Code, Procedure]) -> Procedure | None:
    """A record of a code that the catalog lacks, in the category given or that of its neighbours by number."""
    start, end = (wording.cells.get(column, "").strip() for column in ("effective", "terminated"))
    if not start:
        return None
    period = Period(as_date(start), as_date(end) if end else None, "day")
    if end and as_date(end) <= as_date(start):
        raise ValueError("it ends before it begins")
    category = _category(code, wording.cells.get("category", "").strip(), known)
    return Procedure(code=code, title=official, category=category, subcategory="", periods=(period,))


def _category(code: Code, given: str, known: Mapping[Code, Procedure]) -> Category:
    for category in Category:
        if given.casefold() in (category.value, category.label.casefold()):
            return category
    if given:
        raise ValueError(f"no category {given[:_QUOTED]!r}; the categories are {', '.join(Category)}")
    before = [p.category for other, p in known.items() if other < code][-1:]
    after = next((p.category for other, p in known.items() if other > code), None)
    if after is None or before != [after]:
        raise ValueError("no category is given, and the known codes beside it are not of one category")
    return after


def _wordings(table: Table, columns: Mapping[str, str] | None) -> Iterator[_Wording]:
    places = _places(table, columns or {})
    for line in table.lines:
        yield _wording(line, places, len(table.header))


def _wording(line: Line, places: Mapping[str, int], width: int) -> _Wording:
    cells = line.cells
    fault = "" if len(cells) == width else f"it has {len(cells)} fields, where the header has {width}"
    found = {ours: cells[place] if place < len(cells) else "" for ours, place in places.items()}
    return _Wording(line.number, found, fault)


def _places(table: Table, columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands: by *columns* where it names it, else by the common headers."""
    unknown = columns.keys() - _HEADERS.keys()
    if unknown:
        raise ValueError(f"no column {min(unknown)!r}; the columns are {', '.join(_HEADERS)}")
    places = {ours: table.place(title) for ours, title in columns.items()}
    plain = [re.sub(r"[^a-z]", "", title.casefold()) for title in table.header]
    for ours, common in _HEADERS.items():
        free = [plain.index(title) for title in common.split() if title in plain]
        free = [place for place in free if place not in places.values()]
        if ours not in places and free:
            places[ours] = free[0]
    for ours in _REQUIRED:
        if ours not in places:
            shown = ", ".join(map(repr, table.header))[:200] or "no headers"
            problem = f"no column for the {ours} is found among {shown}; name it: columns={{{ours!r}: ...}}"
            raise table.fault(problem, line=1, column=ours)
    return places
