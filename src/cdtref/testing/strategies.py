"""Hypothesis strategies of codes, teeth and claim lines."""

from __future__ import annotations

from datetime import date

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cdtref.claim import ClaimLine
from cdtref.code import Code, is_valid_code
from cdtref.lookup import catalog, editions, get, procedures
from cdtref.procedure import Category, Procedure
from cdtref.testing.lines import BREAKABLE_RULES, broken_line, clean_line, fits_rule, fitting_teeth
from cdtref.tooth import TEETH, Tooth


def codes(
    category: Category | str | None = None, on: date | str | None = None, area: str | None = None
) -> SearchStrategy[Code]:
    """
    Real codes: in force on a date (or in the pinned edition), of a category, whose line names such an area ('tooth').

    Raises:
        ValueError: no code fits.
    """
    found = [p.code for p in procedures(category=category, on=on) if area in (None, p.area)]
    if not found:
        raise ValueError(f"no code fits category={category}, on={on}, area={area}")
    return st.sampled_from(found)


def malformed_codes() -> SearchStrategy[str]:
    """Texts that are not the form of any code, from slips of the finger to junk."""
    slips = st.sampled_from(["0389", "DO120", "D01 20", "D012", "D01200", "d-01-20", "", "26", "I0120", "D0120\u200b"])
    near = st.builds("{}{}".format, codes(), st.characters()) | codes().map(lambda code: code[1:])
    return (slips | near | st.text(max_size=8)).filter(lambda text: not is_valid_code(text))


def unknown_codes() -> SearchStrategy[str]:
    """Codes of the right form that are in no edition: guaranteed not to be real."""
    return st.integers(0, 9999).map(lambda number: f"D{number:04}").filter(lambda code: code not in catalog())


def teeth(dentition: str | None = None, *, supernumerary: bool = False) -> SearchStrategy[Tooth]:
    """Teeth, natural ones unless *supernumerary*; of one dentition where it is given."""
    found = [t for t in TEETH.values() if dentition in (None, t.dentition) and t.supernumerary is supernumerary]
    return st.sampled_from(found)


def surfaces(tooth: Tooth, least: int = 1, most: int = 5) -> SearchStrategy[str]:
    """Surfaces of a tooth in canonical order, from *least* to *most* of them."""
    places = st.sets(st.sampled_from(tooth.surfaces), min_size=least, max_size=most)
    return places.map(lambda chosen: "".join(sorted(chosen, key=tooth.surfaces.index)))


def dates_in_force(code: str) -> SearchStrategy[date]:
    """Dates of service on which a code was in force, within the editions that the bundled set covers."""
    known = editions()
    first, last = known[0].effective, date(known[-1].effective.year, 12, 31)
    spans = [(max(p.effective or first, first), min(p.terminated or last, last)) for p in get(code).periods]
    within = [st.dates(start, end) for start, end in spans if start <= end]
    return st.one_of(within).filter(lambda day: get(code).in_force(day))


@st.composite
def claim_lines(draw: st.DrawFn, category: Category | str | None = None) -> ClaimLine:
    """Clean lines: a code in force, and what its requirement asks for."""
    procedure = get(draw(codes(category)))
    line = clean_line(procedure, draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(procedure.in_force)))
    if line.tooth is None or procedure.area == "tooth range":
        return line
    tooth = draw(st.sampled_from(fitting_teeth(procedure)))
    chosen = draw(surfaces(tooth, *procedure.surfaces)) if procedure.surfaces else None
    return attrs.evolve(line, tooth=tooth.number, surfaces=chosen)


@st.composite
def broken_claim_lines(draw: st.DrawFn, rule: str | None = None) -> ClaimLine:
    """Lines that break the rule of that id, or any rule."""
    wanted = draw(st.sampled_from(BREAKABLE_RULES)) if rule is None else rule
    fitting: list[Procedure] = [p for p in procedures() if wanted in BREAKABLE_RULES and fits_rule(wanted, p)]
    return broken_line(wanted, draw(st.sampled_from(fitting)) if fitting else None)
