"""
Teeth, surfaces and areas in a plan of DuckDB or Spark.

A site is looked up as it mostly is written, in capitals or not. Only what is not found so goes the
slow way: by the steps of the scalar doors, then to what they look up.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref.errors import InvalidSiteError
from cdtref.frame import patterns
from cdtref.frame.engines import Answers, Table
from cdtref.frame.inputs import Opened
from cdtref.tooth import (
    AREA_STEPS,
    GROUP_STEPS,
    LONGEST_SITE,
    SPOKEN,
    SURFACE_STEPS,
    TEETH,
    TEETH_STEPS,
    Steps,
    Tooth,
    area_names,
    letters_in_order,
    tooth_names,
)

Plan = Any  # a LazyFrame of narwhals
FITS: Final = ("fits", "fits_front", "fits_back")
_NO_SITE: Final = "?"  # what stands for a text that is longer than any site
_FRONT, _BACK = TEETH["8"], TEETH["14"]


def _stepped(text: nw.Expr, steps: Steps) -> nw.Expr:
    """A plain text after the steps, as `tooth.spelling.taken` has it."""
    return _replaced(nw.concat_str(nw.lit(" "), text, nw.lit(" ")), steps)


def _replaced(text: nw.Expr, steps: Steps) -> nw.Expr:
    for form, instead in steps:
        text = text.str.replace_all(form, instead)
    return text


def with_teeth(opened: Opened, frame: Plan, column: str) -> Plan:
    """
    The frame with `tooth`: whether a text names a tooth or teeth, null where there is none;
    `front` and `back`: whether it names one tooth, and where that stands; `teeth`: the list where
    it does not, and `range`: where the teeth of a range alone stand.
    """
    quick, listed, number = (opened.working(name) for name in ("quick", "teeth", "number"))
    found, slowly = opened.working("found"), opened.working("slowly")
    frame = _with_capitals(opened, frame, column, quick)
    frame = _joined(opened, frame, quick, _tooth_table(quick, found, _usual_spellings()))
    no_tooth = opened.working("no_tooth")
    is_none = nw.when(nw.col(found).is_null()).then(_is_short(found, quick, patterns.SHORT_TOOTH))
    frame = frame.with_columns(is_none.otherwise(nw.lit(value=False)).alias(no_tooth))
    frame = _with_plain(opened, frame, column, listed, unless=no_tooth)
    frame = frame.with_columns(_stepped(nw.col(listed), TEETH_STEPS).alias(listed))
    bare = _replaced(nw.col(listed), patterns.WITHOUT_ZEROS)
    frame = frame.with_columns(bare.alias(number))
    names = _table_of_names(number, slowly, opened.working("range"))
    frame = _joined(opened, frame, number, names)
    is_front = nw.coalesce(found, slowly)
    frame = frame.with_columns(
        is_front.fill_null(value=False).alias(opened.working("front")),
        (~is_front).fill_null(value=False).alias(opened.working("back")),
    )
    is_one = _flag(opened, "front") | _flag(opened, "back")
    several = nw.when(~is_one).then(nw.col(listed))
    frame = frame.with_columns(several.alias(listed))
    read = _names_teeth(nw.col(listed))
    read = nw.when(nw.col(no_tooth)).then(nw.lit(value=False)).otherwise(read)
    tooth = nw.when(is_one).then(nw.lit(value=True)).otherwise(read)
    return frame.with_columns(tooth.alias(opened.working("tooth")))


def _is_short(found: str, quick: str, form: str) -> nw.Expr:
    """True where a text that was not found is one that no step would change; else null."""
    missed = nw.when(nw.col(found).is_null()).then(nw.col(quick))
    return nw.when(missed.str.contains(form)).then(nw.lit(value=True))


def _usual_spellings() -> Mapping[str, Tooth]:
    return {
        spelling: tooth
        for number, tooth in TEETH.items()
        for spelling in patterns.tooth_spellings(number)
    }


def _tooth_table(key: str, is_front: str, spelled: Mapping[str, Tooth]) -> Table:
    fronts = [tooth.position == "anterior" for tooth in spelled.values()]
    return {key: Answers(str, list(spelled)), is_front: Answers(bool, fronts)}


def _table_of_names(key: str, is_front: str, row: str) -> Table:
    """What one tooth may be called, and the ranges with where their teeth stand."""
    fronts: dict[str, bool | None] = {}
    for name, tooth in tooth_names().items():
        fronts[name] = tooth.position == "anterior"
    rows = patterns.ranges()
    for name, letters in rows.items():
        fronts[name] = letters == patterns.FRONT if len(letters) == 1 else None
    return {
        key: Answers(str, list(fronts)),
        is_front: Answers(bool, list(fronts.values())),
        row: Answers(str, [rows.get(name) for name in fronts]),
    }


def _names_teeth(listed: nw.Expr) -> nw.Expr:
    """Whether a text that took the steps is a list of teeth; null where there is none."""
    repeated = [listed.str.contains(form) for form in patterns.repeated_teeth()]
    return listed.str.contains(patterns.teeth()) & ~functools.reduce(operator.or_, repeated)


def with_surfaces(opened: Opened, frame: Plan, column: str, *, has_tooth: bool) -> Plan:
    """
    The frame with `fits`, `fits_front`, `fits_back`: whether a text names surfaces of a tooth that
    is not known, stands in front or in the back; null where there is none.
    """
    quick, plain, letters = (opened.working(name) for name in ("capitals", "surfaces", "letters"))
    slow = [opened.working(f"slow_{name}") for name in FITS]
    fits = [opened.working(name) for name in FITS]
    frame = _with_capitals(opened, frame, column, quick)
    frame = _joined(opened, frame, quick, _surface_table(quick, fits, _as_typed()))
    is_none = _is_short(fits[0], quick, patterns.SHORT_SURFACES)
    frame = frame.with_columns(nw.coalesce(name, ~is_none).alias(name) for name in fits)
    frame = _with_plain(opened, frame, column, plain, unless=fits[0])
    frame = frame.with_columns(_stepped(nw.col(plain), SURFACE_STEPS).alias(letters))
    frame = frame.with_columns(_without_class_v(nw.col(letters)).alias(letters))
    frame = _joined(opened, frame, letters, _surface_table(letters, slow, _surfaces_of_letters()))
    is_read = ~nw.col(letters).is_null()
    frame = frame.with_columns(
        nw.when(is_read)
        .then(nw.col(other).fill_null(value=False))
        .otherwise(nw.col(name))
        .alias(name)
        for name, other in zip(fits, slow, strict=True)
    )
    if not has_tooth:
        return frame
    return _with_groups(opened, frame, plain)


def _without_class_v(letters: nw.Expr) -> nw.Expr:
    """The letters without V where it tells of what kind the surface beside it is."""
    is_named = letters.str.contains(patterns.FACIAL) & ~letters.str.contains(patterns.TWICE_V)
    bare = letters.str.replace_all("V", "", literal=True)
    return nw.when(is_named).then(bare).otherwise(letters)


def _surface_table(
    key: str, names: Sequence[str], spelled: Mapping[str, tuple[bool, bool, bool]]
) -> Table:
    table = {key: Answers(str, list(spelled))}
    for place, name in enumerate(names):
        table[name] = Answers(bool, [fits[place] for fits in spelled.values()])
    return table


@functools.cache
def _surfaces_of_letters() -> Mapping[str, tuple[bool, bool, bool]]:
    """All letters that name surfaces of some tooth, in any order, and of which."""
    found = {}
    for count in range(1, 6):  # no tooth has more than five surfaces
        for chosen in itertools.combinations("MODBLIFV", count):
            letters = "".join(chosen)
            fits = _fits(letters, None), _fits(letters, _FRONT), _fits(letters, _BACK)
            if any(fits):
                found.update(dict.fromkeys(map("".join, itertools.permutations(letters)), fits))
    return found


def _as_typed() -> dict[str, tuple[bool, bool, bool]]:
    """Those of them that are read as they stand; LV is L."""
    return {
        letters: fits for letters, fits in _surfaces_of_letters().items() if "LV" not in letters
    }


def _fits(letters: str, tooth: Tooth | None) -> bool:
    try:
        letters_in_order(letters, tooth, letters)
    except InvalidSiteError:
        return False
    return True


def _with_groups(opened: Opened, frame: Plan, plain: str) -> Plan:
    """
    The frame with `grouped`: whether surfaces are told tooth by tooth; `each_fits`: whether all of
    them can be; `some_lack`: whether a tooth has none.

    Beside a range in a list the teeth are not counted: surfaces that could be told tooth by tooth
    are.
    """
    names = "positions", "groups", "grouped", "each_fits", "some_lack"
    positions, groups, grouped, each_fits, some_lack = map(opened.working, names)
    listed = nw.col(opened.working("teeth"))
    is_several = _flag(opened, "tooth").fill_null(value=False) & ~listed.is_null()
    is_open = is_several & nw.col(plain).str.contains("[,;]")
    frame = frame.with_columns(
        nw.when(is_open)
        .then(nw.coalesce(opened.working("range"), _letters_of_teeth(listed)))
        .alias(positions),
        nw.when(is_open).then(_stepped(nw.col(plain), GROUP_STEPS)).alias(groups),
    )
    is_range = nw.col(positions).str.contains("-")
    demands = _demands_of(nw.col(groups))
    is_as_many = demands.str.len_chars() == nw.col(positions).str.len_chars()
    fits = ~nw.col(groups).str.contains(patterns.NO_GROUPS)
    fits_teeth = ~_side_by_side(nw.col(positions), demands).str.contains(patterns.MISPLACED)
    told = {
        grouped: is_as_many | (is_range & fits),
        each_fits: fits & (is_range | fits_teeth),
        some_lack: ~is_range & demands.str.contains(patterns.BLANK),
    }
    return frame.with_columns(
        flag.fill_null(value=False).alias(name) for name, flag in told.items()
    )


def _letters_of_teeth(listed: nw.Expr) -> nw.Expr:
    marked = nw.concat_str(nw.lit("_"), listed.str.replace_all(" ", " _"), nw.lit(" "))
    return _replaced(marked, patterns.positions())


def _demands_of(groups: nw.Expr) -> nw.Expr:
    marked = nw.concat_str(nw.lit("_"), groups.str.replace_all(",", ",_"))
    return _replaced(marked, patterns.DEMANDS)


def _side_by_side(positions: nw.Expr, demands: nw.Expr) -> nw.Expr:
    filled = nw.concat_str(positions, nw.lit("." * patterns.MOST_TEETH))
    return nw.concat_str(filled.str.slice(0, patterns.MOST_TEETH), demands)


def with_area(opened: Opened, frame: Plan, column: str) -> Plan:
    """The frame with `area`: whether a text names some, null where there is none."""
    quick, listed, area = (opened.working(name) for name in ("area_quick", "areas", "area"))
    frame = _with_capitals(opened, frame, column, quick)
    frame = _joined(opened, frame, quick, _area_table(quick, area, _usual_areas()))
    is_none = _is_short(area, quick, patterns.SHORT_AREA)
    frame = frame.with_columns(nw.coalesce(area, ~is_none).alias(area))
    frame = _with_plain(opened, frame, column, listed, unless=area)
    frame = frame.with_columns(_stepped(nw.col(listed), AREA_STEPS).alias(listed))
    slowly = opened.working("area_slowly")
    frame = _joined(opened, frame, listed, _area_table(listed, slowly, area_names()))
    is_area = nw.coalesce(area, slowly)
    names_some = nw.when(is_area.is_null()).then(nw.col(listed)).str.contains(patterns.areas())
    return frame.with_columns(nw.coalesce(is_area, names_some).alias(area))


def _usual_areas() -> set[str]:
    """How areas are mostly spoken of, and all names of one short word."""
    return {*SPOKEN, *(name for name in area_names() if name.isalnum())}


def _area_table(key: str, is_area: str, names: Iterable[str]) -> Table:
    keys = list(names)
    return {key: Answers(str, keys), is_area: Answers(bool, [True] * len(keys))}


def _flag(opened: Opened, name: str) -> nw.Expr:
    return nw.col(opened.working(name))


def _joined(opened: Opened, frame: Plan, key: str, table: Table) -> Plan:
    return nw.from_native(opened.engine.join(frame.to_native(), key, table))


def _with_capitals(opened: Opened, frame: Plan, column: str, name: str) -> Plan:
    return nw.from_native(opened.engine.with_capitals(frame.to_native(), column, name))


def _with_plain(opened: Opened, frame: Plan, column: str, name: str, unless: str) -> Plan:
    """
    The frame with a site's text as `area.plain_text` has it, where *unless* is null. One too long
    to be a site is replaced, and a blank one is null, for a blank field is an absent one.
    """
    native = opened.engine.with_plain(frame.to_native(), column, name, unless)
    text = nw.col(name)
    bounded = nw.when(text.str.len_chars() > LONGEST_SITE).then(nw.lit(_NO_SITE)).otherwise(text)
    present = nw.when(text != "").then(bounded)
    return nw.from_native(native).with_columns(present.alias(name))
