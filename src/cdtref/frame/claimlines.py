"""Lines of claims as a table has them, and what is told of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

from cdtref.claim import ClaimLine, is_missing

FIRST_DAY: Final = dt.date(1970, 1, 1)
"""From which days are counted."""

UNDATED: Final = 10**7  # a day far from all days: two lines without one are of one day


class ClaimColumns(NamedTuple):
    """The names of the columns of claim lines; None for one that is not judged."""

    claim: str
    code: str
    date: str
    tooth: str | None
    area: str | None
    surfaces: str | None
    fee: str | None

    @property
    def fields(self) -> dict[str, str]:
        """The columns of a line's fields but for the day; first those of `LineKind`."""
        named = self._asdict()
        del named["claim"], named["date"]
        return {field: column for field, column in named.items() if column is not None}


class LineKind(NamedTuple):
    """What tells most lines apart: the texts of their code, tooth and area."""

    code: str | None
    tooth: str | None = None
    area: str | None = None


class Told(NamedTuple):
    """The ids of the rules that a line breaks, with a space between, or None."""

    errors: str | None
    warnings: str | None


NOTHING: Final = Told(None, None)
ANSWERS: Final = tuple(f"cdt_claim_{name}" for name in Told._fields)
"""The columns of what is told."""


def line_of(day: int, fields: dict[str, Any]) -> ClaimLine:
    """
    A line of a row's values. Of its fee it has only whether that is 0, as a number or a text, for
    no rule on lines together asks how much it is.
    """
    code, fee = fields.pop("code"), fields.pop("fee", None)
    if not isinstance(code, str):  # a null
        code = ""
    served = None
    if day != UNDATED:
        served = FIRST_DAY + dt.timedelta(days=day)
    charge = None
    if not is_missing(fee) and fee in _NO_CHARGE:
        charge = 0
    return ClaimLine(code, served, fee=charge, **fields)


_NO_CHARGE: Final = (0, "0")
