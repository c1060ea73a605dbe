"""What a text is as a code, and which codes stand in a text."""

from cdtref.verdicts.foundcode import FoundCode, FoundStatus, codes_found_in
from cdtref.verdicts.verdict import Verdict, verdict_of

__all__ = ["FoundCode", "FoundStatus", "Verdict", "codes_found_in", "verdict_of"]
