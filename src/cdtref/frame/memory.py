"""
The answers in tables in memory: each distinct text is read once, by the scalar doors, and each kind
of line is judged once, by the rules of `cdtref.check` themselves.

A table may come in batches, several of them at a time: what one has told of a text or a line is
kept for the next.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cdtref.claim import ClaimLine, ParsedLine, check_line, split_surfaces
from cdtref.code import Code, code_system, is_valid_code, parse_code
from cdtref.codeset import Catalog
from cdtref.errors import InvalidSiteError
from cdtref.frame.engines import Answers, are_wide
from cdtref.frame.eras import days_of_eras, starts_of_eras
from cdtref.frame.facts import facts_named
from cdtref.frame.inputs import Opened
from cdtref.frame.kinds import Kind
from cdtref.frame.rules import LineColumns, asked_place
from cdtref.frame.sites import is_site
from cdtref.procedure import Period, Procedure
from cdtref.tooth import TEETH, parse_areas, parse_surfaces, parse_teeth

_FRONT, _BACK = TEETH["8"], TEETH["14"]
_KEPT: Final = 2**16  # texts of a column, at some hundred bytes each
_SEVERITIES: Final = ("error", "warning")
Example = Mapping[str, Any]


class Told(ABC):
    """
    What is told of the rows of a table.

    Attributes:
        columns: The names of the columns that are read.
        kinds: What the columns of answers hold, by their names.
    """

    columns: Sequence[str]
    kinds: Mapping[str, Kind]
    _given: tuple[Any, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        # A plan that is sent elsewhere has one of these in it: what was kept is read there anew.
        return type(self), self._given

    @abstractmethod
    def added_to(self, opened: Opened) -> Any:
        """The frame with the columns of answers at its end."""


class _OfText(NamedTuple):
    """What is told of a text: its values, and whether its code was in force in each era."""

    values: tuple[Any, ...]
    in_force: Sequence[bool | None]


class _OfCodes(Told):
    """What is told of each row's code, and with a date `cdt_in_force`."""

    def __init__(
        self, code: str, date: str | None, kinds: Mapping[str, Kind], catalog: Catalog
    ) -> None:
        self._code = code
        self._date = date
        self._catalog = catalog
        self._own_kinds = kinds
        self.columns: Sequence[str] = [code]
        self.kinds: Mapping[str, Kind] = kinds
        if date is not None:
            self.columns = [code, date]
            self.kinds = {**kinds, "cdt_in_force": bool}
            self._starts = starts_of_eras(catalog)
            self._days = days_of_eras(self._starts)
            self._unknown = [None] * len(self._days)
        self._lives: dict[tuple[Period, ...], Sequence[bool | None]] = {}
        self._told: Callable[[str | None], _OfText]
        self._told = functools.lru_cache(_KEPT)(self._told_of_text)

    @abstractmethod
    def _values_of(self, code: Code | None, procedure: Procedure | None) -> tuple[Any, ...]:
        """What is told of a code, in the order of the columns."""

    def added_to(self, opened: Opened) -> Any:
        engine, native = opened.engine, opened.native
        texts, places = engine.encode(native, self._code)
        told = list(map(self._told, texts))
        by_column = zip(*(one.values for one in told), strict=True)
        columns = {}
        for (name, kind), values in zip(self._own_kinds.items(), by_column, strict=True):
            columns[name] = engine.take(Answers(kind, values), places)
        if self._date is not None:
            flags = list(itertools.chain.from_iterable(one.in_force for one in told))
            at = _by_era(opened, places, len(texts), self._date, self._starts)
            columns["cdt_in_force"] = engine.take(Answers(bool, flags), at)
        return engine.with_columns(native, columns)

    def _told_of_text(self, text: str | None) -> _OfText:
        code, procedure = _read_code(text, self._catalog)
        in_force: Sequence[bool | None] = ()
        if self._date is not None:
            in_force = self._in_force_by_era(procedure)
        return _OfText(self._values_of(code, procedure), in_force)

    def _in_force_by_era(self, procedure: Procedure | None) -> Sequence[bool | None]:
        if procedure is None:
            return self._unknown
        # Most codes began and ended with others, so they are asked about together.
        if procedure.periods not in self._lives:
            flags = [_is_in_force(procedure, day) for day in self._days]
            self._lives[procedure.periods] = flags
        return self._lives[procedure.periods]


class Facts(_OfCodes):
    """Facts of each row's code, and with a date `cdt_in_force`."""

    def __init__(self, code: str, date: str | None, names: Iterable[str], catalog: Catalog) -> None:
        facts = facts_named(names)
        super().__init__(code, date, {name: kind for name, (kind, _) in facts.items()}, catalog)
        self._given = (code, date, names, catalog)
        self._facts = [value_of for _, value_of in facts.values()]

    def _values_of(self, code: Code | None, procedure: Procedure | None) -> tuple[Any, ...]:  # noqa: ARG002
        if procedure is None:
            return (None,) * len(self._facts)
        return tuple(value_of(procedure) for value_of in self._facts)


class Forms(_OfCodes):
    """`cdt_code`, `cdt_valid`, `cdt_known`, and with a date `cdt_in_force`."""

    def __init__(self, code: str, date: str | None, catalog: Catalog) -> None:
        kinds = {"cdt_code": str, "cdt_valid": bool, "cdt_known": bool}
        super().__init__(code, date, kinds, catalog)
        self._given = (code, date, catalog)

    def _values_of(self, code: Code | None, procedure: Procedure | None) -> tuple[Any, ...]:
        return code, code is not None, procedure is not None


class _Kinds:
    """What the rules tell apart in a field, as numbers from 0 on, each with its first example."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self._numbers: dict[object, int] = {}
        self._lock = threading.Lock()

    def number(self, kind: object, example: Example) -> int:
        """The number of a kind, of which this is an example."""
        with self._lock:
            if kind not in self._numbers:
                self._numbers[kind] = len(self.examples)
                self.examples.append(example)
            return self._numbers[kind]


class _Field(NamedTuple):
    """
    A field of the lines: an example of each of its kinds, the number of the kind for each place,
    and each row's place.
    """

    examples: Sequence[Example]
    numbers: Sequence[int]
    places: Any


class Findings(Told):
    """`cdt_errors` and `cdt_warnings`."""

    def __init__(self, columns: LineColumns, catalog: Catalog) -> None:
        self._given = (columns, catalog)
        self._named = columns
        self._catalog = catalog
        self.columns: Sequence[str] = [column for column in columns if column is not None]
        self.kinds: Mapping[str, Kind] = {f"cdt_{severity}s": str for severity in _SEVERITIES}
        self._days: list[dt.date | None] = [None]
        if columns.date is not None:
            self._starts = starts_of_eras(catalog)
            self._days = days_of_eras(self._starts)
        self._alike: dict[object, tuple[int, ...]] = {}
        self._codes, self._teeth, self._surfaces, self._sites, self._areas = (
            _Kinds() for _ in range(5)
        )
        kept = functools.lru_cache(_KEPT)
        self._code_numbers: Callable[[str | None], tuple[int, ...]] = kept(self._numbers_of_code)
        self._tooth_number: Callable[[str | None], int] = kept(self._number_of_teeth)
        self._surface_number: Callable[..., int] = kept(self._number_of_surfaces)
        self._site_number: Callable[..., int] = kept(self._number_of_site)
        self._area_number: Callable[[str | None], int] = kept(self._number_of_area)
        self._ids: Callable[..., tuple[str | None, ...]] = kept(self._ids_of_line)

    def added_to(self, opened: Opened) -> Any:
        fields = list(self._fields_of(opened))
        told = [self._ids(**example) for example in _combined(fields)]
        places = _numbers_of_rows(opened, fields)
        columns = {}
        for name, ids in zip(self.kinds, zip(*told, strict=True), strict=True):
            columns[name] = opened.engine.take(Answers(str, ids), places)
        return opened.engine.with_columns(opened.native, columns)

    def _fields_of(self, opened: Opened) -> Iterator[_Field]:
        named = self._named
        yield self._field_of_codes(opened)
        if named.tooth is not None or named.surfaces is not None:
            yield self._field_of_sites(opened)
        if named.area is not None:
            yield _field_of_texts(opened, named.area, self._area_number, self._areas)

    def _field_of_codes(self, opened: Opened) -> _Field:
        """The codes, on a day of each era where there are days."""
        texts, places = opened.engine.encode(opened.native, self._named.code)
        numbers = list(itertools.chain.from_iterable(map(self._code_numbers, texts)))
        if self._named.date is not None:
            places = _by_era(opened, places, len(texts), self._named.date, self._starts)
        return _Field(tuple(self._codes.examples), numbers, places)

    def _field_of_sites(self, opened: Opened) -> _Field:
        """The teeth with their surfaces, which may be told tooth by tooth: one field of both."""
        named = self._named
        fields = []
        if named.tooth is not None:
            fields.append(_field_of_texts(opened, named.tooth, self._tooth_number, self._teeth))
        if named.surfaces is not None:
            number_of = functools.partial(self._surface_number, counts=_counts_of_teeth(fields))
            fields.append(_field_of_texts(opened, named.surfaces, number_of, self._surfaces))
        numbers = [self._site_number(**example) for example in _combined(fields)]
        places = _numbers_of_rows(opened, fields)
        return _Field(tuple(self._sites.examples), numbers, places)

    def _numbers_of_code(self, text: str | None) -> tuple[int, ...]:
        """The number of a code's kind in each era."""
        code, procedure = _read_code(text, self._catalog)
        if procedure is None:
            number = self._codes.number(_kind_of_unknown(code), {"code": text or "", "date": None})
            return (number,) * len(self._days)
        # Most codes began with others and ask for the same, so they are asked about together.
        alike = procedure.periods, _asked_places(procedure)
        if alike not in self._alike:
            self._alike[alike] = tuple(self._numbers_by_era(procedure))
        return self._alike[alike]

    def _numbers_by_era(self, procedure: Procedure) -> Iterator[int]:
        for day in self._days:
            kind = _kind_of_known(procedure, day, self._catalog)
            yield self._codes.number(kind, {"code": procedure.code, "date": day})

    def _number_of_teeth(self, text: str | None) -> int:
        return self._teeth.number(_kind_of_teeth(text), {"tooth": text})

    def _number_of_surfaces(self, text: str | None, counts: frozenset[int]) -> int:
        # A text that has one meaning beside some teeth may have another beside more of them.
        kind = counts, _kind_of_surfaces(text, counts)
        return self._surfaces.number(kind, {"surfaces": text})

    def _number_of_site(self, **example: str | None) -> int:
        return self._sites.number(_kind_of_site(example, self._catalog), example)

    def _number_of_area(self, text: str | None) -> int:
        return self._areas.number(_kind_of_area(text), {"area": text})

    def _ids_of_line(self, **example: Any) -> tuple[str | None, ...]:
        """The ids of the rules that a line breaks, of each severity."""
        told: dict[str, list[str]] = {severity: [] for severity in _SEVERITIES}
        for finding in check_line(ClaimLine(**example), self._catalog, self._named.rules):
            told[finding.severity].append(finding.rule)
        return tuple(" ".join(ids) or None for ids in told.values())


def _read_code(text: str | None, catalog: Catalog) -> tuple[Code | None, Procedure | None]:
    if text is None or not is_valid_code(text):
        return None, None
    code = parse_code(text)
    return code, catalog.get(code)


def _is_in_force(procedure: Procedure, day: dt.date | None) -> bool | None:
    if day is None:
        return None
    return procedure.in_force(day)


def _by_era(opened: Opened, places: Any, count: int, date: str, starts: Sequence[dt.date]) -> Any:
    """
    Each row's place among all of *count* codes in all eras, those of a code together, as the days
    of `days_of_eras`.
    """
    eras = len(starts) + 2  # the one before the first start, and none
    parts = [
        opened.engine.multiplied(places, eras, wide=are_wide([count * eras])),
        opened.engine.eras(opened.native, date, starts),
    ]
    return opened.engine.total(parts)


def _field_of_texts(
    opened: Opened, column: str, number_of: Callable[[str | None], int], kinds: _Kinds
) -> _Field:
    texts, places = opened.engine.encode(opened.native, column)
    numbers = list(map(number_of, texts))
    return _Field(tuple(kinds.examples), numbers, places)


def _counts_of_teeth(fields: Iterable[_Field]) -> frozenset[int]:
    """How many teeth a row may name."""
    counts = set()
    for field in fields:
        for example in field.examples:
            if is_site(parse_teeth, example["tooth"]):
                counts.add(len(parse_teeth(example["tooth"])))
    return frozenset(counts)


def _combined(fields: Sequence[_Field]) -> Iterator[Example]:
    """A line of each combination of examples, in the order of `_numbers_of_rows`."""
    for parts in itertools.product(*(field.examples for field in fields)):
        line: dict[str, Any] = {}
        for part in parts:
            line.update(part)
        yield line


def _numbers_of_rows(opened: Opened, fields: Sequence[_Field]) -> Any:
    """For each row the place of its combination: the last field varies fastest."""
    parts = []
    for position, field in enumerate(fields):
        step = math.prod(len(later.examples) for later in fields[position + 1 :])
        parts.append(
            opened.engine.renumber(field.places, [number * step for number in field.numbers])
        )
    return opened.engine.total(parts)


def _asked_places(procedure: Procedure) -> tuple[object, ...]:
    """What a code asks for, now and from each of its days."""
    dated = tuple((needed.effective, asked_place(needed)) for needed in procedure.requirements)
    return asked_place(procedure.requirement), dated


def _kind_of_unknown(code: Code | None) -> object:
    return None if code is None else code_system(code)


def _kind_of_known(procedure: Procedure, day: dt.date | None, catalog: Catalog) -> object:
    """What the rules tell apart in a code on a day; False for one that was not in force."""
    if day is None:
        return True, asked_place(procedure.requirement)
    if not procedure.in_force(day):
        return False
    return catalog.covers(day), asked_place(procedure.requirement_on(day))


def _kind_of_teeth(text: str | None) -> object:
    """What the rules tell apart in teeth; where each stands decides on its surfaces."""
    if _is_absent(text):
        return None
    try:
        return tuple(tooth.position for tooth in parse_teeth(text or ""))
    except InvalidSiteError:
        return False


def _kind_of_surfaces(text: str | None, counts: frozenset[int]) -> object:
    """
    What the rules tell apart in surfaces: on which teeth there are such, and the same of each group
    where a line may name as many teeth as there are groups.
    """
    if text is None or _is_absent(text):
        return None
    groups = [text.strip()]
    for count in counts:
        groups += split_surfaces(text, count) or []
    return tuple(map(_fitting_teeth, groups))


def _fitting_teeth(surfaces: str) -> tuple[bool, ...] | None:
    if _is_absent(surfaces):
        return None
    return tuple(is_site(parse_surfaces, surfaces, tooth) for tooth in (None, _FRONT, _BACK))


def _kind_of_site(example: Example, catalog: Catalog) -> object:
    """What the rules tell apart in teeth with their surfaces."""
    read = ParsedLine(ClaimLine("", **example), catalog)
    return (
        read.line.tooth is None,
        bool(read.tooth_fault),
        read.line.surfaces is None,
        bool(read.surfaces_fault),
        len(read.surfaces_by_tooth) < len(read.teeth),
    )


def _kind_of_area(text: str | None) -> object:
    if _is_absent(text):
        return None
    return is_site(parse_areas, text)


def _is_absent(text: str | None) -> bool:
    """A blank field is an absent one."""
    return text is None or not text.strip()
