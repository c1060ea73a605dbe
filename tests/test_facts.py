"""
The tables of facts/: each told of, whole, in agreement with the package, and in nobody's words but
ours.
"""

from __future__ import annotations

import csv
import itertools
import os
import re
from datetime import date
from pathlib import Path

import pytest

import cdtref
import pinned
from cdtref.tooth import TEETH, Area
from tasks import dental_rvu, facts, relations, requirements, successors
from tasks.__main__ import main

FACTS = Path(__file__).parent.parent / "facts"
PACKAGE = Path(cdtref.__file__).parent
TABLES = facts.read_by_key(FACTS, "tables", "table")
SOURCES = facts.read_by_key(FACTS, "sources", "name")
REQUIREMENTS = facts.read_table(FACTS, "requirements")
RELATED = facts.read_table(FACTS, "relations")
SUCCESSIONS = successors.read(FACTS)
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


@pytest.mark.parametrize("table", ["successors", "requirements"])
def test_every_row_names_sources_that_are_told_of(table):
    """
    A source stands by its name; one that says otherwise has its own value behind it:
    'siblings=none'.
    """
    for row in facts.read_table(FACTS, table):
        names = {said.partition("=")[0] for said in row["sources"].split("; ") if said}
        assert names <= SOURCES.keys(), row


def test_each_pair_of_codes_has_one_relation():
    codes = facts.read_by_key(FACTS, "codes")
    pairs = [(row["a"], row["b"]) for row in RELATED]
    assert len(pairs) == len(set(pairs))
    for first, second in pairs:
        assert first < second
        assert {first, second} <= codes.keys()


def test_every_retired_code_says_what_became_of_it():
    ended = {row["code"] for row in facts.read_table(FACTS, "codes") if row["deleted_on"]}
    assert SUCCESSIONS.keys() == ended
    for row in facts.read_table(FACTS, "successors"):
        assert row["reason"], row["code"]
        assert row["edition"] == str(cdtref.get(row["code"]).terminated.year), row["code"]


LINK_OF = {"replaced": "succeeded_by", "split": "split_into", "merged": "merged_into"}
# Of a code that went into another as a whole, but for a share: the share is a division.
SHARES = {("D2382", "D2393"), ("D2382", "D2394"), ("D7110", "D7111"), ("D7120", "D7111")}


def test_the_heirs_of_a_code_are_those_that_it_is_linked_to_so():
    heirs = {(code, heir) for code, became in SUCCESSIONS.items() for heir in became.heirs}
    linked = {}
    for p in cdtref.catalog().values():
        for link in p.related:
            if link.relation in LINK_OF.values():
                linked[p.code, link.code] = link.relation
    assert linked.keys() == heirs
    for (code, heir), relation in linked.items():
        kind = SUCCESSIONS[code].kind
        assert relation == ("split_into" if (code, heir) in SHARES else LINK_OF[kind]), code


def test_heirs_are_in_force_the_day_after():
    for code, became in SUCCESSIONS.items():
        for heir in became.heirs:
            assert cdtref.get(heir).in_force(cdtref.get(code).terminated), (code, heir)


ENDS = sorted({p.terminated for p in cdtref.catalog().values() if p.terminated})


@pytest.mark.parametrize("code", SUCCESSIONS)
def test_what_is_named_in_place_of_a_code_was_in_force_on_the_day_asked(code):
    p = cdtref.get(code)
    for day in (*ENDS, date.fromisoformat(pinned.DAY)):
        named = p.pointers_on(day)
        assert all(cdtref.get(other).in_force(day) for other in named), day
        assert not named or day >= p.terminated
        assert bool(named) >= (bool(p.replaced_by) and day >= p.terminated), day


def test_an_heir_that_ended_gives_way_to_its_own():
    lives = {
        "D0001": [{"effective": None, "terminated": OLD}],
        "D0002": [{"effective": None, "terminated": NEW}],
        "D0003": [{"effective": None, "terminated": None}],
    }
    became = {
        "D0001": successors.Succession("replaced", ("D0002",)),
        "D0002": successors.Succession("merged", ("D0003",)),
    }
    assert successors.pointers("D0001", became, lives, ()) == [
        ("D0002", OLD, NEW),
        ("D0003", NEW, None),
    ]
    assert successors.pointers("D0003", became, lives, ()) == []


def test_a_code_without_heirs_points_to_the_linked_ones_as_long_as_they_live():
    lives = {
        "D0001": [{"effective": None, "terminated": OLD}],
        "D0002": [{"effective": None, "terminated": OLD}],
        "D0003": [{"effective": NEW, "terminated": None}],
    }
    became = {"D0001": successors.Succession("none", ())}
    found = successors.pointers("D0001", became, lives, ("D0002", "D0003"))
    assert found == [("D0003", NEW, None)]


@pytest.mark.parametrize(
    ("kind", "heirs"), [("gone", ""), ("split", ""), ("none", "D0140"), ("unsupported", "D0140")]
)
def test_a_succession_of_no_known_kind_ends_the_run(tmp_path, kind, heirs):
    (tmp_path / "successors.csv").write_text(f"code,kind,successors\nD0120,{kind},{heirs}\n")
    with pytest.raises(SystemExit, match=f"D0120: '{kind}' does not go with"):
        successors.read(tmp_path)


def test_a_relation_of_no_known_name_ends_the_run(tmp_path):
    (tmp_path / "relations.csv").write_text("a,b,relation,reason\nD0120,D0140,near,\n")
    with pytest.raises(SystemExit, match="D0120 and D0140: no relation 'near'"):
        relations.read_links(tmp_path)


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


def test_siblings_name_the_same_place_or_a_reason():
    explained = {(row["a"], row["b"]) for row in facts.read_table(FACTS, "siblings")}
    found = set()
    for p in cdtref.procedures():
        for link in p.related:
            other = cdtref.get(link.code)
            in_row = link.relation.startswith(("same_service_other_", "other_"))
            if in_row and not other.terminated and p.code < other.code and p.area != other.area:
                found.add((p.code, other.code))
    assert found == explained


EVIDENCE = Path(os.environ.get("CDTREF_FACTS_DIR", "")) / "claims" / "requirements_evidence.csv"
FORMAL = {
    "VA dental file 228": "VA",
    "IHS RPMS dental": "IHS",
    "Open Dental defaults 2007": "Open Dental",
    "Open Dental defaults 2011": "Open Dental",
    "Maryland Healthy Smiles manual": "Maryland",
}
TEETH_ASKED = [{"tooth": tooth} for tooth in ("3", "5", "8", "24", "30", "A", "E", "K")]
SURFACES_ASKED = ("O", "I", "MO", "MI", "MOD", "MIF", "MODB", "MIDF")
ASKED = {
    "none": [{}],
    "tooth": TEETH_ASKED,
    "tooth range": [{"tooth": teeth} for teeth in ("2,3", "8,9", "30,31", "A,B")],
    "tooth+surface": [
        {**tooth, "surfaces": letters} for tooth in TEETH_ASKED for letters in SURFACES_ASKED
    ],
    "quadrant": [{"area": area} for area in ("10", "20", "30", "40")],
    "arch": [{"area": area} for area in ("01", "02")],
}
ASKED["site"] = [fields for asked in ASKED.values() for fields in asked if fields]

OUTVOTED = {
    ("D1510", "VA"): "the quadrant is in the name since 2020",
    ("D1520", "VA"): "the quadrant is in the name since 2020",
    ("D1575", "VA"): "the quadrant is in the name since 2020",
    ("D4211", "VA"): "counted by the quadrant in its name; VA fills in a tooth",
    ("D5630", "VA"): "counted by the tooth in its name since 2016",
    ("D5660", "VA"): "counted by the tooth in its name since 2016",
    ("D7272", "IHS"): "one tooth moves to one socket, say VA and Maryland",
    ("D7970", "VA"): "counted by the arch in its name",
}


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence is no part of the project")
def test_a_line_that_names_what_a_formal_source_asks_has_no_error():
    """Told by the sources alone: no record is asked what the code needs."""
    outvoted = set()
    for row in facts.read_table(EVIDENCE.parent, EVIDENCE.stem):
        source, p = (
            FORMAL.get(row["source"].partition(" V16")[0]),
            cdtref.catalog().get(row["code"]),
        )
        if source is None or row["field"] != "area" or row["value"] not in ASKED:
            continue
        if p is None or not p.in_force(pinned.DAY):
            continue
        if all(errors_on(p.code, fields) for fields in ASKED[row["value"]]):
            outvoted.add((p.code, source))
    assert outvoted == OUTVOTED.keys()


def errors_on(code, fields):
    """What is wrong with a line whose other fields are right for any code."""
    day = date.fromisoformat(pinned.DAY)
    others = {"prosthesis": "initial", "narrative": "told", "birth_date": day}
    found = cdtref.check(cdtref.ClaimLine(code, day, **fields, **others))
    return [finding.rule for finding in found if finding.severity == "error"]


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
    older, newer = _row(value="none"), _row(value="arch", effective=NEW)
    for day, area in ((OLD, "none"), (NEW, "arch")):
        record = requirements._by_time(requirements._records_of([newer, older]), day)
        assert record["requirement"]["treatment_area"]["value"] == area
        assert len(record["earlier_requirements"]) + len(record["later_requirements"]) == 1


def _row(**fields):
    row = {"code": "D0000", "field": "treatment_area", "confidence": "high", "effective": ""}
    return row | {"reason": "", "sources": "siblings"} | fields


def test_a_limit_of_classes_can_end():
    rows = [_row(value="none"), _row(field="tooth_classes", value="any")]
    assert requirements._records_of(rows)[0]["tooth_classes"]["value"] == []


def test_what_does_not_change_holds_on():
    rows = [_row(value="none"), _row(field="add_on", value="yes", effective=NEW)]
    first, second = requirements._records_of(rows)
    assert "add_on" not in first
    assert second["treatment_area"] == first["treatment_area"]


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
        "D0120,,treatment_area,none,high,,siblings\n"
        f"D0120,,{field},{value},high,,siblings\n"
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
