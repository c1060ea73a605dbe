"""
A test kit for people who test billing code (extra `testing`): clean and broken claim lines,
hypothesis strategies, of work logs too, a small catalog of fictitious codes, and `assert_clean`.
The pytest fixtures `cdt_catalog` and `cdt_edition` come with it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdtref.testing.broken import BREAKABLE_RULES, BREAKABLE_TOGETHER, broken_claim, broken_line
    from cdtref.testing.envelopes import interchange
    from cdtref.testing.fictitious import fictitious_catalog
    from cdtref.testing.lines import assert_clean, clean_line
    from cdtref.testing.logs import dental_codes, log_entries, work_logs
    from cdtref.testing.spellings import sloppy_lines
    from cdtref.testing.strategies import (
        broken_claim_lines,
        broken_claims,
        claim_lines,
        claims,
        codes,
        dates_in_force,
        malformed_codes,
        surfaces,
        teeth,
        unknown_codes,
    )
    from cdtref.testing.visits import VISITS, Visit, clean_visit, varied_visits

_HOMES = {
    **dict.fromkeys(
        ("BREAKABLE_RULES", "BREAKABLE_TOGETHER", "broken_claim", "broken_line"), "broken"
    ),
    **dict.fromkeys(("assert_clean", "clean_line"), "lines"),
    **dict.fromkeys(("dental_codes", "log_entries", "work_logs"), "logs"),
    **dict.fromkeys(("VISITS", "Visit", "clean_visit", "varied_visits"), "visits"),
    "fictitious_catalog": "fictitious",
    "interchange": "envelopes",
    "sloppy_lines": "spellings",
}

__all__ = [
    "BREAKABLE_RULES",
    "BREAKABLE_TOGETHER",
    "VISITS",
    "Visit",
    "assert_clean",
    "broken_claim",
    "broken_claim_lines",
    "broken_claims",
    "broken_line",
    "claim_lines",
    "claims",
    "clean_line",
    "clean_visit",
    "codes",
    "dates_in_force",
    "dental_codes",
    "fictitious_catalog",
    "interchange",
    "log_entries",
    "malformed_codes",
    "sloppy_lines",
    "surfaces",
    "teeth",
    "unknown_codes",
    "varied_visits",
    "work_logs",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too
    # PEP 562: the plugin, which every pytest session loads, needs none of it.
    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'cdtref.testing' has no attribute {name!r}")
        home = _HOMES.get(name, "strategies")
        return getattr(_module_of_kit(home), name)


def _module_of_kit(home: str) -> Any:
    try:
        return importlib.import_module(f"cdtref.testing.{home}")
    except ModuleNotFoundError as error:  # visits and single lines need nothing
        if error.name != "hypothesis":
            raise
        advice = 'the test kit needs its extra: pip install "cdtref[testing]"'
        raise ImportError(advice) from error


def __dir__() -> list[str]:
    return sorted(__all__)
