"""Claim lines as they stand in a file, and what came of checking them."""

from __future__ import annotations

from typing import NamedTuple

from cdtref.claim.finding import Finding
from cdtref.claim.line import ClaimLine


class Row(NamedTuple):
    """
    A line of the file: its number from 1, the claim it belongs to ('' without such a column), and
    what it says.
    """

    number: int
    claim: str
    line: ClaimLine


class Checked(NamedTuple):
    """
    A line of the file with what is wrong with it; `line` is None where a cell could not be read.
    """

    number: int
    claim: str
    line: ClaimLine | None
    findings: tuple[Finding, ...]
