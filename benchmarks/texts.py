"""How much text each category has: `python benchmarks/texts.py`."""

from __future__ import annotations

from statistics import mean

from stopwatch import table

import cdtref

FIELDS = ("title", "description", "plain_language", "clinical_context")

if __name__ == "__main__":
    rows = []
    for category in cdtref.Category:
        found = cdtref.procedures(category=category)
        lengths = [f"{mean(len(getattr(p, field)) for p in found):.0f}" for field in FIELDS]
        synonyms = f"{mean(len(p.synonyms) for p in found):.1f}"
        documents = f"{mean(len(p.documentation) for p in found):.1f}"
        high = f"{mean(p.requirement.confidence.treatment_area == 'high' for p in found):.0%}"
        rows.append((category, len(found), *lengths, synonyms, documents, high))
    print(
        table(("category", "codes", *FIELDS, "synonyms", "documentation", "high confidence"), rows)
    )
