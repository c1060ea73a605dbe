"""Medicare's physician fee schedule: releases, their rows, localities, and what they pay."""

from cdtref.feeschedule.anesthesia import AnesthesiaFactor, read_anesthesia_factors
from cdtref.feeschedule.locality import Locality, read_localities
from cdtref.feeschedule.payment import CONVERSION_FACTORS, Payment
from cdtref.feeschedule.releases import FeeSchedules
from cdtref.feeschedule.schedule import ROW_MODIFIERS, FeeSchedule
from cdtref.feeschedule.share import changes_share, share_of
from cdtref.feeschedule.values import ADDRESS, RelativeValues, StatusIndicator

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
