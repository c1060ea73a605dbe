"""Clean claim lines as people type them, each beside the same line in canonical spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cdtref.claim import ClaimLine
from cdtref.codeset import Catalog
from cdtref.testing.strategies import claim_lines
from cdtref.tooth import area_names, parse_area

_EN_DASH: Final = "\N{EN DASH}"  # what a word processor makes of a hyphen
_FULL_WIDTH_OFFSET: Final = 0xFEE0  # from ASCII to its block of full-width forms


def sloppy_lines(*, catalog: Catalog | None = None) -> SearchStrategy[tuple[ClaimLine, ClaimLine]]:
    """
    Clean lines with the same line in sloppy spelling: small letters, blanks, signs, full-width
    forms, words for codes and between teeth, class V, a spreadsheet's numbers. What is found on the
    two and what is sent for them is the same.
    """
    return _tidy_and_sloppy(catalog)


@st.composite
def _tidy_and_sloppy(draw: st.DrawFn, catalog: Catalog | None) -> tuple[ClaimLine, ClaimLine]:
    tidy = draw(claim_lines(catalog=catalog))
    fields: dict[str, Any] = attrs.asdict(tidy, recurse=False)
    for name, spellings in _SPELLINGS.items():
        if fields[name]:
            fields[name] = draw(st.sampled_from(spellings(fields[name])))
    return tidy, ClaimLine(**fields)


def _codes_typed(code: str) -> list[str]:
    wide = "".join(chr(ord(character) + _FULL_WIDTH_OFFSET) for character in code)
    return [code.lower(), f" {code}\t", f"D-{code[1:]}", f"d {code[1:]}", wide]


def _teeth_typed(teeth: str) -> list[str]:
    spaced = teeth.replace(",", " , ").replace("-", " - ")
    typed = [teeth.lower(), f" {teeth} ", spaced, teeth.replace(",", ";"), f"Tooth {teeth}"]
    typed.append(teeth.replace(",", " and ").replace("-", " thru "))
    typed.append(teeth.replace(",", " & ").replace("-", _EN_DASH))
    typed.append("#" + teeth.replace(",", ", #").replace("-", " - #"))
    if teeth.isdigit():
        typed += [f"0{teeth}", f"{teeth}.0", f"No. {teeth}"]
    return typed


def _surfaces_typed(letters: str) -> list[str]:
    backwards = letters[::-1]
    typed = [letters.lower(), backwards, f" {letters} ", "/".join(backwards)]
    typed += [sign.join(letters) for sign in "-: ,." + _EN_DASH]
    typed.append(" and ".join(letters))
    for surface in "BFL":  # a restoration of class V
        typed += [letters.replace(surface, f"{surface}{sign}") for sign in ("V", "5", "(V)")]
    return typed


def _areas_typed(area: str) -> list[str]:
    typed = [area.lower(), f" {area} ", parse_area(area).name.replace("_", " ").lower()]
    for name, named in area_names().items():
        if named == area:
            typed += [name, name.title(), name.replace(" ", _EN_DASH)]
    return typed


def _modifiers_typed(modifiers: tuple[str, ...]) -> list[object]:
    joined = " ".join(modifiers).lower()
    return [joined, joined.replace(" ", ", "), [f" {one} " for one in modifiers]]


def _placements_typed(word: str) -> list[str]:
    return [word[0], word[0].upper(), word.title(), f" {word.upper()} "]


_SPELLINGS: Final[Mapping[str, Callable[[Any], list[Any]]]] = MappingProxyType(
    {
        "code": _codes_typed,
        "tooth": _teeth_typed,
        "surfaces": _surfaces_typed,
        "area": _areas_typed,
        "modifiers": _modifiers_typed,
        "prosthesis": _placements_typed,
        "date": lambda day: [day.isoformat(), f" {day} "],
        "fee": lambda fee: [f"{fee:f}", f"${fee:,f}", f" $ {fee:f}"],
        "quantity": lambda count: [count, float(count)],
        "narrative": lambda text: [f" {text}", f"{text} "],
    }
)
