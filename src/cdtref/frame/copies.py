"""
What a column holds in another form than it is read in: teeth as numbers, days as ISO text. A copy
in the right form is read in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref.errors import DataFormatError, quoted, quoted_name
from cdtref.fieldtext import as_date

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def texts_of_numbers(name: str, kind: Any) -> nw.Expr:
    """Numbers as texts: of 14 beside an empty cell pandas makes 14.0, which is read as 14."""
    numbers = nw.col(name)
    texts = numbers.cast(nw.String)
    if kind.is_float():
        texts = nw.when(~numbers.is_nan()).then(texts)
    return texts


def days_of_texts(name: str) -> nw.Expr:
    """ISO texts as times, blank ones as null; what is no such text ends a plan by its engine."""
    texts = nw.col(name).str.strip_chars()
    return nw.when(texts != "").then(texts).str.to_datetime(format="%Y-%m-%d")


def require_iso_days(texts: Iterable[object], column: str) -> None:
    """
    Nothing where each text is a day or blank.

    Raises:
        DataFormatError: one is not; a day may be meant either way round, so none is guessed.
    """
    for text in texts:
        if isinstance(text, str) and text.strip() and not _is_iso(text.strip()):
            problem = f"the column {quoted_name(column)} holds {quoted(text)}, which is no ISO date"
            raise DataFormatError(f"{problem} such as 2026-03-02; convert it first", column=column)


def _is_iso(text: str) -> bool:
    try:
        as_date(text)
    except ValueError:
        return False
    return _ISO.fullmatch(text) is not None
