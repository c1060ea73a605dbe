"""
What a text or a record fixes: arch, tooth class, dentition, material and the like, and numbers with
their units.

Two facets of one group exclude each other (upper and lower) unless one is the broader of the other
(molar and posterior). Both sides are read by the same rules, so that a query and a title can be
held against each other.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cdtref.errors import InvalidSiteError
from cdtref.procedure import Procedure
from cdtref.textsearch.thesaurus import Thesaurus
from cdtref.tooth import parse_tooth

Range = tuple[float, float]

_ARCHES: Final = {"01": "upper", "02": "lower"}
_TEETH: Final[dict[str, Range]] = {"1-3": (1, 3), "4+": (4, 32)}
_ONE: Final = frozenset(("one", "singl"))
_AT_MOST: Final = frozenset(("less", "under", "smaller", "below", "fewer", "max"))
_OVER: Final = frozenset(
    ("over", "longer", "larger", "greater", "mor", "above", "exceed", "bigg", "bigger")
)
_SURFACES: Final = re.compile(  # the usual names of fillings, from two surfaces to five
    "[md][oblfi]|o[bl]|bo|lo|mod|[md]o[bl]|[md]i[fl]|[md]fl|mid|mod[blf]|[md]ifl|mid[fl]|[md]obl|mod[bf]l|midfl"
)
_WORDS_TOO: Final = re.compile(
    "do|lo|m[if]|d[ibl]|mil|mid|mo[bl]|dol|ml|bo|ob"
)  # in small letters mostly no surfaces
_LETTERS: Final = re.compile(
    r"(?<![\w#/&-])([A-Za-z]{1,5})(?![\w/&])(?: +(amal|comp|resin|fill|inlay|onlay|rest|zirc|emax))?"
)
_AGE: Final = re.compile(
    r"(?<![\d.])(\d{1,3}|[a-z]+)[ -]*(yrs?|years?|yo|y/o|months?)\b[ -]*(old\b)?"
)
_COUNTED: Final = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_NUMBER_WORDS: Final = {word: number for number, word in enumerate(_COUNTED.split(), 1)}


class Facets(NamedTuple):
    """
    The concepts of exclusive groups that a text names, and its numbers: unit -> least and most.
    """

    concepts: frozenset[str]
    ranges: dict[str, Range]


def of_procedure(
    procedure: Procedure, concepts: Iterable[str], stems: Sequence[str], words: Thesaurus
) -> Facets:
    """The facets of a record: of its fields, and of its title, given as concepts and stems."""
    named = {name for name in concepts if name in words.groups or name in words.marked}
    named |= {_ARCHES[procedure.arch]} if procedure.arch else set()
    named |= {procedure.dentition} if procedure.dentition else set()
    ranges = numbers(stems, words)
    if procedure.tooth_class:
        named = {name for name in named if words.groups.get(name) != "class"} | set(
            procedure.tooth_class
        )
    if procedure.surfaces:
        ranges["surface"] = (procedure.surfaces.least, procedure.surfaces.most)
    if procedure.teeth:
        ranges["tooth"] = _TEETH[procedure.teeth]
    return Facets(frozenset(named), ranges)


def numbers(stems: Sequence[str], words: Thesaurus) -> dict[str, Range]:
    """
    The numbers in a text by what they count ('' if it does not say); '4+' and 'or more' are open
    above.
    """
    ranges: dict[str, Range] = {}
    for at, stem in enumerate(stems):
        value = _value(stem)
        if value is None or (at and _value(stems[at - 1]) is not None):
            continue
        after = [i for i in range(at + 1, min(at + 6, len(stems))) if stems[i] in words.units]
        before = at and words.units.get(stems[at - 1])
        if stem in _ONE and not (after and after[0] <= at + 3):
            continue
        if after and (not before or after[0] == at + 1):
            ranges.setdefault(words.units[stems[after[0]]], _span(stems, at, after[0]))
        elif stem not in _ONE:
            ranges.setdefault(before or "", _span(stems, at, min(at + 3, len(stems))))
    return ranges


def _span(stems: Sequence[str], at: int, end: int) -> Range:
    values = [value for stem in stems[at:end] if (value := _value(stem)) is not None]
    around = set(stems[max(0, at - 2) : at]) | set(stems[at + 1 : end + 3])
    if (
        stems[at].endswith("+")
        or "+" in stems[at + 1 : at + 2]
        or ("mor" in around and "or" in around)
    ):
        return values[0], math.inf
    if around & _AT_MOST or (at > 1 and stems[at - 2 : at] == ["up", "to"]):
        return 0, values[0]
    if around & _OVER:
        return values[0] + 0.01, math.inf
    return min(values), max(values)


def _value(stem: str) -> float | None:
    if stem in _ONE:
        return 1
    number = stem.rstrip("+")
    try:
        return float(number) if number[:1].isdigit() and "/" not in number else None
    except ValueError:
        return None


def surfaces_in(text: str) -> int:
    """
    How many tooth surfaces the letters in a text name, such as MOD or, in front of a material, O; 0
    for none.

    >>> surfaces_in("MODB amalgam #14"), surfaces_in("O comp"), surfaces_in("mod resin"), surfaces_in("what I do")
    (4, 1, 3, 0)
    """
    for letters, material in _LETTERS.findall(text):
        plain = letters.lower()
        if _SURFACES.fullmatch(plain) and (
            letters.isupper() or material or not _WORDS_TOO.fullmatch(plain)
        ):
            return len(plain)
        if len(letters) == 1 and letters in "ODBLFIM" and material:
            return 1
    return 0


def age_in(text: str) -> frozenset[str]:
    """
    The age groups of a number of years in a text; the limits are those of orthodontic and
    preventive codes.
    """
    found = _AGE.search(text.lower())
    if not found:
        return frozenset()
    said = found[1]
    years = int(said) if said.isdigit() else _NUMBER_WORDS.get(said)
    if years is None or (found[2].startswith("m") and not found[3]):
        return frozenset()
    if years < 3 or found[2].startswith("m"):
        return frozenset(("infant", "child"))
    if years < 12:
        return frozenset(("child", "mixed") if years > 5 else ("child",))
    return (
        frozenset(("adult",))
        if years > 17
        else frozenset(("adolescent", "adult") if years > 13 else ("adolescent",))
    )


def is_of_age(stem: str) -> bool:
    """
    True for the words of an age, where a text tells one.

    >>> [is_of_age(stem) for stem in ("8", "ten", "old", "molar")]
    [True, True, True, False]
    """
    return stem in ("old", "yo") or stem.isdigit() or stem in _NUMBER_WORDS


@functools.lru_cache(256)
def of_tooth(number: str) -> frozenset[str]:
    """
    The class, dentition and arch of a tooth by its Universal designation; nothing where it is none.

    >>> sorted(of_tooth("30")), of_tooth("99")
    (['lower', 'molar', 'permanent'], frozenset())
    """
    try:
        tooth = parse_tooth(number)
    except InvalidSiteError:
        return frozenset()
    arch = tooth.quadrant.arch
    wisdom = {"wisdom"} if tooth.place == 8 else set()
    return frozenset(
        {tooth.tooth_class, tooth.dentition, _ARCHES[arch.value] if arch else "", *wisdom} - {""}
    )
