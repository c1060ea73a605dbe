"""
Every error that cdtref raises on purpose, in one tree.

Form, fact and date are three different questions, and each has its own error: `InvalidCodeError`
(not the form of any code), `UnknownCodeError` (right form, not in this catalog or release),
`NotInForceError` (known, but not on that date). All carry what they speak of as attributes, None or
() where there is nothing to say, and survive pickling.

What a caller gave and could mend is a `ValueError` too: validators of web frameworks turn those
into messages.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from os import PathLike, fspath
from typing import Final

from cdtref.codesystem import CodeSystem

_LONGEST_TITLE: Final = 60  # of a column, in the place of an error
_QUOTED: Final = 24  # characters of bad input that a message repeats
_MOST_NAMES: Final = 100  # names that a message lists, and the characters that it has for them
_LONGEST_LIST: Final = 400
_LONGEST_MESSAGE: Final = 950  # characters; a path alone may have 4,096
_HEAD_OF_MESSAGE: Final = 600
_TAIL_OF_MESSAGE: Final = 300


def quoted(text: str, most: int = _QUOTED) -> str:
    """
    A short piece of bad input for a message, in quotes.

    >>> quoted(" D0389 "), quoted("a line that somebody pasted")
    ("'D0389'", "'a line that somebody pas'...")
    """
    stripped = text.strip()
    if len(stripped) <= most:
        return repr(stripped)
    return f"{stripped[:most]!r}..."


def shown(value: object) -> str:
    """
    A bad value of any kind for a message, as short as a text in quotes.

    >>> shown(" D0389 "), shown(-1), shown(["D0120", "D0140", "D0150"])
    ("'D0389'", '-1', "['D0120', 'D0140', 'D015...")
    """
    if isinstance(value, str):
        return quoted(value)
    text = repr(value)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."


def quoted_name(name: object) -> str:
    """
    What a caller called something, such as a column, for a message: in quotes, as it is, in short.

    >>> quoted_name("code "), quoted_name("c" * 100) == repr("c" * 60) + "..."
    ("'code '", True)
    """
    if not isinstance(name, str):
        return shown(name)
    if len(name) <= _LONGEST_TITLE:
        return repr(name)
    return f"{name[:_LONGEST_TITLE]!r}..."


def listed_names(names: Iterable[object]) -> str:
    """
    The names that there are, for a message; as many as it has room for.

    >>> listed_names(["code", "date"])
    'code, date'
    """
    text = ", ".join(map(str, itertools.islice(names, _MOST_NAMES)))
    if len(text) <= _LONGEST_LIST:
        return text
    return f"{text[:_LONGEST_LIST]} ..."


def short_message(text: str) -> str:
    """
    A message that nobody has to scroll through, whatever stands in it: its beginning, which says
    where, and its end, which says what to do.

    >>> short_message("line 3: no date"), len(short_message("9" * 5000)) < 1000
    ('line 3: no date', True)
    """
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return f"{text[:_HEAD_OF_MESSAGE]} ... {text[-_TAIL_OF_MESSAGE:]}"


class CdtrefError(Exception):
    """The root of the tree. The message is the first argument; what it speaks of are attributes."""

    def __init__(self, message: str = "") -> None:
        super().__init__(short_message(message))

    def __str__(self) -> str:  # KeyError's own __str__ would print the repr of the message
        return str(self.args[0]) if self.args else ""


class InvalidCodeError(CdtrefError, ValueError):
    """
    A text is not the form of any code.

    Attributes:
        value: A short piece of the text; of what is no text, its type.
        suggestion: The code that one slip may have hidden, such as 'D0389' behind '0389'; else
            None. A catalog suggests none that it does not know.
    """

    def __init__(
        self, message: str = "", *, value: str | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.value = value
        self.suggestion = suggestion


class InvalidSiteError(CdtrefError, ValueError):
    """A text is no tooth, no surface of it, or no area of the oral cavity."""


class UnknownCodeError(CdtrefError, KeyError, ValueError):
    """
    A well-formed code that this catalog or release does not hold.

    Attributes:
        code: The code in canonical form; None where a catalog was asked for a key that is no code.
        system: Its code system; None likewise.
        neighbours: Up to three codes near it that are known.
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        system: CodeSystem | None = None,
        neighbours: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.system = system
        self.neighbours = neighbours


class NotInForceError(CdtrefError, LookupError, ValueError):
    """
    A known code that was not in force on a date.

    Attributes:
        code: The code.
        on: That date; None where the pinned edition was asked, and no date.
        replaced_by: Its successors that were in force on that date, or theirs.
        see_also: Of a retired one without successors the linked codes in force on that date.
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        on: date | None = None,
        replaced_by: tuple[str, ...] = (),
        see_also: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.on = on
        self.replaced_by = replaced_by
        self.see_also = see_also


class UnknownReleaseError(CdtrefError, KeyError, ValueError):
    """
    An edition or a fee schedule release that is not among the known ones.

    Attributes:
        known: Their names.
    """

    def __init__(self, message: str = "", *, known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.known = known


class UnknownLocalityError(CdtrefError, KeyError, ValueError):
    """
    A payment locality that the fee schedule does not hold.

    Attributes:
        known: The keys that it has.
    """

    def __init__(self, message: str = "", *, known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.known = known


class NoRelativeValuesError(CdtrefError, LookupError):
    """
    Arithmetic with relative values was asked of a code that has none.

    Attributes:
        code: The code.
    """

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class DataFormatError(CdtrefError, ValueError):
    """
    A file the user gave is not what it says.

    Attributes:
        path: The file, or what else the source is called; None for a DataFrame.
        line: The line at fault, from 1, where it is known.
        column: The column at fault, where it is known.
    """

    def __init__(
        self,
        message: str = "",
        *,
        path: str | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column

    @classmethod
    def at(
        cls,
        path: str | PathLike[str],
        problem: str,
        *,
        line: int | None = None,
        column: str | None = None,
    ) -> DataFormatError:
        """
        The error whose message begins with the place.

        >>> print(DataFormatError.at("claims.csv", "'x' is no date", line=3, column="date"))
        claims.csv, line 3, column date: 'x' is no date
        """
        place = _place_of(fspath(path), line, column)
        return cls(f"{place}: {problem}", path=fspath(path), line=line, column=column)

    @property
    def place(self) -> str:
        """Where it is, as far as it is known, such as 'claims.csv, line 3, column date'."""
        return _place_of(self.path, self.line, self.column)


class DataError(CdtrefError):
    """
    A file bundled with cdtref is broken: our fault, not the caller's.

    Attributes:
        file: The file, below data/.
        key: The place in it; "" for the whole.
    """

    def __init__(
        self, message: str = "", *, file: str | None = None, key: str | None = None
    ) -> None:
        super().__init__(message)
        self.file = file
        self.key = key


def _place_of(path: str | None, line: int | None, column: str | None) -> str:
    parts = [path]
    if line is not None:
        parts.append(f"line {line}")
    if column is not None:
        title = column if len(column) <= _LONGEST_TITLE else f"{column[:_LONGEST_TITLE]}..."
        parts.append(f"column {title}")
    return ", ".join(filter(None, parts))
