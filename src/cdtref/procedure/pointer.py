"""Where to look in place of a retired code; read with the first code that has such."""

from __future__ import annotations

from datetime import date

import attrs

from cdtref.code import Code
from cdtref.record import Record, Unpacked


@attrs.frozen
class Pointer(Record, Unpacked):
    """
    A code to look at in place of a retired one.

    Attributes:
        code: That code.
        since: The first day on which to look at it.
        until: The first day on which it is itself no longer valid; None while it is in force.
    """

    code: Code
    since: date
    until: date | None
