"""
facts/relations.csv and facts/questions.csv -> the links of each code, and the neighbour that its
page compares it with.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from cdtref.procedure.relation import RELATIONS
from tasks import facts

Link = tuple[str, str]


def read_links(folder: Path) -> dict[str, list[Link]]:
    """The links of each code as (other code, relation), in order, both ways of every pair."""
    links: dict[str, list[Link]] = defaultdict(list)
    for row in facts.read_table(folder, "relations"):
        name = row["relation"]
        if name not in RELATIONS:
            raise SystemExit(f"relations.csv, {row['a']} and {row['b']}: no relation {name!r}")
        links[row["a"]].append((row["b"], name))
        links[row["b"]].append((row["a"], RELATIONS[name].inverse))
    return {code: sorted(found) for code, found in links.items()}


def read_questions(folder: Path) -> dict[str, str]:
    """The code that each code is most likely mixed up with; a code without a link has none."""
    rows = facts.read_by_key(folder, "questions")
    return {code: row["other"] for code, row in rows.items()}
