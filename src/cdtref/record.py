"""How a frozen record becomes plain data: what `json` takes, under the names of its fields."""

from __future__ import annotations

import enum
from typing import Any

import attrs


def plain(record: Any) -> dict[str, Any]:
    """*Record* (an attrs instance) and the records in it as dicts, lists, texts, numbers and None."""
    return {field.name: _plain_value(getattr(record, field.name)) for field in attrs.fields(type(record))}


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
    return dict(zip(names, map(_plain_value, value), strict=True)) if names else [_plain_value(v) for v in value]
