"""Hypothesis strategies of codes, teeth, claim lines and claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cdtref.claim import Claim, ClaimLine
from cdtref.code import Code, is_valid_code
from cdtref.codeset import Catalog
from cdtref.procedure import Category, Period, Procedure, Requirement, TreatmentArea, is_usual
from cdtref.testing.broken import (
    BREAKABLE_RULES,
    BREAKABLE_TOGETHER,
    Lines,
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
    known_catalog,
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


_PRICES: Final = st.decimals(0, 9999, places=2)
_TEETH: Final = st.lists(st.sampled_from(list(TEETH)), max_size=3, unique=True).map(tuple)
_HEAD_FIELDS: Final[Mapping[str, SearchStrategy[Any]]] = {
    "id": st.integers(1, 10**6).map("26-{}".format),
    "place_of_service": st.sampled_from(("11", "22", "02")),
    "provider_npi": st.sampled_from((None, "1234567893")),  # CMS's own example
    "predetermination": st.booleans(),
    "diagnoses": st.sampled_from(((), ("K02.9",), ("K05.10", "K02.9"))),
    "missing_teeth": _TEETH,
    "teeth_to_extract": _TEETH,
    "note": st.sampled_from((None, "see the chart", "n" * 200)),
    "orthodontics": st.sampled_from((None, (24, 12), (24, None))),
}


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
    known = known_catalog(catalog)
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
    known = known_catalog(catalog)
    return (
        st.integers(0, 9999)
        .map(lambda number: f"D{number:04}")
        .filter(lambda code: code not in known)
    )


def teeth(dentition: str | None = None, *, supernumerary: bool = False) -> SearchStrategy[Tooth]:
    """Teeth, natural ones unless *supernumerary*; of one dentition where it is given."""
    found = [tooth for tooth in TEETH.values() if tooth.supernumerary is supernumerary]
    if dentition is not None:
        found = [tooth for tooth in found if tooth.dentition == dentition]
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
    ValueError: D0471 was in force from before our records until 2002-12-31 only, outside the ...
    """
    known = known_catalog(catalog)
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
    known = known_catalog(catalog)
    last = covered_days(known)[1]
    first = last.replace(month=1, day=1)
    found = known.procedures(category)
    if not found:
        raise ValueError(f"no code fits category={category}")
    # By their codes: Hypothesis hashes what it samples from, and a record takes long to hash.
    codes = [p.code for p in _evenly_by_category(found)]
    return st.sampled_from(codes).flatmap(lambda code: _clean_lines_of(known[code], first, last))


def claims(*, catalog: Catalog | None = None) -> SearchStrategy[Claim]:
    """
    Claims of clean lines, spelled as an 837D has them, with all that one needs and holds: an id, a
    place of service, fees, an NPI. The lines go together as they come, so the rules on the lines of
    a claim may find fault.

    Raises:
        ValueError: the catalog has no edition.
    """
    known = known_catalog(catalog)
    return _claims_of(claim_lines(catalog=known), covered_days(known)[1])


@st.composite
def _claims_of(draw: st.DrawFn, clean: SearchStrategy[ClaimLine], last: date) -> Claim:
    """Claims of such lines, until a last day."""
    lines: list[ClaimLine] = []
    head: dict[str, Any] = draw(st.fixed_dictionaries(_HEAD_FIELDS))
    for line in draw(st.lists(clean, min_size=1, max_size=4)):
        priced = attrs.evolve(line, fee=draw(_PRICES))
        if head["predetermination"]:
            priced = attrs.evolve(priced, date=None)
        lines += [ClaimLine.from_sv3(priced.to_sv3())]
    birth_date = draw(st.dates(last - 90 * _YEARS, last - 2 * _YEARS))
    day = draw(st.none() | st.dates(last.replace(month=1, day=1), last))
    if head["predetermination"]:
        day = None
    return Claim(lines, date=day, birth_date=birth_date, **head)


def broken_claim_lines(
    rule: str | None = None, *, catalog: Catalog | None = None
) -> SearchStrategy[ClaimLine]:
    """
    Lines that break the rule of that id alone, of each code that can; or, without an id, some rule.

    Raises:
        ValueError: there is no such rule on a single line, or no code of the catalog can break it.
    """
    rules = BREAKABLE_RULES
    if rule is not None:
        require_line_rule(rule)
        rules = (rule,)
    return _claims_breaking_some(rules, catalog).map(lambda claim: claim[0])


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
    rules = BREAKABLE_TOGETHER
    if rule is not None:
        require_claim_rule(rule)
        rules = (rule,)
    return _claims_breaking_some(rules, catalog)


def _evenly_by_category(procedures: Iterable[Procedure]) -> list[Procedure]:
    """The codes of all categories in turn, each category as often as the largest one."""
    shelves: dict[Category, list[Procedure]] = defaultdict(list)
    for p in procedures:
        shelves[p.category].append(p)
    evenly = []
    for turn in range(max(map(len, shelves.values()))):
        evenly += [shelf[turn % len(shelf)] for shelf in shelves.values()]
    return evenly


def _claims_breaking_some(rules: Iterable[str], catalog: Catalog | None) -> SearchStrategy[Lines]:
    known = known_catalog(catalog)
    found = [rule for rule in rules if can_break(rule, known)]
    if not found:
        raise ValueError(
            f"no code of {known!r} breaks {', '.join(rules)} without breaking another rule"
        )
    return st.sampled_from(found).flatmap(lambda rule: st.sampled_from(breaking(rule, known)))


def _days_in_force(p: Procedure, first: date, last: date) -> SearchStrategy[date]:
    within = []
    for period in p.periods:
        start = max(period.effective or first, first)
        end = min(_last_day_of(period) or last, last)
        if start <= end:
            within.append(st.dates(start, end))
    if not within:
        lives = "; ".join(map(str, p.periods))
        editions = f"the editions ({first.year} to {last.year})"
        raise ValueError(f"{p.code} was in force {lives} only, outside {editions}")
    return st.one_of(within)


def _last_day_of(period: Period) -> date | None:
    if period.terminated is None:
        return None
    return period.terminated - _DAY


@st.composite
def _clean_lines_of(draw: st.DrawFn, p: Procedure, first: date, last: date) -> ClaimLine:
    """Clean lines of one code."""
    day = draw(_days_in_force(p, first, last))
    line = clean_line(p, day)
    # Drawn for every code: hypothesis takes the one that draws least for the simplest.
    count = draw(st.integers(1, 4))
    needed = p.requirement_on(day)
    sent = draw(_site_fields(needed)) | draw(_prosthesis_fields(needed, day))
    sent |= draw(_FEES) | draw(_PAYERS)
    if needed.treatment_area is TreatmentArea.NONE:
        sent["quantity"] = count
    return attrs.evolve(line, **sent)


def _site_fields(needed: Requirement) -> SearchStrategy[Sent]:
    """
    What a line for the code may say of the place: a tooth and its surfaces, several teeth, an
    area, or nothing.
    """
    if needed.treatment_area is TreatmentArea.TOOTH_RANGE:
        return _several_teeth(needed).map(lambda several: {"tooth": several})
    if needed.treatment_area.is_by_one_tooth:
        return _tooth_fields(needed)
    areas = [{"tooth": None, "area": area.value} for area in fitting_areas(needed)]
    if not areas:
        return st.just({})
    if needed.treatment_area is TreatmentArea.SITE:
        return _tooth_fields(needed) | st.sampled_from(areas)
    return st.sampled_from(areas)


def _tooth_fields(needed: Requirement) -> SearchStrategy[Sent]:
    return st.sampled_from(fitting_teeth(needed)).flatmap(
        lambda tooth: _fields_on_tooth(tooth, needed)
    )


def _fields_on_tooth(tooth: Tooth, needed: Requirement) -> SearchStrategy[Sent]:
    chosen: SearchStrategy[str | None] = st.none()
    if needed.treatment_area is TreatmentArea.TOOTH_SURFACE:
        chosen = surfaces(tooth, *wanted_surfaces(needed))
    return st.fixed_dictionaries({"tooth": st.just(tooth.number), "surfaces": chosen})


def _several_teeth(needed: Requirement) -> SearchStrategy[str]:
    """Natural teeth as a claim writes them: one by one, or as a range within an arch."""
    natural = [tooth for tooth in fitting_teeth(needed) if not tooth.supernumerary]
    ranges = []
    for low, high in combinations(natural, 2):
        if (low.dentition, low.arch) == (high.dentition, high.arch):
            ranges.append(f"{low}-{high}")
    whole = st.sampled_from(ranges).filter(
        lambda text: all(is_usual(needed, tooth) for tooth in parse_teeth(text))
    )
    one_by_one = st.lists(st.sampled_from(natural).map(str), min_size=1, max_size=6, unique=True)
    return whole | one_by_one.map(",".join)


def _prosthesis_fields(needed: Requirement, day: date) -> SearchStrategy[Sent]:
    """A first prosthesis, or one in the place of another, where the code asks which."""
    if needed.prosthesis_code == "never":
        return st.just({})
    replacement = {
        "prosthesis": st.just("replacement"),
        "prior_placement": st.dates(day - 20 * _YEARS, day),
    }
    return st.just({"prosthesis": "initial"}) | st.fixed_dictionaries(replacement)
