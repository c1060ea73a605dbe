"""Hypothesis strategies of codes, teeth, claim lines and claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cdtref import bundled
from cdtref.claim import ClaimLine
from cdtref.code import Code, is_valid_code
from cdtref.codeset import Catalog
from cdtref.procedure import Category, Period, Procedure, TreatmentArea
from cdtref.requirement import is_usual
from cdtref.testing.broken import (
    BREAKABLE_RULES,
    BREAKABLE_TOGETHER,
    Claim,
    breaking,
    can_break,
    require_claim_rule,
    require_line_rule,
)
from cdtref.testing.lines import (
    clean_line,
    covered_days,
    fitting_areas,
    fitting_teeth,
    wanted_surfaces,
)
from cdtref.tooth import TEETH, Tooth, parse_teeth

_DAY: Final = timedelta(days=1)
_YEARS: Final = timedelta(days=365)

Sent = dict[str, Any]
"""Some fields of a `ClaimLine` by name."""

_FEES: Final[SearchStrategy[Sent]] = st.fixed_dictionaries(
    {"fee": st.none() | st.decimals(0, 9999, places=2)}
)
_PAYERS: Final[SearchStrategy[Sent]] = st.sampled_from(
    [
        {},
        {"modifiers": ("26",)},
        {"modifiers": ("59", "TC")},
        {"modifiers": ("KX",), "medicare": True},
        {"modifiers": ("GY",), "medicare": True},
    ]
)


def codes(
    category: Category | str | None = None,
    on: date | str | None = None,
    area: str | None = None,
    *,
    catalog: Catalog | None = None,
) -> SearchStrategy[Code]:
    """
    Codes of the catalog: in force on a date (or in the pinned edition), of a category, whose line
    names such an area ('tooth').

    Raises:
        ValueError: no code fits.
    """
    known = bundled.catalog() if catalog is None else catalog
    found = [p.code for p in known.procedures(category=category, on=on) if area in (None, p.area)]
    if not found:
        raise ValueError(f"no code fits category={category}, on={on}, area={area}")
    return st.sampled_from(found)


def malformed_codes() -> SearchStrategy[str]:
    """Texts that are not the form of any code, from slips of the finger to junk."""
    slips = st.sampled_from(
        ["0389", "DO120", "D01 20", "D012", "D01200", "d-01-20", "", "26", "I0120", "D0120\u200b"]
    )
    near = st.builds("{}{}".format, codes(), st.characters()) | codes().map(lambda code: code[1:])
    return (slips | near | st.text(max_size=8)).filter(lambda text: not is_valid_code(text))


def unknown_codes(*, catalog: Catalog | None = None) -> SearchStrategy[str]:
    """
    Codes of the right form that the catalog lacks: of the bundled one, guaranteed not to be real.
    """
    known = bundled.catalog() if catalog is None else catalog
    return (
        st.integers(0, 9999)
        .map(lambda number: f"D{number:04}")
        .filter(lambda code: code not in known)
    )


def teeth(dentition: str | None = None, *, supernumerary: bool = False) -> SearchStrategy[Tooth]:
    """Teeth, natural ones unless *supernumerary*; of one dentition where it is given."""
    found = [
        t
        for t in TEETH.values()
        if dentition in (None, t.dentition) and t.supernumerary is supernumerary
    ]
    return st.sampled_from(found)


def surfaces(tooth: Tooth, least: int = 1, most: int = 5) -> SearchStrategy[str]:
    """Surfaces of a tooth in canonical order, from *least* to *most* of them."""
    places = st.sets(st.sampled_from(tooth.surfaces), min_size=least, max_size=most)
    return places.map(lambda chosen: "".join(sorted(chosen, key=tooth.surfaces.index)))


def dates_in_force(code: str, *, catalog: Catalog | None = None) -> SearchStrategy[date]:
    """
    Dates of service on which a code was in force, within the editions that the catalog covers.

    Raises:
        ValueError: the code was in force before the first edition only, or comes into force after
            the last.
        InvalidCodeError, UnknownCodeError: the catalog has no such code.

    >>> dates_in_force("D0471")
    Traceback (most recent call last):
    ValueError: D0471 was in force from before our records until 2002-12-31 only, outside the editions (2003 to ...)
    """
    known = bundled.catalog() if catalog is None else catalog
    return _days_in_force(known.lookup(code), *covered_days(known))


def claim_lines(
    category: Category | str | None = None, *, catalog: Catalog | None = None
) -> SearchStrategy[ClaimLine]:
    """
    Clean lines, on which `cdtref.check` finds nothing at all: of a code and a day in the pinned
    edition's year, with what the code asks for, and at times a fee, modifiers and a quantity. All
    categories come equally often.

    Raises:
        ValueError: *category* is no category, or no code of the catalog is of it.
    """
    known = bundled.catalog() if catalog is None else catalog
    last = covered_days(known)[1]
    shelves: dict[Category, list[Procedure]] = defaultdict(list)
    for p in known.procedures(category):
        shelves[p.category].append(p)
    if not shelves:
        raise ValueError(f"no code fits category={category}")
    most = max(map(len, shelves.values()))
    evenly = [shelf[n % len(shelf)] for n in range(most) for shelf in shelves.values()]
    return st.sampled_from(evenly).flatmap(
        lambda p: _lines_of(p, last.replace(month=1, day=1), last)
    )


def broken_claim_lines(
    rule: str | None = None, *, catalog: Catalog | None = None
) -> SearchStrategy[ClaimLine]:
    """
    Lines that break the rule of that id alone, of each code that can; or, without an id, some rule.

    Raises:
        ValueError: there is no such rule on a single line, or no code of the catalog can break it.
    """
    if rule is not None:
        require_line_rule(rule)
    return _broken(BREAKABLE_RULES if rule is None else (rule,), catalog).map(
        lambda claim: claim[0]
    )


def broken_claims(
    rule: str | None = None, *, catalog: Catalog | None = None
) -> SearchStrategy[tuple[ClaimLine, ...]]:
    """
    The lines of a claim that break the rule of that id together and no other one; or, without an
    id, some rule.

    Raises:
        ValueError: there is no such rule on the lines of a claim, or no code of the catalog can
            break it.
    """
    if rule is not None:
        require_claim_rule(rule)
    return _broken(BREAKABLE_TOGETHER if rule is None else (rule,), catalog)


def _broken(rules: Iterable[str], catalog: Catalog | None) -> SearchStrategy[Claim]:
    known = bundled.catalog() if catalog is None else catalog
    found = [rule for rule in rules if can_break(rule, known)]
    if not found:
        raise ValueError(
            f"no code of {known!r} breaks {', '.join(rules)} without breaking another rule"
        )
    return st.sampled_from(found).flatmap(lambda rule: st.sampled_from(breaking(rule, known)))


def _days_in_force(p: Procedure, first: date, last: date) -> SearchStrategy[date]:
    spans = [
        (max(period.effective or first, first), min(_last_day(period) or last, last))
        for period in p.periods
    ]
    within = [st.dates(start, end) for start, end in spans if start <= end]
    if not within:
        lives = "; ".join(map(str, p.periods))
        raise ValueError(
            f"{p.code} was in force {lives} only, outside the editions ({first.year} to {last.year})"
        )
    return st.one_of(within)


def _last_day(period: Period) -> date | None:
    return period.terminated - _DAY if period.terminated else None


@st.composite
def _lines_of(draw: st.DrawFn, p: Procedure, first: date, last: date) -> ClaimLine:
    """Clean lines of one code."""
    line = clean_line(p, draw(_days_in_force(p, first, last)))
    count = draw(
        st.integers(1, 4)
    )  # of every code: hypothesis takes the one that draws least for the simplest
    sent = draw(_places(p)) | draw(_prostheses(p, line.date)) | draw(_FEES) | draw(_PAYERS)
    return attrs.evolve(line, quantity=count if p.area is TreatmentArea.NONE else 1, **sent)


def _places(p: Procedure) -> SearchStrategy[Sent]:
    """
    What a line for the code may say of the place: a tooth and its surfaces, several teeth, an
    area, or nothing.
    """
    if p.area is TreatmentArea.TOOTH_RANGE:
        return _several_teeth(p).map(lambda several: {"tooth": several})
    areas = [{"tooth": None, "area": area.value} for area in fitting_areas(p)]
    anywhere = st.sampled_from(areas) if areas else st.just({})
    if p.area.is_by_one_tooth or p.area is TreatmentArea.SITE:
        on_teeth = st.sampled_from(fitting_teeth(p)).flatmap(lambda tooth: _on(tooth, p))
        return on_teeth | anywhere if p.area is TreatmentArea.SITE else on_teeth
    return anywhere


def _on(tooth: Tooth, p: Procedure) -> SearchStrategy[Sent]:
    chosen = (
        surfaces(tooth, *wanted_surfaces(p)) if p.area is TreatmentArea.TOOTH_SURFACE else st.none()
    )
    return st.fixed_dictionaries({"tooth": st.just(tooth.number), "surfaces": chosen})


def _several_teeth(p: Procedure) -> SearchStrategy[str]:
    """Natural teeth as a claim writes them: one by one, or as a range within an arch."""
    natural = [tooth for tooth in fitting_teeth(p) if not tooth.supernumerary]
    pairs = combinations(natural, 2)
    ranges = [f"{a}-{b}" for a, b in pairs if (a.dentition, a.arch) == (b.dentition, b.arch)]
    whole = st.sampled_from(ranges).filter(
        lambda text: all(is_usual(p, tooth) for tooth in parse_teeth(text))
    )
    one_by_one = st.lists(st.sampled_from(natural).map(str), min_size=1, max_size=6, unique=True)
    return whole | one_by_one.map(",".join)


def _prostheses(p: Procedure, day: date) -> SearchStrategy[Sent]:
    """A first prosthesis, or one in the place of another, where the code asks which."""
    if not p.prosthesis:
        return st.just({})
    replacement = {
        "prosthesis": st.just("replacement"),
        "prior_placement": st.dates(day - 20 * _YEARS, day),
    }
    return st.just({"prosthesis": "initial"}) | st.fixed_dictionaries(replacement)
