"""
A bundled file as JSON, and its faults as one kind of error; nothing here knows what the files say.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cdtref.errors import DataError

if TYPE_CHECKING:
    from importlib_resources.abc import Traversable

_Kind = TypeVar("_Kind")

# Not by pathlib, which nothing else needs at a first question and which takes a millisecond.
_FOLDER: Final = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120


@contextlib.contextmanager
def faults_of(file: str, key: str = "") -> Iterator[str]:
    """
    Whatever a bundled file lacks or says wrongly, as a `DataError` that names the file and the key.

    >>> with faults_of("editions.json") as file:
    ...     "editions" in read(file)
    True
    >>> with faults_of("editions.json", "2003") as file:
    ...     read(file)["versions"]
    Traceback (most recent call last):
    cdtref.errors.DataError: bundled file editions.json at 2003 is broken: KeyError: ...
    """
    try:
        yield file
    except (OSError, ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        place = file
        if key:
            place = f"{file} at {key}"
        said = f"{type(error).__name__}: {error}"
        message = f"bundled file {place} is broken: {said}; reinstall cdtref"
        raise DataError(message, file=file, key=key) from error


def read(file: str) -> Any:
    """
    A bundled file as JSON; *file* is its path below data/.

    NaN and Infinity, which JSON has not and Python takes, are refused.
    """
    import json

    return json.loads(_content_of(file), parse_constant=_refuse_constant)


def field_of(raw: Any, key: str, kind: type[_Kind]) -> _Kind:
    """
    A field of what was read, which must be of a kind and not empty: Python would take a text for a
    list of letters, and an empty table for one in which nothing is known.

    >>> field_of({"count": 19}, "count", int)
    19
    >>> field_of({"editions": "2003"}, "editions", list)
    Traceback (most recent call last):
    TypeError: editions is str and not a filled list
    """
    value = raw[key]
    if type(value) is not kind or not value:
        raise TypeError(f"{key} is {type(value).__name__} and not a filled {kind.__name__}")
    return value


def is_bundled(file: str) -> bool:
    """
    True where this build has the file, below data/.

    >>> is_bundled("editions.json"), is_bundled("fees.json")
    (True, False)
    """
    return os.path.isfile(f"{_FOLDER}/{file}") or _packed_file(file).is_file()  # noqa: PTH113


def _content_of(file: str) -> bytes:
    """
    Read from the plain folder in which a package nearly always lies; what imports it from a zip
    brings its own reader, whose library takes longer to load than all files to read.
    """
    try:
        with open(f"{_FOLDER}/{file}", "rb") as stream:  # noqa: PTH123  # as for the folder
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):  # the folder is within a zip
        return _packed_file(file).read_bytes()


def _packed_file(file: str) -> Traversable:
    import importlib_resources

    return importlib_resources.files("cdtref").joinpath("data", *file.split("/"))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
