"""How common a word is in English at large; data and source stand in data/english.json."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

from cdtref.datafile import faults_of, read

HEAD: Final = 2  # letters, by which stems are grouped: a query needs few of the groups
WHOLE: Final = "."  # stands for a stem that has no more letters
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

        >>> english = English({"cr": "ane 34 own 47", "by": ". 66"})
        >>> english.level_of("crown"), english.level_of("crownz"), english.level_of("by")
        (4.7, 0.0, 6.6)
        >>> english.level_of("cr34")
        0.0
        """
        packed = self._words.get(stem[:HEAD])
        rest = stem[HEAD:] or WHOLE
        if packed is None or not (rest == WHOLE or rest.isalpha()):
            return 0.0
        if packed.startswith(rest + " "):
            return _level_at(packed, len(rest) + 1)
        at = packed.find(f" {rest} ")
        return _level_at(packed, at + len(rest) + 2) if at >= 0 else 0.0


def _level_at(packed: str, start: int) -> float:
    end = packed.find(" ", start)
    return int(packed[start : end if end >= 0 else None]) / _SCALE


@functools.cache
def bundled() -> English:
    """The levels that come with the package; the same object at every call."""
    with faults_of("english.json") as file:
        return English(read(file)["words"])
