"""
A sheet of an xlsx as numbered rows of text, by python-calamine (an extra).

calamine makes a full rectangle of what the cells' references span, so one cell far out would take
all memory and end the process. So every part of the workbook is looked at before, as a stream and
without entities; calamine is handed a workbook of the parts that were looked at and nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple, cast
from xml.parsers import expat

from cdtref.errors import DataFormatError, quoted
from cdtref.table.dates import EPOCH_1900, EPOCH_1904
from cdtref.table.source import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Line
from cdtref.table.worksheets import named, worksheets_of

ZIP_MARK: Final = b"PK\x03\x04"
_WORKBOOK: Final = "xl/workbook.xml"
_STRINGS: Final = "xl/sharedstrings.xml"
_MOST_PARTS: Final = 1_000
_MOST_CELLS: Final = 2_000_000  # of the rectangle; CMS's largest file has 600,000
_MOST_CHARACTERS: Final = 2 * MOST_BYTES  # of all cells, a text that many share counted for each
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Excel's; others unpack unbounded
_BLOCK: Final = 2**16
_SHOWN: Final = 20  # characters of what is no number that a message repeats
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[0-9]{1,7}")
_SAVE_IT: Final = "save the sheet as csv (UTF-8)"


def is_sheet(first: bytes) -> bool:
    """True for the beginning of a zip, which an xlsx is."""
    return first.startswith(ZIP_MARK)


class Sheet(NamedTuple):
    """
    A sheet of a workbook.

    Attributes:
        rows: Its rows, blank ones too, as text: whole numbers without a point, dates in ISO form.
        epoch: The day from which its dates are counted, where a cell has the bare number.
        name: What it is called; "" where that is not clear.
        others: The names of the other sheets, for a message; "" where there are none.
    """

    rows: Iterator[Line]
    epoch: date
    name: str = ""
    others: str = ""


def sheet_of(name: str, content: bytes, sheet: str | None = None) -> Sheet:
    """
    A sheet of an xlsx, by its name or else the first. *name* is what messages call the file.

    Raises:
        DataFormatError: it is no workbook, has no such sheet, one that holds a formula (its cached
            value may be stale or planted) or is larger than any table, or python-calamine is not
            installed.
    """
    sound = _sound_workbook(name, content, sheet)
    rows = _text_rows(name, sound)
    return Sheet(rows, sound.epoch, sound.sheet or "", sound.others)


def sheet_rows(name: str, content: bytes) -> Iterator[Line]:
    """
    The rows of the first sheet.

    Raises:
        DataFormatError: as `sheet_of`.
    """
    return sheet_of(name, content).rows


class _Sound(NamedTuple):
    """A workbook of the parts that were looked at, and what is known of it."""

    content: bytes
    epoch: date
    sheet: str | None
    others: str


def _text_rows(name: str, sound: _Sound) -> Iterator[Line]:
    for number, row in enumerate(_cell_values(name, sound), start=1):
        yield Line(number, list(map(cell_text, row)))


def cell_text(value: object) -> str:
    """A cell as a csv has it, numbers with the fifteen digits that Excel keeps."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)


def _cell_values(name: str, sound: _Sound) -> list[list[Any]]:
    try:
        import python_calamine
    except ImportError as error:
        problem = 'reading xlsx needs an extra: pip install "cdtref[xlsx]"'
        raise DataFormatError.at(name, problem) from error
    try:
        book = python_calamine.load_workbook(io.BytesIO(sound.content))
        if sound.sheet is None:
            sheet = book.get_sheet_by_index(0)
        else:
            sheet = book.get_sheet_by_name(sound.sheet)
        return cast("list[list[Any]]", sheet.to_python(skip_empty_area=False))
    # calamine's errors have no common base that it exports, and a panic in Rust is none of
    # Exception's.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        problem = f"it is not a workbook that can be read ({str(error)[:100]}); {_SAVE_IT}"
        raise DataFormatError.at(name, problem) from error


def _sound_workbook(name: str, content: bytes, wanted: str | None) -> _Sound:
    """What is in the other sheets, formulas too, does not matter: they are not handed on."""
    sound = io.BytesIO()
    with _opened_zip(name, content) as packed, zipfile.ZipFile(sound, "w") as kept:
        parts = _named_parts(name, packed)
        sheets = worksheets_of(packed)
        chosen = sheets.chosen(name, wanted)
        unread = sheets.unread(chosen)
        others = {other: part for other, part in sheets.parts.items() if other != chosen}
        budget = _Budget(name, chosen, named(others) if others else "")
        for part in sorted(parts, key=_strings_first):
            if part.lower() in unread:
                continue
            text = _checked_part(packed, parts[part], budget)
            if text:
                kept.writestr(part, text)
    return _Sound(sound.getvalue(), budget.epoch, chosen, budget.others)


def _opened_zip(name: str, content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except Exception as error:  # a damaged directory fails in many ways
        problem = f"it begins like an xlsx and cannot be opened as one ({str(error)[:100]})"
        raise DataFormatError.at(name, problem) from error


def _named_parts(name: str, packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    count = len(packed.infolist())
    parts = {info.filename: info for info in packed.infolist()}
    if _WORKBOOK not in parts:
        raise DataFormatError.at(name, "it is a zip and no xlsx, for it has no xl/workbook.xml")
    if count > _MOST_PARTS:
        problem = f"a workbook of {count} parts, where at most {_MOST_PARTS} are expected"
        raise DataFormatError.at(name, problem)
    if "" in parts:  # as of a name that begins with NUL, where zipfile cuts it off
        raise DataFormatError.at(name, "a part of this workbook has no name")
    # calamine takes names in any case, and one of two parts with one name would go unseen.
    if len(set(map(str.lower, parts))) < count:
        raise DataFormatError.at(name, "two parts of this workbook have one name")
    return parts


def _strings_first(part: str) -> bool:
    """The texts that cells share come first, since cells are counted with theirs."""
    return part.lower() != _STRINGS


class _Budget:
    """
    What is left to unpack, the lengths of the texts that cells share, and the day from which the
    workbook counts.
    """

    def __init__(self, name: str, sheet: str | None, others: str) -> None:
        self.name = name
        self.sheet = sheet
        self.others = others
        self.epoch = EPOCH_1900
        self.bytes = MOST_BYTES
        self.shared: list[int] = []

    def take(self, block: bytes) -> None:
        self.bytes -= len(block)
        if self.bytes < 0:
            problem = f"more than {MOST_BYTES} bytes when unpacked; no table is that large"
            raise DataFormatError.at(self.name, problem)


def _checked_part(packed: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """Its bytes, if it is XML; b"" for pictures and settings, of which no cell comes."""
    look = _Look(budget, info.filename)
    kept: list[bytes] = []
    for block in _unpacked_blocks(packed, info, budget):
        budget.take(block)
        if not kept and not _is_xml(block):
            return b""
        look.take(block)
        kept.append(block)
    look.end()
    return b"".join(kept)


def _is_xml(block: bytes) -> bool:
    return block.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _unpacked_blocks(
    packed: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget
) -> Iterator[bytes]:
    part = f"{budget.name}:{quoted(info.filename)[1:-1]}"
    if info.compress_type not in _METHODS:
        raise DataFormatError.at(part, "it is packed in another way than a workbook is")
    try:
        with packed.open(info) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except Exception as error:  # zipfile, zlib and struct have each their own
        problem = f"it cannot be unpacked ({str(error)[:100]})"
        raise DataFormatError.at(part, problem) from error


class _Look:
    """
    One part of a workbook as it streams by: how far its cells reach, and whether any is a formula.

    Names of elements are taken without their namespace, as calamine takes them.
    """

    def __init__(self, budget: _Budget, part: str) -> None:
        self.budget = budget
        self.part = part
        self.is_strings = part.lower() == _STRINGS
        self.row = self.column = self.lowest = self.widest = 0
        self.characters = 0
        self.number = ""
        self.is_in_cell = self.is_shared = False
        # Excel writes UTF-8; a declared encoding would let bytes mean one thing here and another
        # to calamine.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start_element
        self.parser.EndElementHandler = self._end_element
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.CommentHandler = self._refuse_in_number
        self.parser.ProcessingInstructionHandler = self._refuse_in_number
        self.parser.StartCdataSectionHandler = self._refuse_in_number
        if self.is_strings:
            self.parser.CharacterDataHandler = self._count_shared

    def take(self, block: bytes) -> None:
        self._parse_block(block, last=False)

    def end(self) -> None:
        self._parse_block(b"", last=True)

    def _parse_block(self, block: bytes, *, last: bool) -> None:
        try:
            self.parser.Parse(block, last)
        except expat.ExpatError as error:
            raise self._fault_of(f"it is no XML ({error})") from error

    def _fault_of(self, problem: str, joined: str = "; ") -> DataFormatError:
        place = f"{self.budget.name}:{quoted(self.part)[1:-1]}"
        return DataFormatError.at(place, f"{problem}{joined}{_SAVE_IT}")

    def _formula_fault(self) -> DataFormatError:
        letters, number = "", self.column
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord("A") + letter) + letters
        place = f"cell {letters}{max(self.row, 1)}"
        if self.budget.sheet is not None:
            place = f"{place} of the sheet {quoted(self.budget.sheet)}"
        advice = "copy the cells and paste them as values, or"
        if self.budget.others:
            advice = f"the other sheets are {self.budget.others}; {advice}"
        return self._fault_of(f"it holds a formula in {place}; {advice}", joined=" ")

    def _refuse_doctype(self, *_: object) -> None:
        raise self._fault_of("it declares a document type, which no workbook does")

    def _start_element(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            self._take_cell(attributes)
        elif local == "row":
            self._take_row(attributes)
        elif local == "v" and self.is_shared:
            self.number = ""
            self.parser.CharacterDataHandler = self._take_number
        elif local == "f" and self.is_in_cell:
            raise self._formula_fault()
        elif local == "dimension":
            self._take_dimension(attributes)
        elif local == "si" and self.is_strings:
            self.budget.shared.append(0)
        elif local == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.budget.epoch = EPOCH_1904

    def _end_element(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            self.is_in_cell = self.is_shared = False
        elif local == "v" and self.is_shared:
            self.parser.CharacterDataHandler = None
            self._count_text()

    def _take_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", str(self.row + 1))
        if not _DIGITS.fullmatch(given):
            raise self._fault_of(f"{quoted(given)} is no number of a row")
        self.row, self.column = int(given), 0
        self._bound_reach(self.row, 1)

    def _take_cell(self, attributes: dict[str, str]) -> None:
        if self.is_in_cell:
            raise self._fault_of("a cell within a cell")
        self.is_in_cell = True
        self.is_shared = attributes.get("t") == "s"
        self.column += 1
        if "r" in attributes:
            row, self.column = self._place_of(attributes["r"])
            self._bound_reach(row, self.column)
        self._bound_reach(max(self.row, 1), self.column)

    def _take_dimension(self, attributes: dict[str, str]) -> None:
        for corner in attributes.get("ref", "A1").split(":"):
            self._bound_reach(*self._place_of(corner))

    def _place_of(self, reference: str) -> tuple[int, int]:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise self._fault_of(f"{quoted(reference)} is no place of a cell")
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(found[2]), column

    def _bound_reach(self, row: int, column: int) -> None:
        self.lowest, self.widest = max(self.lowest, row), max(self.widest, column)
        if self.lowest > MOST_ROWS or self.widest > MOST_COLUMNS:
            raise self._fault_of(self._told_reach())
        if self.lowest * self.widest > _MOST_CELLS:
            raise self._fault_of(self._told_reach())

    def _told_reach(self) -> str:
        reach = f"its cells reach to row {self.lowest} and column {self.widest}"
        return f"{reach}, beyond any table; delete what is below and beside the data"

    def _count_shared(self, text: str) -> None:
        if self.budget.shared:
            self.budget.shared[-1] += len(text)

    def _take_number(self, piece: str) -> None:
        self.number += piece

    def _count_text(self) -> None:
        """A text that many cells share is made anew for each."""
        number = self.number
        if not _DIGITS.fullmatch(number) or int(number) >= len(self.budget.shared):
            shown = repr(number[:_SHOWN])
            raise self._fault_of(f"{shown} is the number of no shared text")
        self.characters += self.budget.shared[int(number)]
        if self.characters > _MOST_CHARACTERS:
            problem = f"its cells have more than {_MOST_CHARACTERS} characters"
            raise self._fault_of(problem)

    def _refuse_in_number(self, *_: object) -> None:
        """Around a comment and the like, calamine might read another number than we do."""
        if self.is_shared:
            raise self._fault_of("a comment, an instruction or CDATA within a cell")
