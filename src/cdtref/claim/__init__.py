"""
Claim lines, the rules that judge them, and what is found.

What the check of a line needs is imported here; the rest comes in when it is first named.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from cdtref.claim.claim import Claim, Orthodontics
from cdtref.claim.finding import Finding, Place, Severity
from cdtref.claim.line import ClaimLine, is_missing
from cdtref.claim.linerules import LINE_RULES
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.rule import ClaimRule, HeaderRule, LineRule, check_line
from cdtref.claim.sv3 import Separators, split_surfaces

if TYPE_CHECKING:
    from cdtref.claim.claimrules import CLAIM_RULES, DIRECT_FILLINGS
    from cdtref.claim.conflict import Conflict, ConflictTable, Scope
    from cdtref.claim.conflictindex import Index, Practice, index_of
    from cdtref.claim.conflicts import CONFLICT_RULES, ConflictRule
    from cdtref.claim.filed import Checked, Row, open_given
    from cdtref.claim.filerules import FILE_RULES, SAID_ONCE, FileRule
    from cdtref.claim.headerrules import HEADER_RULES, is_npi
    from cdtref.claim.limits import GROUPS, Limit, require_known
    from cdtref.claim.patients import PatientKeys
    from cdtref.claim.planrules import LIMIT_RULES, LimitRule
    from cdtref.claim.profiles import PROFILES, Profile
    from cdtref.claim.rulebook import RULES, Rule
    from cdtref.claim.shared import shares, tells
    from cdtref.claim.together import Background, check_lines, usual_background

_LATER: Final = {
    "CLAIM_RULES": "claimrules",
    "CONFLICT_RULES": "conflicts",
    "DIRECT_FILLINGS": "claimrules",
    "FILE_RULES": "filerules",
    "GROUPS": "limits",
    "HEADER_RULES": "headerrules",
    "LIMIT_RULES": "planrules",
    "PROFILES": "profiles",
    "RULES": "rulebook",
    "SAID_ONCE": "filerules",
    "Background": "together",
    "Checked": "filed",
    "Conflict": "conflict",
    "ConflictRule": "conflicts",
    "ConflictTable": "conflict",
    "FileRule": "filerules",
    "Index": "conflictindex",
    "Limit": "limits",
    "LimitRule": "planrules",
    "PatientKeys": "patients",
    "Practice": "conflictindex",
    "Profile": "profiles",
    "Row": "filed",
    "Rule": "rulebook",
    "Scope": "conflict",
    "check_lines": "together",
    "index_of": "conflictindex",
    "is_npi": "headerrules",
    "open_given": "filed",
    "require_known": "limits",
    "shares": "shared",
    "tells": "shared",
    "usual_background": "together",
}

__all__ = [
    "CLAIM_RULES",
    "CONFLICT_RULES",
    "DIRECT_FILLINGS",
    "FILE_RULES",
    "GROUPS",
    "HEADER_RULES",
    "LIMIT_RULES",
    "LINE_RULES",
    "PROFILES",
    "RULES",
    "SAID_ONCE",
    "Background",
    "Checked",
    "Claim",
    "ClaimLine",
    "ClaimRule",
    "Conflict",
    "ConflictRule",
    "ConflictTable",
    "FileRule",
    "Finding",
    "HeaderRule",
    "Index",
    "Limit",
    "LimitRule",
    "LineRule",
    "Orthodontics",
    "ParsedLine",
    "PatientKeys",
    "Place",
    "Practice",
    "Profile",
    "Row",
    "Rule",
    "Scope",
    "Separators",
    "Severity",
    "check_line",
    "check_lines",
    "index_of",
    "is_missing",
    "is_npi",
    "open_given",
    "require_known",
    "shares",
    "split_surfaces",
    "tells",
    "usual_background",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module 'cdtref.claim' has no attribute {name!r}")
        value = getattr(importlib.import_module(f"cdtref.claim.{_LATER[name]}"), name)
        globals()[name] = value  # from then on a name like any other
        return value
