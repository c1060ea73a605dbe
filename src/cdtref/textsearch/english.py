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
    """The stems of English with their levels, unpacked by groups as they are asked for."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words
        self._groups: dict[str, Mapping[str, int]] = {}

    def level_of(self, stem: str) -> float:
        """
        The logarithm of how often a word stands in a thousand million; 0 for one that English
        hardly has.

        >>> english = English({"cr": "ane 34 own 47", "by": ". 66"})
        >>> english.level_of("crown"), english.level_of("crownz"), english.level_of("by")
        (4.7, 0.0, 6.6)
        """
        head, rest = stem[:HEAD], stem[HEAD:]
        group = self._groups.get(head)
        if group is None:
            group = self._groups[head] = _unpacked_group(self._words.get(head, ""))
        return group.get(rest, 0) / _SCALE


def _unpacked_group(packed: str) -> Mapping[str, int]:
    if not packed:
        return {}
    parts = packed.replace(WHOLE, "").split(" ")
    return dict(zip(parts[::2], map(int, parts[1::2]), strict=True))


@functools.cache
def bundled() -> English:
    """The levels that come with the package; the same object at every call."""
    with faults_of("english.json") as file:
        return English(read(file)["words"])
