"""
Every tuned number of the search, with its reason.

All were set by the first half of benchmarks/search/queries.csv and tried against the other files
there; none is a fact of dentistry. To change one, run `python benchmarks/search/run.py` before and
after.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# What a word in a field says for a code. A title and the wordings people use name the procedure;
# a description explains it; the clinical context also tells what it is not.
FIELD_WEIGHTS: Final = MappingProxyType(
    {
        "title": 3.0,
        "synonyms": 2.5,
        "subcategory": 1.0,
        "plain_language": 1.2,
        "description": 1.0,
        "clinical_context": 0.35,
        "nomenclature": 2.5,
    }
)

# BM25F's k1: from this weight on, saying a word again adds less than half of what is left.
SATURATION: Final = 1.5

# A term that weighs less than one mention in a description does not make a record one of those
# that speak of it, so it does not count for the term's rarity.
SPEAKS_OF: Final = 1.0

# Beyond it a rarer term says no more; it bounds the levels that postings are packed into.
TOP_RARITY: Final = 8.0

# Weights are kept in 12 bits: finer steps move no rank. With 3 bits of field they fill two bytes.
LEVELS: Final = 4095

# Of a term that hundreds of records have, the weakest postings never reach the candidates.
MOST_POSTINGS: Final = 180

# How often a word stands, for spelling: one of a title or synonym is what a slip was meant to be.
NAMED_COUNT: Final = 5

# The lean of a record before any word is read: what is done daily comes before its rare sibling.
PRIOR: Final = 0.9
PRIOR_OF_SYNONYMS: Final = 0.1  # in full at ten synonyms: what has many names is talked about
MANY_SYNONYMS: Final = 10
PRIOR_OF_GENERAL_DENTISTS: Final = 0.05
PRIOR_OF_COMMON: Final = 0.1
PRIOR_OF_UNLISTED: Final = -0.2  # nobody means 'unspecified, by report' who does not say so

# A query of which more is read costs time and says nothing new.
MOST_CHARACTERS: Final = 600
MOST_WORDS: Final = 48
MOST_ALTERNATIVES: Final = 8
WORDS_KEPT: Final = 2048  # more than the words that the queries of a day are made of

# How sure a phrase is of its concept: a term means it, an abbreviation may be another's, what a
# patient says may be several things.
PHRASE_CONFIDENCE: Final = MappingProxyType(
    {"term": 0.95, "abbreviation": 0.9, "brand": 0.9, "lay": 0.8, "event": 0.9}
)
BROADER: Final = 0.7  # who asks for a molar is served by what is for posterior teeth
NARROWER: Final = 0.45  # who asks for an x-ray may not mean a bitewing

# How sure a mended word is: another word of its root means nearly the same; two known words run
# together hardly mean anything else; a slip may be another word's, two slips more so; a
# beginning has many ends.
DERIVED: Final = 0.9
MOST_DERIVED: Final = 4
RUN_TOGETHER: Final = 0.9
SLIPS: Final = (0.0, 0.85, 0.6)  # by their number
BEGINNING: Final = 0.75
MOST_SLIPS_MEANT: Final = 2
# Letters from which on a word within the query may be a beginning, as the last one always may.
CUT_SHORT: Final = 5
# Shorter words run together, such as 'to' and 'ed', make others by chance.
SHORTEST_JOINED: Final = 6
PAIRS_KEPT: Final = 512  # of words that may be one

# The share of a query's weight that a word has. In a phrase, the phrase speaks for its words; a
# number alone says little.
SHARE_IN_PHRASE: Final = 0.35
SHARE_OF_NUMBER: Final = 0.4
SHARE_OF_PHRASE: Final = 0.8
SHARE_OF_EACH_WORD: Final = 0.25  # a longer phrase is less likely to be chance

# What is done counts more than what it is done after or for.
SHARE_OF_OCCASION: Final = 0.7
# To deny the same is less than to be what is asked. A denied word still tells what the talk is of.
SHARE_OF_DENIED: Final = 0.6
DENIED_WORD: Final = 0.25
# What a record loses that has all that the query denies: more than any facet takes from it.
DENIAL: Final = 0.75

# How far a query must speak of teeth to be answered.
LEAST_DENTAL: Final = 0.38
# A title of general words alone ('case presentation') is ours by being one.
NEARLY_NAMED: Final = 0.72
# A word by itself that few records have, as 'tobacco', asks for their titles; 'three' and 'after'
# do not. That it is no dental word makes its answer less sure.
CATCHWORD_RARITY: Final = 3.3
CATCHWORD_SURE: Final = 0.5
# Levels are logarithms of how often a word stands in a thousand million.
LEAST_ENGLISH: Final = 2.5  # rarer words are names, or no English
COMMON_ENGLISH: Final = 3.5  # a word from here on is no slip for another
EMPTY_LEVEL: Final = 6.5  # 'the' and 'and': they say nothing
RARITY_SPAN: Final = 6.5
# A hundred times as often in our texts as in English: that is surely dental.
SURELY_DENTAL: Final = 2.15
IN_CONCEPT: Final = 0.22  # what the thesaurus has is dental rather than chance
DENTAL_WEIGHT: Final = 0.6
# One word of another trade outweighs three dental ones: 'knee replacement surgery' is no implant.
ELSEWHERE_WEIGHT: Final = 10.0
EVERYDAY_WEIGHT: Final = 4.5  # of one that our texts have too, but English as often
# A word that nobody knows may be a name or a brand.
UNKNOWN_WEIGHT: Final = 0.9
GUESS_WEIGHT: Final = 1.3
# A guess at a word that is somebody's name, or rare, is hardly one.
GUESS_FOR_KNOWN: Final = 0.25
EACH_IN_PHRASE: Final = 0.6
# The sum of what is dental beside its share.
SUM_OF_DENTAL: Final = 0.32
MUCH_DENTAL: Final = 5.0

# Words whose weights by record are kept: people ask with the same few hundred.
WORDS_WEIGHED: Final = 2048
WAYS_KEPT: Final = 1024  # what answers are explained by
HITS_KEPT: Final = 4096  # of a word in a field
ONE_RECORD_IN: Final = 32  # that a word stands in: then its weights are added up faster for all
# Most records fall out by words alone: facets are looked at for so many, wordings for the best.
CANDIDATES: Final = 28
FINALISTS: Final = 6
# The words of all fields count as much as the likeness of the best title or synonym.
GATHERED: Final = 0.5
# A word of a title that nobody asked for is a smaller fault than an asked one that it lacks.
SURPLUS: Final = 0.7

# What a facet does to a score. A contradiction (upper for lower) is nearly a refusal; silence is
# usual, since few records tell all; what a record says unasked (retreatment) makes it special.
AGREES: Final = 1.1
SILENT: Final = 0.95
CONTRADICTS: Final = 0.55
UNASKED: Final = 0.88

# Scores. A text that is a record's very title or synonym comes first, a title before synonyms;
# among several of one wording their facets and priors tell a little.
NAMED_OUTRIGHT: Final = 0.94
NAMED_LATER: Final = 0.01  # less for each place after the title
LAST_PLACE: Final = 4
NAMED_BY_FIT: Final = 0.04
# Of what nobody understands the answer knows nothing: its score says so, its order stays.
DOUBT: Final = 0.5
# All others stay below it, on a curve that keeps their order.
HALF_SCORE: Final = 0.3  # what is judged so is scored 0.5
MOST_BY_WORDS: Final = 0.85
# Those beyond the finalists keep their rough order below them, falling by this.
FALL_OFF: Final = 0.05

# As one types: each word of a title or synonym makes it less likely to be the one that is begun.
EACH_WORD_TO_COMPLETE: Final = 0.15

# Spelling. Three letters begin too many words for less; of four letters a slip is still seen.
SHORTEST_BEGINNING: Final = 3
SHORTEST_WITH_SLIP: Final = 4
TWO_SLIPS_FROM: Final = 7  # letters
LONGEST_WORD: Final = 24  # hardly a word of the texts is longer, and distances are quadratic
MOST_BEGUN: Final = 12
# The count from which on a word may be half of two that are run together.
OFTEN_SAID: Final = NAMED_COUNT
