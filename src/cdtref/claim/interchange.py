"""
The segments of an X12 file, cut at the delimiters that each of its interchanges names.

Source: the interchange control structure (X12.5, X12.6), by public maps.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import IO, Any, Final

from cdtref.claim import sv3
from cdtref.claim.finding import Place
from cdtref.claim.sv3 import Separators
from cdtref.errors import DataFormatError

_BLOCK: Final = 1 << 16  # bytes that are read at a time
# No segment of an 837D comes near it: 100 elements of 80 characters are long ones.
_LONGEST_SEGMENT: Final = 50_000
_MOST_BLANKS: Final = 1 << 20  # between interchanges, where mainframes fill up blocks of 32 kB
_LONGEST_ISA: Final = 300  # its elements have fixed widths, 106 characters in all
_BOM_BYTES: Final = "\xef\xbb\xbf"  # of UTF-8, a character a byte
_WIDE: Final = ("\xff\xfe", "\xfe\xff", "I\x00S", "\x00I")  # UTF-16 with its mark or without
_ISA_ELEMENTS: Final = 16
_END: Final = "IEA"  # the last segment of an interchange


class SegmentStream:
    """
    The segments of a file as their elements, cut at the delimiters of the interchange they stand
    in. Those whose name is not *wanted* are counted and passed over; IEA has to be.
    """

    def __init__(self, file: IO[Any], name: str, wanted: Container[str]) -> None:
        self._file = file
        self._name = name
        self._wanted = wanted
        self._rest = ""
        self.separators: Separators = sv3.USUAL
        self.number: int = 0
        self.offset: int = 0  # of the current segment
        self._next_offset = 0

    @property
    def place(self) -> Place:
        return Place(self.number, self.offset)

    def fault(self, problem: str) -> DataFormatError:
        """The error of the current segment."""
        return DataFormatError.at(self._name, problem, line=max(self.number, 1))

    def interchanges(self) -> Iterator[Iterator[list[str]]]:
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
        first = self._next_offset
        while self._next_offset - first <= _MOST_BLANKS:
            text = self._rest.removeprefix(_BOM_BYTES).lstrip(" \t\r\n\x00\x1a\ufeff")
            self._next_offset += len(self._rest) - len(text)
            self._rest = text
            if text:
                return True
            self._rest = self._read_block()
            if not self._rest:
                return False
        raise self.fault(f"more than {_MOST_BLANKS:,} blanks, where an ISA segment is expected")

    def _take_separators(self) -> None:
        """Those that the ISA at hand names, whose elements have fixed places."""
        while len(self._rest) < _LONGEST_ISA:
            block = self._read_block()
            if not block:
                break
            self._rest += block
        try:
            self.separators = _separators_of(self._rest[:_LONGEST_ISA])
        except ValueError as error:
            self.number += 1
            raise self.fault(str(error)) from error

    def _until_end_of_interchange(self) -> Iterator[list[str]]:
        element, wanted = self.separators.element, self._wanted
        is_at_end = False
        while not is_at_end:
            block, number, offset = self._rest, self.number, self._next_offset
            *segments, rest = block.split(self.separators.segment)
            for segment in segments:
                # Blanks behind a segment may be part of a note that goes on in the next.
                text = segment.rstrip("\r\n").lstrip("\r\n ")
                name, _, _ = text.partition(element)
                after = offset + len(segment) + 1
                if name in wanted:
                    number += 1
                    self.number, self.offset = number, offset
                    yield text.split(element)
                    if name == _END:
                        self._go_on_behind(block, after)
                        return
                elif text and not text.isspace():  # an empty line is no segment
                    number += 1
                offset = after
            self.number, self._next_offset = number, offset
            is_at_end = not self._read_behind(rest)
        yield from self._unterminated_end(element)

    def _go_on_behind(self, block: str, after: int) -> None:
        """Leave the segments before a place of the file, where the block at hand begins earlier."""
        self._rest = block[after - self._next_offset :]
        self._next_offset = after

    def _read_behind(self, rest: str) -> bool:
        """True where the file goes on behind what is left of a block."""
        block = self._read_block()
        if block and len(rest) > _LONGEST_SEGMENT:
            self.number += 1
            raise self.fault(f"a segment of more than {_LONGEST_SEGMENT:,} characters")
        self._rest = rest + block
        return bool(block)

    def _unterminated_end(self, element: str) -> Iterator[list[str]]:
        """Many files end without a last terminator; any other half segment is none."""
        rest, self._rest = self._rest.strip(), ""
        if rest.startswith(f"{_END}{element}"):
            self.number += 1
            self.offset = self._next_offset
            yield rest.split(element)


def words(text: str) -> str:
    """
    A text as it was written, of bytes that were read as one character each.

    X12 has its own set of characters, ASCII and some of Latin 1; UTF-8 is met all the same.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _separators_of(text: str) -> Separators:
    """
    The delimiters that an ISA names.

    Raises:
        ValueError: it is no ISA, or names none.
    """
    if text.startswith(_WIDE):
        raise ValueError("it is in UTF-16, where X12 has one byte a character; save it as ASCII")
    if not text.startswith("ISA"):
        raise ValueError("it begins with no ISA segment, so it is no X12 file")
    element = text[3:4]
    elements = text.split(element, _ISA_ELEMENTS) if element else []
    if len(elements) <= _ISA_ELEMENTS:
        raise ValueError("its ISA has less than 16 elements")
    component, terminator = elements[16][:1], elements[16][1:2]
    if not terminator or len({element, component, terminator}) < 3 or element.isalnum():
        raise ValueError("its ISA names no delimiters that can be told from each other")
    return Separators(element, component, elements[11], terminator)
