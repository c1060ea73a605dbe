"""
A bundled file as JSON, and its faults as one kind of error; nothing here knows what the files say.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cdtref.errors import DataError

if TYPE_CHECKING:
    from importlib_resources.abc import Traversable


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
    """A bundled file as JSON; *file* is its path below data/."""
    import json

    return json.loads(_bundled_file(file).read_bytes())


def is_bundled(file: str) -> bool:
    """
    True where this build has the file, below data/.

    >>> is_bundled("editions.json"), is_bundled("fees.json")
    (True, False)
    """
    return _bundled_file(file).is_file()


def _bundled_file(file: str) -> Traversable:
    import importlib_resources

    return importlib_resources.files("cdtref").joinpath("data", *file.split("/"))
