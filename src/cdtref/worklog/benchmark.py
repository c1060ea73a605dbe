"""A table of survey percentiles that the user brings, and where a year's work stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from os import PathLike
from typing import Final

import attrs

from cdtref.errors import DataFormatError, quoted, quoted_name
from cdtref.fieldtext.amounts import exactly, parse_grouped
from cdtref.table import Line, Note, Table, Wanted, open_table, shown_titles

PERCENTILES: Final = (10, 25, 50, 75, 90)
_COLUMNS: Final = ("specialty", *(f"p{percent}" for percent in PERCENTILES))


@attrs.frozen
class Benchmark:
    """
    A table of survey percentiles: annual work by specialty, on whichever scale the survey has.
    cdtref ships none; the user's licensed one is read.

    Attributes:
        rows: For each specialty the annual work at p10, p25, p50, p75 and p90.
    """

    rows: tuple[tuple[str, tuple[Decimal, ...]], ...]

    @classmethod
    def from_csv(cls, path: str | PathLike[str], *, note: Note | None = None) -> Benchmark:
        """
        A table from a csv or xlsx with the columns specialty, p10, p25, p50, p75, p90, in any case.

        *note* is told of an encoding that is no UTF-8 and of rows above the header.

        Raises:
            DataFormatError: a column is missing or double, a figure is no number, the figures of a
                row do not rise, or a specialty comes twice; with line and column.
            OSError: the file cannot be opened.
        """
        with open_table(path, Wanted(_count_columns, len(_COLUMNS)), note) as table:
            places = _places_of(table)
            rows: dict[str, tuple[Decimal, ...]] = {}
            seen: set[str] = set()
            for line in table.lines:
                if fault := table.width_fault(line):
                    raise table.fault(fault, line.number)
                specialty = table.text(line, places["specialty"])
                if specialty.casefold() in seen:
                    problem = f"the specialty {quoted(specialty)} comes again"
                    raise table.fault(problem, line.number, "specialty")
                seen.add(specialty.casefold())
                rows[specialty] = _figures_in(table, line, places)
        return cls(tuple(rows.items()))

    def has(self, specialty: str) -> bool:
        """True where the table has that specialty, however it is capitalized."""
        # Surveys have in capitals what logs do not.
        return specialty.casefold() in self._by_name

    def figures(self, specialty: str) -> tuple[Decimal, ...]:
        """
        The annual work at p10, p25, p50, p75 and p90.

        Raises:
            KeyError: the table has no such specialty.
        """
        return self._by_name[specialty.casefold()]

    @exactly
    def percentile(self, specialty: str, annual_work_rvus: Decimal) -> str:
        """
        Where a year's work stands, such as 'p62', by linear interpolation; else 'below p10' or
        'above p90'.

        Raises:
            KeyError: the table has no such specialty.
        """
        figures = self.figures(specialty)
        if annual_work_rvus < figures[0]:
            return f"below p{PERCENTILES[0]}"
        for (low, low_rvus), (high, high_rvus) in pairwise(zip(PERCENTILES, figures, strict=True)):
            if annual_work_rvus <= high_rvus:
                part = (annual_work_rvus - low_rvus) / (high_rvus - low_rvus)
                return f"p{(low + (high - low) * part).quantize(Decimal(1), ROUND_HALF_UP)}"
        return f"above p{PERCENTILES[-1]}"

    @property
    def _by_name(self) -> dict[str, tuple[Decimal, ...]]:
        return {specialty.casefold(): figures for specialty, figures in self.rows}


def _plain_titles(titles: Sequence[str]) -> list[str]:
    return [title.strip().casefold() for title in titles]


def _count_columns(titles: Sequence[str]) -> int:
    return len(set(_COLUMNS) & set(_plain_titles(titles)))


def _places_of(table: Table) -> dict[str, int]:
    plain, line = _plain_titles(table.titles), table.header.number
    for column in _COLUMNS:
        if column not in plain:
            shown = shown_titles(table.titles) or "none"
            problem = f"missing column {quoted_name(column)}; the columns are {shown}"
            raise table.fault(problem, line, column)
        if plain.count(column) > 1:
            raise table.fault(f"the column {quoted_name(column)} is there twice", line, column)
    return {column: plain.index(column) for column in _COLUMNS}


def _figures_in(table: Table, line: Line, places: dict[str, int]) -> tuple[Decimal, ...]:
    figures: list[Decimal] = []
    lowest = Decimal(0)
    for column in _COLUMNS[1:]:
        figure = _figure_in(table, line, places, column)
        if figure <= lowest:
            problem = "the percentiles do not rise from above 0"
            raise table.fault(problem, line.number, column)
        lowest = figure
        figures.append(figure)
    return tuple(figures)


def _figure_in(table: Table, line: Line, places: dict[str, int], column: str) -> Decimal:
    text = table.text(line, places[column])
    try:
        return parse_grouped(text)
    except ValueError as error:
        problem = f"a percentile is not a number: {quoted(text)}"
        raise DataFormatError.at(table.source, problem, line=line.number, column=column) from error
