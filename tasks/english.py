"""
Counts of English words -> data/english.json: how common a word is outside dentistry, which tells
what a query speaks of. `python -m tasks.english FOLDER`.

The folder holds `letters/*.csv` of https://github.com/chintan39/cmu_tf_idf, which are Google's
counts of words in books (English of 2012, CC BY 3.0), written in small letters, of those that the
CMU Pronouncing Dictionary has. Of them only numbers are kept, by stems: so names, which stand in
capitals, are rare, as they should be here.
"""

from __future__ import annotations

import csv
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import cdtref
from cdtref.textsearch import bundled
from cdtref.textsearch.english import HEAD, WHOLE, WITH_E
from cdtref.textsearch.thesaurus import tokens
from tasks import datafile

DATA = Path(__file__).resolve().parent.parent / "src" / "cdtref" / "data"
# Ten times the logarithm of how often a word stands in a thousand million. Rarer ones are not what
# people type; names are among them, kept where the index would read them as a slip.
LEAST_LEVEL = 25
LEAST_LEVEL_OF_NAMES = 1
HEADER = {
    "title": "How common English words are outside dentistry, by stems",
    "source": [
        {
            "title": "Google Books Ngram Corpus, English, 2012, 1-grams in small letters",
            "address": "https://storage.googleapis.com/books/ngrams/books/datasetsv2.html",
            "licence": "CC BY 3.0",
        },
        {
            "title": "The same, counted for the words of the CMU Pronouncing Dictionary",
            "address": "https://github.com/chintan39/cmu_tf_idf",
            "commit": "c5468bab2a9a0efa73587755ff1c08acf1de7f74",
            "licence": "MIT",
        },
    ],
    "copyright": "Counts: Google, CC BY 3.0. Rounded and gathered by stems for cdtref.",
}


def build(folder: Path, data: Path) -> None:
    """Write english.json; a group of stems a line, by the letters that they begin with."""
    counts = _counts_in(folder)
    stem_of = bundled().stem
    with_e = {stem_of(word) for word in counts if word == f"{stem_of(word)}e"}
    groups: dict[str, list[str]] = defaultdict(list)
    for stem, level in sorted(_levels_of(_by_stem(counts, stem_of)).items()):
        mark = WITH_E if stem in with_e else ""
        groups[stem[:HEAD]].append(f"{stem[HEAD:] or WHOLE} {level}{mark}")
    lines = {head: " ".join(found) for head, found in groups.items()}
    header = {**HEADER, "count": len(lines)}
    datafile.write_map(data / "english.json", header, "words", lines)


def _counts_in(folder: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for file in sorted((folder / "letters").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                said = tokens(row["word"])
                if len(said) == 1 and said[0].isalpha():
                    counts[said[0]] += int(row["tf"])
    return counts


def _by_stem(counts: Mapping[str, int], stem_of: Callable[[str], str]) -> Counter[str]:
    gathered: Counter[str] = Counter()
    for word, count in counts.items():
        gathered[stem_of(word)] += count
    return gathered


def _levels_of(counts: Mapping[str, int]) -> dict[str, int]:
    all_words = sum(counts.values())
    levels = {stem: _level(count / all_words) for stem, count in counts.items()}
    return {stem: level for stem, level in levels.items() if _is_wanted(stem, level)}


def _is_wanted(stem: str, level: int) -> bool:
    if level >= LEAST_LEVEL or level < LEAST_LEVEL_OF_NAMES:
        return level >= LEAST_LEVEL
    asked = cdtref.catalog().search_index().read(stem)
    return any(term.alternatives[0].how == "typo" for term in asked.terms)


def _level(share: float) -> int:
    return round(10 * math.log10(share * 1e9))


if __name__ == "__main__":
    build(Path(sys.argv[1]), DATA)
