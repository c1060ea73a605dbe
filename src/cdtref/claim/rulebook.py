"""All that a finding may be called: `RULES`."""

from __future__ import annotations

from typing import Final, TypeAlias

from cdtref.claim.claimrules import CLAIM_RULES
from cdtref.claim.conflicts import ConflictRule
from cdtref.claim.filerules import FILE_RULES, FileRule
from cdtref.claim.headerrules import HEADER_RULES
from cdtref.claim.linerules import LINE_RULES
from cdtref.claim.planrules import LIMIT_RULES, LimitRule
from cdtref.claim.rule import ClaimRule, HeaderRule, LineRule

Rule: TypeAlias = LineRule | ClaimRule | ConflictRule | HeaderRule | LimitRule | FileRule
"""Any rule: it has id, severity, field, source, and the remark codes rarc and carc."""

RULES: Final[tuple[Rule, ...]] = (
    *FILE_RULES,
    *HEADER_RULES,
    *LINE_RULES,
    *CLAIM_RULES,
    *LIMIT_RULES,
)
"""Every rule by which this package finds something, in the order in which findings are told."""
