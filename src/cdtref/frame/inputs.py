"""
The columns of a DataFrame: those that are read must be there and hold texts or dates; the answers
replace those of their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import narwhals.stable.v2 as nw

from cdtref.errors import DataFormatError, listed_names, quoted_name
from cdtref.frame.copies import days_of_texts, require_iso_days, texts_of_numbers
from cdtref.frame.engines import Engine, InMemory, engine_of

FrameT = TypeVar("FrameT")
"""A DataFrame of any engine: what comes in goes out as the same kind."""

_MOST_ALIKE: Final = 3  # of columns with one name, those that a message shows
_OURS: Final = "cdt__"
_COPY: Final = "copy_"
_Kind = tuple[str, Any]  # a column as the table names it, and its type


class Opened(NamedTuple):
    """
    A DataFrame whose columns were looked at, without those that the answers replace.

    `prefix` begins the names of the columns in between; no column of the frame has it. `copied` are
    the columns in whose place such a copy is read, as a column of numbers that are teeth.
    """

    engine: Any  # an `InMemory` for the module `memory`, a `Lazy` for `plan`
    native: Any
    prefix: str
    copied: tuple[str, ...] = ()

    def working(self, name: str) -> str:
        """The name of a column in between."""
        return f"{self.prefix}{name}"

    def read_as(self, name: str | None) -> str | None:
        """The column that is read in place of *name*: mostly that itself."""
        if name is None or name not in self.copied:
            return name
        return self.working(f"{_COPY}{self.copied.index(name)}")

    def with_copies(self, copies: Mapping[str, nw.Expr]) -> Opened:
        """With these columns in place of those of the names."""
        held = self._replace(copied=tuple(copies))
        named = [copy.alias(str(held.read_as(name))) for name, copy in copies.items()]
        native = nw.from_native(self.native).with_columns(*named).to_native()
        return held._replace(native=native)

    def without_copies(self, native: Any) -> Any:
        """The answer without what was read in place of others; a plan has left it behind."""
        if not self.copied:
            return native  # of a plan to ask for the names is work
        copies = list(map(self.read_as, self.copied))
        held = [name for name in self.engine.names_of(native) if name in copies]
        return self.engine.without(native, held) if held else native


def opened(  # noqa: PLR0913  # a column of each kind
    df: object,
    outputs: Sequence[str],
    texts: Sequence[str | None],
    day: str | None,
    *,
    number: str | None = None,
    others: Sequence[str] = (),
    numbered: str | None = None,
) -> Opened:
    """
    *df* made ready: *texts* are the columns of texts that are read, the first of which must be
    named, *day* is that of dates or ISO texts, *number* that of numbers, *others* may hold
    anything, and *numbered* is the one of the texts that may hold numbers in their place.

    Raises:
        DataFormatError: a column is missing, double, of a wrong type, or would be overwritten.
        TypeError: *df* is no DataFrame that is supported, or a name of a column no text.
    """
    names = _names_given([*texts, day, number, *others])
    engine = engine_of(df)
    columns = engine.names_of(df)
    same = engine.sameness()
    _require_single_names(columns, engine)
    _require_known_names(columns, names, engine)
    for name in names:
        if same(name) in outputs:
            problem = "is read and would be overwritten by the answer; rename it first"
            raise _column_fault(name, problem)
    kinds = _kinds_of(df, engine)
    copies = _copies_of(df, engine, kinds, day, numbered)
    looked_at = [name for name in names if name not in (*others, *copies)]
    _require_kinds(df, engine, {name: kinds[same(name)] for name in looked_at}, day, number)
    replaced = [name for name in columns if same(name) in outputs]
    native = engine.without(df, replaced) if replaced else df
    ready = Opened(engine, native, _free_prefix(columns))
    return ready.with_copies(copies) if copies else ready


def _copies_of(
    df: Any, engine: Engine, kinds: Mapping[str, _Kind], day: str | None, numbered: str | None
) -> dict[str, nw.Expr]:
    copies = {}
    same = engine.sameness()
    if numbered is not None:
        _, kind = kinds[same(numbered)]
        if kind.is_numeric():
            copies[numbered] = texts_of_numbers(numbered, kind)
    if day is not None and isinstance(kinds[same(day)][1], nw.String):
        if isinstance(engine, InMemory):
            require_iso_days(nw.from_native(df)[day].unique().to_list(), day)
        copies[day] = days_of_texts(day)
    return copies


def _names_given(columns: Sequence[str | None]) -> list[str]:
    code, *others = columns
    names = [code, *(name for name in others if name is not None)]
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"the name of a column is expected, not {type(name).__name__}")
    return [name for name in names if name is not None]


def _free_prefix(columns: Iterable[Any]) -> str:
    """A beginning that no name has, in capitals or not: a column of the user's is never ours."""
    taken = [name.casefold() for name in columns if isinstance(name, str)]
    prefix = _OURS
    while any(name.startswith(prefix) for name in taken):
        prefix += "_"
    return prefix


def _require_single_names(columns: Sequence[Any], engine: Engine) -> None:
    """A name that two columns have answers with either of them, or loses one."""
    levels = [name for name in columns if isinstance(name, tuple)]
    if levels:
        problem = f"the columns have several levels, such as {quoted_name(levels[0])}"
        raise DataFormatError(f"{problem}; name them by one text each", column=str(levels[0]))
    counts = Counter(map(engine.sameness(), columns))
    for name, count in counts.items():
        if count > 1:
            alike = [column for column in columns if engine.sameness()(column) == name]
            shown = " and ".join(map(quoted_name, alike[:_MOST_ALIKE]))
            message = f"{count} columns have one name: {shown}; rename them first"
            raise DataFormatError(message, column=str(alike[0]))


def _require_known_names(columns: Sequence[Any], names: Iterable[str], engine: Engine) -> None:
    same = engine.sameness()
    for name in columns:
        problem = engine.fault_of_name(name, is_read=name in names)
        if problem is not None:
            raise _column_fault(name, f"{problem}; rename it first")
    for name in names:
        if same(name) not in map(same, columns):
            shown = listed_names(columns)
            message = f"there is no column {quoted_name(name)}; the columns are {shown}"
            raise DataFormatError(message, column=name)


def _require_kinds(
    df: Any, engine: Engine, kinds: Mapping[str, _Kind], day: str | None, number: str | None
) -> None:
    for name, (column, kind) in kinds.items():
        if name == day:
            takes, wanted = engine.takes_date, "a date"
        elif name == number:
            takes, wanted = engine.takes_number, "a number"
        else:
            takes, wanted = engine.takes_text, "text"
        if not takes(df, column, kind):
            raise _column_fault(name, f"is {kind}, where {wanted} is expected; convert it first")


def _kinds_of(df: Any, engine: Engine) -> dict[str, _Kind]:
    """The columns with their types, by the names under which the engine knows them."""
    schema = nw.from_native(df).collect_schema()
    return {engine.sameness()(name): (name, kind) for name, kind in schema.items()}


def _column_fault(name: str, problem: str) -> DataFormatError:
    return DataFormatError(f"the column {quoted_name(name)} {problem}", column=name)
