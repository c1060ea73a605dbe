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

from cdtref.procedure import Procedure
from cdtref.textsearch.thesaurus import Thesaurus
from cdtref.tooth import Tooth

Range = tuple[float, float]

_ARCHES: Final = {"01": "upper", "02": "lower"}
_COUNT_OF_TEETH: Final[dict[str, Range]] = {"1-3": (1, 3), "4+": (4, 32)}
_ONE: Final = frozenset(("one", "singl"))
_AT_MOST: Final = frozenset(("less", "under", "smaller", "below", "fewer", "max"))
_OVER: Final = frozenset(
    ("over", "longer", "larger", "greater", "mor", "above", "exceed", "bigg", "bigger")
)
_OR_MORE: Final = frozenset(("or", "mor"))
# Added to a limit that itself is not meant, such as 'over 5 cm': codes give sizes in hundredths.
_JUST_OVER: Final = 0.01
# A unit stands near its number: 'two white surfaces'; what is farther counts something else.
_FARTHEST_UNIT: Final = 5
_FARTHEST_UNIT_OF_ONE: Final = 3  # 'one' is a pronoun more often than a number

# The usual names of fillings, from two surfaces to five.
_SURFACES: Final = frozenset(
    (
        *("mo", "mb", "ml", "mf", "mi", "do", "db", "dl", "df", "di", "ob", "ol", "bo", "lo"),
        *("mod", "mob", "mol", "mfl", "mif", "mil", "mid", "dob", "dol", "dfl", "dif", "dil"),
        *("modb", "modl", "modf", "mobl", "mifl", "midf", "midl", "dobl", "difl"),
        *("modbl", "modfl", "midfl"),
    )
)
_SINGLE_SURFACES: Final = frozenset("odblfim")
# In small letters mostly no surfaces.
_WORDS_TOO: Final = frozenset(
    (
        *("do", "lo", "mf", "mi", "db", "di", "dl", "ml", "bo", "ob"),
        *("mil", "mid", "mob", "mol", "dol"),
    )
)
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile("[a-z]+")
_LETTERS: Final = re.compile(
    r"(?<![\w#/&-])([A-Za-z]{1,5})5?(?![\w/&])"  # B5 is a filling at the gum, class V
    r"(?: +(amal|comp|resin|fill|inlay|onlay|rest|zirc|emax))?"
)
_LETTER_BEHIND: Final = re.compile(
    r"(?:amal|comp|resin|fill)[a-z]* +([MODBLFI])5?(?![\w/&])", re.IGNORECASE
)

_AGE: Final = re.compile(
    r"(?<![\d.])(\d{1,3}|[a-z]+)[ -]*(yrs?|years?|yo|y/o|months?)\b[ -]*(old\b)?"
)
_UNITS_OF_AGE: Final = ("year", "yr", "yo", "y/o", "month")
_COUNTED: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen"
)
_NUMBER_WORDS: Final = {word: number for number, word in enumerate(_COUNTED.split(), 1)}
# Age groups from a year on, youngest first. Primary teeth fall out from 6 to 12; child codes end at
# 14, and growth, on which orthodontic codes turn, at 18.
AGE_GROUPS: Final = (
    (0, frozenset(("infant", "child"))),
    (3, frozenset(("child",))),
    (6, frozenset(("child", "mixed"))),
    (12, frozenset(("adolescent",))),
    (14, frozenset(("adolescent", "adult"))),
    (18, frozenset(("adult",))),
)


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
    needed = procedure.requirement
    if needed.arch:
        named.add(_ARCHES[needed.arch])
    if needed.dentition:
        named.add(needed.dentition)
    if needed.tooth_classes:
        named = {name for name in named if words.groups.get(name) != "class"}
        named.update(needed.tooth_classes)
    ranges = numbers(stems, words)
    if needed.surface_count:
        ranges["surface"] = (needed.surface_count.least, needed.surface_count.most)
    if needed.teeth_in_quadrant:
        ranges["tooth"] = _COUNT_OF_TEETH[needed.teeth_in_quadrant]
    return Facets(frozenset(named), ranges)


def numbers(stems: Sequence[str], words: Thesaurus) -> dict[str, Range]:
    """
    The numbers in a text by what they count ('' if it does not say); '4+' and 'or more' are open
    above.
    """
    ranges: dict[str, Range] = {}
    if _ONE.isdisjoint(stems) and not _DIGIT.search(" ".join(stems)):  # mostly
        return ranges
    for at, stem in enumerate(stems):
        if _number_of(stem) is None or (at and _number_of(stems[at - 1]) is not None):
            continue
        unit_at = _unit_after(stems, at, words)
        unit_before = words.units.get(stems[at - 1]) if at else None
        is_one = stem in _ONE
        if is_one and (unit_at is None or unit_at > at + _FARTHEST_UNIT_OF_ONE):
            continue
        if unit_at is not None and (not unit_before or unit_at == at + 1):
            ranges.setdefault(words.units[stems[unit_at]], _span_of(stems, at, unit_at))
        elif not is_one:
            end = min(at + 3, len(stems))
            ranges.setdefault(unit_before or "", _span_of(stems, at, end))
    return ranges


def _unit_after(stems: Sequence[str], at: int, words: Thesaurus) -> int | None:
    """The place of the unit that the number at *at* counts."""
    for place in range(at + 1, min(at + 1 + _FARTHEST_UNIT, len(stems))):
        if stems[place] in words.units:
            return place
    return None


def _span_of(stems: Sequence[str], at: int, end: int) -> Range:
    """The least and the most that the number at *at* and its comparing words, up to *end*, say."""
    values = [value for value in map(_number_of, stems[at:end]) if value is not None]
    around = {*stems[max(0, at - 2) : at], *stems[at + 1 : end + 3]}
    has_plus = stems[at].endswith("+") or "+" in stems[at + 1 : at + 2]
    if has_plus or around >= _OR_MORE:
        return values[0], math.inf
    if around & _AT_MOST or (at > 1 and stems[at - 2 : at] == ["up", "to"]):
        return 0, values[0]
    if around & _OVER:
        return values[0] + _JUST_OVER, math.inf
    return min(values), max(values)


def _number_of(stem: str) -> float | None:
    if stem in _ONE:
        return 1
    number = stem.rstrip("+")
    if not number[:1].isdigit() or "/" in number:
        return None
    try:
        return float(number)
    except ValueError:  # an ordinal, such as '2nd'
        return None


def surface_letters_in(text: str) -> str:
    """
    The letters of tooth surfaces in a text, such as MOD or, in front of a material, O; '' for none.

    >>> surface_letters_in("MODB amalgam #14"), surface_letters_in("O comp")
    ('MODB', 'O')
    >>> surface_letters_in("mod resin"), surface_letters_in("amal M")
    ('MOD', 'M')
    >>> surface_letters_in("what I do")
    ''
    """
    words = _WORD.findall(text.lower())
    if _SURFACES.isdisjoint(words) and _SINGLE_SURFACES.isdisjoint(words):
        return ""
    letters: str
    for letters, material in _LETTERS.findall(text):
        plain = letters.lower()
        is_meant = letters.isupper() or material or plain not in _WORDS_TOO
        is_single = material and letters.isupper() and plain in _SINGLE_SURFACES
        if is_single or (is_meant and plain in _SURFACES):
            return plain.upper()
    behind = _LETTER_BEHIND.search(text)
    return behind[1].upper() if behind and behind[1].isupper() else ""


def age_in(text: str) -> frozenset[str]:
    """
    The age groups of a number of years in a text; the limits are those of orthodontic and
    preventive codes.
    """
    lower = text.lower()
    if not any(map(lower.__contains__, _UNITS_OF_AGE)):
        return frozenset()
    found = _AGE.search(lower)
    if not found:
        return frozenset()
    number, unit, old = found.groups()
    in_months = unit.startswith("m")
    if in_months and not old:  # 'every 6 months' is no age
        return frozenset()
    years = int(number) if number.isdigit() else _NUMBER_WORDS.get(number)
    if years is None:
        return frozenset()
    return _age_groups_of(0 if in_months else years)


def _age_groups_of(years: int) -> frozenset[str]:
    return next(groups for least, groups in reversed(AGE_GROUPS) if least <= years)


def is_of_age(stem: str) -> bool:
    """
    True for the words of an age, where a text tells one.

    >>> [is_of_age(stem) for stem in ("8", "ten", "old", "molar")]
    [True, True, True, False]
    """
    return stem in ("old", "yo") or stem.isdigit() or stem in _NUMBER_WORDS


@functools.lru_cache(256)
def of_tooth(tooth: Tooth) -> frozenset[str]:
    """
    The class, dentition and arch of a tooth.

    >>> from cdtref.tooth import parse_tooth
    >>> sorted(of_tooth(parse_tooth("30")))
    ['lower', 'molar', 'permanent']
    """
    found = {tooth.tooth_class, tooth.dentition}
    if tooth.quadrant.arch:
        found.add(_ARCHES[tooth.quadrant.arch.value])
    if tooth.place == 8:
        found.add("wisdom")
    return frozenset(found)
