"""Editions of the code set, and what changed between two of them."""

from __future__ import annotations

from datetime import date
from typing import Literal

import attrs

from cdtref.code import Code
from cdtref.record import Record, Unpacked

ChangeKind = Literal["added", "terminated", "revised"]


@attrs.frozen(kw_only=True)
class Edition(Record):
    """
    One edition of the code set.

    Attributes:
        name: Its year, four digits as text.
        effective: Its first day, a 1 January.
        count: Codes in force on that day, as counted from the sources.
        revised: Codes whose wording it revised, as far as known.
        revision_list: 'complete', 'partial', or 'unverified' where house lists may hold edits that
            are not the ADA's.
    """

    name: str
    effective: date
    count: int
    revised: tuple[Code, ...]
    revision_list: Literal["complete", "partial", "unverified"]

    def __str__(self) -> str:
        return f"CDT {self.name}"


@attrs.frozen
class Change(Record, Unpacked):
    """
    One code that changed between two editions.

    Attributes:
        kind: What became of it: 'added', 'terminated' or 'revised'.
        code: The code.
        title: Its title in the catalog that was asked.
    """

    kind: ChangeKind
    code: Code
    title: str


@attrs.frozen(kw_only=True)
class Changes(Record):
    """
    What changed between the 1 January sets of two editions.

    Attributes:
        old: Name of the earlier edition.
        new: Name of the later edition.
        added: In force on the later day and not on the earlier one.
        terminated: In force on the earlier day and not on the later one.
        revised: In force on both days and reworded in between, as far as known.
        revised_complete: False where the list of revisions is partial or unverified.
        rows: The same code by code with their titles: the added, the terminated, the revised ones.
    """

    old: str
    new: str
    added: tuple[Code, ...]
    terminated: tuple[Code, ...]
    revised: tuple[Code, ...]
    revised_complete: bool
    rows: tuple[Change, ...] = attrs.field(default=(), repr=False)
