"""What may not stand together: the table of conflicts, and what a claim is told by it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

import cdtref
import pinned
from cdtref import bundled
from cdtref.cli import main
from cdtref.conflict import ConflictTable
from tasks import conflicts as task
from tasks import facts

FACTS = Path(__file__).parent.parent / "facts"
ROWS = facts.read_table(FACTS, "conflicts")
SOURCES = facts.read_by_key(FACTS, "conflict_sources", "key")
TABLE = bundled.conflict_table()
CODES = list(cdtref.catalog())

FIRST, SECOND, OTHER = "D0120", "D0140", "D0150"


def row(**told):
    """A row of facts/conflicts.csv, as it is read."""
    blank = dict.fromkeys(ROWS[0], "")
    usual = {
        "code_a": FIRST,
        "code_b": SECOND,
        "scope": "same day",
        "days": "0",
        "kind": "mutually exclusive",
        "questioned": "either",
        "strength": "practice",
        "confidence": "high",
        "reason": "So it is.",
        "sources": "here",
    }
    return blank | usual | told


def table_of(*rows):
    """A table of invented rows."""
    raw = {
        "source": [{"retrieved": pinned.DAY}],
        "sources": {"here": ["Here", "adviser", "A place", ""]},
        "conflicts": task._joined(rows),
    }
    return ConflictTable(raw, CODES)


def test_every_row_of_the_facts_is_a_pair_of_the_table():
    pairs = [(pair.first.text, pair.second.text, pair.cited) for pair in TABLE]
    told = [(row["code_a"], row["code_b"], row["sources"]) for row in ROWS]
    assert sorted(pairs) == sorted(told)


def test_every_source_is_cited_and_has_a_name():
    cited = {one for row in ROWS for one in row["sources"].split("; ")}
    for key, source in SOURCES.items():
        assert source["name"]
        assert source["what"]
        assert any(task.is_cited(key, one) for one in cited), key


def test_no_row_says_the_same_twice():
    keys = [(row["code_a"], row["code_b"], row["scope"], row["kind"], row["days"]) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_sense_of_every_pair():
    """
    A side holds known codes; what is questioned is a side; a need is of the first for the second.
    """
    for pair in TABLE:
        said = pair.statement
        assert pair.first.codes, pair
        assert pair.second.codes, pair
        assert pair.first.codes | pair.second.codes <= set(CODES), pair
        assert said.reason.endswith("."), pair
        assert said.kind != "needs" or said.questioned == "first", pair
        assert said.days != 0 or not said.both_ways, pair
        assert said.kind not in ("included", "needs") or not pair.first.codes & pair.second.codes
        assert TABLE.whose(pair.cited), pair


def test_a_conflict_is_known_to_both_of_its_codes():
    for code in CODES:
        for found in cdtref.conflicts(code):
            for other in found.others[:2]:
                assert any(is_mirror(found, back) for back in cdtref.conflicts(other)), found


def is_mirror(found, back):
    turned = {"code": "other", "other": "code", "either": "either"}[found.questioned]
    same = (back.kind, back.scope, back.reason) == (found.kind, found.scope, found.reason)
    both = found.code in found.others or back.code in back.others
    return same and found.code in back.others and (both or back.questioned == turned)


def test_ranges_are_opened_over_known_codes_and_lists_joined():
    (found,) = table_of(row(code_a="D2950", code_b="D2710-D2712|D2740")).conflicts("D2950")
    assert found.others == ("D2710", "D2712", "D2740")
    assert found.spans == ("D2710-D2712", "D2740")


def test_pairs_of_one_statement_are_told_together_with_all_their_sources():
    table = table_of(row(code_b=SECOND), row(code_b=OTHER, sources="here 2"))
    (found,) = table.conflicts(FIRST)
    assert found.others == (SECOND, OTHER)
    assert [source.title for source in found.sources] == ["A place", "A place, 2"]
    assert found.whose == ("Here",)


@pytest.mark.parametrize(
    ("questioned", "first_sees", "second_sees"),
    [("first", "code", "other"), ("second", "other", "code"), ("either", "either", "either")],
)
def test_which_of_the_two_is_questioned_from_either_side(questioned, first_sees, second_sees):
    table = table_of(row(questioned=questioned))
    assert [found.questioned for found in table.conflicts(FIRST)] == [first_sees]
    assert [found.questioned for found in table.conflicts(SECOND)] == [second_sees]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "D0120 is not reported beside D0140 on the same day"),
        ({"kind": "included in"}, "D0120 is part of D0140 on the same day"),
        (
            {"kind": "included in", "questioned": "second"},
            "D0140 is part of D0120 on the same day",
        ),
        (
            {"kind": "duplicate of", "scope": "patient", "days": "90"},
            "D0120 repeats D0140 of the same patient, within 90 days",
        ),
        (
            {"kind": "needs", "questioned": "first", "scope": "same tooth", "days": "ever"},
            "D0120 is reported beside D0140 on the same tooth, at any time",
        ),
    ],
)
def test_captions(told, said):
    (found,) = table_of(row(**told)).conflicts(FIRST)
    assert found.caption == said
    assert found.explain() == f"{said}. So it is. A practice of Here."


def test_a_need_is_told_to_what_is_needed_too():
    (found,) = table_of(row(kind="needs", questioned="first")).conflicts(SECOND)
    assert (
        found.caption == "D0140 is one of the codes that D0120 is reported beside on the same day"
    )


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"code_a": "D9"}, "D9 is no known code"),
        ({"code_b": "D0120|D9996-D9990"}, "D9996-D9990 is no known code"),
        ({"sources": "hereabouts"}, "begins with no key"),
        ({"scope": "same room"}, "scope cannot be 'same room'"),
        ({"kind": ""}, "kind cannot be ''"),
    ],
)
def test_a_row_of_no_sense_ends_the_run_with_its_pair(tmp_path, told, message):
    folder = tmp_path / "facts"
    folder.mkdir()
    for file in FACTS.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    head = ",".join(ROWS[0])
    written = ",".join(row(**{"sources": "GEHA"} | told).values())
    (folder / "conflicts.csv").write_text(f"{head}\n{written}\n")
    with pytest.raises(SystemExit, match=rf"conflicts.csv, D.* with D.*: .*{message}"):
        task.build(folder, tmp_path)


def test_a_code_without_conflicts_has_none():
    assert table_of(row()).conflicts(OTHER) == ()


def test_many_threads_get_the_same_answers():
    answers = []

    def ask():
        answers.append([len(cdtref.conflicts(code)) for code in CODES[::20]])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)


def test_the_command_shows_them():
    done = CliRunner().invoke(main, ["conflicts", "d4341"])
    rows = [line.split("\t") for line in done.output.splitlines()]
    found = cdtref.conflicts("D4341")
    assert [row[1] for row in rows] == [conflict.caption for conflict in found]
    done = CliRunner().invoke(main, ["conflicts", "D4341", "--json"])
    assert json.loads(done.output) == [conflict.to_dict() for conflict in found]


def test_the_command_says_where_nothing_is_known():
    silent = next(code for code in CODES if not cdtref.conflicts(code))
    done = CliRunner().invoke(main, ["conflicts", silent])
    assert done.exit_code == 0
    assert "nothing is known" in done.output
    assert CliRunner().invoke(main, ["conflicts", "0389"]).exit_code == 1
