"""
Bytes to text, block by block: UTF-16 where its mark says so, else UTF-8, else Windows-1252, which
is what spreadsheets write.

Damaged UTF-8 is refused and never taken for Windows-1252, in which nearly any bytes are text.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

from cdtref.errors import DataFormatError
from cdtref.table.source import LONGEST_LINE, Note

# Characters of UTF-8 that take several bytes; no text in Windows-1252 looks so.
_MULTI_BYTE: Final = (
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3}"
)
_COMPLETE: Final = re.compile(_MULTI_BYTE)
_CUT_OFF: Final = re.compile(
    rb"(?:" + _MULTI_BYTE + rb"|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z"
)
_HELD: Final = 3  # bytes of a character that may come with the next block
_LONGEST_MARK: Final = len(codecs.BOM_UTF8)
_SAVE_IT: Final = "save it as csv (UTF-8)"


def decoded_texts(name: str, blocks: Iterable[bytes], note: Note | None) -> Iterator[str]:
    """
    The text of bytes, piece by piece.

    Raises:
        DataFormatError: it is not text, or damaged.
    """
    return _Decoding(name, note).texts(blocks)


def text_lines(name: str, texts: Iterable[str]) -> Iterator[str]:
    """
    The lines of a text with their ends (LF, CR LF or CR), as the csv module wants them.

    Raises:
        DataFormatError: a line is longer than any table's.
    """
    rest, number = "", 0
    for text in texts:
        *lines, rest = _cut_lines(rest + text)
        yield from lines
        number += len(lines)
        if len(rest) > LONGEST_LINE:
            problem = f"a line of more than {LONGEST_LINE} characters; no table has such lines"
            raise DataFormatError.at(name, problem, line=number + 1)
    if rest:
        yield rest


def _cut_lines(text: str) -> list[str]:
    """The lines that are complete, and what may go on; a CR may be the first half of an end."""
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1].endswith("\n"):
        lines.append("")
    return lines


def _first_block(source: Iterator[bytes]) -> bytes:
    """The beginning of the bytes, long enough to hold a mark: a pipe may give them one by one."""
    first = b""
    for block in source:
        first += block
        if len(first) >= _LONGEST_MARK:
            break
    return first


class _Decoding:
    """A text as far as it was read, and what its bytes told of the encoding."""

    def __init__(self, name: str, note: Note | None) -> None:
        self.name = name
        self.note = note
        self.ends = {"\n": 0, "\r": 0}
        self.is_plain = True  # no byte beyond ASCII was met

    def texts(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """The text, block by block."""
        source = iter(blocks)
        first = _first_block(source)
        encoding = _marked_encoding(first)
        decoder = codecs.getincrementaldecoder(encoding)()
        data = first
        while True:
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                if self._is_damaged(error, encoding, first):
                    raise self._broken_character(error, encoding) from error
                yield from self._western_texts(error.object, source)
                return
            self.is_plain = self.is_plain and text.isascii()
            yield self._checked_text(text)
            if not data:
                return
            data = next(source, b"")

    def _is_damaged(self, error: UnicodeDecodeError, encoding: str, first: bytes) -> bool:
        """True where the text was UTF-8 so far, or says that it is, or is UTF-16."""
        marked = encoding != "utf-8-sig" or first.startswith(codecs.BOM_UTF8)
        return marked or not self.is_plain or not error.object[: error.start].isascii()

    def _western_texts(self, data: bytes, blocks: Iterator[bytes]) -> Iterator[str]:
        """The rest of a text as Windows-1252, where nothing in it looks like UTF-8."""
        if self.note is not None:
            self.note(f"read as Windows-1252, for it is not UTF-8; {_SAVE_IT} to be sure")
        while True:
            more = next(blocks, b"")
            looks_like_utf_8 = _COMPLETE if more else _CUT_OFF
            if _COMPLETE.search(data) or looks_like_utf_8.search(data):
                raise self._damaged_utf_8(data)
            kept = data[-_HELD:] if more else b""
            yield self._checked_text(self._western_text(data[: len(data) - len(kept)]))
            if not more:
                return
            data = kept + more

    def _western_text(self, data: bytes) -> str:
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError as error:  # five bytes of it are no character
            raise self._broken_character(error, "cp1252") from error

    def _checked_text(self, text: str) -> str:
        if "\0" in text:
            before = text[: text.index("\0")]
            problem = f"it is not text; {_SAVE_IT}"
            raise DataFormatError.at(self.name, problem, line=self._line_after(before))
        for end in self.ends:
            self.ends[end] += text.count(end)
        return text

    def _damaged_utf_8(self, data: bytes) -> DataFormatError:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            return self._broken_character(error, "utf-8")
        return self._unclear_encoding("utf-8", b"")

    def _broken_character(self, error: UnicodeDecodeError, encoding: str) -> DataFormatError:
        return self._unclear_encoding(encoding, error.object[: error.start])

    def _unclear_encoding(self, encoding: str, before: bytes) -> DataFormatError:
        read_as = f"its encoding is unclear: read as {encoding}, a character here is broken"
        line = self._line_after(before.decode("latin-1"))
        return DataFormatError.at(self.name, f"{read_as}; {_SAVE_IT}", line=line)

    def _line_after(self, before: str) -> int:
        ended = {end: count + before.count(end) for end, count in self.ends.items()}
        return (ended["\n"] or ended["\r"]) + 1


def _marked_encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"
