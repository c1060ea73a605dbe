"""
Every error that cdtref raises on purpose, in one tree.

Form, fact and date are three different questions, and each has its own error: `InvalidCodeError` (not the form of
any code), `UnknownCodeError` (right form, not in this catalog or release), `NotInForceError` (known, but not on
that date). All carry what they speak of as attributes and survive pickling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date

    from cdtref.codesystem import CodeSystem


_QUOTED: Final = 24  # characters of bad input that a message repeats


def quoted(text: str, most: int = _QUOTED) -> str:
    """
    A short piece of bad input for a message, in quotes.

    >>> quoted(" D0389 "), quoted("a line that somebody pasted")
    ("'D0389'", "'a line that somebody pas'...")
    """
    stripped = text.strip()
    return repr(stripped) if len(stripped) <= most else f"{stripped[:most]!r}..."


class CdtrefError(Exception):
    """The root of the tree. The message is the first argument; what it speaks of are attributes."""

    def __init__(self, message: str = "", **about: Any) -> None:
        super().__init__(message)
        self.__dict__.update(about)

    def __str__(self) -> str:  # KeyError's own __str__ would print the repr of the message
        return str(self.args[0]) if self.args else ""


class InvalidCodeError(CdtrefError, ValueError):
    """A text is not the form of any code. `value`: a short piece of it, quoted."""

    value: str


class InvalidSiteError(CdtrefError, ValueError):
    """A text is no tooth, no surface of it, or no area of the oral cavity."""


class UnknownCodeError(CdtrefError, KeyError):
    """
    A well-formed code that this catalog or release does not hold.

    `code`: in canonical form; `system`: its code system; `neighbours`: up to three codes near it that are known.
    """

    code: str
    system: CodeSystem
    neighbours: tuple[str, ...]


class NotInForceError(CdtrefError, LookupError):
    """A known code that was not in force on a date. `code`; `on`: that date; `replaced_by`: its successors."""

    code: str
    on: date
    replaced_by: tuple[str, ...]


class UnknownReleaseError(CdtrefError, KeyError):
    """An edition or a fee schedule release that is not among the known ones. `known`: their names."""

    known: tuple[str, ...]


class UnknownLocalityError(CdtrefError, KeyError):
    """A payment locality that the fee schedule does not hold. `known`: the keys that it has."""

    known: tuple[str, ...]


class NoRelativeValuesError(CdtrefError, LookupError):
    """Arithmetic with relative values was asked of a code that has none. `code`."""

    code: str


class DataFormatError(CdtrefError, ValueError):
    """A file the user gave is not what it says. `path`, `line` (from 1) and `column` where they are known."""

    path: str
    line: int | None
    column: str | None


class DataError(CdtrefError):
    """A file bundled with cdtref is broken: our fault, not the caller's. `file` and `key` name the place."""

    file: str
    key: str
