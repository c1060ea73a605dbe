"""
The answers in tables in memory: each distinct text is read once, by the scalar doors, and each kind
of line is judged once, by the rules of `cdtref.check` themselves.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cdtref.claim import ClaimLine, LineRule, ParsedLine, check_line, split_surfaces
from cdtref.code import Code, code_system, is_valid_code, parse_code
from cdtref.codeset import Catalog
from cdtref.errors import InvalidSiteError
from cdtref.frame.engines import Answers
from cdtref.frame.eras import days_of_eras, starts_of_eras
from cdtref.frame.facts import Fact
from cdtref.frame.inputs import Opened
from cdtref.frame.rules import LineColumns, asked_place
from cdtref.procedure import Procedure
from cdtref.tooth import TEETH, parse_areas, parse_surfaces, parse_teeth

_FRONT, _BACK = TEETH["8"], TEETH["14"]
Example = Mapping[str, Any]


class _Codes(NamedTuple):
    """The distinct texts of a column of codes, what they are, and each row's place among them."""

    texts: Sequence[str | None]
    codes: list[Code | None]
    procedures: list[Procedure | None]
    places: Any


class _Field(NamedTuple):
    """
    A field of the lines: what the rules tell apart in it, with an example each; the number of the
    example for each place, and each row's place.
    """

    examples: Sequence[Example]
    numbers: Sequence[int]
    places: Any


def with_facts(
    opened: Opened,
    code: str,
    date: str | None,
    facts: Mapping[str, Fact],
    catalog: Catalog,
) -> Any:
    """The frame with the facts of each row's code, and with *date* `cdt_in_force`."""
    codes = _read_codes(opened, code, catalog)
    answers = {name: _answers_of(fact, codes.procedures) for name, fact in facts.items()}
    return _with_answers(opened, codes, answers, date, catalog)


def with_forms(opened: Opened, code: str, date: str | None, catalog: Catalog) -> Any:
    """The frame with `cdt_code`, `cdt_valid`, `cdt_known`, and with *date* `cdt_in_force`."""
    codes = _read_codes(opened, code, catalog)
    answers = {
        "cdt_code": Answers(str, codes.codes),
        "cdt_valid": Answers(bool, [one is not None for one in codes.codes]),
        "cdt_known": Answers(bool, [one is not None for one in codes.procedures]),
    }
    return _with_answers(opened, codes, answers, date, catalog)


def with_findings(opened: Opened, columns: LineColumns, catalog: Catalog) -> Any:
    """The frame with `cdt_errors` and `cdt_warnings`."""
    fields = list(_fields_of(opened, columns, catalog))
    told = [_told_of(example, catalog, columns.rules) for example in _combined(fields)]
    numbers = _numbers_of_rows(opened, fields)
    found = {
        f"cdt_{severity}s": opened.engine.take(Answers(str, _ids_of(told, severity)), numbers)
        for severity in ("error", "warning")
    }
    return opened.engine.with_columns(opened.native, found)


def _read_codes(opened: Opened, column: str, catalog: Catalog) -> _Codes:
    texts, places = opened.engine.encode(opened.native, column)
    codes = [parse_code(text) if is_valid_code(text) else None for text in texts]
    procedures = [None if code is None else catalog.get(code) for code in codes]
    return _Codes(texts, codes, procedures, places)


def _answers_of(fact: Fact, procedures: Iterable[Procedure | None]) -> Answers:
    kind, value_of = fact
    return Answers(kind, [None if one is None else value_of(one) for one in procedures])


def _with_answers(
    opened: Opened,
    codes: _Codes,
    answers: Mapping[str, Answers],
    date: str | None,
    catalog: Catalog,
) -> Any:
    columns = {name: opened.engine.take(told, codes.places) for name, told in answers.items()}
    if date is not None:
        days, places = _by_era(opened, codes, date, catalog)
        told = list(itertools.starmap(_is_in_force, itertools.product(codes.procedures, days)))
        columns["cdt_in_force"] = opened.engine.take(Answers(bool, told), places)
    return opened.engine.with_columns(opened.native, columns)


def _is_in_force(procedure: Procedure | None, day: dt.date | None) -> bool | None:
    if procedure is None or day is None:
        return None
    return procedure.in_force(day)


def _by_era(
    opened: Opened, codes: _Codes, date: str, catalog: Catalog
) -> tuple[list[dt.date | None], Any]:
    """
    A day of each era, and each row's place among all codes with all these days, the days of a code
    together.
    """
    days = days_of_eras(catalog)
    of_codes = range(0, len(codes.texts) * len(days), len(days))
    parts = [
        opened.engine.renumber(codes.places, of_codes),
        opened.engine.eras(opened.native, date, starts_of_eras(catalog)),
    ]
    return days, opened.engine.total(parts)


def _fields_of(opened: Opened, columns: LineColumns, catalog: Catalog) -> Iterator[_Field]:
    yield _field_of_codes(opened, columns, catalog)
    if columns.tooth is not None or columns.surfaces is not None:
        yield _field_of_teeth(opened, columns, catalog)
    if columns.area is not None:
        yield _field_of_texts(opened, "area", columns.area, _kind_of_area)


def _field_of_codes(opened: Opened, columns: LineColumns, catalog: Catalog) -> _Field:
    """The codes, on a day of each era where there are days."""
    codes = _read_codes(opened, columns.code, catalog)
    days: list[dt.date | None] = [None]
    places = codes.places
    if columns.date is not None:
        days, places = _by_era(opened, codes, columns.date, catalog)
    kinds, examples = [], []
    for text, code, procedure in zip(codes.texts, codes.codes, codes.procedures, strict=True):
        for day in days:
            kinds.append(_kind_of_code(code, procedure, day, catalog))
            examples.append({"code": text or "", "date": day})
    return _field_of(kinds, examples, places)


def _field_of_teeth(opened: Opened, columns: LineColumns, catalog: Catalog) -> _Field:
    """The teeth with their surfaces, which may be told tooth by tooth: one field of both."""
    fields = []
    if columns.tooth is not None:
        fields.append(_field_of_texts(opened, "tooth", columns.tooth, _kind_of_teeth))
    if columns.surfaces is not None:
        kind_of = functools.partial(_kind_of_surfaces, counts=_counts_of_teeth(fields))
        fields.append(_field_of_texts(opened, "surfaces", columns.surfaces, kind_of))
    examples = list(_combined(fields))
    kinds = [_kind_of_both(example, catalog) for example in examples]
    return _field_of(kinds, examples, _numbers_of_rows(opened, fields))


def _field_of_texts(
    opened: Opened, name: str, column: str, kind_of: Callable[[str | None], object]
) -> _Field:
    texts, places = opened.engine.encode(opened.native, column)
    return _field_of(map(kind_of, texts), [{name: text} for text in texts], places)


def _counts_of_teeth(fields: Iterable[_Field]) -> frozenset[int]:
    """How many teeth a row may name."""
    counts = set()
    for field in fields:
        for example in field.examples:
            if _is_site(parse_teeth, example["tooth"]):
                counts.add(len(parse_teeth(example["tooth"])))
    return frozenset(counts)


def _field_of(kinds: Iterable[object], examples: Iterable[Example], places: Any) -> _Field:
    """The first example of each kind, and the number of its kind for each."""
    numbers: dict[object, int] = {}
    firsts: list[Example] = []
    found = []
    for kind, example in zip(kinds, examples, strict=True):
        if kind not in numbers:
            numbers[kind] = len(firsts)
            firsts.append(example)
        found.append(numbers[kind])
    return _Field(firsts, found, places)


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


def _told_of(example: Example, catalog: Catalog, rules: Sequence[LineRule]) -> dict[str, list[str]]:
    """The ids of the rules that a line breaks, by severity."""
    told: dict[str, list[str]] = {}
    for finding in check_line(ClaimLine(**example), catalog, rules):
        told.setdefault(finding.severity, []).append(finding.rule)
    return told


def _ids_of(told: Iterable[Mapping[str, list[str]]], severity: str) -> list[str | None]:
    return [" ".join(found.get(severity, ())) or None for found in told]


def _kind_of_code(
    code: Code | None, procedure: Procedure | None, day: dt.date | None, catalog: Catalog
) -> object:
    """What the rules tell apart in a code on a day; False for one that was not in force."""
    if code is None:
        return None
    if procedure is None:
        return code_system(code)
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


def _kind_of_surfaces(text: str | None, *, counts: frozenset[int]) -> object:
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
    return tuple(_is_site(parse_surfaces, surfaces, tooth) for tooth in (None, _FRONT, _BACK))


def _kind_of_both(example: Example, catalog: Catalog) -> object:
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
    return _is_site(parse_areas, text)


def _is_absent(text: str | None) -> bool:
    """A blank field is an absent one."""
    return text is None or not text.strip()


def _is_site(parse: Callable[..., object], *given: object) -> bool:
    try:
        parse(*given)
    except InvalidSiteError:
        return False
    return True
