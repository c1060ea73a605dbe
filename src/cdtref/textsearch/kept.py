"""What is made at its first use and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class MadeOnce(dict[_Key, _Value]):
    """
    A dict that makes what it lacks: as fast as any where it has it.

    >>> lengths = MadeOnce(len)
    >>> lengths["crown"], dict(lengths)
    (5, {'crown': 5})
    """

    def __init__(self, make: Callable[[_Key], _Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: _Key) -> _Value:
        made = self[key] = self._make(key)
        return made
