"""
What an edition or a release changes stands in `pinned.py` alone: no test, example or page has one
of its own.
"""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

import cdtref
import pinned

ROOT = Path(__file__).parent.parent
PACKAGE = Path(cdtref.__file__).parent
COUNTS = (pinned.CODES, pinned.IN_FORCE, pinned.ROWS, pinned.CODES_WITH_ROWS)
AMOUNTS = (pinned.FACTOR, pinned.OLDER_FACTOR, *pinned.PAYMENTS.values())
NUMBERS = [re.escape(form) for n in COUNTS for form in (f"{n}", f"{n:,}", f"{n:_}")]
FIGURES = rf"(?<![\w.,])({'|'.join([*NUMBERS, *map(re.escape, AMOUNTS)])})(?![\w.])"
RELEASES = r"RVU\d\d[A-D]|PPRRVU\d\d|GPCI\d\d"
# A year by itself, of a date, or in the name of an edition; not one within a longer number.
YEARS = r"""['"(](19|20)\d\d['",)]|CDT (19|20)\d\d|(19|20)\d\d-[01]\d|/(19|20)\d\d\b(?!/svg|/main)|\*(19|20)\d{6}\b"""
COMING = rf"""['"]{pinned.EDITION}['"]|CDT {pinned.EDITION}|\b{pinned.YEAR + 1}\b"""

ASIDE = ("pinned.py", "test_pinned.py", "user.py")  # the last is never run, only type-checked
TESTS = [path for path in Path(__file__).parent.rglob("*.py") if path.name not in ASIDE]
HISTORY = ("benchmarks.md", "changelog.md")  # what was measured, what was released
PAGES = [
    path
    for path in (ROOT / "docs").rglob("*.md")
    if path.name not in HISTORY and not {"_build", "_generated"} & set(path.parts)
]
PAGES += [
    path
    for name in ("README", "CONTRIBUTING", "SECURITY")
    if (path := ROOT / f"{name}.md").exists()
]
MODULES = [path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text("utf-8")]


def own(pattern, text):
    return [found[0] for found in re.finditer(pattern, text)]


def examples(path):
    """What the examples of a module say and are told."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, documented)
    ]
    texts = [ast.get_docstring(node) or "" for node in nodes]
    found = [example for text in texts for example in doctest.DocTestParser().get_examples(text)]
    return "\n".join(example.source + example.want for example in found)


@pytest.mark.parametrize("path", sorted(TESTS), ids=lambda path: path.name)
def test_no_test_has_a_year_a_count_or_a_release_of_its_own(path):
    assert own(f"{FIGURES}|{RELEASES}|{YEARS}", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda path: path.name)
def test_no_page_tells_what_the_next_edition_or_release_makes_untrue(path):
    assert own(f"{FIGURES}|{RELEASES}|{COMING}", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted(MODULES), ids=lambda path: path.stem)
def test_no_example_in_a_docstring_tells_it_either(path):
    assert own(f"{FIGURES}|{RELEASES}|{COMING}", examples(path)) == []


@pytest.mark.parametrize(
    "text", [f"of {pinned.ROWS:,} rows", pinned.RELEASE, f'"{pinned.EDITION}"', pinned.FACTOR]
)
def test_what_is_looked_for_is_found(text):
    assert own(f"{FIGURES}|{RELEASES}|{COMING}|{YEARS}", text)
