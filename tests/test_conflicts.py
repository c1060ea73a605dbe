"""What may not stand together: the table of conflicts, and what a claim is told by it."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import attrs
import pytest

import cdtref
import pinned
from cdtref import bundled
from cdtref.claim import CONFLICT_RULES, ConflictTable, ParsedLine
from cdtref.claim.conflict import authority
from cdtref.claim.conflicts import find_conflicts
from cdtref.claim.shared import shares, tells
from cdtref.cli import main
from cdtref.fieldtext import as_date
from cdtref.testing.lines import line_of
from cdtref.testing.visits import VISITS, clean_visit, varied_visits
from inturn import for_each
from streams import CliRunner
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


def test_every_need_says_whether_what_it_wants_comes_before_or_later_too():
    for row in ROWS:
        if row["kind"] == "needs":
            assert (row["looks"] == "") is (row["days"] == "0"), row


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
    conflicts = {code: cdtref.conflicts(code) for code in CODES}
    for code in CODES:
        for found in conflicts[code]:
            for other in found.others[:2]:
                assert any(is_mirror(found, back) for back in conflicts[other]), found


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


def test_a_rule_of_a_later_edition_holds_from_its_day_on():
    first_day = as_date(pinned.DAY)
    table = table_of(row(strength=f"code set since {first_day}"))
    (found,) = table.conflicts(FIRST)
    assert (found.strength, found.since) == ("code set", first_day)
    for day, ruled in ((first_day - timedelta(days=1), 0), (first_day, 1)):
        lines = [ParsedLine(line(code, day), cdtref.catalog()) for code in (FIRST, SECOND)]
        assert len(find_conflicts(lines, CONFLICT_RULES, table)) == ruled


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        (["coders", "a claims newsletter"], "Advice from coders and a claims newsletter."),
        (["coders", "Regence"], "A practice of Regence."),
        (["Open Dental"], "A default of Open Dental."),
        ([], "A practice of payers."),
    ],
)
def test_who_advises_is_told_from_who_pays(whose, said):
    assert authority("practice", whose) == said


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


def between(*codes):
    done = CliRunner().invoke(main, ["conflicts", *codes])
    assert done.exit_code == 0
    return [line.split("\t")[1] for line in done.output.splitlines()]


def test_of_two_codes_the_command_shows_what_stands_between_them():
    found = between("D4341", "d4910")
    assert "D4341 is not reported beside D4910 on the same day" in found
    assert all("D4910" in caption for caption in found)
    assert found == [str(one) for one in cdtref.conflicts("D4341", beside="D4910")]
    assert between("D4341", "D4341") == [
        "D4341 repeats D4341 in the same quadrant, on the same day"
    ]


def test_of_more_codes_each_two_are_looked_at():
    found = between("D4341", "D4910", "D1110")
    assert found == [
        *between("D4341", "D4910"),
        *between("D4341", "D1110"),
        *between("D4910", "D1110"),
    ]


def test_between_codes_without_a_conflict_stands_nothing():
    done = CliRunner().invoke(main, ["conflicts", "D0120", "D2740"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "nothing is known that stands between D0120 and D2740" in done.stderr


def test_all_that_are_no_codes_are_told_at_once_with_what_is_near():
    done = CliRunner().invoke(main, ["conflicts", "D4349", "D4341", "0389", "99213"])
    assert done.exit_code == 1
    assert "D4349 has the form of a CDT code" in done.stderr
    assert "near it are" in done.stderr
    assert "did you mean D0389?" in done.stderr
    assert "99213 is no dental (CDT) code" in done.stderr


@pytest.mark.parametrize("code", CODES[::40])
def test_what_stands_between_two_is_what_each_of_them_has_of_the_other(code):
    """'What of it is about one other code, and names that alone, with its own sources.'"""
    whole = cdtref.conflicts(code)
    for other in CODES[::7]:
        narrow = cdtref.conflicts(code, beside=other)
        there = [one for one in whole if other in one.others]
        assert [(one.kind, one.reason) for one in narrow] == [
            (one.kind, one.reason) for one in there
        ]
        for one, of_many in zip(narrow, there, strict=True):
            assert set(one.sources) <= set(of_many.sources)
            assert one.kind == "needs" or one.others == (other,)
        assert len(narrow) == len(cdtref.conflicts(other, beside=code))


def test_the_command_says_where_nothing_is_known():
    silent = next(code for code in CODES if not cdtref.conflicts(code))
    done = CliRunner().invoke(main, ["conflicts", silent])
    assert done.exit_code == 0
    assert "nothing is known" in done.stderr
    assert CliRunner().invoke(main, ["conflicts", "0389"]).exit_code == 1


# On claims


def line(code, day=pinned.DAY, **fields):
    """A clean line of a code on a day, on another tooth or area where one is named."""
    return attrs.evolve(line_of(cdtref.get(code), as_date(day)), **fields)


def conflicts_of(lines, **given):
    """What the table tells of a claim; lines may lack other things."""
    found = cdtref.check_claim(lines, claim_rules=CONFLICT_RULES, **given)
    return [one for one in found if one.rule.startswith("conflict.")]


def told(lines, **given):
    return [(one.rule, one.severity, one.line_index) for one in conflicts_of(lines, **given)]


# Two places apart by tooth, quadrant and arch: upper left, lower right.
HERE, THERE = (
    {"tooth": "14", "quadrant": "20", "arch": "01"},
    {
        "tooth": "30",
        "quadrant": "40",
        "arch": "02",
    },
)


def placed(code, scope, place, day):
    """The line of a code at a place, told as the code tells it: by tooth, or by area."""
    plain = line(code, day)
    arch = cdtref.get(code).requirement.arch
    if scope not in HERE:
        return plain
    if scope == "tooth" or (plain.tooth and scope in ("quadrant", "arch")):
        return attrs.evolve(plain, tooth=place["tooth"], area=None)
    if arch:
        return attrs.evolve(plain, area=arch.value, tooth=None)
    return attrs.evolve(plain, area=place[scope], tooth=None)


def is_bound(code):
    """True where the code is for one arch, so that it cannot be moved to the other one."""
    return cdtref.get(code).requirement.arch is not None


def first_opening(pair):
    """Two codes of the row and a day on which both were in force; two different ones if any."""
    firsts, seconds = sorted(pair.first.codes), sorted(pair.second.codes)
    both = sorted(itertools.product(firsts, seconds), key=lambda codes: codes[0] == codes[1])
    for first, second in both:
        day = common_day(first, second)
        if day is not None:
            return first, second, day
    return None


def common_day(*codes):
    """A day on which all codes were in force, not too near to the first day of one."""
    days = [as_date(pinned.DAY), *(cdtref.get(code).terminated for code in codes)]
    for day in sorted(filter(None, days), reverse=True):
        before = day - timedelta(days=1)
        if all(cdtref.get(code).in_force(before) for code in codes):
            return before
    return None


HIGH = [pair for pair in TABLE if pair.statement.confidence == "high"]
JUDGED = [pair for pair in HIGH if pair.statement.scope != "site"]


def named(pair):
    return f"{pair.first.text[:11]}-{pair.statement.kind}-{pair.second.text[:11]}"


def test_every_row_of_high_confidence_can_be_planted():
    assert [pair for pair in JUDGED if first_opening(pair) is None] == []
    kinds = Counter(pair.statement.kind for pair in JUDGED)
    assert set(kinds) == {"included", "exclusive", "duplicate", "needs"}


def row_findings(pair, lines, **given):
    """What is told with the reason of this row."""
    found = conflicts_of(lines, **given)
    return [one for one in found if f" {pair.statement.reason} " in one.message]


@for_each(JUDGED, named)
def test_a_planted_conflict_is_told_and_its_twin_is_clean(pair):
    """
    Each row of high confidence: its two codes at one place and day trip it or a heavier one; on
    another tooth, in another quadrant or arch, on a day beyond its window they do not.
    """
    said = pair.statement
    first, second, day = first_opening(pair)
    one, other = placed(first, said.scope, HERE, day), placed(second, said.scope, HERE, day)
    if said.kind == "needs":
        assert row_findings(pair, [one])
        assert not row_findings(pair, [one, other])
        return
    found = [one for one in conflicts_of([one, other]) if one.rule != "conflict.needs"]
    heavy = {"code set": "error", "practice": "warning"}[said.strength]
    assert found[0].severity in (heavy, "error")
    if said.scope in HERE and not is_bound(second):
        assert not row_findings(pair, [one, placed(second, said.scope, THERE, day)])
    for back, forth in ((one, other), (other, one)) if said.days is not None else ():
        beyond = timedelta(days=said.days + 1)
        assert not row_findings(pair, [attrs.evolve(back, date=day - beyond), forth])


@pytest.mark.parametrize("pair", [pair for pair in JUDGED if pair.statement.days != 0], ids=named)
def test_a_window_is_judged_by_the_earlier_lines_given(pair):
    """
    Within the window the earlier line is named, beyond it nothing is told, nor without history.
    """
    said = pair.statement
    first, second, day = first_opening(pair)
    questioned = placed(first, said.scope, HERE, day)
    earlier = placed(second, said.scope, HERE, day - timedelta(days=min(said.days or 30, 30)))
    assert not row_findings(pair, [questioned])
    if said.same_dentist:
        assert not row_findings(pair, [questioned], history=[earlier])
        return
    other = line("D0470", earlier.date)
    (found,) = row_findings(pair, [questioned], history=[other, earlier])
    assert (found.severity, found.history_index, found.other_index) == ("warning", 1, None)
    assert str(earlier.date) in found.message
    if said.days is not None:
        far = attrs.evolve(earlier, date=day - timedelta(days=said.days + 1))
        assert not row_findings(pair, [questioned], history=[far])


ASKED = {
    "series and bitewings": (["D0210", "D0274"], [("conflict.included", "warning", 1)]),
    "root planing and cleaning": (["D4341", "D1110"], [("conflict.exclusive", "warning", 1)]),
    "maintenance and cleaning": (["D4910", "D1110"], [("conflict.exclusive", "warning", 1)]),
    "pulp opened and root canal": (["D3221", "D3330"], [("conflict.included", "error", 0)]),
    "build-up and post": (["D2950", "D2954"], [("conflict.exclusive", "warning", 0)]),
    "anesthesia told with a filling": (["D9215", "D2391"], []),
    "a further image alone": (["D0230"], [("conflict.needs", "warning", 0)]),
    "three exams": (
        ["D0120", "D0140", "D0150"],
        [("conflict.exclusive", "warning", 1), ("conflict.exclusive", "warning", 2)],
    ),
    "observation and more": (
        ["D9430", "D0140", "D0274"],
        [("conflict.exclusive", "error", 0)],
    ),
    "a quadrant planed twice": (["D4341", "D4341"], [("conflict.duplicate", "error", 1)]),
    "a cleaning twice": (["D1110", "D1110"], [("conflict.duplicate", "warning", 1)]),
}


@pytest.mark.parametrize(("codes", "found"), ASKED.values(), ids=ASKED)
def test_what_people_ask_about(codes, found):
    assert told([line(code) for code in codes]) == found


def test_a_denture_adjusted_soon_after_delivery_names_the_earlier_line():
    day = as_date(pinned.DAY)
    denture = line("D5110", day)
    adjusted = line("D5410", day + timedelta(days=18))
    assert told([adjusted]) == []
    assert told([adjusted], history=[]) == []
    (found,) = conflicts_of([adjusted], history=[denture])
    assert (found.rule, found.severity, found.history_index) == ("conflict.included", "warning", 0)
    assert f"D5410 is part of D5110 of {day} (18 days earlier) in the same arch" in found.message
    assert "Regence" in found.message
    (found,) = conflicts_of([adjusted, denture])
    assert (found.line_index, found.other_index, found.history_index) == (0, 1, None)


def test_a_repeated_line_is_told_once():
    """By the table where it knows of it, else as a line sent twice."""
    for code, rule in (("D7140", "conflict.duplicate"), ("D0120", "line.duplicate")):
        (found,) = cdtref.check_claim([line(code)] * 2)
        assert (found.rule, found.line_index) == (rule, 1)


def test_a_repeated_line_conflicts_with_others_no_second_time():
    found = cdtref.check_claim([line("D0120"), line("D0140"), line("D0140")])
    assert [(one.rule, one.line_index) for one in found] == [
        ("conflict.exclusive", 1),
        ("conflict.duplicate", 2),
    ]


def test_a_line_without_a_charge_is_a_record():
    """What is part of another and is not charged is told as a remark only."""
    free = line("D3221", fee=0)
    assert told([free, line("D3330")]) == [("conflict.included", "info", 0)]
    assert told([line("D7140", fee=0), line("D7210")]) == [("conflict.exclusive", "error", 1)]


def test_what_is_one_payers_wish_is_told_where_it_is_asked_for():
    lines = [line("D9215"), line("D2391")]
    assert told(lines, practice="all") == [("conflict.included", "warning", 0)]
    wish = [line("D0240"), line("D0210")]
    assert (told(wish), told(wish, practice="all")) == ([], [("conflict.included", "info", 0)])
    with pytest.raises(ValueError, match="practice is 'usual' or 'all', not 'some'"):
        cdtref.check_claim(lines, practice="some")


@pytest.mark.parametrize("practice", ["usual", "all"])
def test_what_a_claim_does_not_show_is_never_claimed(practice):
    """No row of the scope 'site' is judged; a row without its tooth, quadrant or arch is silent."""
    for pair in TABLE:
        said = pair.statement
        opened = first_opening(pair)
        if opened is None or said.scope not in ("site", "tooth", "quadrant"):
            continue
        first, second, day = opened
        bare = [line(code, day, tooth=None, area=None) for code in (first, second)]
        if said.kind == "needs":
            bare = bare[:1]
        if first != second:
            assert not row_findings(pair, bare, practice=practice), pair


def test_a_need_with_a_window_is_silent_without_history():
    crown, abutment = line("D6058"), line("D6057", as_date(pinned.DAY) - timedelta(days=75))
    assert told([crown]) == []
    assert told([crown], history=[abutment]) == []
    (found,) = conflicts_of([crown], history=[])
    assert found.severity == "warning"
    assert "which is not in the history given" in found.message
    elsewhere = attrs.evolve(abutment, tooth="30")
    assert told([crown], history=[elsewhere]) == [("conflict.needs", "warning", 0)]
    unplaced = attrs.evolve(abutment, tooth=None)
    assert told([crown], history=[unplaced]) == []


def test_a_plan_of_treatment_needs_no_past():
    """A line without a day is planned; what it needs may be planned for before it."""
    assert told([line("D6058", date=None)], history=[]) == []
    earlier = line("D5110", date=None)
    assert told([line("D5410")], history=[earlier]) == []
    assert told([line("D5410", date=None)], history=[line("D5110")]) == []
    assert told([line("D0274", date=None)], history=[line("D0210"), earlier]) == []


def test_many_earlier_lines_of_one_row_are_told_once_with_the_first():
    lines = [line("D7140", as_date(pinned.DAY) - timedelta(days=days)) for days in (900, 800, 700)]
    (found,) = conflicts_of([line("D7210")], history=lines)
    assert found.history_index == 0


def firsts_of_a_day():
    """
    Codes whose further ones are add-ons of the same day, by the relations: the first image, the
    first quarter hour. What goes by the tooth begins anew at another one.
    """
    found = {}
    for p in cdtref.procedures(on=pinned.DAY):
        for related in p.related:
            first = cdtref.get(related.code)
            is_further = p.requirement.add_on and related.relation == "additional_to"
            if is_further and not first.requirement.treatment_area.is_by_tooth:
                found[first.code] = p.code
    return found


FIRSTS = firsts_of_a_day()


@pytest.mark.parametrize("first", FIRSTS)
def test_the_first_of_a_day_is_one_and_the_further_ones_have_a_code_of_their_own(first):
    one, other = line(first, tooth="3"), line(first, tooth="30")
    if line(first).tooth is None:
        one, other = line(first), line(first)
    (found,) = conflicts_of([one, other])
    assert (found.rule, found.severity, found.line_index) == ("conflict.duplicate", "warning", 1)
    assert FIRSTS[first] in found.message
    (found,) = conflicts_of([attrs.evolve(one, quantity=2)])
    assert (found.rule, found.severity, found.line_index) == ("conflict.duplicate", "warning", 0)
    assert FIRSTS[first] in found.message
    further = line(FIRSTS[first], tooth=other.tooth, quantity=3)
    assert conflicts_of([one, further]) == []
    assert conflicts_of([attrs.evolve(one, date=None, quantity=2)]) == []


@pytest.mark.parametrize("code", ["D0120", "D0150", "D0140", "D0210", "D1110", "D4355", "D4910"])
def test_a_quantity_says_what_so_many_lines_would(code):
    """What there is one of on a day is not two on one line; a plan may hold two visits."""
    (found,) = conflicts_of([line(code, quantity=2)])
    assert (found.rule, found.severity, found.other_index) == (
        "conflict.duplicate",
        "warning",
        None,
    )
    assert f"{code} counts 2 " in found.message
    assert conflicts_of([line(code)]) == []
    assert conflicts_of([line(code, date=None, quantity=2)]) == []


@pytest.mark.parametrize("code", ["D0230", "D0270", "D1330", "D9223", "D9610"])
def test_what_there_may_be_several_of_on_a_day(code):
    rules = {one.rule for one in conflicts_of([line(code, quantity=3)])}
    assert rules <= {"conflict.needs"}


def test_rows_of_one_office_look_back_where_both_claims_name_it():
    """A crown put back within half a year by the office that placed it; another may charge it."""
    day = as_date(pinned.DAY)
    crown = line("D2740", day - timedelta(days=14), tooth="3")
    back = cdtref.Claim([line("D2920", tooth="3")], provider_npi="1234567893")
    here = cdtref.Claim([crown], provider_npi=" 1234567893")
    there = cdtref.Claim([crown], provider_npi="1245319599")
    (found,) = conflicts_of(back, history=[here], practice="all")
    assert (found.rule, found.severity, found.history_index) == ("conflict.included", "warning", 0)
    for history in ([there], [crown], [cdtref.Claim([crown])]):
        assert conflicts_of(back, history=history, practice="all") == []
    assert conflicts_of(back.lines, history=[here], practice="all") == []
    assert conflicts_of(back, history=[there, here], practice="all")[0].history_index == 1


def test_of_a_filling_and_a_crown_the_filling_is_questioned():
    filling, crown = line("D2392", tooth="30"), line("D2740", tooth="30")
    assert told([filling, crown]) == [("conflict.exclusive", "warning", 0)]
    assert told([crown, filling]) == [("conflict.exclusive", "warning", 1)]


LATER_TOO = [pair for pair in TABLE if pair.statement.kind == "needs" and pair.statement.both_ways]


@for_each(LATER_TOO, named)
def test_what_may_come_later_is_never_known_to_lack(pair):
    """A post before its crown: no history tells what the next weeks bring."""
    first, _, day = first_opening(pair)
    line_of_first = placed(first, pair.statement.scope, HERE, day)
    for history in ([], [line("D3330", day - timedelta(days=20))]):
        assert not row_findings(pair, [line_of_first], history=history, practice="all")
    assert any(found.kind == "needs" for found in cdtref.conflicts(first))


def test_what_is_replaced_stands_on_what_was_there():
    crown = line("D6058", prosthesis="replacement", prior_placement=f"{pinned.YEAR - 9}-03-02")
    assert told([crown], history=[]) == []


def test_a_narrative_tells_where_what_is_needed_is():
    quarter = line("D9223")
    assert told([quarter]) == [("conflict.needs", "warning", 0)]
    assert told([attrs.evolve(quarter, narrative="D9222 is on the first form")]) == []


def test_a_narrative_tells_the_exception_of_a_rule_that_has_some():
    """A steroid is no part of the sedation; a pulp that was opened is always part of the canal."""
    drug, sedation = line("D9610", narrative=None), line("D9222")
    assert told([drug, sedation]) == [("conflict.included", "warning", 0)]
    assert told([attrs.evolve(drug, narrative="dexamethasone 8 mg"), sedation]) == []
    opened = line("D3221", narrative="pain at the weekend")
    assert told([opened, line("D3330")]) == [("conflict.included", "error", 0)]
    bitewings = line("D0274", narrative="why")
    assert told([bitewings, line("D0210")]) == [("conflict.included", "warning", 0)]


def test_a_need_is_at_most_a_warning():
    for pair in TABLE:
        if pair.statement.kind == "needs" and first_opening(pair) is not None:
            first, _, day = first_opening(pair)
            lines = [placed(first, pair.statement.scope, HERE, day)]
            found = conflicts_of(lines, history=[], practice="all")
            assert {one.severity for one in found} <= {"warning", "info"}


def test_an_earlier_line_never_makes_an_error():
    out, again = line("D7140"), line("D7210")
    assert told([out, again]) == [("conflict.exclusive", "error", 1)]
    assert told([again], history=[out]) == [("conflict.exclusive", "warning", 0)]


def test_no_restoration_after_extraction():
    day = as_date(pinned.DAY)
    out = line("D7140", day - timedelta(days=3000), tooth="14")
    for code in ("D2391", "D2740", "D3330", "D2542"):
        restored = line(code, tooth="14")
        assert told([restored], history=[out]) == [("conflict.exclusive", "warning", 0)], code
        assert told([attrs.evolve(restored, tooth="15")], history=[out]) == []
        before = attrs.evolve(out, date=day + timedelta(days=10))
        assert told([restored], history=[before]) == []


def test_the_order_of_the_history_says_nothing():
    day = as_date(pinned.DAY)
    lines = [line("D5110", day - timedelta(days=back)) for back in (400, 20, 90)]
    for history in itertools.permutations(lines):
        (found,) = conflicts_of([line("D5410")], history=history)
        assert history[found.history_index].date >= day - timedelta(days=180)


def test_a_history_is_of_lines():
    with pytest.raises(TypeError, match="a history is of several lines"):
        cdtref.check_claim([line("D0120")], history=line("D0120"))
    with pytest.raises(TypeError, match="a history is of ClaimLines or Claims, not str"):
        cdtref.check_claim([line("D0120")], history=["D0120"])


def test_a_history_may_be_spelled_as_people_type():
    sloppy = line("D7140", as_date(pinned.DAY) - timedelta(days=9), tooth="#03")
    sloppy = attrs.evolve(sloppy, code=" d-7140")
    nonsense = attrs.evolve(sloppy, code="tooth out")
    found = conflicts_of([line("D2740", tooth="3")], history=[nonsense, sloppy])
    assert [one.history_index for one in found] == [1]


def test_rules_are_left_out_by_id():
    lines = [line("D0230"), line("D7140"), line("D7210")]
    kept = [rule for rule in cdtref.CLAIM_RULES if rule.id != "conflict.exclusive"]
    assert [one.rule for one in cdtref.check_claim(lines, claim_rules=kept)] == ["conflict.needs"]


# The visits that every practice has


@pytest.mark.parametrize("name", VISITS)
def test_an_ordinary_visit_is_clean(name):
    """Written down before the rules were run on it: a rule that speaks here is wrong."""
    visit = clean_visit(name)
    assert cdtref.check_claim(visit.lines) == ()
    assert cdtref.check_claim(visit.lines, history=visit.history) == ()
    everyday = [line for line in visit.lines if cdtref.check(line)]
    assert everyday == []


def test_no_finding_on_two_thousand_visits_of_the_kit():
    count = 2000
    visits = list(varied_visits(7, count))
    assert len(visits) == count
    for visit in visits:
        assert cdtref.check_claim(visit.lines, history=visit.history) == (), visit


def test_a_year_of_visits_read_as_one_history():
    """Years of lines, in any order, cost no visit its peace that is on other teeth and days."""
    earlier = [line for visit in varied_visits(3, 500) for line in visit.history]
    old = [attrs.evolve(one, date=one.date.replace(year=one.date.year - 9)) for one in earlier]
    recall = clean_visit("recall").lines
    assert cdtref.check_claim(recall, history=old) == ()


def test_no_such_visit():
    with pytest.raises(ValueError, match="no visit 'holiday'; the visits are recall"):
        clean_visit("holiday")


def test_a_line_whose_code_is_not_in_force_conflicts_with_nothing():
    retired = attrs.evolve(line("D0120"), code="D9940")
    assert told([line("D0140"), retired, attrs.evolve(line("D0120"), code="?")]) == []


def test_a_code_of_which_nothing_is_known_is_let_pass():
    silent = next(code for code in CODES if not cdtref.conflicts(code))
    day = common_day(silent)
    assert told([line(silent, day), line("D0470", day)], history=[line(silent, day)]) == []


def test_what_is_planned_does_not_serve_what_was_done():
    """Of a line with a day and one without, nobody knows how far they are apart."""
    further, first = line("D2953", tooth="3"), line("D2952", tooth="3", date=None)
    assert told([first, further]) == [("conflict.needs", "warning", 1)]
    planned = attrs.evolve(further, date=None)
    assert told([first, planned]) == []


def test_two_lines_of_one_code_ask_the_history_alike():
    out = line("D7140", as_date(pinned.DAY) - timedelta(days=90), tooth="3")
    lines = [line("D2740", tooth="3"), line("D2740", tooth="4")]
    assert told(lines, history=[out]) == [("conflict.exclusive", "warning", 0)]


def test_no_two_lines_share_a_site():
    one = ParsedLine(line("D7510", tooth="3"), cdtref.catalog())
    assert not shares("site", one, one)
    assert not tells("site", one)
    assert shares("tooth", one, one)
    assert tells("day", one)


def test_the_table_counts_its_pairs_and_a_conflict_draws_itself():
    assert len(TABLE) == len(ROWS)
    found = cdtref.conflicts("D0230")[0]
    assert dict(found.facts) == {
        "Reason": found.reason,
        "Whose": ", ".join(found.whose),
        "Confidence": found.confidence,
    }
