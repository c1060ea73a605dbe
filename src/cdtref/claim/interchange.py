"""
The segments of an X12 file, cut at the delimiters that each of its interchanges names.

Source: the interchange control structure (X12.5, X12.6), by public maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from cdtref.claim import sv3
from cdtref.claim.finding import Place
from cdtref.claim.sv3 import Separators
from cdtref.errors import DataFormatError

_BLOCK: Final = 1 << 16  # bytes that are read at a time
# No segment of an 837D comes near it: 100 elements of 80 characters are long ones.
_LONGEST_SEGMENT: Final = 50_000
_LONGEST_ISA: Final = 300  # its elements have fixed widths, 106 characters in all
_BOM_BYTES: Final = "\xef\xbb\xbf"  # of UTF-8, a character a byte
_ISA_ELEMENTS: Final = 16


class SegmentStream:
    """The segments of a file, cut at the delimiters of the interchange they stand in."""

    def __init__(self, file: IO[Any], name: str) -> None:
        self._file = file
        self._name = name
        self._rest = ""
        self.separators = sv3.USUAL
        self.number = 0
        self.offset = 0  # of the current segment
        self._next_offset = 0

    @property
    def place(self) -> Place:
        return Place(self.number, self.offset)

    def fault(self, problem: str) -> DataFormatError:
        """The error of the current segment."""
        return DataFormatError.at(self._name, problem, line=max(self.number, 1))

    def interchanges(self) -> Iterator[Iterator[str]]:
        """The segments of each interchange, ISA and IEA among them."""
        while self._reach_text():
            self._take_separators()
            yield self._until_end_of_interchange()

    def _read_block(self) -> str:
        try:
            block = self._file.read(_BLOCK)
        except UnicodeDecodeError as error:
            self.number += 1
            raise self.fault("it is not in the encoding it was opened with") from error
        if isinstance(block, str):
            return block
        return bytes(block).decode("latin-1")  # a character a byte, so that places are bytes

    def _reach_text(self) -> bool:
        """True where there is text before the end; blanks between interchanges are passed over."""
        while True:
            text = self._rest.removeprefix(_BOM_BYTES).lstrip(" \t\r\n\x00\x1a\ufeff")
            self._next_offset += len(self._rest) - len(text)
            self._rest = text
            if text:
                return True
            self._rest = self._read_block()
            if not self._rest:
                return False

    def _take_separators(self) -> None:
        """Those that the ISA at hand names, whose elements have fixed places."""
        while len(self._rest) < _LONGEST_ISA:
            block = self._read_block()
            if not block:
                break
            self._rest += block
        if not self._rest.startswith("ISA"):
            self.number += 1
            raise self.fault("it begins with no ISA segment, so it is no X12 file")
        element = self._rest[3:4]
        end = 3
        for _ in range(_ISA_ELEMENTS - 1):
            end = self._rest.find(element, end + 1, _LONGEST_ISA)
            if end < 0:
                self.number += 1
                raise self.fault("its ISA has less than 16 elements")
        component, terminator = self._rest[end + 1 : end + 2], self._rest[end + 2 : end + 3]
        repetition = self._rest[3:end].split(element)[11]
        found = Separators(element, component, repetition, terminator)
        if not terminator or len({element, component, terminator}) < 3 or element.isalnum():
            self.number += 1
            raise self.fault("its ISA names no delimiters that can be told from each other")
        self.separators = found

    def _until_end_of_interchange(self) -> Iterator[str]:
        terminator = self.separators.segment
        end = f"IEA{self.separators.element}"
        while True:
            *segments, rest = self._rest.split(terminator)
            if len(rest) > _LONGEST_SEGMENT:
                self.number += len(segments) + 1
                raise self.fault(f"a segment of more than {_LONGEST_SEGMENT:,} characters")
            for place, segment in enumerate(segments):
                self.number += 1
                self.offset = self._next_offset
                self._next_offset += len(segment) + 1
                # Blanks behind a segment may be part of a note that goes on in the next.
                text = segment.rstrip("\r\n").lstrip("\r\n ")
                if text.startswith(end):
                    self._rest = terminator.join((*segments[place + 1 :], rest))
                    yield text
                    return
                if text and not text.isspace():
                    yield text
                else:
                    self.number -= 1  # an empty line is no segment
            block = self._read_block()
            if not block:
                self._rest = ""
                if rest.strip().startswith(end):  # many files end without a last terminator
                    self.number += 1
                    self.offset = self._next_offset
                    yield rest.strip()
                return
            self._rest = rest + block
