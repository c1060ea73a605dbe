"""
The claims of a file in any format that claims come in, told apart by what the file begins with and
not by its name: 837D, FHIR in JSON or NDJSON, csv, xlsx, parquet.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from os import PathLike
from types import MappingProxyType
from typing import IO, Any, Final, Literal, Protocol

from cdtref.claim.checking import check_claims
from cdtref.claim.claim import Claim
from cdtref.claim.columns import Layout, layout_of
from cdtref.claim.csvfile import claims_of_table
from cdtref.claim.filed import Checked, FiledClaim
from cdtref.claim.patients import Histories, PatientKeys
from cdtref.claim.together import Background
from cdtref.claim.x12 import filed_claims_of_837
from cdtref.codeset import Catalog
from cdtref.errors import DataFormatError
from cdtref.table import Note, Progress, open_file

__all__ = ["ReadResources", "check_claims_in_file", "claims_in_file", "layout_of"]

Format = Literal["837", "json", "table"]

_TELLING: Final = 8  # bytes that are no blanks, by which a format is told
_MOST_BLANK: Final = 2**16
_BLANKS: Final = b" \t\r\n\x00\x1a"
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Titles of a table, which may begin so too, are not two digits behind a sign that divides them.
_X12: Final = re.compile(rb"ISA(?:[^\w\s,;|]|([,;|])[0-9]{2}\1)|(?:GS.HC|ST.837)[^\w\s]")
_NO_PATIENT: Final = "a claim that is not active or tells no patient has no history"
# What else people hand in, and what to do with it
_OTHERS: Final = MappingProxyType(
    {
        b"%PDF": "it is a PDF, whose tables cannot be read; export it as csv or xlsx",
        b"\xd0\xcf\x11\xe0": "it is an xls of old Excel; save it as xlsx or csv (UTF-8)",
        b"\x1f\x8b": "it is packed by gzip; unpack it first",
        b"<": "it is XML or HTML; export it as csv, xlsx or 837D",
    }
)


class ReadResources(Protocol):
    """
    Reads the claims of a file of FHIR resources, each with a key of its patient; the reader stands
    above this wing.
    """

    def __call__(
        self,
        file: str | PathLike[str] | IO[Any],
        *,
        note: Note | None,
        keys: PatientKeys | None,
    ) -> Iterator[tuple[Claim, bytes | None]]: ...


def claims_in_file(  # noqa: PLR0913, PLR0917  # as `check_claims_in_file`
    path: str | PathLike[str],
    layout: Layout,
    read_resources: ReadResources,
    note: Note | None = None,
    keys: PatientKeys | None = None,
    progress: Progress | None = None,
) -> Iterator[FiledClaim]:
    """
    The claims of a file, one by one as they are read; '-' is standard input.

    *keys* are asked for to tell the lines of one patient from those of another: in tables, and in
    an 837D, where a claim tells the subscriber and the patient.

    Raises:
        DataFormatError: it is in none of the formats, or is broken.
        OSError: the file cannot be opened.
    """
    with open_file(path, progress) as opened:
        first, file = opened.begun(_is_telling)
        form = _format_of(file.name, first)
        if form == "table":
            yield from claims_of_table(file, layout, note, keys)
            return
        if layout.sheet is not None:
            raise DataFormatError.at(file.name, "it is no workbook, and has no sheets")
        with io.BufferedReader(_BlockReader(file.blocks)) as stream:
            if form == "837":
                yield from filed_claims_of_837(stream, file.name, keys)
            else:
                claims = read_resources(file.path or stream, note=note, keys=keys)
                yield from _claims_of_resources(claims, note if keys is not None else None)


def check_claims_in_file(  # noqa: PLR0913  # each is a part of the question, most by name only
    path: str | PathLike[str],
    layout: Layout,
    read_resources: ReadResources,
    catalog: Catalog,
    background: Background,
    *,
    note: Note | None = None,
    progress: Progress | None = None,
    history: bool = False,
) -> Iterator[Checked]:
    """
    Every line of the file with its findings; with *history*, judged by the lines of its patient
    that stand above, too.

    Raises:
        DataFormatError, OSError: as `claims_in_file`.
    """
    keys = histories = None
    if history:
        keys, histories = PatientKeys(), Histories(note)
    claims = claims_in_file(path, layout, read_resources, note, keys, progress)
    return check_claims(claims, catalog, background, histories)


def _is_telling(first: bytes) -> bool:
    return len(_without_blanks(first)) >= _TELLING or len(first) > _MOST_BLANK


def _without_blanks(first: bytes) -> bytes:
    """The beginning without blanks and marks of an encoding; in UTF-16 every other byte is 0."""
    for mark in _MARKS:
        if first.startswith(mark):
            first = first[len(mark) :]
            if len(mark) == 2:
                first = first.replace(b"\x00", b"")
    return first.lstrip(_BLANKS)


def _format_of(name: str, first: bytes) -> Format:
    begun = _without_blanks(first)
    for sign, told in _OTHERS.items():
        if begun.startswith(sign):
            raise DataFormatError.at(name, told)
    if begun.startswith((b"{", b"[")):
        return "json"
    if _X12.match(begun):
        return "837"
    return "table"


def _claims_of_resources(
    claims: Iterable[tuple[Claim, bytes | None]], note: Note | None
) -> Iterator[FiledClaim]:
    """*note* is told once of a claim that tells no patient."""
    for count, (claim, patient) in enumerate(claims, start=1):
        number = count if claim.place is None else claim.place.segment
        if patient is None and note is not None:
            note(f"line {number}: {_NO_PATIENT}")
            note = None
        yield FiledClaim.of_claim(claim, (number,) * len(claim.lines), patient)


class _BlockReader(io.RawIOBase):
    """The blocks of a file that was begun already, as an open file gives them."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._rest or next(self._blocks, b"")
        count = min(len(buffer), len(block))
        buffer[:count] = block[:count]
        self._rest = block[count:]
        return count
