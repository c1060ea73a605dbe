"""
Teeth, surfaces and areas in a plan of DuckDB or Spark.

A site is looked up as it mostly is written. Only what is not found so goes the slow way: by the
steps of the scalar doors, then to what they look up. There most rows are null, which an engine
passes over.
"""

from __future__ import annotations

import functools
import itertools
import operator
import string
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

import narwhals.stable.v2 as nw

from cdtref.errors import InvalidSiteError
from cdtref.frame import patterns, rules
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
    parse_areas,
    parse_surfaces,
    parse_teeth,
    tooth_names,
)

Plan = Any  # a LazyFrame of narwhals
_NO_SITE: Final = "?"  # what stands for a text that is longer than any site
_TEETH: Final = (None, TEETH["8"], TEETH["14"])  # not known, in front, in the back
_SIGNS: Final = string.digits + string.ascii_uppercase
_BLANK: Final = {"": 0}  # a null is read as one; 0 is the number of an absent field


def with_sites(opened: Opened, frame: Plan, columns: rules.LineColumns) -> Plan:
    """
    The frame with `site`, the number of the kind of a line's teeth with their surfaces, and `area`,
    that of its areas; 0 for a field that is not judged.
    """
    named = {"teeth": columns.tooth, "surfaces": columns.surfaces, "area": columns.area}
    fields = {field: column for field, column in named.items() if column is not None}
    if fields:
        frame = _with_quick_numbers(opened, frame, fields)
        frame = _with_slow_texts(opened, frame, fields)
        frame = _with_slow_numbers(opened, frame, fields)
    if "teeth" in fields and "surfaces" in fields:
        frame = _with_groups(opened, frame)
    area = nw.lit(0)
    if "area" in fields:
        area = nw.coalesce(opened.working("quick_area"), opened.working("slow_area"))
    site = nw.coalesce(_site_number(opened, fields, "quick"), _site_number(opened, fields, "slow"))
    return frame.with_columns(
        site.alias(opened.working("site")), area.alias(opened.working("area"))
    )


def _site_number(opened: Opened, fields: Collection[str], way: str) -> nw.Expr:
    """Null where a field has no number on that way."""
    number = nw.lit(0)
    if "teeth" in fields:
        number = _column(opened, f"{way}_teeth") * rules.SURFACES
    if "surfaces" in fields:
        number += _column(opened, f"{way}_surfaces")
    return number


class _Field(NamedTuple):
    """
    What is known of a field before a row is seen.

    Attributes:
        written: The numbers of its texts as they mostly are written, right or wrong.
        steps: What the scalar doors do to a plain text.
        key: What is done then, for a look-up.
        names: The numbers of what is looked up.
        read: The number of a text after the steps that is not found there.
    """

    written: Callable[[], Mapping[str, int]]
    steps: Steps
    key: Callable[[nw.Expr], nw.Expr]
    names: Callable[[], Mapping[str, int]]
    read: Callable[[nw.Expr], nw.Expr]


# As it mostly is written


def _with_quick_numbers(opened: Opened, frame: Plan, fields: Mapping[str, str]) -> Plan:
    texts = {opened.working(f"{field}_text"): column for field, column in fields.items()}
    native = opened.engine.with_texts(frame.to_native(), texts)
    tables = []
    for field in fields:
        written = _FIELDS[field].written()
        tables.append(_number_table(opened, f"{field}_text", f"quick_{field}", written))
    return nw.from_native(opened.engine.look_up(native, tables))


def _number_table(opened: Opened, key: str, name: str, numbers: Mapping[str, int]) -> Table:
    return {
        opened.working(key): Answers(str, list(numbers)),
        opened.working(name): Answers(int, list(numbers.values())),
    }


@functools.cache
def _teeth_as_written() -> Mapping[str, int]:
    numbers = {text: _number_of_teeth(text) for text in _short_texts()}
    numbers.update(_names_of_teeth())
    for number, tooth in TEETH.items():
        for spelling in patterns.tooth_spellings(number):
            numbers[spelling] = numbers[spelling.lower()] = _kind_of_tooth(tooth)
    return numbers | _BLANK


def _short_texts() -> Iterator[str]:
    """Most that is wrong is as short as these."""
    for count in (1, 2):
        yield from map("".join, itertools.product(_SIGNS, repeat=count))


def _number_of_teeth(text: str) -> int:
    """The number of a text that names one tooth or none."""
    try:
        (tooth,) = parse_teeth(text)
    except InvalidSiteError:
        return rules.WRONG_TEETH
    return _kind_of_tooth(tooth)


def _kind_of_tooth(tooth: Tooth) -> int:
    return rules.FRONT_TOOTH if tooth.position == "anterior" else rules.BACK_TOOTH


def _kind_of_range(letters: str) -> int:
    alone = {patterns.FRONT: rules.FRONT_TOOTH, patterns.BACK: rules.BACK_TOOTH}
    return alone.get(letters, rules.SEVERAL_TEETH)


@functools.cache
def _surfaces_as_written() -> Mapping[str, int]:
    numbers = {}
    for letters, number in _surfaces_of_letters().items():
        if "LV" not in letters:  # which is read as L
            numbers[letters] = numbers[letters.lower()] = number
    for text in _short_texts():
        fits = [is_site(parse_surfaces, text, tooth) for tooth in _TEETH]
        numbers[text] = rules.kind_of_surfaces(fits)
    return numbers | _BLANK


@functools.cache
def _areas_as_written() -> Mapping[str, int]:
    """How areas are mostly spoken of, and all names of one short word."""
    names = {*SPOKEN, *(name for name in area_names() if name.isalnum())}
    numbers = dict.fromkeys(_short_texts(), rules.WRONG_AREA)
    for name in names | set(filter(functools.partial(is_site, parse_areas), numbers)):
        numbers[name] = numbers[name.lower()] = rules.GOOD_AREA
    return numbers | _BLANK


def is_site(parse: Callable[..., object], *given: object) -> bool:
    """True where a scalar door reads what was given."""
    try:
        parse(*given)
    except InvalidSiteError:
        return False
    return True


# By the steps of the scalar doors


def _with_slow_texts(opened: Opened, frame: Plan, fields: Collection[str]) -> Plan:
    """
    The frame with the plain texts of the fields where one is not known yet: of teeth and surfaces
    both where one of them is not, since they are read together.
    """
    both = [_column(opened, f"quick_{field}") for field in fields if field != "area"]
    texts = []
    for field in fields:
        unknown = [_column(opened, "quick_area")] if field == "area" else both
        is_open = functools.reduce(operator.or_, (number.is_null() for number in unknown))
        text = nw.when(is_open).then(_column(opened, f"{field}_text"))
        texts.append(text.alias(opened.working(f"open_{field}")))
    names = {opened.working(field): opened.working(f"open_{field}") for field in fields}
    return _with_plain(opened, frame.with_columns(texts), names)


def _with_plain(opened: Opened, frame: Plan, columns: Mapping[str, str]) -> Plan:
    """
    The frame with the texts of sites as `area.plain_text` has them, a new column for each. One too
    long to be a site is replaced, and a blank one is null, for a blank field is an absent one.
    """
    frame = nw.from_native(opened.engine.with_plain(frame.to_native(), columns))
    plain = []
    for name in columns:
        text = nw.col(name)
        is_long = text.str.len_chars() > LONGEST_SITE
        bounded = nw.when(is_long).then(nw.lit(_NO_SITE)).otherwise(text)
        present = nw.when(text != "").then(bounded)
        plain.append(_where_it_is(text, present).alias(name))
    return frame.with_columns(plain)


def _with_slow_numbers(opened: Opened, frame: Plan, fields: Collection[str]) -> Plan:
    """The frame with the numbers of those texts, and with `range`: where a range's teeth stand."""
    stepped, keys, numbers, tables = [], [], [], []
    for name in fields:
        field, key = _FIELDS[name], f"key_{name}"
        text, found = _column(opened, f"stepped_{name}"), f"slow_{name}"
        plain = _column(opened, name)
        taken = _where_it_is(plain, _stepped(plain, field.steps))
        stepped.append(taken.alias(opened.working(f"stepped_{name}")))
        keys.append(_where_it_is(text, field.key(text)).alias(opened.working(key)))
        tables.append(_number_table(opened, key, found, field.names()))
        read = nw.when(text.is_null()).then(nw.lit(0)).otherwise(field.read(text))
        numbers.append(nw.coalesce(opened.working(found), read).alias(opened.working(found)))
    if "teeth" in fields:
        tables.append(_range_table(opened))
    frame = frame.with_columns(stepped).with_columns(keys)
    native = opened.engine.look_up(frame.to_native(), tables)
    return nw.from_native(native).with_columns(numbers)


def _where_it_is(text: nw.Expr, told: nw.Expr) -> nw.Expr:
    """Null where a text is null, without a look at each of them at every step."""
    return nw.when(~text.is_null()).then(told)


def _stepped(text: nw.Expr, steps: Steps) -> nw.Expr:
    """A plain text after the steps, as `tooth.spelling.taken` has it."""
    return _replaced(nw.concat_str(nw.lit(" "), text, nw.lit(" ")), steps)


def _replaced(text: nw.Expr, steps: Steps) -> nw.Expr:
    for form, instead in steps:
        text = text.str.replace_all(form, instead)
    return text


def _without_zeros(listed: nw.Expr) -> nw.Expr:
    return _replaced(listed, patterns.WITHOUT_ZEROS)


def _without_class_v(letters: nw.Expr) -> nw.Expr:
    """The letters without V where it tells of what kind the surface beside it is."""
    is_named = letters.str.contains(patterns.FACIAL) & ~letters.str.contains(patterns.TWICE_V)
    bare = letters.str.replace_all("V", "", literal=True)
    return nw.when(is_named).then(bare).otherwise(letters)


def _names_of_teeth() -> Mapping[str, int]:
    """What one tooth may be called, and the ranges."""
    numbers = {name: _kind_of_range(letters) for name, letters in patterns.ranges().items()}
    for name, tooth in tooth_names().items():
        numbers.setdefault(name, _kind_of_tooth(tooth))
    return numbers


def _range_table(opened: Opened) -> Table:
    rows = patterns.ranges()
    return {
        opened.working("key_teeth"): Answers(str, list(rows)),
        opened.working("range"): Answers(str, list(rows.values())),
    }


def _kind_of_list(listed: nw.Expr) -> nw.Expr:
    repeated = [listed.str.contains(form) for form in patterns.repeated_teeth()]
    is_list = listed.str.contains(patterns.teeth()) & ~functools.reduce(operator.or_, repeated)
    return _chosen(is_list, rules.SEVERAL_TEETH, rules.WRONG_TEETH)


@functools.cache
def _surfaces_of_letters() -> Mapping[str, int]:
    """All letters that name surfaces of some tooth, in any order, with the number of their kind."""
    found = {}
    for count in range(1, 6):  # no tooth has more than five surfaces
        for chosen in itertools.combinations("MODBLIFV", count):
            letters = "".join(chosen)
            fits = [is_site(letters_in_order, letters, tooth, letters) for tooth in _TEETH]
            if any(fits):
                orders = map("".join, itertools.permutations(letters))
                found.update(dict.fromkeys(orders, rules.kind_of_surfaces(fits)))
    return found


def _area_kinds() -> Mapping[str, int]:
    return dict.fromkeys(area_names(), rules.GOOD_AREA)


def _kind_of_areas(listed: nw.Expr) -> nw.Expr:
    return _chosen(listed.str.contains(patterns.areas()), rules.GOOD_AREA, rules.WRONG_AREA)


def _chosen(condition: nw.Expr, number: int, other: int) -> nw.Expr:
    return nw.when(condition).then(nw.lit(number)).otherwise(nw.lit(other))


_FIELDS: Final = {
    "teeth": _Field(
        _teeth_as_written,
        TEETH_STEPS,
        _without_zeros,
        _names_of_teeth,
        _kind_of_list,
    ),
    "surfaces": _Field(
        _surfaces_as_written,
        SURFACE_STEPS,
        _without_class_v,
        _surfaces_of_letters,
        lambda _: nw.lit(rules.WRONG_SURFACES),
    ),
    "area": _Field(
        _areas_as_written,
        AREA_STEPS,
        lambda listed: listed,
        _area_kinds,
        _kind_of_areas,
    ),
}


# Surfaces that are told tooth by tooth


def _with_groups(opened: Opened, frame: Plan) -> Plan:
    """
    The frame with `slow_surfaces` anew where surfaces are told tooth by tooth.

    Beside a range in a list the teeth are not counted: surfaces that could be told tooth by tooth
    are.
    """
    plain, listed = _column(opened, "surfaces"), _column(opened, "stepped_teeth")
    is_several = _column(opened, "slow_teeth") == rules.SEVERAL_TEETH
    is_open = _where_it_is(plain, is_several & plain.str.contains("[,;]"))
    positions = nw.coalesce(opened.working("range"), _letters_of_teeth(listed))
    told = {"positions": positions, "groups": _stepped(plain, GROUP_STEPS)}
    frame = frame.with_columns(
        nw.when(is_open).then(expr).alias(opened.working(name)) for name, expr in told.items()
    )
    groups = _column(opened, "groups")
    demands = _where_it_is(groups, _demands_of(groups))
    frame = frame.with_columns(demands.alias(opened.working("demands")))
    surfaces = _surfaces_by_tooth(opened)
    return frame.with_columns(surfaces.alias(opened.working("slow_surfaces")))


def _surfaces_by_tooth(opened: Opened) -> nw.Expr:
    """The number of surfaces, anew where there is a group of them for each tooth."""
    names = "positions", "groups", "demands"
    positions, groups, demands = (_column(opened, name) for name in names)
    is_range = positions.str.contains("-")
    is_as_many = demands.str.len_chars() == positions.str.len_chars()
    fits = ~groups.str.contains(patterns.NO_GROUPS)
    fits_teeth = ~_side_by_side(positions, demands).str.contains(patterns.MISPLACED)
    some_lack = ~is_range & demands.str.contains(patterns.BLANK)
    number = _chosen(some_lack, rules.NO_SURFACES, rules.GOOD_SURFACES)
    each_fits = fits & (is_range | fits_teeth)
    by_tooth = nw.when(each_fits).then(number).otherwise(nw.lit(rules.WRONG_SURFACES))
    is_grouped = _where_it_is(groups, is_as_many | (is_range & fits))
    return nw.when(is_grouped).then(by_tooth).otherwise(_column(opened, "slow_surfaces"))


def _letters_of_teeth(listed: nw.Expr) -> nw.Expr:
    marked = nw.concat_str(nw.lit("_"), listed.str.replace_all(" ", " _"), nw.lit(" "))
    return _replaced(marked, patterns.positions())


def _demands_of(groups: nw.Expr) -> nw.Expr:
    marked = nw.concat_str(nw.lit("_"), groups.str.replace_all(",", ",_"))
    return _replaced(marked, patterns.DEMANDS)


def _side_by_side(positions: nw.Expr, demands: nw.Expr) -> nw.Expr:
    filled = nw.concat_str(positions, nw.lit("." * patterns.MOST_TEETH))
    return nw.concat_str(filled.str.slice(0, patterns.MOST_TEETH), demands)


def _column(opened: Opened, name: str) -> nw.Expr:
    return nw.col(opened.working(name))
