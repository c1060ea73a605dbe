"""Claim lines, and lines of one claim together, that break a named rule and no other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

import attrs

from cdtref import bundled
from cdtref.area import Area
from cdtref.claim import CLAIM_RULES, LINE_RULES, ClaimLine, is_exam, is_extraction, is_restoration
from cdtref.codeset import Catalog
from cdtref.lookup import check, check_claim
from cdtref.procedure import Procedure
from cdtref.requirement import MISFITS
from cdtref.testing.lines import LETTERS, Fields, line_of, usual_day, usual_teeth, wanted_surfaces
from cdtref.tooth import TEETH

Claim = tuple[ClaimLine, ...]

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
    >>> broken_line("exam.twice")
    Traceback (most recent call last):
    ValueError: no line breaks 'exam.twice' by itself; the rules are code.malformed, ...
    """
    known = bundled.catalog() if catalog is None else catalog
    require_line_rule(rule)
    return _first(rule, known.values() if procedure is None else [procedure], known)[0]


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
    >>> [cdtref.check(line) for line in broken_claim("exam.twice")]
    [(), ()]
    >>> broken_claim("exam.twice", cdtref.get("D0150"))[-1].code
    'D0150'
    >>> broken_claim("tooth.missing")
    Traceback (most recent call last):
    ValueError: no lines break 'tooth.missing' together; the rules are tooth.extracted-twice, ...
    """
    known = bundled.catalog() if catalog is None else catalog
    require_claim_rule(rule)
    return _first(rule, known.values() if procedure is None else [procedure], known)


def require_line_rule(rule: str) -> None:
    """Nothing where a line can break the rule by itself; else a ValueError."""
    if rule not in _SPOILT:
        raise ValueError(f"no line breaks {rule!r} by itself; the rules are {', '.join(_SPOILT)}")


def require_claim_rule(rule: str) -> None:
    """Nothing where the lines of a claim can break the rule together; else a ValueError."""
    if rule not in _TOGETHER:
        raise ValueError(f"no lines break {rule!r} together; the rules are {', '.join(_TOGETHER)}")


def breaking(rule: str, catalog: Catalog) -> tuple[Claim, ...]:
    """What breaks the rule alone: one claim for each code that can."""
    return _breaking(_Question(rule, catalog))


def can_break(rule: str, catalog: Catalog) -> bool:
    """True where a code of the catalog can break the rule alone."""
    return any(True for _ in _broken(rule, catalog.values(), catalog))


@attrs.frozen
class _Question:
    rule: str
    catalog: Catalog = attrs.field(eq=id)  # a Catalog has no hash


@functools.lru_cache(maxsize=256)
def _breaking(asked: _Question) -> tuple[Claim, ...]:
    return tuple(_broken(asked.rule, asked.catalog.values(), asked.catalog))


def _first(rule: str, procedures: Collection[Procedure], catalog: Catalog) -> Claim:
    found = next(_broken(rule, procedures, catalog), None)
    if found is None:
        what = (
            ", ".join(p.code for p in procedures)
            if len(procedures) == 1
            else f"any of {len(procedures)} codes"
        )
        raise ValueError(
            f"{rule} cannot be broken with {what} without breaking another rule; take another code"
        )
    return found


def _broken(rule: str, procedures: Iterable[Procedure], catalog: Catalog) -> Iterator[Claim]:
    """
    For each code the first claim on which the checks find just this: the tables below propose, the
    checks judge.
    """
    day = usual_day(catalog)
    for p in procedures:
        line = line_of(p, day)
        claims = (
            _TOGETHER[rule](p, line, catalog)
            if rule in _TOGETHER
            else _spoilt(line, _SPOILT[rule](p, line))
        )
        found = next((claim for claim in claims if _breaks_just(rule, claim, catalog)), None)
        if found is not None:
            yield found


def _spoilt(line: ClaimLine, changes: Iterable[Fields]) -> Iterator[Claim]:
    return ((attrs.evolve(line, **fields),) for fields in changes)


def _breaks_just(rule: str, claim: Claim, catalog: Catalog) -> bool:
    """
    True where the rule is told with its own weight: not softened, for what the code needs is sure.
    """
    findings = (
        check_claim(claim, catalog=catalog)
        if rule in _TOGETHER
        else check(claim[0], catalog=catalog)
    )
    return [(finding.rule, finding.severity) for finding in findings] == [(rule, _WEIGHTS[rule])]


_WEIGHTS: Final = {rule.id: rule.severity for rule in (*LINE_RULES, *CLAIM_RULES)}

Spoil = Callable[[Procedure, ClaimLine], Iterable[Fields]]
"""
Takes a code and its clean line, and gives what to change in the line, in several ways where one
may not do.
"""


def _set(**fields: Any) -> Spoil:
    return lambda _, __: [fields]


def _instead(field: str, *values: str | None) -> Spoil:
    """Other values of a field that the code asks for."""
    return lambda _, line: [{field: value} for value in values if getattr(line, field) is not None]


def _unknown_code(p: Procedure, _: ClaimLine) -> Iterator[Fields]:
    number = int(p.code[1:])
    return ({"code": f"D{other:04}"} for other in range(number + 1, number + 100))


def _not_in_force(p: Procedure, line: ClaimLine) -> Iterator[Fields]:
    ends = [period.terminated for period in p.periods if period.terminated]
    starts = [period.effective - _DAY for period in p.periods if period.effective]
    return ({"date": day, "birth_date": None} for day in (line.date, *ends, *starts))


def _two_teeth(p: Procedure, line: ClaimLine) -> Iterable[Fields]:
    return [{"tooth": ",".join(islice(usual_teeth(p), 2))}] if line.tooth else []


def _misfitting(rule: str) -> Spoil:
    """
    A tooth that this rule alone keeps from the code, which then names no area that could forbid it
    too.
    """

    def teeth(p: Procedure, _: ClaimLine) -> Iterable[Fields]:
        wrong = (tooth for tooth in TEETH.values() if MISFITS[rule](p, tooth))
        alone = (
            tooth
            for tooth in wrong
            if sum(is_wrong(p, tooth) for is_wrong in MISFITS.values()) == 1
        )
        return ({"tooth": tooth.number, "area": None} for tooth in islice(alone, 1))

    return teeth


def _unwanted_tooth(p: Procedure, line: ClaimLine) -> Iterable[Fields]:
    return [] if line.tooth else [{"tooth": next(usual_teeth(p))}]


def _beside_a_quadrant(p: Procedure, line: ClaimLine) -> Iterable[Fields]:
    if line.tooth is None and line.area is None:
        return []
    tooth = line.tooth or next(usual_teeth(p))
    return ({"tooth": tooth, "area": quadrant} for quadrant in _QUADRANTS)


def _miscounted(p: Procedure, line: ClaimLine) -> Iterable[Fields]:
    least, most = wanted_surfaces(p)
    return [{"surfaces": LETTERS[:count]} for count in (most + 1, least - 1) if line.surfaces]


def _prior_late(_: Procedure, line: ClaimLine) -> Iterable[Fields]:
    late = {"prosthesis": "replacement", "prior_placement": line.date + _DAY}
    return [late] if line.prosthesis else []


def _aged(*years: int) -> Spoil:
    return lambda _, line: (
        {"birth_date": line.date.replace(year=line.date.year - age)} for age in years
    )


_SPOILT: Final[Mapping[str, Spoil]] = {
    "code.malformed": lambda p, _: [{"code": p.code[1:]}],
    "code.system": _set(code="99213"),
    "code.unknown": _unknown_code,
    "code.not-in-force": _not_in_force,
    "date.beyond": lambda _, line: [{"date": date(line.date.year + 1, 1, 1)}],
    "modifier.malformed": _set(modifiers=("ABC",)),
    "quantity.none": _set(quantity=0),
    "tooth.missing": _instead("tooth", None),
    "tooth.unknown": _instead("tooth", "99"),
    "tooth.several": _two_teeth,
    **{rule: _misfitting(rule) for rule in MISFITS},
    "surface.missing": _instead("surfaces", None),
    "surface.impossible": _instead("surfaces", "MX"),
    "surface.count": _miscounted,
    "area.unknown": _instead("area", "99"),
    "area.missing": _instead("area", None),
    "area.kind": _instead("area", "00"),
    "area.code": _instead("area", "01", "02", *_QUADRANTS),
    "area.tooth": _beside_a_quadrant,
    "site.missing": _instead("tooth", None),
    "area.and-tooth": _beside_a_quadrant,
    "tooth.unwanted": _unwanted_tooth,
    "surface.unwanted": _set(surfaces="M"),
    "area.unwanted": _set(area="00"),
    "quantity.several": _set(quantity=2),
    "prosthesis.unknown": _instead("prosthesis", "new"),
    "prosthesis.missing": _instead("prosthesis", None),
    "prior.missing": _instead("prosthesis", "replacement"),
    "prior.late": _prior_late,
    "age.unborn": lambda _, line: [{"birth_date": line.date + _DAY}],
    "age.limit": _aged(40),
    "age.custom": _aged(6, 40),
    "narrative.missing": _instead("narrative", None),
    "medicare.modifier": _set(medicare=True),
}

BREAKABLE_RULES: Final = tuple(_SPOILT)
"""Ids of the rules that `broken_line` knows how to break: all those on a single line."""


def _beside(first: Callable[[Procedure], bool], last: Callable[[Procedure], bool]) -> Together:
    """A code of the one kind, then a code of the other kind on the same tooth."""

    def claims(p: Procedure, line: ClaimLine, catalog: Catalog) -> Iterator[Claim]:
        for other in catalog.values() if last(p) else ():
            if first(other) and other is not p:
                yield attrs.evolve(line_of(other, line.date), tooth=line.tooth), line

    return claims


def _split(_: Procedure, line: ClaimLine, __: Catalog) -> Iterator[Claim]:
    """A filling on two lines: from the front of the tooth, and from its back."""
    if line.surfaces and line.tooth:
        letters, count = TEETH[line.tooth].surfaces, len(line.surfaces)
        yield (
            attrs.evolve(line, surfaces=letters[:count]),
            attrs.evolve(line, surfaces=letters[-count:]),
        )


Together = Callable[[Procedure, ClaimLine, Catalog], Iterable[Claim]]
"""
Takes a code, its clean line and the catalog, and gives claims with a line of that code at their
end.
"""

_TOGETHER: Final[Mapping[str, Together]] = {
    "tooth.extracted-twice": _beside(is_extraction, is_extraction),
    "tooth.after-extraction": _beside(is_extraction, is_restoration),
    "surface.split": _split,
    "exam.twice": _beside(is_exam, is_exam),
    "add-on.alone": lambda _, line, __: [(line,)],
    "line.duplicate": lambda _, line, __: [(line, line)],
}

BREAKABLE_TOGETHER: Final = tuple(_TOGETHER)
"""Ids of the rules that `broken_claim` knows how to break: all those on the lines of a claim."""
