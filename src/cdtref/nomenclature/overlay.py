"""
A licensee's own wording over our records: the ADA's nomenclature and descriptors from a file that
the user has.

Nothing is written back, and no wording is kept by the package. A line that cannot be used is left
out and reported in the `NomenclatureReport`; a source that cannot be read as a whole is a
`DataFormatError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import attrs

from cdtref.code import Code, code_system, dental_code_of_five_digits, parse_code
from cdtref.codesystem import CodeSystem
from cdtref.errors import CdtrefError, quoted
from cdtref.nomenclature.addedcode import (
    REQUIREMENT_READERS,
    added_procedure,
    requirement_in,
)
from cdtref.nomenclature.columns import REQUIRED, count_required, known_columns, places_of
from cdtref.nomenclature.report import NomenclatureReport, Remark
from cdtref.procedure import Procedure
from cdtref.table import Line, Rows, Table, Wanted, open_table

# Characters that a remark repeats: of a code, and of a wording, which may be a page long
_QUOTED: Final = 40
_SHOWN: Final = 120


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
    named = known_columns(columns or {})
    notes: list[str] = []
    wanted = Wanted(lambda titles: count_required(titles, named), len(REQUIRED))
    with open_table(given, wanted, notes.append, pair=REQUIRED) as table:
        places = places_of(table, named)
        work = _Work(dict(procedures.items()), table.source)
        for line in table.lines:
            work.take(_wording_of(table, line, places))
    known = work.procedures
    return dict(sorted((known | work.records).items())), work.report(tuple(notes))


class _Work:
    """The lines taken so far: the records they made, and what there is to say of them."""

    def __init__(self, procedures: dict[str, Procedure], source: str) -> None:
        self.procedures = procedures
        self.codes = sorted(procedures)
        self.source = source
        self.records: dict[Code, Procedure] = {}
        self.taken: dict[Code, _Wording] = {}
        self.remarks: dict[str, list[Remark]] = {}

    def take(self, wording: _Wording) -> None:
        """One line: a record of its code, or a remark on why there is none."""
        try:
            record = self._record_of(wording)
        except (CdtrefError, ValueError) as error:
            self._say_of("malformed", wording, str(error))
        else:
            self._place_record(wording, record)

    def report(self, notes: tuple[str, ...]) -> NomenclatureReport:
        """The report."""
        known = self.procedures
        return NomenclatureReport(
            source=self.source,
            matched=tuple(sorted(self.records.keys() & known.keys())),
            added=tuple(sorted(self.records.keys() - known.keys())),
            unmatched=self._remarks_of("unmatched"),
            duplicates=self._remarks_of("duplicates"),
            changed=self._remarks_of("changed"),
            malformed=self._remarks_of("malformed"),
            passed_over=self._remarks_of("passed_over"),
            missing=tuple(self._missing_codes()),
            notes=notes,
        )

    def _remarks_of(self, kind: str) -> tuple[Remark, ...]:
        return tuple(self.remarks.get(kind, ()))

    def _missing_codes(self) -> Iterator[Code]:
        for p in self.procedures.values():
            if p.terminated is None and p.code not in self.records:
                yield p.code

    def _dental_code_of(self, wording: _Wording) -> Code:
        if wording.fault:
            raise ValueError(wording.fault)
        code = parse_code(wording.cells["code"])
        system = code_system(code)
        if system is CodeSystem.CDT:
            return code
        told = f"it is a {system.label} code; dental (CDT) codes are expected"
        dental = dental_code_of_five_digits(code)
        if dental is not None and dental in self.procedures:
            told += f": {dental}, if this is the ADA's old form of five digits"
        raise ValueError(told)

    def _record_of(self, wording: _Wording) -> Procedure | None:
        """
        The record of a line with its wording; None for a code that is unknown and comes without a
        date.
        """
        code = self._dental_code_of(wording)
        nomenclature = _printable_words(wording, "nomenclature")
        descriptor = _printable_words(wording, "descriptor")
        known = self.procedures.get(code)
        if known is None or known.is_added:
            cells = {**wording.cells, "nomenclature": nomenclature}
            known = added_procedure(code, cells, self.procedures, self.codes, self.source)
        return known and attrs.evolve(known, nomenclature=nomenclature, descriptor=descriptor)

    def _place_record(self, wording: _Wording, record: Procedure | None) -> None:
        if record is None:
            self._say_of(
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
        for told in _passed_over(wording.cells, record):
            self._say_of("passed_over", wording, told)

    def _say_changed(self, wording: _Wording, record: Procedure, known: Procedure) -> None:
        had = _cells_of(known)
        told = _differing(_cells_of(record), had, "where the catalog had {}")
        if told:
            self._say_of("changed", wording, told)

    def _say_again(self, wording: _Wording, first: _Wording) -> None:
        told = _differing(wording.cells, first.cells, "but {} came first and counts")
        if told:
            self._say_of("changed", wording, told)
        else:
            self._say_of("duplicates", wording, "comes again and says the same")

    def _say_of(self, kind: str, wording: _Wording, told: str) -> None:
        remark = Remark(wording.line, wording.cells["code"][:_QUOTED], told)
        self.remarks.setdefault(kind, []).append(remark)


def _passed_over(cells: Mapping[str, str], record: Procedure) -> Iterator[str]:
    """What a line says that counts for nothing: of a known code all but its wording is ours."""
    if record.is_added:
        yield from requirement_in(cells)[1]
        return
    end = cells.get("terminated", "")
    if end and end != str(record.terminated or ""):
        yield f"terminated {quoted(end)} is passed over: the dates of a known code stay ours"
    asked = [name for name in REQUIREMENT_READERS if cells.get(name)]
    if not asked:
        return
    given, _ = requirement_in(cells)
    for name in asked:
        if getattr(given, name) != getattr(record.requirement, name):
            told = f"{name} {quoted(cells[name])} is passed over"
            yield f"{told}: what a known code requires stays ours"


def _cells_of(p: Procedure) -> dict[str, str]:
    dates = "; ".join(map(str, p.periods))
    return {
        "nomenclature": p.nomenclature,
        "descriptor": p.descriptor,
        "dates": dates,
        "category": p.category,
    }


def _differing(new: Mapping[str, str], old: Mapping[str, str], how: str) -> str:
    """What *new* says otherwise than *old*, column by column; "" where it says the same or less."""
    told = []
    for column, words in new.items():
        if column == "code" or words in ("", old[column]):
            continue
        named = f"{column} ".removeprefix("nomenclature ")
        had = how.format(quoted(old[column], _SHOWN))
        told.append(f"{named}{quoted(words, _SHOWN)}, {had}")
    return "; ".join(told)


def _printable_words(wording: _Wording, column: str) -> str:
    words = wording.cells.get(column, "")
    if column in REQUIRED and not words:
        raise ValueError("its wording is empty")
    if not words.isprintable() or "\ufffd" in words:
        raise ValueError(f"its {column} holds a character that cannot be printed")
    return words


def _wording_of(table: Table, line: Line, places: Mapping[str, int]) -> _Wording:
    cells = {ours: table.text(line, place) for ours, place in places.items()}
    return _Wording(line.number, cells, table.width_fault(line))
