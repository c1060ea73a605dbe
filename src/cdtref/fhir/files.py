"""Files of FHIR resources: one JSON document, or NDJSON, a resource a line, as it streams by."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from os import PathLike, fspath
from typing import IO, Any, Final, NamedTuple

import attrs

from cdtref.claim import Claim, PatientKeys, Place, open_given
from cdtref.errors import DataFormatError
from cdtref.fhir.claims import claims_within, resource_of
from cdtref.fhir.elements import Element
from cdtref.fhir.passed import Passed
from cdtref.fhir.patients import Patients
from cdtref.table import Note

_MOST_CHARACTERS: Final = 64 * 2**20  # of a resource, a Bundle too; larger ones come as NDJSON
_MOST_DIGITS: Final = 100  # of a number as it is written; FHIR's own have 18
_TOO_MANY_DIGITS: Final = f"a number has more than {_MOST_DIGITS} digits"
_BYTE_ORDER_MARK: Final = "\ufeff"  # which UTF-8 does not need, and Windows writes


class _Document(NamedTuple):
    """A JSON document, and the line of the file on which it begins."""

    line: int
    value: Any


def claims_in(file: str | PathLike[str] | IO[Any], *, note: Note | None = None) -> Iterator[Claim]:
    """
    The claims of a file of FHIR resources, given by its path or as an open file: NDJSON, of any
    length, line by line as it is read, or one JSON document, also an array of resources.
    Which of the two it is, its first line tells. `Claim.place` has the line on which a claim's
    document begins.

    Raises:
        DataFormatError: it is no JSON, nested too deep, or as `claims_of`; it names the line and
            the element. The claims before it were given.
        OSError: the file cannot be opened.

    >>> import io
    >>> claims = b'{"resourceType": "Claim", "id": "26-1"}\\n{"resourceType": "Patient"}\\n'
    >>> [claim.id for claim in claims_in(io.BytesIO(claims))]
    ['26-1']
    >>> next(claims_in(io.BytesIO(b"procedure,date")))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: FHIR, line 1: it is no JSON: Expecting value
    """
    for claim, _ in claims_by_patient(file, note=note):
        yield claim


def claims_by_patient(
    file: str | PathLike[str] | IO[Any],
    *,
    note: Note | None = None,
    keys: PatientKeys | None = None,
) -> Iterator[tuple[Claim, bytes | None]]:
    """The same, each with a key of its patient where *keys* are given and the claim tells them."""
    name = "FHIR"
    if isinstance(file, str | PathLike):
        name = fspath(file)
    passed, patients = Passed(note), Patients(keys)
    with open_given(file, "FHIR", "readline") as opened:
        for document in _documents_of(opened, name):
            yield from _claims_of_document(document, name, passed, patients)


def _claims_of_document(
    document: _Document, name: str, passed: Passed, patients: Patients
) -> Iterator[tuple[Claim, bytes | None]]:
    try:
        for resource in _resources_in(document.value):
            for claim, patient in claims_within(resource, passed, patients):
                yield _placed(claim, Place(document.line, 0)), patient
    except DataFormatError as error:
        problem = str(error).removeprefix(f"{error.column}: ")
        line, column = document.line, error.column
        raise DataFormatError.at(name, problem, line=line, column=column) from None


def _placed(claim: Claim, place: Place) -> Claim:
    findings = [attrs.evolve(finding, place=place) for finding in claim.findings]
    return attrs.evolve(claim, place=place, findings=findings)


def _resources_in(value: Any) -> Iterator[Element]:
    """The resource, or those of an array, as some exports have them."""
    if not isinstance(value, list):
        yield resource_of(value)
        return
    for place, resource in enumerate(value):
        yield Element(resource, f"resource[{place}]")


def _documents_of(file: IO[Any], name: str) -> Iterator[_Document]:
    lines = _lines_of(file, name)
    number, text = next(lines, (1, ""))
    if not text:
        raise DataFormatError.at(name, "the file is empty")
    whole = _document_or_none(text)
    if whole is None:  # not the whole of a resource: a document of several lines
        parts = [text, *_texts_of(lines, name)]
        yield _Document(number, _parsed("".join(parts), name, number))
        return
    yield _Document(number, whole)
    for number, text in lines:
        yield _Document(number, _parsed(text, name, number))


def _document_or_none(text: str) -> Any:
    """A line as JSON; None where it is none by itself, and where it is 'null'."""
    try:
        return _value_of(text)
    except (ValueError, RecursionError):  # told once the whole is read, which begins with it
        return None


def _texts_of(lines: Iterator[tuple[int, str]], name: str) -> Iterator[str]:
    """The lines of one document, which is held in memory and so may not be of any length."""
    total = 0
    for number, text in lines:
        total += len(text)
        if total > _MOST_CHARACTERS:
            raise _too_long(name, number)
        yield text


def _lines_of(file: IO[Any], name: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    number = 0
    while line := file.readline(_MOST_CHARACTERS + 1):
        number += 1
        if len(line) > _MOST_CHARACTERS:
            raise _too_long(name, number)
        text = _text_of(line, name, number)
        if number == 1:
            text = text.removeprefix(_BYTE_ORDER_MARK)
        if not text.isspace():
            yield number, text


def _text_of(line: str | bytes, name: str, number: int) -> str:
    if isinstance(line, str):
        return line
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        problem = "it is no UTF-8, which FHIR's JSON is written in"
        raise DataFormatError.at(name, problem, line=number) from None


def _too_long(name: str, number: int) -> DataFormatError:
    problem = f"a resource of more than {_MOST_CHARACTERS} characters"
    return DataFormatError.at(name, f"{problem}; write NDJSON, one a line", line=number)


def _parsed(text: str, name: str, number: int) -> Any:
    from json import JSONDecodeError

    try:
        return _value_of(text)
    except JSONDecodeError as error:
        line = number + error.lineno - 1
        raise DataFormatError.at(name, f"it is no JSON: {error.msg}", line=line) from None
    except RecursionError:
        raise DataFormatError.at(name, "the JSON is nested too deep", line=number) from None
    except ValueError as error:
        raise DataFormatError.at(name, f"it is no JSON: {error}", line=number) from None


def _value_of(text: str) -> Any:
    import json

    return json.loads(text, parse_int=_integer_in, parse_float=_decimal_in, parse_constant=_refuse)


def _integer_in(text: str) -> int:
    """As `int`, which takes a number of 10^6 digits for an attack, or as long as one."""
    if len(text) > _MOST_DIGITS:
        raise ValueError(_TOO_MANY_DIGITS)
    return int(text)


def _decimal_in(text: str) -> Decimal:
    """All digits of an amount, for 120.10 is no binary fraction."""
    if len(text) > _MOST_DIGITS:
        raise ValueError(_TOO_MANY_DIGITS)
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent that no computer has
        raise ValueError("a number is beyond all bounds") from None


def _refuse(_: str) -> float:
    raise ValueError("NaN and Infinity are no numbers of JSON")
