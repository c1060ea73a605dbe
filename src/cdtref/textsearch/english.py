"""How common a word is in English at large; data and source stand in data/english.json."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

from cdtref.datafile import faults_of, read

HEAD: Final = 2  # letters, by which stems are grouped: a query needs few of the groups
WHOLE: Final = "."  # stands for a stem that has no more letters
WITH_E: Final = "e"  # behind the level of a stem of which a word has an -e more
_SCALE: Final = 10  # the file has tenths


class English:
    """
    The stems of English with their levels, sought in the text of the file: a query asks for a few
    of them, and all unpacked are many times its size.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def level_of(self, stem: str) -> float:
        """
        The logarithm of how often a word stands in a thousand million; 0 for one that English
        hardly has.

        >>> english = English({"cr": "an 34e own 47", "by": ". 66"})
        >>> english.level_of("crown"), english.level_of("crownz"), english.level_of("by")
        (4.7, 0.0, 6.6)
        >>> english.level_of("cr34")
        0.0
        """
        return _level_in(self._entry_of(stem))

    def level_of_word(self, word: str, stem: str) -> float:
        """
        The same of a word as typed, which may be none for all its stem: 'floride' is not 'florid'.

        >>> english = English({"fl": "ak 44e orid 32"})
        >>> english.level_of_word("flake", "flak"), english.level_of_word("florid", "florid")
        (4.4, 3.2)
        >>> english.level_of_word("floride", "florid")
        0.0
        """
        entry = self._entry_of(stem)
        if word == f"{stem}e" and not entry.endswith(WITH_E):
            return 0.0
        return _level_in(entry)

    def _entry_of(self, stem: str) -> str:
        """What the file says of a stem; "" where it says nothing."""
        packed = self._words.get(stem[:HEAD])
        rest = stem[HEAD:] or WHOLE
        if packed is None or not (rest == WHOLE or rest.isalpha()):
            return ""
        if packed.startswith(rest + " "):
            return _entry_at(packed, len(rest) + 1)
        at = packed.find(f" {rest} ")
        return _entry_at(packed, at + len(rest) + 2) if at >= 0 else ""


def _entry_at(packed: str, start: int) -> str:
    end = packed.find(" ", start)
    return packed[start : end if end >= 0 else None]


def _level_in(entry: str) -> float:
    return int(entry.rstrip(WITH_E) or 0) / _SCALE


@functools.cache
def bundled() -> English:
    """The levels that come with the package; the same object at every call."""
    with faults_of("english.json") as file:
        return English(read(file)["words"])
