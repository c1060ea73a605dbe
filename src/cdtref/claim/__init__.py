"""Claim lines, the rules that judge them, and what is found."""

from cdtref.claim.claim import Claim, Orthodontics
from cdtref.claim.claimrules import CLAIM_RULES, DIRECT_FILLINGS
from cdtref.claim.conflict import Conflict, ConflictTable, Scope
from cdtref.claim.conflictindex import Index, Practice, index_of
from cdtref.claim.conflicts import CONFLICT_RULES, ConflictRule
from cdtref.claim.filed import Checked, Row, open_given
from cdtref.claim.filerules import FILE_RULES, SAID_ONCE, FileRule
from cdtref.claim.finding import Finding, Place, Severity
from cdtref.claim.headerrules import HEADER_RULES, is_npi
from cdtref.claim.limits import GROUPS, Limit, require_known
from cdtref.claim.line import ClaimLine, is_missing
from cdtref.claim.linerules import LINE_RULES
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.patients import PatientKeys
from cdtref.claim.planrules import LIMIT_RULES, LimitRule
from cdtref.claim.profiles import PROFILES, Profile
from cdtref.claim.rule import (
    Background,
    ClaimRule,
    HeaderRule,
    LineRule,
    check_line,
    check_lines,
    usual_background,
)
from cdtref.claim.rulebook import RULES, Rule
from cdtref.claim.shared import shares, tells
from cdtref.claim.sv3 import Separators, split_surfaces

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
