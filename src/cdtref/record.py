"""
What all records have: plain data under the names of their fields, and a card that draws them in
short.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

import attrs


def plain(record: Any) -> dict[str, Any]:
    """
    *Record* (an attrs instance) and the records in it as dicts, lists, texts, numbers and None.
    """
    return {
        field.name: _plain_value(getattr(record, field.name))
        for field in attrs.fields(type(record))
    }


def _plain_value(value: Any) -> Any:
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return _plain_tuple(value)
    if attrs.has(type(value)):
        return plain(value)
    return str(value)  # dates in ISO form, Decimals with all their digits


def _plain_tuple(value: tuple[Any, ...]) -> Any:
    names = getattr(value, "_fields", None)
    plain_values = list(map(_plain_value, value))
    if names is None:
        return plain_values
    return dict(zip(names, plain_values, strict=True))


_LEFT = "text-align:left"  # notebooks center a caption and right-align numbers


class Card:
    """What a record says of itself in a caption and a few facts, drawn as a small table."""

    __slots__ = ()

    @property
    def caption(self) -> str:
        """The line above the facts."""
        raise NotImplementedError

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The record in short for people: terms with their values."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return _card_html(self.caption, self.facts)

    def __rich__(self) -> Any:
        return _card_rich(self.caption, self.facts)


def _card_html(heading: str, facts: Iterable[tuple[str, str]]) -> str:
    """A small table for a notebook."""
    from html import escape

    row = '<tr><th scope="row" style="{0}">{1}</th><td style="{0}">{2}</td></tr>'
    rows = "".join(row.format(_LEFT, escape(term), escape(value)) for term, value in facts)
    caption = f'<caption style="{_LEFT};font-weight:bold">{escape(heading)}</caption>'
    return f"<table>{caption}<tbody>{rows}</tbody></table>"


def _card_rich(heading: str, facts: Iterable[tuple[str, str]]) -> Any:
    """The same for `rich.print`."""
    from rich.table import Table
    from rich.text import Text

    from cdtref.safetext import printable

    table = Table(
        title=Text(printable(heading), "bold"),
        title_justify="left",
        box=None,
        show_header=False,
        pad_edge=False,
    )
    for term, value in facts:
        table.add_row(Text(printable(term), "dim"), Text(printable(value)))
    return table
