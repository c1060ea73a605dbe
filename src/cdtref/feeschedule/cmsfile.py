"""
A downloaded file of CMS as lines of cells: csv, the first sheet of an xlsx, or the members of a
zip, within bounds.

Nothing here knows what the cells mean. Refused: what is larger than any file of CMS, formulas,
broken containers.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cdtref.errors import DataFormatError

Line = tuple[int, list[str]]
"""A line of a file as cells, with its number from 1."""

MOST_BYTES: Final = 64 * 2**20  # a release is under 4 MiB in any form
_LONGEST: Final = (
    200  # characters of a name or a problem that a message repeats: both may come from the file
)
_ZIP: Final = b"PK\x03\x04"


class Named(NamedTuple):
    """The content of one file with the name that messages give it."""

    name: str
    content: bytes

    @property
    def is_packed(self) -> bool:
        """True for a zip, which an xlsx is too."""
        return self.content.startswith(_ZIP)

    def fault(
        self, problem: str, line: int | None = None, column: str | None = None
    ) -> DataFormatError:
        """The error for this file; *problem* says what was found and what was expected."""
        return DataFormatError.at(self.name, problem[:_LONGEST], line=line, column=column)


def opened(path: str | Path) -> Named:
    """A file's name and content; refused where it is larger than any file of CMS."""
    file = Path(path)
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise Named(str(path), b"").fault(f"{size} bytes, where at most {MOST_BYTES} are expected")
    return Named(str(path), file.read_bytes())


def members(file: Named) -> tuple[Named, ...]:
    """The files in a zip as CMS packs it; a file that is no zip, or is an xlsx, is the only one."""
    if not file.is_packed:
        return (file,)
    with _zip(file) as packed:
        if "xl/workbook.xml" in packed.namelist():
            return (file,)
        return tuple(
            Named(f"{file.name}:{info.filename[:_LONGEST]}", _unpacked(file, packed, info))
            for info in packed.infolist()
            if info.filename.lower().endswith((".csv", ".txt", ".xlsx"))
        )


def csv_lines(file: Named) -> list[Line]:
    """All lines of a csv as stripped cells."""
    return list(lines_of(file, text_of(file)))


def _zip(file: Named) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(file.content))
    except Exception as error:  # a damaged directory fails in many ways
        raise file.fault(
            f"it begins like a zip and cannot be opened as one ({error}); download it again"
        ) from error


def _unpacked(file: Named, packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's content, never more than `MOST_BYTES` whatever its entry claims."""
    inner = Named(f"{file.name}:{info.filename[:_LONGEST]}", b"")
    try:
        with packed.open(info) as stream:
            content = stream.read(MOST_BYTES + 1)
    except Exception as error:  # zipfile, zlib, bz2, lzma and struct have each their own
        raise inner.fault(f"it cannot be unpacked ({error}); download the zip again") from error
    if len(content) > MOST_BYTES:
        raise inner.fault(
            f"more than {MOST_BYTES} bytes when unpacked; no file of CMS is that large"
        )
    return content


def text_of(file: Named) -> str:
    """The text of a csv or fixed-width file, without the final Ctrl-Z of old tools."""
    if b"\x00" in file.content:
        raise file.fault("it holds NUL bytes, where a text, an xlsx or a zip is expected")
    return file.content.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a\r\n ").decode("latin-1")


def lines_of(file: Named, text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise file.fault(f"it is not a csv ({error})", line=reader.line_num) from error


def xlsx_lines(file: Named) -> Iterator[Line]:
    """
    The first sheet of a workbook; formulas are refused, since their cached values may be stale or
    planted.
    """
    with _zip(file) as packed:
        for info in packed.infolist():
            content = _unpacked(file, packed, info)
            if info.filename.startswith("xl/worksheets/") and re.search(rb"<f[ >/]", content):
                raise file.fault(f"{info.filename} holds a formula, where CMS gives plain values")
    try:
        import python_calamine
    except ImportError as error:
        raise file.fault('reading xlsx needs an extra: pip install "cdtref[cms]"') from error
    try:
        sheet = python_calamine.load_workbook(io.BytesIO(file.content)).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
    except Exception as error:  # calamine's errors have no common base that it exports
        raise file.fault(f"it is not a workbook that can be read ({error})") from error
    for number, row in enumerate(cells, start=1):
        yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    """A cell as the csv prints it: whole numbers without a point."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
