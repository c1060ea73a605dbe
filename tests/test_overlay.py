"""
A coming edition before the package has it: a file of a licensee's own is a catalog in Python and on
the command line, and what it adds is found, checked and shown as codes of ours are.
"""

from __future__ import annotations

import csv
import json

import pytest

import cdtref
import pinned
from cdtref.cli import main
from streams import CliRunner

CATALOG = cdtref.catalog()
DAY = f"{pinned.YEAR + 1}-01-01"
MANY = 28
CODES = [f"D69{number:02d}" for number in range(MANY) if f"D69{number:02d}" not in CATALOG]
WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "islet",
    "jetty",
    "knoll",
    "larch",
    "maple",
    "nacre",
]
COLUMNS = ("code", "nomenclature", "effective", "category", "treatment_area", "by_report")


def coming(place, code):
    """A row of a new code, in words of which no two rows have the same."""
    first, second = WORDS[place % len(WORDS)], WORDS[place // len(WORDS)]
    return (code, f"{first} {second} implant", DAY, "Implant services", "tooth", "")


def written(folder, *rows, columns=COLUMNS):
    path = folder / "edition.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    return str(path)


@pytest.fixture
def edition(tmp_path):
    rows = [coming(place, code) for place, code in enumerate(CODES)]
    return written(tmp_path, *rows, ("D2390", "reworded by the licensee", "", "", "", ""))


def run(*arguments, **env):
    done = CliRunner().invoke(main, arguments, env=env)
    return done.exit_code, done.stdout, done.stderr


def test_a_whole_edition_is_laid_over_in_one_call(edition):
    mine = CATALOG.with_nomenclature(edition)
    report = mine.nomenclature_report
    assert report.added == tuple(CODES)
    assert report.matched == ("D2390",)
    assert (report.malformed, report.unmatched, report.passed_over) == ((), (), ())
    assert mine.lookup("D2390").nomenclature == "reworded by the licensee"
    assert len(mine) == len(CATALOG) + len(CODES)


REQUIREMENTS = [
    ("treatment_area", "tooth+surface", cdtref.TreatmentArea.TOOTH_SURFACE),
    ("treatment_area", "The quadrant", cdtref.TreatmentArea.QUADRANT),
    ("surface_count", "2", (2, 2)),
    ("surface_count", "3 - 5", (3, 5)),
    ("arch", "01", cdtref.Area("01")),
    ("arch", "mandibular", cdtref.Area("02")),
    ("dentition", "Primary", "primary"),
    ("dentition", "permanent", "permanent"),
    ("by_report", "yes", True),
    ("by_report", "N", False),
    ("prosthesis_code", "asked", "asked"),
    ("prosthesis_code", "Allowed", "allowed"),
    ("prosthesis_code", "never", "never"),
    ("under_age", "14", 14),
    ("add_on", "x", True),
]


def with_requirement(column, text):
    row = {"code": CODES[0], "nomenclature": "invented", "effective": DAY}
    return CATALOG.with_nomenclature([row | {"category": "implant-services", column: text}])


@pytest.mark.parametrize(("column", "text", "value"), REQUIREMENTS)
def test_what_the_file_says_of_a_new_code_is_its_requirement(column, text, value):
    mine = with_requirement(column, text)
    requirement = mine[CODES[0]].requirement
    assert getattr(requirement, column) == value
    assert getattr(requirement.confidence, column) == "high"
    assert getattr(requirement.sources, column) == ("your own file",)
    assert not mine.nomenclature_report.passed_over


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("treatment_area", "mouth"),
        ("surface_count", "few"),
        ("arch", "left"),
        ("dentition", "mixed"),
        ("by_report", "maybe"),
        ("prosthesis_code", "yes"),
        ("under_age", "young"),
        ("under_age", "9999"),
        ("add_on", "?"),
    ],
)
def test_a_requirement_that_cannot_be_read_loses_nothing_else(column, text):
    mine = with_requirement(column, text)
    assert CODES[0] in mine
    (remark,) = mine.nomenclature_report.passed_over
    assert (remark.line, remark.code) == (1, CODES[0])
    assert remark.told.startswith(f"{column} '{text}' is passed over")
    assert str(remark) in str(mine.nomenclature_report)


@pytest.mark.parametrize(
    ("column", "text", "is_told"),
    [
        ("treatment_area", "tooth+surface", True),
        ("treatment_area", "tooth", False),
        ("by_report", "yes", True),
        ("by_report", "no", False),
        ("terminated", DAY, True),
        ("terminated", "", False),
    ],
)
def test_dates_and_requirements_of_a_known_code_stay_ours(column, text, is_told):
    mine = CATALOG.with_nomenclature([{"code": "D2740", "nomenclature": "x", column: text}])
    assert mine["D2740"].requirement == CATALOG["D2740"].requirement
    assert mine["D2740"].periods == CATALOG["D2740"].periods
    assert bool(mine.nomenclature_report.passed_over) == is_told


def test_a_coming_code_is_found_by_its_words_and_ours_as_before(edition):
    mine = CATALOG.with_nomenclature(edition)
    assert mine.search(mine[CODES[3]].title)[0].procedure.code == CODES[3]
    assert mine.search("zirconia crown")[0].procedure.code == "D2740"
    assert CODES[3] not in {p.code for p in mine.procedures()}
    assert CODES[3] in {p.code for p in mine.procedures(on=DAY)}


def test_a_claim_line_of_a_coming_code_is_checked_by_its_row(edition):
    mine = CATALOG.with_nomenclature(edition)
    bare = cdtref.check(cdtref.ClaimLine(CODES[0], DAY), catalog=mine)
    named = cdtref.check(cdtref.ClaimLine(CODES[0], DAY, tooth="14"), catalog=mine)
    assert "tooth.missing" in [finding.rule for finding in bare]
    assert [finding.rule for finding in named if finding.severity == "error"] == []
    before = cdtref.check(cdtref.ClaimLine(CODES[0], pinned.DAY, tooth="14"), catalog=mine)
    assert [finding.rule for finding in before] == ["code.not-in-force"]


# On the command line ------------------------------------------------------------------------------


def test_overlay_says_what_a_file_would_do(edition):
    code, printed, told = run("overlay", edition)
    assert code == 0
    assert [row.split("\t")[2] for row in printed.splitlines()] == CODES
    assert told.startswith(f"added: {len(CODES)}, worded: 1, lines left out: 0")


def test_overlay_tells_what_it_could_not_place(tmp_path):
    path = written(
        tmp_path,
        (*coming(0, CODES[0])[:4], "mouth", ""),
        ("D0001", "without a date", "", "", "", ""),
        ("99213", "of another system", "", "", "", ""),
    )
    code, printed, _ = run("overlay", path)
    assert code == 1
    kinds = {row.split("\t")[2]: row.split("\t")[0] for row in printed.splitlines()[1:]}
    assert kinds == {"D0001": "unmatched", "99213": "malformed", CODES[0]: "passed over"}
    report = json.loads(run("overlay", path, "--json")[1])
    assert report["added"] == [CODES[0]]
    assert [remark["line"] for remark in report["malformed"]] == [4]


def test_columns_of_unusual_names(tmp_path):
    path = written(tmp_path, ("D0120", "x"), columns=("Nr", "Text"))
    assert run("overlay", path)[0] == 1
    assert run("overlay", path, "--column", "code=Nr", "--column", "nomenclature=Text")[0] == 0


BY_CATALOG = [
    (("show", CODES[0]), "amber amber implant"),
    (("list", "--on", DAY), CODES[-1]),
    (("search", "larch", "amber"), CODES[11]),
    (("validate", CODES[0], "--on", DAY), "\tyes\tyes\t"),
    (("export", "codes", "--format", "ndjson"), "amber amber implant"),
]


@pytest.mark.parametrize(("arguments", "said"), BY_CATALOG, ids=lambda value: value[0])
def test_commands_answer_by_the_file_that_is_named_or_set(arguments, said, edition):
    assert said not in run(*arguments)[1]
    assert said in run(*arguments, "--catalog", edition)[1]
    assert said in run(*arguments, CDTREF_CATALOG=edition)[1]


def test_check_answers_by_it_too(edition, tmp_path):
    claims = tmp_path / "claims.csv"
    claims.write_text(f"code,date,tooth\n{CODES[0]},{DAY},14\n", "utf-8")
    assert "code.unknown" in run("check", str(claims))[1]
    code, printed, _ = run("check", str(claims), CDTREF_CATALOG=edition)
    assert code == 0
    assert "code.unknown" not in printed


def test_a_catalog_that_cannot_be_read_is_told_and_what_it_left_out_too(tmp_path):
    code, _, told = run("show", "D0120", CDTREF_CATALOG=str(tmp_path / "nothing.csv"))
    assert code == 2
    assert "CDTREF_CATALOG" in told or "--catalog" in told
    path = written(tmp_path, ("D0001", "without a date", "", "", "", ""))
    code, _, told = run("show", "D0120", "--catalog", path)
    assert code == 0
    assert "D0001" in told
