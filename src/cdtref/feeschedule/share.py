"""
What a modifier pays of the full amount of a row, by the row's own indicators.

Source: Medicare Claims Processing Manual (CMS publication 100-04), chapter 12, cited at each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from cdtref.code import Modifier
from cdtref.errors import NoRelativeValuesError
from cdtref.feeschedule.values import RelativeValues
from cdtref.fieldtext.amounts import exactly

_ONE: Final = Decimal(1)


class Share(NamedTuple):
    """What a modifier pays of the full amount, and the rule that says so."""

    of_full: Decimal
    rule: str


_FULL: Final = Share(_ONE, "")


def changes_share(modifier: Modifier | None) -> bool:
    """True for the modifiers that change what a row pays; the others only inform."""
    return modifier in _SHARES or modifier in _BY_REPORT


def share_of(row: RelativeValues, modifier: Modifier | None) -> Share:
    """
    What a modifier pays of the full amount of a row.

    Raises:
        NoRelativeValuesError: the row's indicator does not allow it, it is priced by report, or it
            has no price.
    """
    if modifier is None:
        return _FULL
    if modifier in _SHARES:
        return _SHARES[modifier](row)
    if modifier in _BY_REPORT:
        evidence = _BY_REPORT[modifier]
        told = f"modifier {modifier} is priced by report, case by case ({evidence}): no amount"
        raise refusal(row, told)
    known = ", ".join(("26", "TC", "53", *_SHARES))
    told = f"modifier {modifier} has no price of its own here; leave it off, or use one of {known}"
    raise refusal(row, told)


def refusal(row: RelativeValues, message: str) -> NoRelativeValuesError:
    """The error that names the row's code."""
    return NoRelativeValuesError(message, code=row.code)


def _share_of_bilateral(row: RelativeValues) -> Share:
    if row.bilateral == "1":
        rule = "Modifier 50: 150 % for both sides (BILAT 1; manual ch. 12, 40.7)."
        return Share(Decimal("1.5"), rule)
    if row.bilateral == "3":
        rule = "Modifier 50: 100 % for each side (BILAT 3; manual ch. 12, 40.7)."
        return Share(Decimal(2), rule)
    reasons = {
        "0": "the 150 % rule does not apply to it",
        "2": "its values are for both sides already",
    }
    reason = reasons.get(row.bilateral, "the concept does not apply")
    raise refusal(row, f"{row.code} takes no modifier 50: {reason} (BILAT {row.bilateral})")


def _share_of_co_surgeon(row: RelativeValues) -> Share:
    conditions = {
        "1": " with documentation of the need",
        "2": " where the two are of different specialties",
    }
    indicator = f"CO-SURG {row.co_surgeon}"
    if row.co_surgeon not in conditions:
        reason = f"co-surgeons are not paid for it ({indicator})"
        raise refusal(row, f"{row.code} takes no modifier 62: {reason}")
    condition = conditions[row.co_surgeon]
    evidence = f"({indicator}; manual ch. 12, 40.8)"
    rule = f"Modifier 62: 62.5 % for each surgeon{condition} {evidence}."
    return Share(Decimal("0.625"), rule)


@exactly  # it runs when the module is loaded, in whatever context a caller has then
def _percent_of(of_full: str) -> Decimal:
    return (Decimal(of_full) * 100).normalize()


def _share_of_assistant(
    modifier: str, of_full: str, section: str
) -> Callable[[RelativeValues], Share]:
    percent = _percent_of(of_full)

    def share(row: RelativeValues) -> Share:
        conditions = {"0": ", only with documentation of medical necessity", "2": ""}
        if row.assistant not in conditions:
            reason = f"an assistant is not paid for it (ASST {row.assistant})"
            raise refusal(row, f"{row.code} takes no modifier {modifier}: {reason}")
        evidence = f"(ASST {row.assistant}; manual ch. 12, {section})"
        condition = conditions[row.assistant]
        rule = f"Modifier {modifier}: {percent} %{condition} {evidence}."
        return Share(Decimal(of_full), rule)

    return share


def _share_of_return_to_operating_room(row: RelativeValues) -> Share:
    if row.intra_op == 0:
        reason = f"it has no intra-operative share (global days {row.global_days})"
        raise refusal(row, f"{row.code} takes no modifier 78: {reason}")
    rule = f"Modifier 78: the intra-operative share, {row.intra_op} (manual ch. 12, 40.4)."
    return Share(row.intra_op, rule)


_SHARES: Final[Mapping[str, Callable[[RelativeValues], Share]]] = MappingProxyType(
    {
        "50": _share_of_bilateral,
        "62": _share_of_co_surgeon,
        "78": _share_of_return_to_operating_room,
        "80": _share_of_assistant("80", "0.16", "20.4.3"),
        "81": _share_of_assistant("81", "0.16", "20.4.3"),
        "82": _share_of_assistant("82", "0.16", "20.4.3"),
        "AS": _share_of_assistant("AS", "0.136", "110.2"),  # 85 % of an assistant's 16 %
    }
)

_BY_REPORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "52": "reduced services; manual ch. 12, 20.4.6",
        "66": "surgical team; manual ch. 12, 40.8",
    }
)
