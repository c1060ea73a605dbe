"""
Anesthesia conversion factors of the localities.

Source: CMS, the ANES file of each release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING, Final

import attrs

import cdtref.errors  # for the name `cdtref`, see below
from cdtref.errors import quoted

# Named in full in annotations: what unpacks files is loaded with the first of them.
if TYPE_CHECKING:
    import cdtref.feeschedule.cmsfile

_HEADER: Final = ("Contractor", "Locality", "Locality Name")
_NATIONAL: Final = re.compile(r"National Anes CF of (\d{1,2}\.\d{1,4})(?!\d)")
_DOLLARS: Final = re.compile(r"\d{1,2}(?:\.\d{1,4})?")
# The printer's form of the file has no header, and the factor in cents.
_LONGEST_LINE: Final = 400  # a printed row has under 100 characters
_PRINTED_ROW: Final = re.compile(r"(\d{5}) +(\d{2}) +(\S.*?) {2,}(\d{4})")


@attrs.frozen(kw_only=True)
class AnesthesiaFactor:
    """
    The anesthesia conversion factor of a locality, in dollars a unit; the national one has no
    contractor and no number.

    Attributes:
        contractor: Number of the Medicare administrative contractor, or "".
        number: Locality number, or "".
        name: CMS's name of the locality, or 'NATIONAL'.
        factor: Dollars an anesthesia unit.
    """

    contractor: str
    number: str
    name: str
    factor: Decimal


def read_anesthesia_factors(path: str | PathLike[str]) -> tuple[AnesthesiaFactor, ...]:
    """
    The anesthesia conversion factors of an ANES file (csv, txt, or xlsx with the extra `xlsx`).

    The national one comes first; the txt does not have it.

    Raises:
        DataFormatError: the file is not an ANES file, or a line of it is broken.
        OSError: it cannot be opened.
    """
    from cdtref.feeschedule.cmsfile import opened, words_of

    file = opened(path)
    first = words_of(file).partition("\n")[0]
    if not file.is_packed and _printed_row(first):
        return tuple(_printed_factors(file))
    return tuple(_factors_of_table(file))


def _factors_of_table(file: cdtref.feeschedule.cmsfile.Named) -> Iterator[AnesthesiaFactor]:
    from cdtref.feeschedule.sheet import lines_of

    lines = lines_of(file)
    number, titles = _header_of(file, lines)
    national = _NATIONAL.search(" ".join(titles))
    if national is None:
        raise file.fault("the header does not name the national factor", line=number)
    factor = _dollars_of(file, number, national[1])
    yield AnesthesiaFactor(contractor="", number="", name="NATIONAL", factor=factor)
    for number, cells in lines:
        if len(list(filter(str.strip, cells))) > 1:  # a footnote fills one cell at most
            yield _factor_of(file, number, cells)


def _header_of(
    file: cdtref.feeschedule.cmsfile.Named, lines: Iterator[tuple[int, list[str]]]
) -> tuple[int, list[str]]:
    for number, cells in lines:
        titles = [" ".join(cell.split()) for cell in cells]
        if tuple(titles[:3]) == _HEADER:
            return number, titles
    wanted = ", ".join(_HEADER)
    raise file.fault(f"no header line {wanted}, as an anesthesia file (ANES) of CMS has it")


def _factor_of(
    file: cdtref.feeschedule.cmsfile.Named, number: int, cells: list[str]
) -> AnesthesiaFactor:
    if len(cells) < 4:
        raise file.fault(f"{len(cells)} fields, where 4 are expected", line=number)
    contractor, locality, name, dollars = (cell.strip() for cell in cells[:4])
    # A spreadsheet takes the zeros of numbers; their lengths tell how many.
    contractor, locality = contractor.zfill(5), locality.zfill(2)
    if not re.fullmatch(r"\d{5}-\d\d", f"{contractor}-{locality}", re.ASCII):
        problem = f"{quoted(contractor)}, {quoted(locality)} are no contractor and locality"
        raise file.fault(problem, line=number)
    factor = _dollars_of(file, number, dollars)
    return AnesthesiaFactor(
        contractor=contractor, number=locality, name=name.rstrip("* "), factor=factor
    )


def _dollars_of(file: cdtref.feeschedule.cmsfile.Named, number: int, text: str) -> Decimal:
    if _DOLLARS.fullmatch(text) is None or not Decimal(text):
        problem = f"{quoted(text)}, where dollars above 0 and below 100 are expected"
        raise file.fault(problem, line=number)
    return Decimal(text)


def _printed_factors(file: cdtref.feeschedule.cmsfile.Named) -> Iterator[AnesthesiaFactor]:
    from cdtref.feeschedule.sheet import text_of

    for number, line in enumerate(text_of(file).splitlines(), start=1):
        row = _printed_row(line)
        if row is None:
            raise file.fault("the row of a locality is broken", line=number)
        contractor, locality, name, cents = row.groups()
        dollars = f"{cents[:-2]}.{cents[-2:]}"
        yield _factor_of(file, number, [contractor, locality, name, dollars])


def _printed_row(line: str) -> re.Match[str] | None:
    if len(line) > _LONGEST_LINE:  # the pattern would go to and fro in it
        return None
    return _PRINTED_ROW.fullmatch(line.rstrip())
