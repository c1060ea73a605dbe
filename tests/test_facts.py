"""
The tables of facts/: each told of, whole, in agreement with the package, and in nobody's words but
ours.
"""

from __future__ import annotations

import csv
import itertools
import os
import re
from pathlib import Path

import pytest

import cdtref
from cdtref.area import Area
from cdtref.tooth import TEETH
from tasks import dental_rvu, facts, requirements
from tasks.__main__ import main

FACTS = Path(__file__).parent.parent / "facts"
PACKAGE = Path(cdtref.__file__).parent
TABLES = facts.read_by_key(FACTS, "tables", "table")
SOURCES = facts.read_by_key(FACTS, "sources", "name")
REQUIREMENTS = facts.read_table(FACTS, "requirements")
EDITIONS = facts.read_table(FACTS, "editions")

NEW, OLD = "1000-01-02", "1000-01-01"  # any day, and the one before


def private_nomenclature():
    """
    A table of code and nomenclature that the reader of these tests may hold; it is no part of the
    project.
    """
    if "CDTREF_NOMENCLATURE" in os.environ:
        return Path(os.environ["CDTREF_NOMENCLATURE"])
    if "CDTREF_FACTS_DIR" in os.environ:
        return Path(os.environ["CDTREF_FACTS_DIR"]) / "cdt" / "nomenclature.csv"
    return None


NOMENCLATURE = private_nomenclature()


def test_every_table_is_told_of():
    assert {file.stem for file in FACTS.iterdir()} == {*TABLES, "tables", "sources"}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_whole_and_has_known_sources(table):
    assert facts.read_table(FACTS, table)
    assert set(TABLES[table]["sources"].split("; ")) <= SOURCES.keys()


def test_the_sources_of_a_requirement_are_known():
    """
    A source stands by its name; one that says otherwise has its own value behind it:
    'siblings=none'.
    """
    names = {
        said.partition("=")[0]
        for row in REQUIREMENTS
        for said in row["sources"].split("; ")
        if said
    }
    assert names <= SOURCES.keys()


def test_requirements_are_of_known_codes_each_field_once_and_sure_to_a_degree():
    keys = [(row["code"], row["field"], row["effective"]) for row in REQUIREMENTS]
    assert len(keys) == len(set(keys))
    assert {row["code"] for row in REQUIREMENTS} <= facts.read_by_key(FACTS, "codes").keys()
    assert {row["confidence"] for row in REQUIREMENTS} <= {"high", "medium", "low"}


@pytest.mark.parametrize(
    ("before", "edition"), list(itertools.pairwise(EDITIONS)), ids=lambda row: row["edition"]
)
def test_editions_agree_with_the_dates_of_the_codes(before, edition):
    changes = cdtref.changes(before["edition"], edition["edition"])
    assert edition["added"].split() == list(changes.added)
    assert edition["ended"].split() == list(changes.terminated)
    assert int(edition["count"]) == int(before["count"]) + len(changes.added) - len(
        changes.terminated
    )


def test_areas():
    assert {row["code"]: row["name"] for row in facts.read_table(FACTS, "areas")} == {
        area.value: area.label for area in Area
    }


def test_surfaces():
    rows = facts.read_table(FACTS, "surfaces")
    for tooth in TEETH.values():
        letters = [row["letter"] for row in rows if row["position"] in ("", tooth.position)]
        assert "".join(letters) == tooth.surfaces


def test_the_newest_of_the_requirements_in_force_on_a_day_counts():
    row = {"code": "D0000", "field": "treatment_area", "confidence": "high"}
    older, newer = (
        {**row, "effective": "", "value": "none"},
        {**row, "effective": NEW, "value": "arch"},
    )
    for day, area in ((OLD, "none"), (NEW, "arch")):
        assert requirements._record_of([newer, older], day) == {"area": area, "confidence": "high"}


def test_a_limit_of_classes_can_end():
    row = {"code": "D0000", "effective": "", "value": "none", "confidence": "high"}
    rows = [{**row, "field": "treatment_area"}, {**row, "field": "tooth_classes", "value": "any"}]
    assert requirements._record_of(rows, NEW)["tooth_class"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,note\nD0120,a,b\n", "t.csv, line 2"),
        ("code,note\nD0120,a\nD0140\n", "t.csv, line 3"),
        ("code,note\nD0120,a\nD0120,b\n", "t.csv has D0120 twice"),
    ],
)
def test_a_broken_table_ends_the_run_with_its_place(tmp_path, text, message):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(SystemExit, match=message):
        facts.read_by_key(tmp_path, "t")


@pytest.mark.parametrize(
    ("field", "value"), [("tooth", "yes"), ("by_report", "Y"), ("prosthesis_code", "true")]
)
def test_a_requirement_of_no_known_kind_ends_the_run(tmp_path, field, value):
    table = (
        "code,effective,field,value,confidence,reason,sources\n"
        "D0120,,treatment_area,none,high,,\n"
        f"D0120,,{field},{value},high,,\n"
    )
    (tmp_path / "requirements.csv").write_text(table)
    with pytest.raises(SystemExit, match=f"no field '{field}'|'{value}' is none of"):
        requirements.read(tmp_path, NEW)


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("rvu", "1.5", "'1.5@second day' is no value of a known patch"),
        ("since", "third day", "'1.50@third day' is no value of a known patch"),
        ("history", "1.40@second day", r"its patches are not in order: \[16, 16\]"),
        ("patch", "17", r"its patches are not in order: \[15, 16\]"),
    ],
)
def test_a_dental_value_of_no_known_patch_ends_the_run(column, text, message):
    row = {
        "code": "D0000",
        "rvu": "1.50",
        "since": "second day",
        "patch": "16",
        "history": "1.40@first day",
    }
    numbers = {"first day": 15, "second day": 16}
    assert dental_rvu._dated_values(row, numbers) == [("1.40", 15), ("1.50", 16)]
    with pytest.raises(SystemExit, match=message):
        dental_rvu._dated_values(row | {column: text}, numbers)


def test_fees_alone_without_files_of_cms_say_what_to_give(monkeypatch, tmp_path):
    monkeypatch.delenv("CDTREF_CMS_DIR", raising=False)
    with pytest.raises(SystemExit, match="--pfs and --gpci"):
        main(["fees", "--data", str(tmp_path)])


@pytest.mark.skipif(
    not NOMENCLATURE, reason="the official wording is nobody's to pass on: set CDTREF_NOMENCLATURE"
)
def test_no_six_words_in_a_row_are_those_of_the_official_wording():
    """
    The index is left out: it holds the stems of our texts, without the small words between them.
    """
    with NOMENCLATURE.open(encoding="utf-8", newline="") as file:
        official = {run for row in csv.DictReader(file) for run in runs_of_six(row["nomenclature"])}
    assert official
    files = [*FACTS.glob("*.csv"), *PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.json")]
    for file in files:
        if file.name != "search.json":
            for line in file.read_text("utf-8").splitlines():
                assert not official & runs_of_six(line), file.name


def runs_of_six(text):
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[start : start + 6]) for start in range(len(words) - 5)}
