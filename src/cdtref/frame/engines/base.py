"""What the engines have in common, and by which names each does what it does in its own way."""

from __future__ import annotations

import bisect
import datetime as dt
import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

import narwhals.stable.v2 as nw

from cdtref.frame.kinds import Dialect, Kind

_TEXTS: Final = (nw.String, nw.Categorical, nw.Enum)
_DATES: Final = (nw.Date, nw.Datetime)
_NULLS: Final = ("null", "null[pyarrow]", "nulltype")


class Answers(NamedTuple):
    """
    A column of answers of one kind, each of them or None: str, bool, int, Decimal or date; in a
    frame of whole columns also lists, and dicts in these.
    """

    kind: Kind
    values: Sequence[Any]


Table = Mapping[str, Answers]
_HALF: Final = 2**30
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


class Engine(ABC):
    """
    A DataFrame engine. Frames and columns are its own, so nobody else looks into them.

    Attributes:
        package: The library that it stands for, which is imported when a frame of it is given.
        folds_names: True where names that differ in capitals only are one, as in SQL.
        dialect: Its types for what a column may hold.
    """

    package: ClassVar[str]
    dialect: Dialect
    folds_names: ClassVar[bool] = False

    def __init__(self) -> None:
        self._library: Any = importlib.import_module(self.package)

    def names_of(self, native: Any) -> list[Any]:
        """The names of the columns, one that is there twice twice."""
        return list(native.columns)

    def sameness(self) -> Callable[[Any], Any]:
        """What two names of columns have in common that are the same to the engine."""
        folds = self.folds_names
        return lambda name: name.casefold() if folds and isinstance(name, str) else name

    def fault_of_name(self, name: str, *, is_read: bool) -> str | None:  # noqa: ARG002
        """What stands in the way of a column of this name, or None."""
        return None

    def takes_text(self, native: Any, column: str, kind: Any) -> bool:
        """True for a column that may hold texts and nothing else."""
        return isinstance(kind, _TEXTS) or self._is_null_typed(native, column, kind)

    def takes_date(self, native: Any, column: str, kind: Any) -> bool:
        """True for a column that may hold dates or times and nothing else."""
        return isinstance(kind, _DATES) or self._is_null_typed(native, column, kind)

    def takes_number(self, native: Any, column: str, kind: Any) -> bool:
        """True for a column that may hold numbers and nothing else."""
        return kind.is_numeric() or self._is_null_typed(native, column, kind)

    def _is_null_typed(self, native: Any, column: str, kind: Any) -> bool:
        # narwhals does not tell a type of nothing but nulls from one that it does not know
        if not isinstance(kind, nw.Unknown):
            return False
        return str(self._type_of(native, column)).casefold().strip('"') in _NULLS

    @abstractmethod
    def _type_of(self, native: Any, column: str) -> object:
        """The engine's own type of a column."""

    def type_name(self, kind: Kind) -> str:
        """Its type for a kind, in words."""
        return str(self.dialect.name(kind))

    @abstractmethod
    def frame_of(self, columns: Table) -> Any:
        """A frame of its own, of these columns."""

    @abstractmethod
    def without(self, native: Any, names: Iterable[str]) -> Any:
        """The frame without these columns; no other is named, since a name may mean several."""


def is_older(library: Any, *version: int) -> bool:
    """True for a library before a version, such as 1, 38."""
    numbers = library.__version__.split(".")
    return tuple(map(int, numbers[: len(version)])) < version


class InMemory(Engine):
    """
    An engine whose tables lie in memory: each distinct value of a column is read once, and the
    answers are gathered by its place among them.
    """

    @abstractmethod
    def encode(self, native: Any, column: str) -> tuple[list[Any], Any]:
        """The distinct texts of a column, with None at last, and each row's place among them."""

    @abstractmethod
    def renumber(self, places: Any, numbers: Sequence[int]) -> Any:
        """For each place the number that stands there: places again, or greater numbers."""

    @abstractmethod
    def multiplied(self, places: Any, factor: int, *, wide: bool) -> Any:
        """
        Each place times a factor, which is faster than to look each up; *wide* as `are_wide` says.
        """

    @abstractmethod
    def total(self, parts: Sequence[Any]) -> Any:
        """The sum of several numbers for each row."""

    @abstractmethod
    def take(self, answers: Answers, places: Any) -> Any:
        """A column of the answers at the places."""

    @abstractmethod
    def numbered(self, native: Any, column: str) -> Any:
        """
        A number from 0 on for each row, the same for the same value whatever its type; -1 for a
        null.
        """

    @abstractmethod
    def days(self, native: Any, date: str, missing: int) -> Any:
        """For each row the number of its day since 1970 began, and *missing* for a null."""

    def eras(self, native: Any, date: str, starts: Sequence[dt.date]) -> Any:
        """
        For each row how many days of *starts*, which are in order, are not after its own; one more
        than all of them for a null.
        """
        days = [start.toordinal() - _EPOCH for start in starts] or [0]
        first, last = days[0] - 1, days[-1]
        counts = [bisect.bisect(days, day) for day in range(first, last + 1)]
        if not starts:
            counts = [0] * len(counts)
        counts.append(len(starts) + 1)
        return self.renumber(self.day_places(native, date, first, last), counts)

    @abstractmethod
    def day_places(self, native: Any, date: str, first: int, last: int) -> Any:
        """
        For each row the place of its day among those from *first* to *last*, numbers of days since
        1970 began; an earlier day has that of the first, a later one that of the last, and a null
        the place behind it.
        """

    @abstractmethod
    def with_columns(self, native: Any, columns: Mapping[str, Any]) -> Any:
        """The frame with further columns at its end."""


class Lazy(Engine):
    """
    An engine that plans and has no Python in its plans: it joins small tables, and nothing is
    collected.
    """

    @abstractmethod
    def with_code(self, native: Any, column: str, name: str) -> Any:
        """The frame with a column *name*: the text without outer space, by `CODE_SIGNS`."""

    @abstractmethod
    def with_texts(self, native: Any, columns: Mapping[str, str]) -> Any:
        """The frame with further columns: the texts of others, by the new names; "" for a null."""

    @abstractmethod
    def with_plain(self, native: Any, columns: Mapping[str, str]) -> Any:
        """
        The frame with further columns: the texts of others without outer space, by `SITE_SIGNS`.
        """

    @abstractmethod
    def join(self, native: Any, key: str, table: Table) -> Any:
        """The frame with the columns of a small table, by a left join on *key*, one of both."""

    def look_up(self, native: Any, tables: Iterable[Table]) -> Any:
        """
        The frame with the columns of small tables, each by its first one; the frame has that too.
        """
        for table in tables:
            native = self.join(native, next(iter(table)), table)
        return native


class Deferring(Engine):
    """A lazy engine that hands its tables to Python in memory when its plan is worked out."""

    @abstractmethod
    def batched(
        self,
        native: Any,
        columns: Sequence[str],
        work: Callable[[Any], Any],
        kinds: Mapping[str, Kind],
        name: str,
    ) -> Any:
        """
        The frame with the columns of *kinds* at its end, which *work* adds to frames in memory: of
        *columns* alone, and of some rows at a time, since a row's answer rests on that row alone.
        *name* is that of no column.
        """

    @abstractmethod
    def deferred(self, native: Any, work: Callable[[Any], Any], names: Iterable[str]) -> Any:
        """
        The frame that *work* makes of the whole one in memory, with further columns of text at its
        end.

        Nothing passes by that step, since what is left out there would change its answers.
        """


class Grouping(Lazy):
    """A lazy engine that hands groups of rows to Python when its plan is worked out."""

    @abstractmethod
    def with_places(self, native: Any, group: str, columns: Iterable[str], name: str) -> Any:
        """
        The frame with a column *name*: the place of each row in its group, from 0, in the order of
        *columns*. Only of rows that are alike in all of them does nobody know which comes first.
        """

    @abstractmethod
    def asked_groups(
        self,
        native: Any,
        group: str,
        columns: Iterable[str],
        same: str,
        is_asked: Callable[[Sequence[Sequence[str]], bool], bool],
    ) -> Any:
        """
        The values of *group* of which *is_asked* says yes, as a frame of that column: it takes the
        rows of *columns* as texts, "" for a null, and whether all have the same in *same*. Groups
        whose rows say the same are asked about once, and one of which the texts cannot be told
        apart is there unasked.
        """

    @abstractmethod
    def told_of_groups(
        self,
        native: Any,
        group: str,
        columns: Iterable[str],
        told_of: Callable[[Sequence[Sequence[str]]], Sequence[Mapping[str, Any]]],
        answers: Mapping[str, type],
    ) -> Any:
        """
        What *told_of* says of each group: it takes the group's rows of *columns* as texts, "" for a
        null, and gives rows of *answers*. What has no group is passed over.
        """


def are_wide(numbers: Sequence[int]) -> bool:
    """True for numbers whose sum with lower ones of their row may not fit in 32 bits."""
    return max(numbers, default=0) >= _HALF
