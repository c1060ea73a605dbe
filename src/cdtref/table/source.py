"""
The bytes of a table and the bounds of what any table may be: one budget for every reader.

A path is opened once, so that pipes and `<(...)` of a shell can be read; '-' is standard input,
which stays open.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from cdtref.errors import DataFormatError

Note = Callable[[str], object]
"""Takes a word on what was passed over."""

Progress = Callable[[int], object]
"""Takes how many bytes of a file were read so far."""


class Line(NamedTuple):
    """
    A line of the table: its number (that of the row in JSON and rows), and its cells as the source
    has them.
    """

    number: int
    cells: list[Any]


MOST_BYTES: Final = 64 * 2**20  # of a table held in memory; a code set with its wording is 1 MiB
MOST_ROWS: Final = 500_000  # likewise; a busy practice logs 20,000 procedures a year
MOST_CELLS: Final = 4_000_000  # likewise; each takes a hundred bytes when it is kept
MOST_COLUMNS: Final = 1_000  # practice systems export 200 at most
LONGEST_LINE: Final = 2**17  # characters; the csv module's own limit of a cell
LONGEST_ROW: Final = 2**20  # characters; of a row whose quoted cells run over many lines
_BLOCK: Final = 2**16
_TELLING: Final = 8  # bytes that tell an xlsx or a mark of UTF-16


class OpenFile(NamedTuple):
    """
    A file that was opened and not read yet.

    Attributes:
        name: What messages call it.
        blocks: Its bytes block by block, as they come.
        path: Where it can be read once more from its beginning; None for a pipe, as for '-'.
    """

    name: str
    blocks: Iterator[bytes]
    path: Path | None

    def begun(self, is_enough: Callable[[bytes], bool]) -> tuple[bytes, OpenFile]:
        """
        Its first bytes, as many as are enough to tell something by, and the file with them in it.
        """
        first = b""
        for block in self.blocks:
            first += block
            if is_enough(first):
                break
        whole = itertools.chain([first] if first else [], self.blocks)
        return first, self._replace(blocks=whole)


@contextlib.contextmanager
def open_file(path: str | PathLike[str], progress: Progress | None = None) -> Iterator[OpenFile]:
    """
    A file, or '-' for standard input, which stays open. Its first block is long enough to tell its
    format. *progress* is told of each block.
    """
    if path == "-":
        yield OpenFile("-", _blocks_of(sys.stdin.buffer, progress), None)
        return
    place = Path(path)
    with place.open("rb") as file:
        again = place if place.is_file() else None
        yield OpenFile(fspath(path), _blocks_of(file, progress), again)


def _blocks_of(file: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    blocks = _blocks_as_they_come(file)
    if progress is None:
        yield from blocks
        return
    read = 0
    for block in blocks:
        yield block
        read += len(block)  # when the next one is asked for, this one is done with
        progress(read)


def _blocks_as_they_come(file: BinaryIO) -> Iterator[bytes]:
    first = b""
    # A pipe gives what was written so far, which may be a single byte.
    while len(first) < _TELLING and (more := file.read(_TELLING - len(first))):
        first += more
    if first:
        yield first
    read_available = getattr(file, "read1", file.read)
    while block := read_available(_BLOCK):
        yield block


def bounded_blocks(name: str, blocks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The blocks; refused where they are more bytes than *most* together."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > most:
            problem = f"it has more than {most} bytes; no table of this kind is that large"
            raise DataFormatError.at(name, problem)
        yield block


def bounded_rows(name: str, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines; refused where they, or their cells, are more than any table in memory has."""
    cells = 0
    for count, line in enumerate(lines, start=1):
        cells += len(line.cells)
        if count > MOST_ROWS or cells > MOST_CELLS:
            most = f"more than {MOST_ROWS} rows or {MOST_CELLS} cells"
            problem = f"{most}; no table of this kind has so many"
            raise DataFormatError.at(name, problem, line=line.number)
        yield line
