"""
The elements of a resource as JSON has them, and where they stand.

What has another type than FHIR gives it is told by its path, such as
'Claim.item[2].productOrService', and by the type that it has; what stands there is never repeated,
for it may be a person's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from cdtref.errors import DataFormatError
from cdtref.fhir.systems import Kind, kind_of_system
from cdtref.fieldtext import as_date
from cdtref.fieldtext.amounts import bounded_count

# Digits of a number before and behind its point; beyond them stands none that a claim has, and
# arithmetic with 10^6 digits would take a minute.
_MOST_DIGITS: Final = 18
_MOST_NUMBER: Final = 10**_MOST_DIGITS
_LENGTH_OF_DAY: Final = len("2026-03-02")
_NAMES: Final = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    type(None): "null",
}


class UnreadableError(ValueError):
    """What an element says cannot be a field of a claim; it is told as a finding."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class Coding(NamedTuple):
    """A code, and what the codes of its system are."""

    kind: Kind
    code: str


class Element:
    """
    An object of the JSON.

    Attributes:
        path: Where it stands, such as 'Claim.item[2]'.
    """

    __slots__ = ("_fields", "path")

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, Mapping):
            raise _wrong_type(path, value, "an object")
        self._fields: Mapping[Any, Any] = value
        self.path: str = path

    def path_of(self, name: str) -> str:
        """Where an element of this one stands."""
        return f"{self.path}.{name}"

    def has(self, name: str) -> bool:
        """Whether such an element is there."""
        return self._fields.get(name) is not None

    def text(self, name: str) -> str | None:
        """A text without the spaces around it; None where it is blank or not there."""
        value = self._fields.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong_type(self.path_of(name), value, "a text")
        return value.strip() or None

    def truth(self, name: str) -> bool | None:
        """A boolean."""
        value = self._fields.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise _wrong_type(self.path_of(name), value, "true or false")

    def number(self, name: str) -> Decimal | None:
        """A number, with all its digits."""
        value = self._fields.get(name)
        if value is None:
            return None
        return _decimal_of(value, self.path_of(name))

    def count(self, name: str) -> int | None:
        """
        A number of things, which a quantity has as a decimal.

        Raises:
            UnreadableError: it is no whole number, or has more than eight digits.
        """
        number = self.number(name)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise UnreadableError(self.path_of(name), "is no whole number")
        try:
            return bounded_count(int(number))
        except ValueError as error:
            raise UnreadableError(self.path_of(name), str(error)) from None

    def integers(self, name: str) -> Iterator[int]:
        """The numbers of a list that FHIR has as whole ones."""
        for place, value in enumerate(self._list_of(name)):
            if value is not None:  # in a list of primitives null stands for an extension
                yield _integer_of(value, f"{self.path_of(name)}[{place}]")

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self._fields.get(name)
        if value is None:
            return None
        return _integer_of(value, self.path_of(name))

    def day(self, name: str) -> date | None:
        """
        The day of a date or a time.

        Raises:
            UnreadableError: it is known to the month or the year only, or no date.
        """
        text = self.text(name)
        if text is None:
            return None
        if len(text) < _LENGTH_OF_DAY:
            raise UnreadableError(self.path_of(name), "is no whole date such as 2026-03-02")
        try:
            return as_date(text)
        except ValueError:
            raise UnreadableError(self.path_of(name), "is no date such as 2026-03-02") from None

    def part(self, name: str) -> Element | None:
        """The element of that name, where it is an object."""
        value = self._fields.get(name)
        if value is None:
            return None
        return Element(value, self.path_of(name))

    def texts(self, name: str) -> Iterator[str]:
        """The texts of a list, without the spaces around them."""
        for place, value in enumerate(self._list_of(name)):
            if value is None:  # in a list of primitives null stands for an extension
                continue
            if not isinstance(value, str):
                raise _wrong_type(f"{self.path_of(name)}[{place}]", value, "a text")
            yield value.strip()

    def parts(self, name: str) -> Iterator[Element]:
        """The objects of a list."""
        for place, value in enumerate(self._list_of(name)):
            yield Element(value, f"{self.path_of(name)}[{place}]")

    def codings(self) -> Iterator[Coding]:
        """The codes of a CodeableConcept."""
        for coding in self.parts("coding"):
            code = coding.text("code")
            if code is not None:
                yield Coding(kind_of_system(coding.text("system")), code)

    def _list_of(self, name: str) -> list[Any]:
        value = self._fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise _wrong_type(self.path_of(name), value, "a list")
        return list(value)


def fault_at(path: str, problem: str) -> DataFormatError:
    """The error on an element, whose path is its column."""
    return DataFormatError(f"{path}: {problem}", column=path)


def _wrong_type(path: str, value: object, expected: str) -> DataFormatError:
    given = _NAMES.get(type(value), type(value).__name__)
    return fault_at(path, f"{given}, where FHIR R4 has {expected}")


def _decimal_of(value: object, path: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong_type(path, value, "a number")
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, float):  # the digits that it is written with, and not those in binary
        number = Decimal(float.__repr__(value))
    elif abs(value) >= _MOST_NUMBER:
        raise UnreadableError(path, "is beyond any number of a claim")
    else:
        number = Decimal(value)
    if not number.is_finite() or number.adjusted() >= _MOST_DIGITS:
        raise UnreadableError(path, "is beyond any number of a claim")
    if int(number.as_tuple().exponent) < -_MOST_DIGITS:
        raise UnreadableError(path, "has more places than any number of a claim")
    return number


def _integer_of(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(path, value, "a whole number")
    return value
