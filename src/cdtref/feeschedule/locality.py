"""
Localities of the physician fee schedule: geographic practice cost indices (GPCI) and anesthesia
conversion factors.

Source: CMS, addendum E (GPCI) and the ANES file of each release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

import cdtref.errors  # for the name `cdtref`, see below
from cdtref.errors import quoted

# Named in full in annotations: what unpacks files is loaded with the first of them.
if TYPE_CHECKING:
    import cdtref.feeschedule.cmsfile

_GPCI_HEADER: Final = (
    "Medicare Administrative Contractor (MAC)",
    "State",
    "Locality Number",
    "Locality Name",
)
_ANES_HEADER: Final = ("Contractor", "Locality", "Locality Name")
_GPCI_WIDTH: Final = 7


@attrs.frozen(kw_only=True)
class Locality:
    """
    A payment locality: what the relative values are multiplied by there.

    Attributes:
        key: State and locality number, such as 'CA-18'.
        name: CMS's name of it, without its footnote marks.
        contractor: Number of the Medicare administrative contractor (MAC).
        work: GPCI of physician work (with the floor of 1.0 where the file applies it).
        pe: GPCI of practice expense.
        mp: GPCI of malpractice.
    """

    key: str
    name: str
    contractor: str
    work: Decimal
    pe: Decimal
    mp: Decimal


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


def read_localities(path: str | Path) -> tuple[Locality, ...]:
    """
    The localities of a GPCI file (csv) as CMS publishes it, in the order of the file.

    Raises:
        DataFormatError: the file is not a GPCI file, or a line of it is broken.
    """
    from cdtref.feeschedule.cmsfile import opened

    return localities_in(opened(path))


def localities_in(
    file: cdtref.feeschedule.cmsfile.Named, year: int | None = None
) -> tuple[Locality, ...]:
    """As `read_localities`, from an open file, which is to be of *year*, if its columns name one.
    Where two work columns stand, the one with the floor counts."""
    from cdtref.feeschedule.cmsfile import csv_lines

    lines = csv_lines(file)
    head = _head(file, lines, _GPCI_HEADER, "a GPCI file (addendum E)")
    titles = [" ".join(cell.split()) for cell in lines[head][1]]
    named = re.search(r"\b20\d\d\b", " ".join(titles))
    if named and year not in (None, int(named[0])):
        raise file.fault(
            f"its indices are those of {named[0]}, and the release is of {year}",
            line=lines[head][0],
        )
    places = [_place(file, titles, wanted) for wanted in ("Floor", "PE GPCI", "MP GPCI")]
    found = tuple(
        _locality(file, number, cells, places)
        for number, cells in lines[head + 1 :]
        if _is_row(cells)
    )
    keys = {locality.key for locality in found}
    if not found or len(keys) != len(found):
        raise file.fault(f"{len(found)} localities under {len(keys)} keys, where each has its own")
    return found


def read_anesthesia_factors(path: str | Path) -> tuple[AnesthesiaFactor, ...]:
    """
    The anesthesia conversion factors of an ANES file (csv), the national one first.

    Raises:
        DataFormatError: the file is not an ANES file, or a line of it is broken.
    """
    from cdtref.feeschedule.cmsfile import csv_lines, opened

    file = opened(path)
    lines = csv_lines(file)
    head = _head(file, lines, _ANES_HEADER, "an anesthesia file (ANES)")
    national = re.search(
        r"National Anes CF of (\d+\.\d+)", lines[head][1][3] if len(lines[head][1]) > 3 else ""
    )
    if national is None:
        raise file.fault("the header does not name the national factor", line=lines[head][0])
    first = AnesthesiaFactor(contractor="", number="", name="NATIONAL", factor=Decimal(national[1]))
    return (
        first,
        *(_factor(file, number, cells) for number, cells in lines[head + 1 :] if _is_row(cells)),
    )


def _head(
    file: cdtref.feeschedule.cmsfile.Named,
    lines: list[tuple[int, list[str]]],
    header: Iterable[str],
    what: str,
) -> int:
    wanted = list(header)
    for n, (_, cells) in enumerate(lines):
        if [" ".join(cell.split()) for cell in cells[: len(wanted)]] == wanted:
            return n
    raise file.fault(f"no header line {', '.join(wanted)}, as {what} of CMS has it")


def _place(file: cdtref.feeschedule.cmsfile.Named, titles: list[str], wanted: str) -> int:
    found = [
        n
        for n, title in enumerate(titles)
        if wanted.lower() in title.lower() and "without" not in title.lower()
    ]
    if len(found) != 1:
        raise file.fault(
            f"the header has {len(found)} columns with {wanted!r}, where one is expected",
            column=wanted,
        )
    return found[0]


def _is_row(cells: list[str]) -> bool:
    """Footnotes and blank lines fill one cell at most; a line cut short is one to complain of."""
    return sum(bool(cell.strip()) for cell in cells) > 1


def _locality(
    file: cdtref.feeschedule.cmsfile.Named, number: int, cells: list[str], places: list[int]
) -> Locality:
    contractor, state, locality, name = _cells(file, number, cells, max(places) + 1)[:4]
    if (
        not re.fullmatch(r"\d{5}", contractor)
        or not re.fullmatch(r"[A-Z]{2}", state)
        or not locality.isdigit()
    ):
        raise file.fault(
            f"{contractor!r}, {state!r}, {locality!r} are no contractor, state and locality",
            line=number,
        )
    work, pe, mp = (_decimal(file, number, cells[place]) for place in places)
    key = f"{state}-{locality.zfill(2)}"
    return Locality(key=key, name=name.rstrip("* "), contractor=contractor, work=work, pe=pe, mp=mp)


def _factor(
    file: cdtref.feeschedule.cmsfile.Named, number: int, cells: list[str]
) -> AnesthesiaFactor:
    contractor, locality, name, dollars = _cells(file, number, cells, 4)
    factor = _decimal(file, number, dollars)
    return AnesthesiaFactor(
        contractor=contractor, number=locality.zfill(2), name=name.rstrip("* "), factor=factor
    )


def _cells(
    file: cdtref.feeschedule.cmsfile.Named, number: int, cells: list[str], width: int
) -> list[str]:
    if len(cells) < width:
        raise file.fault(f"{len(cells)} fields, where {width} are expected", line=number)
    return [cell.strip() for cell in cells[:width]]


def _decimal(file: cdtref.feeschedule.cmsfile.Named, number: int, text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal(0)
    if not 0 < value < 100:
        raise file.fault(f"{quoted(text)}, where a number above 0 is expected", line=number)
    return value
