"""
A downloaded file of CMS as what is in it: itself, or the members of a zip, within one budget.

Nothing here knows what the content means. Refused is what is larger than any file of CMS, and a
broken container.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple

from cdtref.errors import DataFormatError

# One budget for a file and all that it unpacks to: the zip of a release has eight members or so,
# 20 MiB unpacked.
MOST_BYTES: Final = 64 * 2**20
MOST_MEMBERS: Final = 200

_LONGEST: Final = 200  # characters of a name or a problem in a message: both may be the file's own
_HEAD_BYTES: Final = 16384
_ZIP: Final = b"PK\x03\x04"
_WORKBOOK: Final = "xl/workbook.xml"
_SHARED_TEXTS: Final = "xl/sharedStrings.xml"
_SHEETS: Final = "xl/worksheets/sheet"
_READABLE: Final = (".csv", ".prn", ".txt", ".xlsx")


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


def opened(path: str | PathLike[str]) -> Named:
    """A file's name and content; refused where it is larger than any file of CMS."""
    # Not by its size, which a device or a pipe does not tell.
    with Path(path).open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        problem = f"it has over {MOST_BYTES} bytes, where at most {MOST_BYTES} are expected"
        raise Named(str(path), b"").fault(problem)
    return Named(str(path), content)


def members(file: Named) -> tuple[Named, ...]:
    """The files in a zip as CMS packs it; a file that is no zip, or is an xlsx, is the only one."""
    if not file.is_packed:
        return (file,)
    with unzipped(file) as packed:
        if _WORKBOOK in packed.namelist():
            return (file,)
        wanted = [info for info in packed.infolist() if _is_readable(info)]
        return tuple(parts_of(file, packed, wanted))


def _is_readable(info: zipfile.ZipInfo) -> bool:
    return info.filename.lower().endswith(_READABLE)


def unzipped(file: Named) -> zipfile.ZipFile:
    """The zip behind a file; refused where it is none or has more members than CMS ever packs."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(file.content))
    except Exception as error:  # a damaged directory fails in many ways
        problem = f"it begins like a zip and cannot be opened as one ({error}); download it again"
        raise file.fault(problem) from error
    count = len(packed.infolist())
    if count > MOST_MEMBERS:
        raise file.fault(f"{count} files are in it, where at most {MOST_MEMBERS} are expected")
    return packed


def parts_of(
    file: Named, packed: zipfile.ZipFile, wanted: list[zipfile.ZipInfo]
) -> Iterator[Named]:
    """The wanted members, unpacked; all of them together within `MOST_BYTES`."""
    left = MOST_BYTES
    for info in wanted:
        part = _unpacked_part(file, packed, info, left)
        left -= len(part.content)
        yield part


def _unpacked_part(file: Named, packed: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Named:
    """A member with its content, never more than *most* bytes whatever its entry claims."""
    name = f"{file.name}:{info.filename[:_LONGEST]}"
    inner = Named(name, b"")
    try:
        with packed.open(info) as stream:
            content = stream.read(most + 1)
    except Exception as error:  # zipfile, zlib, bz2, lzma and struct have each their own
        problem = f"it cannot be unpacked ({error}); download the zip again"
        raise inner.fault(problem) from error
    if len(content) > most:
        problem = f"more than {MOST_BYTES} bytes when unpacked; no file of CMS is that large"
        raise inner.fault(problem)
    return Named(name, content)


def words_of(file: Named) -> str:
    """
    The words by which a file's kind is told: the head of a text, or the texts of a workbook's
    cells, a line each.
    """
    if not file.is_packed:
        return decoded(file.content[:_HEAD_BYTES])
    with unzipped(file) as packed:
        parts = packed.infolist()
        shared = [info for info in parts if info.filename == _SHARED_TEXTS]
        # A workbook that no spreadsheet program wrote may keep its texts in the cells.
        in_cells = [info for info in parts if info.filename.startswith(_SHEETS)]
        contents = [part.content for part in parts_of(file, packed, shared or in_cells)]
    return re.sub("<[^>]*>", "\n", decoded(b"\n".join(contents)))


def decoded(content: bytes) -> str:
    """
    Text in UTF-16 by its mark, in UTF-8, else in Latin-1, which takes any bytes: CMS's names of
    localities have had letters in all three.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
