"""What is made at its first use and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class kept_property(Generic[_Value]):  # noqa: N801  # named as `property` is
    """
    A property that is made at its first use and kept.

    `functools.cached_property` has a lock before Python 3.12, which in a forked child is held for
    ever where another thread was making the value. Two threads may make this one twice: the same.

    >>> class Text:
    ...     @kept_property
    ...     def words(self):
    ...         return ["crown"]
    >>> text = Text()
    >>> text.words is text.words
    True
    """

    def __init__(self, make: Callable[[Any], _Value]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, instance: object, _: type) -> _Value:
        value = self._make(instance)
        vars(instance)[self._name] = value  # found first from then on
        return value


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
