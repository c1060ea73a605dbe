"""
Amounts and counts as people and claims write them: the one reader of both, within the bounds of
the field.

Bounds: X12N's guides (5010) give a monetary amount ten digits, the cents among them, and a count
eight digits, and allow neither exponents nor grouping.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Final, ParamSpec, TypeVar

from cdtref.errors import quoted

MOST_DOLLARS: Final = Decimal("99999999.99")  # ten digits, the cents among them
_LEAST_DOLLARS: Final = Decimal("-99999999.99")  # a minus before the other follows the context
MOST_COUNT: Final = 99_999_999  # eight digits

_Taken = ParamSpec("_Taken")
_Given = TypeVar("_Given")

# Sums of half a million values have twelve digits, a product of three values 24.
_EXACT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_MOST_ZEROS: Final = 13  # a database's decimal(18, 15) at most

_DECIMAL: Final = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
# Cents, or the four places of databases' money types, of which the last two are zeros. Three
# places are refused: '1.250' is 1,250 to one half of the world.
_GROUPED: Final = re.compile(
    r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,2}(?:00)?)?"
)
_CURRENCY: Final = re.compile(r"(-?)\$ ?(-?)(?=[0-9])")
_BRACKETS: Final = re.compile(r"(?:\(\$? ?|\$ ?\()([0-9][0-9,.]*)\)")
_COUNT: Final = re.compile(r"(-?[0-9]{1,15})(?:\.0{0,15})?")


def parse_amount(text: str) -> Decimal:
    """
    Dollars as a person or a spreadsheet writes them: '1250.5', '$1,250.50', '-12.00', and in
    brackets what is taken off: '(50.00)'.

    Raises:
        ValueError: it is no such amount, has a comma or a point where neither cents nor thousands
            can be meant, or more digits than a claim has room for.

    >>> parse_amount(" $1,250.50 "), parse_amount("60.0000"), parse_amount("($50.00)")
    (Decimal('1250.50'), Decimal('60.0000'), Decimal('-50.00'))
    >>> parse_amount("12,50")
    Traceback (most recent call last):
    ValueError: '12,50' is no amount of dollars such as 1,250.50
    """
    try:
        return parse_grouped(_bare_amount(text.strip()))
    except ValueError as error:
        raise ValueError(f"{quoted(text)} is no amount of dollars such as 1,250.50") from error


def _bare_amount(text: str) -> str:
    """The number with its sign: accountants put in brackets what is below zero."""
    if text.endswith(")"):
        found = _BRACKETS.fullmatch(text)
        if found is not None:
            return f"-{found[1]}"
    if "$" in text:
        return _CURRENCY.sub(r"\1\2", text, count=1)
    return text


def parse_grouped(text: str) -> Decimal:
    """
    A number as a person or a spreadsheet writes it, thousands set apart by commas or not.

    Raises:
        ValueError: as `parse_amount`.

    >>> parse_grouped("4,000.5")
    Decimal('4000.5')
    """
    stripped = text.strip()
    if not _GROUPED.fullmatch(stripped):
        raise ValueError(f"{quoted(text)} is no number such as 1,250.50")
    value = Decimal(stripped.replace(",", ""))
    if not _LEAST_DOLLARS <= value <= MOST_DOLLARS:
        raise ValueError(f"the amount is beyond {MOST_DOLLARS:,}")
    return value


def parse_decimal(text: str) -> Decimal:
    """
    A decimal number as X12 writes it: digits with a point and a leading minus, if any.

    Raises:
        ValueError: it is none, or out of the bounds of an amount.

    >>> parse_decimal("185.5")
    Decimal('185.5')
    >>> parse_decimal("1e999999")
    Traceback (most recent call last):
    ValueError: '1e999999' is no number such as 185.5
    """
    stripped = text.strip()
    if not _DECIMAL.fullmatch(stripped):
        raise ValueError(f"{quoted(text)} is no number such as 185.5")
    return bounded_amount(Decimal(stripped))


def bounded_amount(value: Decimal) -> Decimal:
    """
    An amount that a claim has room for, as it is.

    Raises:
        ValueError: it is no finite number, beyond 99,999,999.99, or has places beyond the cents
            that are not zero.

    >>> bounded_amount(Decimal("185.5"))
    Decimal('185.5')
    >>> bounded_amount(Decimal("NaN"))
    Traceback (most recent call last):
    ValueError: NaN is no amount
    """
    if not value.is_finite():
        raise ValueError(f"{value} is no amount")
    # By the exponents alone: to write 1e999999999 out, or 0e999999999, would take all memory.
    if value.adjusted() > MOST_DOLLARS.adjusted():
        raise ValueError(f"the amount is beyond {MOST_DOLLARS:,}")
    if not ends_in_cents(value):
        raise ValueError("the amount has more places than cents")
    return value


def parse_count(text: str) -> int:
    """
    A whole number, as people, spreadsheets and X12 write it: '2', '2.0', '-1'.

    Raises:
        ValueError: it is none, or has more than eight digits.

    >>> parse_count("2"), parse_count("2.0")
    (2, 2)
    >>> parse_count("1_0")
    Traceback (most recent call last):
    ValueError: '1_0' is no whole number
    """
    found = _COUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{quoted(text)} is no whole number")
    return bounded_count(int(found[1]))


def bounded_count(value: int) -> int:
    """
    A count that a claim has room for, as it is.

    Raises:
        ValueError: it has more than eight digits.
    """
    if abs(value) > MOST_COUNT:
        raise ValueError(f"the number is beyond {MOST_COUNT:,}")
    return value


def ends_in_cents(value: Decimal) -> bool:
    """True where what stands beyond the second place is zeros, and few of them."""
    _, digits, exponent = value.as_tuple()
    beyond = -2 - int(exponent)
    if beyond <= 0:
        return True
    return beyond <= _MOST_ZEROS and not any(digits[-beyond:])


def exactly(function: Callable[_Taken, _Given]) -> Callable[_Taken, _Given]:
    """
    The function, computing in a context of our own, for a caller may have set a precision that cuts
    digits off.

    >>> with localcontext(Context(prec=2)):
    ...     exactly(lambda: Decimal("33.4008") * 3)()
    Decimal('100.2024')
    """

    @functools.wraps(function)
    def wrapped(*args: _Taken.args, **kwargs: _Taken.kwargs) -> _Given:
        with localcontext(_EXACT):
            return function(*args, **kwargs)

    return wrapped
