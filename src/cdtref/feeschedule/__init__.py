"""
Medicare's physician fee schedule: releases, their rows, localities, and what they pay.

What the values of a code need is imported here; the rest comes in when it is first named.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from cdtref.feeschedule.locality import Locality, read_localities
from cdtref.feeschedule.payment import CONVERSION_FACTORS, Payment
from cdtref.feeschedule.schedule import ROW_MODIFIERS, FeeSchedule
from cdtref.feeschedule.share import changes_share, share_of
from cdtref.feeschedule.values import ADDRESS, RelativeValues, StatusIndicator

if TYPE_CHECKING:
    from cdtref.feeschedule.anesthesia import AnesthesiaFactor, read_anesthesia_factors
    from cdtref.feeschedule.releases import FeeSchedules

_LATER: Final = {
    "AnesthesiaFactor": "anesthesia",
    "FeeSchedules": "releases",
    "read_anesthesia_factors": "anesthesia",
}

__all__ = [
    "ADDRESS",
    "CONVERSION_FACTORS",
    "ROW_MODIFIERS",
    "AnesthesiaFactor",
    "FeeSchedule",
    "FeeSchedules",
    "Locality",
    "Payment",
    "RelativeValues",
    "StatusIndicator",
    "changes_share",
    "read_anesthesia_factors",
    "read_localities",
    "share_of",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module 'cdtref.feeschedule' has no attribute {name!r}")
        value = getattr(importlib.import_module(f"cdtref.feeschedule.{_LATER[name]}"), name)
        globals()[name] = value  # from then on a name like any other
        return value
