"""
A licensee's own wording over our records: the ADA's nomenclature and descriptors from a file that
the user has.

Nothing is written back, and no wording is kept by the package. A line that cannot be used is left
out and reported in the `NomenclatureReport`; a source that cannot be read as a whole is a
`DataFormatError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import attrs

from cdtref.code import Code, code_system, parse_code
from cdtref.codesystem import CodeSystem
from cdtref.errors import CdtrefError, DataFormatError, quoted
from cdtref.procedure import Category, Period, Procedure, Source, as_date
from cdtref.table import Line, Rows, Table, read_table

_HEADERS: Final = {
    "code": "code cdtcode cdt procedurecode proccode adacode dcode",
    "nomenclature": "nomenclature official officialname wording procedurename name title shortdescription "
    "proceduredescription codedescription description",
    "descriptor": "descriptor officialdescriptor longdescription fulldescription description",
    "category": "category categoryofservice",
    "effective": "effective effectivedate effectivefrom startdate validfrom",
    "terminated": "terminated terminationdate termdate deleted deletedate enddate",
}
"""
Our columns, and the headers that stand for each: lower case, letters only; the first one there and
not taken.
"""

_REQUIRED: Final = ("code", "nomenclature")
_QUOTED: Final = 40


class Remark(NamedTuple):
    """
    What the report says of one line.

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
class NomenclatureReport:
    """
    What came of laying a licensee's wording over a catalog.

    Attributes:
        source: The file, or 'rows'.
        matched: Codes of the catalog that got their wording.
        added: Codes new to the catalog, given with the date from which they are valid.
        unmatched: Lines of codes that the catalog does not have and that came without such a date.
        duplicates: Lines of codes that come again and say the same.
        changed: Lines of codes that come again with another wording, descriptor, date or category
            (the first one counts), or that had another wording in the catalog before.
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
        return "\n".join(
            [counts, *(f"{kind}: {remark}" for kind in kinds for remark in getattr(self, kind))]
        )


class _Wording(NamedTuple):
    """
    One line of the source under our column names; `fault` where it has not the fields of the
    header.
    """

    line: int
    cells: Mapping[str, str]
    fault: str


def overlaid(
    procedures: Mapping[str, Procedure], given: Rows, columns: Mapping[str, str] | None
) -> tuple[dict[str, Procedure], NomenclatureReport]:
    """
    All *procedures*, in order, with the wording of *given* where it has one; and the report.

    Raises:
        DataFormatError: the source cannot be read: not text, broken quoting, no such column or two
            of them; with line and column.
        TypeError: *given* is neither a path nor rows nor a mapping.
        ValueError: *columns* names a column that we do not have.
        OSError: the file cannot be opened.
    """
    named = _own(columns or {})
    table = read_table(
        given, _REQUIRED, lambda header: len(_standing(header, named).keys() & set(_REQUIRED))
    )
    places = _places(table, named)
    known = dict(procedures.items())
    work = _Work(known, table.source)
    for line in table.lines:
        work.take(_wording(table, line, places))
    return dict(sorted((known | work.records).items())), work.report()


class _Work:
    """The lines taken so far: the records they made, and what there is to say of them."""

    def __init__(self, procedures: Mapping[str, Procedure], source: str) -> None:
        self.procedures = procedures
        self.source = source
        self.records: dict[Code, Procedure] = {}
        self.taken: dict[Code, _Wording] = {}
        self.remarks: dict[str, list[Remark]] = {}

    def take(self, wording: _Wording) -> None:
        """One line: a record of its code, or a remark on why there is none."""
        try:
            record = self._record(wording)
        except (CdtrefError, ValueError) as error:
            self._say("malformed", wording, str(error))
        else:
            self._place(wording, record)

    def report(self) -> NomenclatureReport:
        """The report."""
        known = self.procedures
        return NomenclatureReport(
            source=self.source,
            matched=tuple(sorted(self.records.keys() & known.keys())),
            added=tuple(sorted(self.records.keys() - known.keys())),
            missing=tuple(
                p.code
                for p in known.values()
                if p.terminated is None and p.code not in self.records
            ),
            **{kind: tuple(remarks) for kind, remarks in self.remarks.items()},
        )

    def _record(self, wording: _Wording) -> Procedure | None:
        """
        The record of a line with its wording; None for a code that is unknown and comes without a
        date.
        """
        code = _code(wording)
        nomenclature, descriptor = _words(wording, "nomenclature"), _words(wording, "descriptor")
        known = self.procedures.get(code)
        if known is None or known.is_added:
            known = self._added(code, nomenclature, wording)
        return known and attrs.evolve(known, nomenclature=nomenclature, descriptor=descriptor)

    def _added(self, code: Code, nomenclature: str, wording: _Wording) -> Procedure | None:
        """
        A record by the dates of the line; without any, that of an earlier file under its new
        title, or None.
        """
        period = _period(wording)
        if period is None:
            earlier = self.procedures.get(code)
            return earlier and attrs.evolve(earlier, title=nomenclature)
        category = _category(code, wording.cells.get("category", ""), self.procedures)
        own_file = Source("Dates, by your own file", self.source, "", "licensee")
        return Procedure(
            code=code,
            title=nomenclature,
            category=category,
            subcategory="",
            periods=(period,),
            sources=(own_file,),
        )

    def _place(self, wording: _Wording, record: Procedure | None) -> None:
        if record is None:
            self._say(
                "unmatched", wording, "not in the catalog, and no date from which it is valid"
            )
            return
        first = self.taken.setdefault(record.code, wording)
        known = self.procedures.get(record.code)
        if first is not wording:
            self._say_again(wording, first)
            return
        self.records[record.code] = record
        if known and known.nomenclature:
            self._say_changed(wording, record, known)

    def _say_changed(self, wording: _Wording, record: Procedure, known: Procedure) -> None:
        told = _differing(_said(record), _said(known), "where the catalog had {}")
        if told:
            self._say("changed", wording, told)

    def _say_again(self, wording: _Wording, first: _Wording) -> None:
        told = _differing(wording.cells, first.cells, "but {} came first and counts")
        self._say(
            "changed" if told else "duplicates", wording, told or "comes again and says the same"
        )

    def _say(self, kind: str, wording: _Wording, told: str) -> None:
        remark = Remark(wording.line, wording.cells["code"][:_QUOTED], told)
        self.remarks.setdefault(kind, []).append(remark)


def _said(p: Procedure) -> dict[str, str]:
    dates = "; ".join(map(str, p.periods))
    return {
        "nomenclature": p.nomenclature,
        "descriptor": p.descriptor,
        "dates": dates,
        "category": p.category,
    }


def _differing(new: Mapping[str, str], old: Mapping[str, str], how: str) -> str:
    """What *new* says otherwise than *old*, column by column; "" where it says the same or less."""
    columns = [
        column for column in new if column != "code" and new[column] not in ("", old[column])
    ]
    named = {column: "" if column == "nomenclature" else f"{column} " for column in columns}
    return "; ".join(
        f"{named[column]}{new[column]!r}, {how.format(repr(old[column]))}" for column in columns
    )


def _code(wording: _Wording) -> Code:
    if wording.fault:
        raise ValueError(wording.fault)
    code = parse_code(wording.cells["code"])
    if code_system(code) is not CodeSystem.CDT:
        raise ValueError(f"it is a {code_system(code).label} code; dental (CDT) codes are expected")
    return code


def _words(wording: _Wording, column: str) -> str:
    words = wording.cells.get(column, "")
    if column in _REQUIRED and not words:
        raise ValueError("its wording is empty")
    if not words.isprintable() or "\ufffd" in words:
        raise ValueError(f"its {column} holds a character that cannot be printed")
    return words


def _period(wording: _Wording) -> Period | None:
    """The life that the line gives a code; None where it has no date from which it is valid."""
    start, end = (wording.cells.get(column, "") for column in ("effective", "terminated"))
    if not start:
        return None
    if end and as_date(end) <= as_date(start):
        raise ValueError("it ends before it begins")
    return Period(as_date(start), as_date(end) if end else None, "day")


def _category(code: Code, given: str, known: Mapping[str, Procedure]) -> Category:
    """That of the line, else that which the code has or its neighbours by number have."""
    for category in Category:
        if given.casefold() in (category.value, category.label.casefold()):
            return category
    if given:
        raise ValueError(f"no category {quoted(given)}; the categories are {', '.join(Category)}")
    if code in known:
        return known[code].category
    before = [p.category for other, p in known.items() if other < code][-1:]
    after = next((p.category for other, p in known.items() if other > code), None)
    if after is None or before != [after]:
        raise ValueError(
            "no category is given, and the known codes beside it are not of one category"
        )
    return after


def _wording(table: Table, line: Line, places: Mapping[str, int]) -> _Wording:
    fields, width = len(line.cells), len(table.header.cells)
    fault = "" if fields == width else f"it has {fields} fields, where the header has {width}"
    return _Wording(
        line.number, {ours: table.text(line, place) for ours, place in places.items()}, fault
    )


def _own(columns: Mapping[str, str]) -> Mapping[str, str]:
    unknown = columns.keys() - _HEADERS.keys()
    if unknown:
        raise ValueError(f"no column {min(unknown)!r}; the columns are {', '.join(_HEADERS)}")
    return columns


def _standing(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, list[int]]:
    """
    The places of the title that stands for each of our columns: that of *columns*, else a common
    one not taken.
    """
    plain = [re.sub(r"[^a-z]", "", title.casefold()) for title in header]
    found = {
        ours: [n for n, title in enumerate(header) if title == wanted]
        for ours, wanted in columns.items()
    }
    for ours, common in _HEADERS.items():
        taken = {place for places in found.values() for place in places}
        free = [
            [n for n, title in enumerate(plain) if title == known and n not in taken]
            for known in common.split()
        ]
        if ours not in found and any(free):
            found[ours] = next(filter(None, free))
    return {ours: places for ours, places in found.items() if places}


def _places(table: Table, columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands; each needed one must, and none at two places."""
    header = table.header.cells
    found = _standing(header, columns)
    for ours in (*columns, *_REQUIRED):
        if ours not in found:
            raise _absent(table, ours, columns)
    for ours, (place, *others) in found.items():
        if others:
            both = f"{place + 1} ({header[place]!r}) and {others[0] + 1} ({header[others[0]]!r})"
            problem = (
                f"columns {both} both stand for the {ours}; rename one, or name the right one: "
            )
            raise table.fault(
                f"{problem}columns={{{ours!r}: ...}}", table.header.number, header[place]
            )
    return {ours: place for ours, (place, *_) in found.items()}


def _absent(table: Table, ours: str, columns: Mapping[str, str]) -> DataFormatError:
    line = table.header.number
    if ours in columns:
        return table.fault(f"no column {columns[ours]!r} in its header", line, columns[ours])
    shown = ", ".join(map(repr, table.header.cells))[:200] or "no headers"
    problem = f"no column for the {ours} is found among {shown}; name it: columns={{{ours!r}: ...}}"
    return table.fault(problem, line, ours)
