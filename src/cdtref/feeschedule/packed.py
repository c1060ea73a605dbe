"""
A row of a release as it is kept: a packed text of its fields under its code and modifier.

Twenty thousand records built at once would take a second and 60 MB; a text of each takes neither,
and becomes a `RelativeValues` when it is asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from cdtref.code import Code, Modifier
from cdtref.errors import DataError
from cdtref.feeschedule.values import RelativeValues, StatusIndicator

CODE_LENGTH: Final = 5
"""Of a key, the characters of the code; the modifier stands behind it."""

_SEPARATOR: Final = "|"
# A release has some five thousand figures; a Decimal of each is made once and shared by its rows.
_decimal_of = functools.lru_cache(maxsize=8192)(Decimal)


def _code_or_none(text: str) -> Code | None:
    if not text:
        return None
    return Code(text)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "status": StatusIndicator,
        "not_used_for_payment": bool,
        "work": _decimal_of,
        "pe_nonfacility": _decimal_of,
        "na_nonfacility": bool,
        "pe_facility": _decimal_of,
        "na_facility": bool,
        "mp": _decimal_of,
        "total_nonfacility": _decimal_of,
        "total_facility": _decimal_of,
        "pctc": str,
        "global_days": str,
        "pre_op": _decimal_of,
        "intra_op": _decimal_of,
        "post_op": _decimal_of,
        "multiple_procedure": str,
        "bilateral": str,
        "assistant": str,
        "co_surgeon": str,
        "team": str,
        "endoscopic_base": _code_or_none,
        "supervision": str,
        "imaging_family": str,
        "opps_pe_nonfacility": _decimal_of,
        "opps_pe_facility": _decimal_of,
        "opps_mp": _decimal_of,
    }
)

FIELDS: Final = tuple(_READERS)
"""
Names of the fields of a packed row, in their order; the key of a row is its code, then its
modifier if any.
"""


def unpacked_row(key: str, packed: str, release: str) -> RelativeValues:
    """
    The record of a packed row.

    Raises:
        DataError: it is none; those that `from_cms` packs and those that are bundled all are.
    """
    try:
        texts = packed.split(_SEPARATOR)
        fields = {name: _READERS[name](text) for name, text in zip(FIELDS, texts, strict=True)}
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        file = f"pfs/{release.lower()}.json"
        told = f"row {key} of {release} is broken: {type(error).__name__}: {error}"
        raise DataError(f"{told}; reinstall cdtref", file=file, key=key) from error
    return RelativeValues(
        code=Code(key[:CODE_LENGTH]),
        modifier=Modifier(key[CODE_LENGTH:]) or None,
        release=release,
        **fields,
    )
