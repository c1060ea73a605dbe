"""Which sheets a workbook has, and in which of its parts each stands."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from xml.parsers import expat

from cdtref.errors import DataFormatError, quoted

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_MOST_BYTES: Final = 2**20  # of either; Excel's have some kilobytes
_MOST_NAMED: Final = 20  # sheets that a message repeats


class Worksheets(NamedTuple):
    """
    The sheets of a workbook.

    Attributes:
        parts: The part of each by its name, in their order; none where that is not clear.
    """

    parts: Mapping[str, str] = MappingProxyType({})

    def chosen(self, source: str, sheet: str | None) -> str | None:
        """
        The name of the sheet that is asked for, else of the first; None where it is not known.

        Raises:
            DataFormatError: there is no such sheet.
        """
        if sheet is None:
            return next(iter(self.parts), None)
        for name in self.parts:
            if name.strip().casefold() == sheet.strip().casefold():
                return name
        problem = f"there is no sheet {quoted(sheet)}; the sheets are {named(self.parts)}"
        raise DataFormatError.at(source, problem)

    def unread(self, chosen: str | None) -> frozenset[str]:
        """The parts of the other sheets, in small letters."""
        if chosen is None:
            return frozenset()
        others = {part for name, part in self.parts.items() if name != chosen}
        return frozenset(others - {self.parts[chosen]})


def named(sheets: Mapping[str, str]) -> str:
    """The names of sheets for a message."""
    names = list(map(quoted, sheets))
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return ", ".join(names) or "not told"


def worksheets_of(packed: zipfile.ZipFile) -> Worksheets:
    """The sheets as the workbook names them; none where anything about that is unusual."""
    try:
        listed = _attributes_in(packed, _WORKBOOK, "sheet")
        relations = _attributes_in(packed, _RELATIONS, "Relationship")
    except Exception:  # noqa: BLE001  # what is damaged is told by those who look at each part
        return Worksheets()
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    parts = {}
    for one in listed:
        target = targets.get(_relation_of(one))
        if not target or "name" not in one:
            return Worksheets()
        parts[one["name"]] = posixpath.normpath(posixpath.join("/xl", target))[1:].lower()
    return Worksheets(parts)


def _relation_of(attributes: Mapping[str, str]) -> str | None:
    """The value of r:id, whatever the prefix of its namespace is."""
    for name, value in attributes.items():
        if name.rpartition(":")[2] == "id":
            return value
    return None


def _attributes_in(packed: zipfile.ZipFile, part: str, tag: str) -> list[dict[str, str]]:
    """The attributes of each element of that name."""
    found: list[dict[str, str]] = []

    def start_element(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == tag:
            found.append(attributes)

    def refuse_doctype(*_: object) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start_element
    parser.StartDoctypeDeclHandler = refuse_doctype
    with packed.open(part) as stream:
        parser.Parse(stream.read(_MOST_BYTES), True)  # noqa: FBT003  # expat names it not
    return found
