"""Search by what people type: how texts and queries are read, weighed and matched."""

from cdtref.textsearch.completing import Completions
from cdtref.textsearch.match import Match, Searched, search
from cdtref.textsearch.ranking import Hit, Index
from cdtref.textsearch.site import Site
from cdtref.textsearch.thesaurus import Thesaurus, bundled, from_bundle

__all__ = [
    "Completions",
    "Hit",
    "Index",
    "Match",
    "Searched",
    "Site",
    "Thesaurus",
    "bundled",
    "from_bundle",
    "search",
]
