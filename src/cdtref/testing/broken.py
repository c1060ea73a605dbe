"""Lines lines, and lines of one claim together, that break a named rule and no other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final, cast

import attrs

from cdtref import bundled
from cdtref.claim import CLAIM_RULES, LINE_RULES, ClaimLine
from cdtref.codeset import Catalog
from cdtref.lookup import check, check_claim
from cdtref.procedure import MISFITS, Procedure, Requirement
from cdtref.testing.lines import (
    LETTERS,
    Fields,
    known_catalog,
    line_of,
    usual_day,
    usual_teeth,
    wanted_surfaces,
)
from cdtref.tooth import TEETH, Area, Tooth

Lines = tuple[ClaimLine, ...]

_DAY: Final = timedelta(days=1)
_QUADRANTS: Final = tuple(area.value for area in Area if area.kind == "quadrant")


def broken_line(
    rule: str, procedure: Procedure | None = None, *, catalog: Catalog | None = None
) -> ClaimLine:
    """
    A line of *procedure*, or of the first code of *catalog* that can be on it, which breaks the
    rule of that id alone.

    Raises:
        ValueError: there is no such rule on a single line, or no line of that code breaks it alone.

    >>> broken_line("surface.missing").surfaces is None
    True
    >>> broken_line("conflict.exclusive")
    Traceback (most recent call last):
    ValueError: no line breaks 'conflict.exclusive' by itself; the rules are code.malformed, ...
    """
    require_line_rule(rule)
    return _first_claim(rule, procedure, known_catalog(catalog))[0]


def broken_claim(
    rule: str, procedure: Procedure | None = None, *, catalog: Catalog | None = None
) -> tuple[ClaimLine, ...]:
    """
    The lines of a claim that break the rule of that id together and no other rule; the last line is
    of *procedure*, or of the first code of *catalog* that can be on it.

    Raises:
        ValueError: there is no such rule on the lines of a claim, or no line of that code breaks it
            alone.

    >>> import cdtref
    >>> [cdtref.check(line) for line in broken_claim("conflict.exclusive")]
    [(), ()]
    >>> broken_claim("conflict.exclusive", cdtref.get("D4341"))[-1].code
    'D4341'
    >>> broken_claim("tooth.missing")
    Traceback (most recent call last):
    ValueError: no lines break 'tooth.missing' together; the rules are surface.split, ...
    """
    require_claim_rule(rule)
    return _first_claim(rule, procedure, known_catalog(catalog))


def require_line_rule(rule: str) -> None:
    """Nothing where a line can break the rule by itself; else a ValueError."""
    if rule not in _SPOILT:
        raise ValueError(f"no line breaks {rule!r} by itself; the rules are {', '.join(_SPOILT)}")


def require_claim_rule(rule: str) -> None:
    """Nothing where the lines of a claim can break the rule together; else a ValueError."""
    if rule not in _TOGETHER:
        raise ValueError(f"no lines break {rule!r} together; the rules are {', '.join(_TOGETHER)}")


def breaking(rule: str, catalog: Catalog) -> tuple[Lines, ...]:
    """What breaks the rule alone: one claim for each code that can."""
    return _claims_of_catalog(_RuleInCatalog(rule, catalog))


def can_break(rule: str, catalog: Catalog) -> bool:
    """True where a code of the catalog can break the rule alone."""
    return _is_breakable(_RuleInCatalog(rule, catalog))


@attrs.frozen
class _RuleInCatalog:
    rule: str
    catalog: Catalog = attrs.field(eq=id)  # a Catalog has no hash


@functools.lru_cache(maxsize=256)
def _is_breakable(asked: _RuleInCatalog) -> bool:
    claims = _claims_breaking(asked.rule, asked.catalog.values(), asked.catalog)
    return next(claims, None) is not None


@functools.lru_cache(maxsize=256)
def _claims_of_catalog(asked: _RuleInCatalog) -> tuple[Lines, ...]:
    return tuple(_claims_breaking(asked.rule, asked.catalog.values(), asked.catalog))


@attrs.frozen
class _CodeOnDay:
    procedure: Procedure = attrs.field(eq=id)  # a record of many fields takes long to hash
    day: date


@functools.lru_cache(maxsize=4096)  # every rule spoils the same line: half of the time of all
def _clean_line_of(asked: _CodeOnDay) -> ClaimLine:
    return line_of(asked.procedure, asked.day)


def _first_claim(rule: str, procedure: Procedure | None, catalog: Catalog) -> Lines:
    procedures: Collection[Procedure] = catalog.values()
    if procedure is not None:
        procedures = [procedure]
    for claim in _claims_breaking(rule, procedures, catalog):
        return claim
    what = f"any of {len(procedures)} codes"
    if len(procedures) == 1:
        what = next(iter(procedures)).code
    problem = f"{rule} cannot be broken with {what} without breaking another rule"
    raise ValueError(f"{problem}; take another code")


def _claims_breaking(
    rule: str, procedures: Iterable[Procedure], catalog: Catalog
) -> Iterator[Lines]:
    """
    For each code the first claim on which the checks find just this: the tables below propose, the
    checks judge.
    """
    day = usual_day(catalog)
    for p in procedures:
        line = _clean_line_of(_CodeOnDay(p, day))
        for claim in _proposed_claims(rule, p, line, catalog):
            if _breaks_just(rule, claim, catalog):
                yield claim
                break


def _proposed_claims(rule: str, p: Procedure, line: ClaimLine, catalog: Catalog) -> Iterator[Lines]:
    if rule in _TOGETHER:
        yield from _TOGETHER[rule](p, line, catalog)
        return
    for fields in _SPOILT[rule](p, line):
        yield (attrs.evolve(line, **fields),)


def _breaks_just(rule: str, claim: Lines, catalog: Catalog) -> bool:
    """
    True where the rule is told with its own weight: not softened, for what the code needs is sure.
    """
    if rule in _TOGETHER:
        findings = check_claim(claim, catalog=catalog)
    else:
        findings = check(claim[0], catalog=catalog)
    if len(findings) != 1:
        return False
    return (findings[0].rule, findings[0].severity) == (rule, _WEIGHTS[rule])


_WEIGHTS: Final = {rule.id: rule.severity for rule in (*LINE_RULES, *CLAIM_RULES)}

Spoil = Callable[[Procedure, ClaimLine], Iterable[Fields]]
"""
Takes a code and its clean line, and gives what to change in the line, in several ways where one
may not do.
"""


def _day_of(line: ClaimLine) -> date:
    """The day of a line of the kit's own making, which has one."""
    return cast(date, line.date)


def _with_fields(**fields: Any) -> Spoil:
    return lambda _, __: [fields]


def _with_other(field: str, *values: str | None) -> Spoil:
    """Other values of a field that the code asks for."""

    def changes(_: Procedure, line: ClaimLine) -> Iterator[Fields]:
        if getattr(line, field) is not None:
            for value in values:
                yield {field: value}

    return changes


def _unknown_code(p: Procedure, _: ClaimLine) -> Iterator[Fields]:
    number = int(p.code[1:])
    for other in range(number + 1, number + 100):
        yield {"code": f"D{other:04}"}


def _not_in_force(p: Procedure, _: ClaimLine) -> Iterator[Fields]:
    yield {"birth_date": None}
    for period in p.periods:
        if period.terminated:
            yield {"date": period.terminated, "birth_date": None}
        if period.effective:
            yield {"date": period.effective - _DAY, "birth_date": None}


def _needed_on(p: Procedure, line: ClaimLine) -> Requirement:
    if line.date is None:
        return p.requirement
    return p.requirement_on(line.date)


def _two_teeth(p: Procedure, line: ClaimLine) -> Iterator[Fields]:
    if line.tooth:
        yield {"tooth": ",".join(islice(usual_teeth(_needed_on(p, line)), 2))}


def _on_misfitting_tooth(rule: str) -> Spoil:
    """
    A tooth that this rule alone keeps from the code, which then names no area that could forbid it
    too.
    """

    def teeth(p: Procedure, line: ClaimLine) -> Iterator[Fields]:
        needed = _needed_on(p, line)
        for tooth in TEETH.values():
            if _misfits_of(needed, tooth) == [rule]:
                yield {"tooth": tooth.number, "area": None}
                break

    return teeth


def _misfits_of(needed: Requirement, tooth: Tooth) -> list[str]:
    return [rule for rule, is_misfit in MISFITS.items() if is_misfit(needed, tooth)]


def _unwanted_tooth(p: Procedure, line: ClaimLine) -> Iterator[Fields]:
    if line.tooth is None:
        yield {"tooth": next(usual_teeth(_needed_on(p, line)))}


def _beside_a_quadrant(p: Procedure, line: ClaimLine) -> Iterator[Fields]:
    if line.tooth is None and line.area is None:
        return
    tooth = line.tooth or next(usual_teeth(_needed_on(p, line)))
    for quadrant in _QUADRANTS:
        yield {"tooth": tooth, "area": quadrant}


def _miscounted_surfaces(p: Procedure, line: ClaimLine) -> Iterator[Fields]:
    least, most = wanted_surfaces(_needed_on(p, line))
    if line.surfaces:
        yield {"surfaces": LETTERS[: most + 1]}
        yield {"surfaces": LETTERS[: least - 1]}


def _prior_late(_: Procedure, line: ClaimLine) -> Iterator[Fields]:
    if line.prosthesis:
        yield {"prosthesis": "replacement", "prior_placement": _day_of(line) + _DAY}


def _prior_unborn(_: Procedure, line: ClaimLine) -> Iterator[Fields]:
    day = _day_of(line)
    birth = day.replace(year=day.year - 20)
    if line.prosthesis:
        prior = {"prosthesis": "replacement", "prior_placement": birth - _DAY}
        yield prior | {"birth_date": birth}


def _at_age_of(*years: int) -> Spoil:
    def births(_: Procedure, line: ClaimLine) -> Iterator[Fields]:
        day = _day_of(line)
        for age in years:
            yield {"birth_date": day.replace(year=day.year - age)}

    return births


_SPOILT: Final[Mapping[str, Spoil]] = {
    "code.malformed": lambda p, _: [{"code": p.code[1:]}],
    "code.system": _with_fields(code="99213"),
    "code.unknown": _unknown_code,
    "code.not-in-force": _not_in_force,
    "date.missing": _with_fields(date=None),
    "date.beyond": lambda _, line: [{"date": date(_day_of(line).year + 1, 1, 1)}],
    "modifier.malformed": _with_fields(modifiers=("ABC",)),
    "modifier.count": _with_fields(modifiers=("KX", "59", "LT", "RT", "GY")),
    "place.malformed": _with_fields(place_of_service="111"),
    "place.unassigned": _with_fields(place_of_service="98"),
    "quantity.too-large": _with_fields(quantity=100),
    "quantity.none": _with_fields(quantity=0),
    "fee.not-a-number": _with_fields(fee="Infinity"),
    "fee.negative": _with_fields(fee=-1),
    "fee.not-cents": _with_fields(fee="60.005"),
    "fee.too-large": _with_fields(fee="100000000.00"),
    "tooth.missing": _with_other("tooth", None),
    "tooth.unknown": _with_other("tooth", "99"),
    "tooth.several": _two_teeth,
    **{rule: _on_misfitting_tooth(rule) for rule in MISFITS},
    "surface.missing": _with_other("surfaces", None),
    "surface.impossible": _with_other("surfaces", "MX"),
    "surface.tooth": _with_fields(surfaces="M"),
    "surface.count": _miscounted_surfaces,
    "area.unknown": _with_other("area", "99"),
    "area.count": _with_fields(area="01,02,10,20,30,40"),
    "area.missing": _with_other("area", None),
    "area.kind": _with_other("area", "00"),
    "area.code": _with_other("area", "01", "02", *_QUADRANTS),
    "area.tooth": _beside_a_quadrant,
    "site.missing": _with_other("tooth", None),
    "area.and-tooth": _beside_a_quadrant,
    "tooth.unwanted": _unwanted_tooth,
    "surface.unwanted": _with_fields(surfaces="M"),
    "area.unwanted": _with_fields(area="10"),
    "quantity.several": _with_fields(quantity=2),
    "quantity.areas": _with_fields(quantity=2),
    "prosthesis.unknown": _with_other("prosthesis", "new"),
    "prosthesis.missing": _with_other("prosthesis", None),
    "prior.missing": _with_other("prosthesis", "replacement"),
    "prior.initial": lambda _, line: [{"prior_placement": _day_of(line) - _DAY}],
    "prior.unborn": _prior_unborn,
    "prior.late": _prior_late,
    "age.unborn": lambda _, line: [{"birth_date": _day_of(line) + _DAY}],
    "age.limit": _at_age_of(40),
    "age.custom": _at_age_of(6, 40),
    "narrative.missing": _with_other("narrative", None),
    "diagnosis.pointer": _with_fields(diagnosis_pointers=(0,)),
    "diagnosis.pointers": _with_fields(diagnosis_pointers=(1, 2, 3, 4, 1)),
    "medicare.modifier": _with_fields(medicare=True),
}

BREAKABLE_RULES: Final = tuple(_SPOILT)
"""Ids of the rules that `broken_line` knows how to break: all those on a single line."""


def _beside_another(kind: str) -> Together:
    """A code that a sure rule of the code set does not let stand beside the code at one place."""

    def claims(p: Procedure, line: ClaimLine, catalog: Catalog) -> Iterator[Lines]:
        for partner in bundled.conflict_table().partners(p.code):
            said = partner.pair.statement
            if (said.kind, said.strength, said.confidence) != (kind, "code set", "high"):
                continue
            for other in sorted(partner.others.codes):
                if other in catalog:
                    yield _at_the_place_of(line, line_of(catalog[other], _day_of(line))), line

    return claims


def _at_the_place_of(line: ClaimLine, other: ClaimLine) -> ClaimLine:
    """The other line with the tooth and the area of the line, where both name one."""
    both = ("tooth", "area")
    place = {name: getattr(line, name) for name in both if getattr(line, name)}
    named = {name: value for name, value in place.items() if getattr(other, name)}
    return attrs.evolve(other, **named)


def _filling_split(_: Procedure, line: ClaimLine, __: Catalog) -> Iterator[Lines]:
    """A filling on two lines: from the front of the tooth, and from its back."""
    if line.surfaces and line.tooth:
        letters, count = TEETH[line.tooth].surfaces, len(line.surfaces)
        yield (
            attrs.evolve(line, surfaces=letters[:count]),
            attrs.evolve(line, surfaces=letters[-count:]),
        )


Together = Callable[[Procedure, ClaimLine, Catalog], Iterable[Lines]]
"""
Takes a code, its clean line and the catalog, and gives claims with a line of that code at their
end.
"""

_TOGETHER: Final[Mapping[str, Together]] = {
    "surface.split": _filling_split,
    "line.duplicate": lambda _, line, __: [(line, line)],
    "conflict.included": _beside_another("included"),
    "conflict.exclusive": _beside_another("exclusive"),
    "conflict.duplicate": lambda _, line, __: [(line, line)],
    "conflict.needs": lambda _, line, __: [(line,)],
}

BREAKABLE_TOGETHER: Final = tuple(_TOGETHER)
"""Ids of the rules that `broken_claim` knows how to break: all those on the lines of a claim."""
