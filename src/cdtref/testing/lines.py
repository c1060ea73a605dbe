"""Claim lines for tests: one that keeps a code's requirements, and one that breaks a named rule and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

import attrs

from cdtref.claim import ClaimLine
from cdtref.finding import Finding
from cdtref.lookup import check_claim, get, procedures
from cdtref.procedure import Procedure, as_date
from cdtref.tooth import TEETH, Tooth

_DAY: Final = date(2026, 3, 2)
_BIRTH_YEARS: Final = 1
_LETTERS: Final = "MDLBO"  # the first three are on every tooth; B is read as F on a front tooth

Fields = Mapping[str, Any]


def clean_line(procedure: Procedure, on: date | str = _DAY) -> ClaimLine:
    """
    A line that carries what the code needs and nothing else.

    Raises:
        NotInForceError: the code was not in force on that date.

    >>> import cdtref
    >>> clean_line(cdtref.get("D2391")).tooth, clean_line(cdtref.get("D4341")).area
    ('2', '10')
    """
    procedure.require_in_force(on)
    day = as_date(on)
    return ClaimLine(
        procedure.code,
        day,
        tooth=_tooth(procedure),
        surfaces=_LETTERS[: procedure.surfaces.least] if procedure.surfaces else None,
        area=_area(procedure),
        prosthesis="initial" if procedure.prosthesis else None,
        birth_date=day.replace(year=day.year - _BIRTH_YEARS, day=1) if procedure.under_age else None,
        narrative="what was done and why" if procedure.by_report else None,
    )


def fitting_teeth(procedure: Procedure) -> tuple[Tooth, ...]:
    """The natural teeth that the code may name."""
    return tuple(tooth for tooth in TEETH.values() if not tooth.supernumerary and not _misfits(procedure, tooth))


def broken_line(rule: str, procedure: Procedure | None = None) -> ClaimLine:
    """
    A line of *procedure* (or of the first code that fits) which breaks the rule of that id.

    Raises:
        ValueError: there is no such rule on a single line, or it cannot be broken with that code.

    >>> broken_line("surface.missing").surfaces is None
    True
    """
    if rule not in BREAKABLE_RULES:
        raise ValueError(f"no line breaks {rule!r} by itself; the rules are {', '.join(BREAKABLE_RULES)}")
    fits, spoil = _BREAKS[rule]
    chosen = procedure or next(p for p in procedures() if fits(p))
    if not fits(chosen):
        raise ValueError(f"{rule} cannot be broken with {chosen.code}")
    return attrs.evolve(clean_line(chosen), **spoil(chosen))


def fits_rule(rule: str, procedure: Procedure) -> bool:
    """True where a line of that code can break the rule."""
    return _BREAKS[rule][0](procedure)


def assert_clean(lines: Iterable[ClaimLine]) -> None:
    """
    Nothing where the lines of a claim have no error; else an AssertionError that tells line by line what to mend.

    >>> assert_clean([broken_line("tooth.missing")])
    Traceback (most recent call last):
    AssertionError: 1 error on 1 line
    ...
    """
    given = list(lines)
    errors = [finding for finding in check_claim(given) if finding.severity == "error"]
    if errors:
        places = sorted({finding.line for finding in errors})
        head = f"{_counted(len(errors), 'error')} on {_counted(len(places), 'line')}"
        raise AssertionError("\n".join([head, *(_shown(place, given[place], errors) for place in places)]))


def _shown(place: int, line: ClaimLine, errors: list[Finding]) -> str:
    sent = {field.name: getattr(line, field.name) for field in attrs.fields(ClaimLine)}
    told = ", ".join(f"{name}={value!s}" for name, value in sent.items() if value not in (None, (), False))
    faults = [f"    {error.field}: {error.message} [{error.rule}]" for error in errors if error.line == place]
    return "\n".join([f"  line {place + 1}: {told}", *faults])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _misfits(p: Procedure, tooth: Tooth) -> list[str]:
    """What keeps a tooth from the code, by the names of the rules."""
    wrong = {
        "dentition": (p.dentition or tooth.dentition) != tooth.dentition,
        "house-dentition": (p.dentition_hint or tooth.dentition) != tooth.dentition,
        "class": bool(p.tooth_class) and not {tooth.tooth_class, tooth.position} & set(p.tooth_class),
        "arch": (p.arch or tooth.arch) != tooth.arch,
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def _tooth(p: Procedure) -> str | None:
    if p.area not in ("tooth", "tooth+surface", "tooth range", "site"):
        return None
    fitting = [tooth.number for tooth in fitting_teeth(p) if tooth.number not in ("1", "16", "17", "32")]
    return f"{fitting[0]}-{fitting[1]}" if p.area == "tooth range" else fitting[0]


def _area(p: Procedure) -> str | None:
    upper = p.arch in (None, "01")
    return {"quadrant": "10" if upper else "40", "arch": "01" if upper else "02"}.get(p.area)


def _tooth_that_is_wrong_by(kind: str) -> Callable[[Procedure], Fields]:
    def spoil(p: Procedure) -> Fields:
        return {"tooth": next(tooth.number for tooth in TEETH.values() if _misfits(p, tooth) == [kind])}

    return spoil


def _has_tooth_wrong_by(kind: str) -> Callable[[Procedure], bool]:
    return lambda p: (
        p.area in ("tooth", "tooth+surface") and any(_misfits(p, tooth) == [kind] for tooth in TEETH.values())
    )


def _always(**fields: Any) -> Callable[[Procedure], Fields]:
    return lambda _: fields


def _of_area(*areas: str) -> Callable[[Procedure], bool]:
    return lambda p: p.area in areas and p.confidence == "high"


def _any(_: Procedure) -> bool:
    return True


def _plain(p: Procedure) -> bool:
    return _of_area("none")(p) and p.under_age is None


_BREAKS: Final[dict[str, tuple[Callable[[Procedure], bool], Callable[[Procedure], Fields]]]] = {
    "code.malformed": (_any, lambda p: {"code": p.code[1:]}),
    "code.system": (_any, _always(code="99213")),
    "code.unknown": (_any, _always(code="D0147")),
    "code.not-in-force": (_any, lambda _: {"code": "D9940", "date": get("D9940").terminated}),
    "date.beyond": (lambda p: not p.under_age, _always(date=date(2031, 1, 1))),
    "modifier.malformed": (_any, _always(modifiers=("ABC",))),
    "quantity.none": (_any, _always(quantity=0)),
    "tooth.missing": (_of_area("tooth", "tooth+surface"), _always(tooth=None)),
    "tooth.unknown": (_of_area("tooth", "tooth+surface"), _always(tooth="99")),
    "tooth.several": (lambda p: _of_area("tooth")(p) and not _limited(p), _always(tooth="3-4")),
    "tooth.dentition": (_has_tooth_wrong_by("dentition"), _tooth_that_is_wrong_by("dentition")),
    "tooth.class": (_has_tooth_wrong_by("class"), _tooth_that_is_wrong_by("class")),
    "tooth.house-dentition": (_has_tooth_wrong_by("house-dentition"), _tooth_that_is_wrong_by("house-dentition")),
    "surface.missing": (_of_area("tooth+surface"), _always(surfaces=None)),
    "surface.impossible": (_of_area("tooth+surface"), _always(surfaces="MX")),
    "surface.count": (lambda p: _of_area("tooth+surface")(p) and _counts(p), lambda p: {"surfaces": _miscounted(p)}),
    "area.unknown": (_of_area("quadrant", "arch"), _always(area="99")),
    "area.missing": (lambda p: _of_area("quadrant", "arch")(p) and not p.arch, _always(area=None)),
    "area.kind": (_of_area("quadrant"), _always(area="00")),
    "area.code": (lambda p: _of_area("arch")(p) and bool(p.arch), lambda p: {"area": "02" if p.arch == "01" else "01"}),
    "area.tooth": (lambda p: p.teeth == "1-3" and not p.arch, _always(area="10", tooth="14")),
    "area.and-tooth": (lambda p: _of_area("quadrant")(p) and p.teeth == "4+", _always(area="10", tooth="3")),
    "tooth.unwanted": (_plain, _always(tooth="3")),
    "surface.unwanted": (_of_area("tooth"), _always(surfaces="M")),
    "area.unwanted": (_plain, _always(area="00")),
    "quantity.several": (_of_area("tooth", "tooth+surface"), _always(quantity=2)),
    "prosthesis.unknown": (lambda p: p.prosthesis, _always(prosthesis="new")),
    "prosthesis.missing": (lambda p: p.prosthesis and p.confidence == "high", _always(prosthesis=None)),
    "prior.missing": (lambda p: p.prosthesis, _always(prosthesis="replacement")),
    "prior.late": (lambda p: p.prosthesis, _always(prosthesis="replacement", prior_placement=date(2026, 12, 1))),
    "age.unborn": (lambda p: not p.under_age, _always(birth_date=date(2026, 12, 1))),
    "age.limit": (lambda p: p.under_age is not None, _always(birth_date=date(2000, 1, 1))),
    "narrative.missing": (lambda p: p.by_report, _always(narrative=None)),
    "medicare.modifier": (_any, _always(medicare=True)),
}

BREAKABLE_RULES: Final = tuple(_BREAKS)
"""Ids of the rules that `broken_line` knows how to break."""


def _limited(p: Procedure) -> bool:
    return bool(p.dentition or p.dentition_hint or p.tooth_class or p.arch)


def _counts(p: Procedure) -> bool:
    return p.surfaces is not None and (p.surfaces.least > 1 or p.surfaces.most < len(_LETTERS))


def _miscounted(p: Procedure) -> str:
    least, most = p.surfaces or (1, 1)
    return _LETTERS[: least - 1] if least > 1 else _LETTERS[: most + 1]
