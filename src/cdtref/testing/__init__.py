"""
A test kit for people who test billing code (extra `testing`): clean and broken claim lines, hypothesis strategies, a
small catalog of fictitious codes, and `assert_clean`. The pytest fixtures `cdt_catalog` and `cdt_edition` come with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdtref.testing.fictitious import fictitious_catalog
from cdtref.testing.lines import BREAKABLE_RULES, assert_clean, broken_line, clean_line

if TYPE_CHECKING:
    from cdtref.testing.strategies import (
        broken_claim_lines,
        claim_lines,
        codes,
        dates_in_force,
        malformed_codes,
        surfaces,
        teeth,
        unknown_codes,
    )

__all__ = [
    "BREAKABLE_RULES",
    "assert_clean",
    "broken_claim_lines",
    "broken_line",
    "claim_lines",
    "clean_line",
    "codes",
    "dates_in_force",
    "fictitious_catalog",
    "malformed_codes",
    "surfaces",
    "teeth",
    "unknown_codes",
]


def __getattr__(name: str) -> Any:  # hypothesis is wanted by the strategies alone
    if name in __all__:
        from cdtref.testing import strategies

        return getattr(strategies, name)
    raise AttributeError(f"module 'cdtref.testing' has no attribute {name!r}")
