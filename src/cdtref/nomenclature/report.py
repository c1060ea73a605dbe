"""What came of laying a licensee's wording over a catalog: `NomenclatureReport`."""

from __future__ import annotations

from typing import NamedTuple

import attrs

from cdtref.code import Code
from cdtref.errors import quoted


class Remark(NamedTuple):
    """
    What the report says of one line.

    Attributes:
        line: The line of the csv, or the place of the row in JSON and rows, from 1.
        code: The code as the line has it.
        told: What is said of it.
    """

    line: int
    code: str
    told: str

    def __str__(self) -> str:
        return f"line {self.line}, {quoted(self.code)}: {self.told}"


@attrs.frozen(kw_only=True)
class NomenclatureReport:
    """
    What came of laying a licensee's wording over a catalog.

    Attributes:
        source: The file, or 'rows'.
        matched: Codes of the catalog that got their wording.
        added: Codes new to the catalog, given with the date from which they are valid.
        unmatched: Lines of codes that the catalog does not have and that came without such a date.
        duplicates: Lines of codes that come again and say the same.
        changed: Lines of codes that come again with another wording, descriptor, date or category
            (the first one counts), or that had another wording in the catalog before.
        malformed: Lines that were left out, with the reason.
        passed_over: Cells that count for nothing: dates and requirements of a code that the catalog
            has, which stay ours, and a requirement of a new code that cannot be read.
        missing: Codes without an end in the catalog that the source has no wording for.
        notes: What is to be said of the whole: rows above the header that were passed over, or an
            encoding that is no UTF-8.
    """

    source: str
    matched: tuple[Code, ...] = ()
    added: tuple[Code, ...] = ()
    unmatched: tuple[Remark, ...] = ()
    duplicates: tuple[Remark, ...] = ()
    changed: tuple[Remark, ...] = ()
    malformed: tuple[Remark, ...] = ()
    passed_over: tuple[Remark, ...] = ()
    missing: tuple[Code, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        found = f"{len(self.matched)} matched, {len(self.added)} added"
        lines = [f"{self.source}: {found}, {len(self.missing)} missing"]
        lines.extend(f"note: {note}" for note in self.notes)
        for kind in ("unmatched", "duplicates", "changed", "malformed", "passed_over"):
            lines.extend(f"{kind}: {remark}" for remark in getattr(self, kind))
        return "\n".join(lines)
