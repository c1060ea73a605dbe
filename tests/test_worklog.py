"""
Work logs: valued by the schedule of the year, summed by period, placed in the user's own survey.
"""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import Benchmark, DataFormatError, FeeSchedule, InvalidCodeError, LogEntry, WorkLog

SURVEY = "specialty,p10,p25,p50,p75,p90\nOral surgery,1000,2000,4000,6000,8000\n"

YEAR = pinned.RELEASE_YEAR
MONDAY, SUNDAY, NEXT_MONDAY = (
    date.fromisocalendar(YEAR, *day) for day in ((10, 1), (10, 7), (11, 1))
)
OLDER = date(pinned.OLDER_YEAR, 12, 31)
WORK = {key: Decimal(values[0]) for key, values in pinned.VALUES.items()}
VISITS, SURGERY, COUNT = 2 * WORK["99213", ""], WORK["21110", ""], WORK["86153", "26"]

LOG = WorkLog(
    [
        LogEntry(str(MONDAY), "99213", units=2, specialty="Oral surgery"),
        LogEntry(SUNDAY, " 21110 ", specialty="Oral surgery", note='with "quotes", commas'),
        LogEntry(NEXT_MONDAY, "86153", "26"),
        LogEntry(f"{YEAR}-04-01", "D7210", specialty="Oral surgery"),
        LogEntry(OLDER, "99213"),
        LogEntry(f"{YEAR}-04-02", "86153"),
        LogEntry(f"{YEAR}-04-03", "B4034"),
        LogEntry(f"{YEAR}-04-04", "21110", "52"),
    ]
)


def test_each_entry_is_valued_or_set_apart_with_its_reason():
    done = LOG.productivity()
    assert done.work_rvus == VISITS + SURGERY + COUNT
    reasons = {one.entry.code: one.reason for one in done.unvalued}
    assert len(done.unvalued) == 5
    assert "status R" in reasons["D7210"]
    assert f"no fee schedule of {OLDER.year} is given; there is one of {YEAR}" in reasons["99213"]
    assert "it has 86153 with 26" in reasons["86153"]
    assert "no row for B4034" in reasons["B4034"]
    assert "priced by report" in reasons["21110"]
    assert {one.release for one in done.valued} == {pinned.RELEASE}


def test_the_report_tells_each_reason_once():
    report = (
        WorkLog([LogEntry(MONDAY, code) for code in ("D1110", "D0120", "D0120")])
        .productivity()
        .report()
    )
    meaning = "restricted coverage, priced by the Medicare contractor if covered at all"
    reason = f"status R in {pinned.RELEASE}: {meaning}"
    assert f"3: D0120, D1110  {reason}; all its values are 0.00" in report
    assert report.count("status R") == 1


@pytest.mark.parametrize("entries", [["x"], [(MONDAY, "99213")], "99213"])
def test_a_log_holds_entries_only(entries):
    with pytest.raises(TypeError, match="a log holds entries"):
        WorkLog(entries)


def test_sums_by_every_grouping():
    done = LOG.productivity()
    assert done.by("month") == {f"{YEAR}-03": VISITS + SURGERY + COUNT}
    assert done.by("week") == {f"{YEAR}-W10": VISITS + SURGERY, f"{YEAR}-W11": COUNT}
    assert done.by("day") == {str(MONDAY): VISITS, str(SUNDAY): SURGERY, str(NEXT_MONDAY): COUNT}
    assert done.by("year") == {str(YEAR): VISITS + SURGERY + COUNT}
    assert done.by("code") == {"21110": SURGERY, "86153": COUNT, "99213": VISITS}
    assert done.by("specialty") == {"": COUNT, "Oral surgery": VISITS + SURGERY}
    with pytest.raises(ValueError, match="no grouping 'hour'"):
        done.by("hour")


def test_shares_of_modifiers_count_and_informing_ones_do_not():
    def work(modifier):
        return WorkLog([LogEntry(MONDAY, "27447", modifier)]).productivity().work_rvus

    full = work(None)
    assert work("80") == full * Decimal("0.16")
    assert work("50") == full * Decimal("1.5")
    assert work("59") == work("rt") == full


@pytest.mark.skipif("CDTREF_CMS_DIR" not in os.environ, reason="CDTREF_CMS_DIR is not set")
def test_each_entry_by_the_schedule_of_its_year():
    older = FeeSchedule.from_cms(Path(os.environ["CDTREF_CMS_DIR"]) / pinned.OLDER_PPRRVU["csv"])
    done = LOG.productivity([older, cdtref.fee_schedule()])
    assert {one.release for one in done.valued} == {pinned.OLDER_RELEASE, pinned.RELEASE}
    assert done.by("year")[str(OLDER.year)] == Decimal(pinned.OLDER_WORK_OF_99213)


def test_pace():
    work = 100 * WORK["99213", ""]
    done = WorkLog(
        [LogEntry(f"{YEAR}-01-01", "99213", units=100), LogEntry(f"{YEAR}-01-10", "D0120")]
    ).productivity()
    assert done.annualized() == work / 10 * 365
    assert done.annualized(date(YEAR, 1, 1), date(YEAR, 1, 1) + timedelta(days=364)) == work
    with pytest.raises(ValueError, match="empty log"):
        WorkLog().productivity().annualized()
    with pytest.raises(ValueError, match="before the start"):
        done.annualized(date(YEAR, 2, 1), date(YEAR, 1, 1))


def test_compensation_by_tiers():
    done = WorkLog([LogEntry(MONDAY, "99213", units=100)]).productivity()
    work = 100 * WORK["99213", ""]
    above, beyond = work - 30, work + 1
    assert done.compensation(Decimal(50)) == 50 * work
    assert done.compensation(Decimal(50), [(above, Decimal(60))]) == 50 * above + 60 * 30
    assert (
        done.compensation(Decimal(50), [(above, Decimal(60)), (beyond, Decimal(90))])
        == 50 * above + 60 * 30
    )
    with pytest.raises(ValueError, match="must rise"):
        done.compensation(Decimal(50), [(Decimal(100), Decimal(60)), (Decimal(90), Decimal(90))])
    with pytest.raises(ValueError, match="must rise"):
        done.compensation(Decimal(50), [(Decimal(0), Decimal(60))])


@pytest.fixture
def survey(tmp_path):
    (tmp_path / "survey.csv").write_text(SURVEY)
    return Benchmark.from_csv(tmp_path / "survey.csv")


@pytest.mark.parametrize(
    ("rvus", "place"),
    [
        ("999", "below p10"),
        ("1000", "p10"),
        ("3000", "p38"),
        ("4000", "p50"),
        ("8000", "p90"),
        ("8001", "above p90"),
    ],
)
def test_percentiles_by_interpolation_and_none_outside_the_table(survey, rvus, place):
    assert survey.percentile("Oral surgery", Decimal(rvus)) == place


def test_an_unknown_specialty(survey):
    with pytest.raises(KeyError):
        survey.percentile("Alchemy", Decimal(1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("specialty,p10\nx,1\n", "line 1, column p25: missing column 'p25'"),
        (SURVEY.replace("4000", "many"), "line 2, column p50: a percentile is not a number"),
        (SURVEY.replace("4000", "900"), "line 2, column p50: the percentiles do not rise"),
        (SURVEY.replace(",8000", ""), "line 2: it has 5 fields, where the header has 6"),
        (SURVEY + SURVEY.split("\n")[1], "line 3, column specialty: .* comes again"),
        (SURVEY.replace("p25", "P10"), "the column 'p10' is there twice"),
        (SURVEY.replace("p25", "p25,P25"), "the column 'p25' is there twice"),
        (SURVEY.replace("4000", "1e4"), "line 2, column p50: a percentile is not a number"),
    ],
)
def test_a_broken_survey(tmp_path, text, said):
    (tmp_path / "survey.csv").write_text(text)
    with pytest.raises(DataFormatError, match=said):
        Benchmark.from_csv(tmp_path / "survey.csv")


def test_csv_and_json_come_back_as_they_went(tmp_path):
    (tmp_path / "log.csv").write_text(LOG.to_csv())
    (tmp_path / "log.json").write_text(LOG.to_json())
    assert WorkLog.from_csv(tmp_path / "log.csv") == LOG
    assert WorkLog.from_json(tmp_path / "log.json") == LOG


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"date\n{MONDAY}\n", "line 1, column code: missing column 'code'"),
        ("date,code,Code\n", "line 1, column Code: the column 'Code' is there twice"),
        ("date,code,Colour,colour\n", "column colour: the column 'colour' is there twice"),
        (
            f"date,code\n{MONDAY},D0120\n{MONDAY},0120\n",
            "line 3, column code: '0120' is four digits",
        ),
        ("date,code\nyesterday,D0120\n", "line 2, column date: 'yesterday' is no date"),
        (
            f"date,code,units\n{MONDAY},D0120,0\n",
            "line 2, column units: units are a whole number from 1",
        ),
    ],
)
def test_a_broken_log_names_its_line(tmp_path, text, said):
    (tmp_path / "log.csv").write_text(text)
    with pytest.raises(DataFormatError, match=said):
        WorkLog.from_csv(tmp_path / "log.csv")


@pytest.mark.parametrize(
    ("text", "said"), [("{", "not JSON"), ("{}", "a list of objects"), ('[{"date": 1}]', "line 1")]
)
def test_broken_json(tmp_path, text, said):
    (tmp_path / "log.json").write_text(text)
    with pytest.raises(DataFormatError, match=said):
        WorkLog.from_json(tmp_path / "log.json")


@pytest.mark.parametrize("units", [0, -1, "x", "", "1.5"])
def test_units_are_whole_numbers_from_one(units):
    with pytest.raises(ValueError, match="whole number"):
        LogEntry(MONDAY, "D0120", units=units)


@pytest.mark.parametrize("units", [None, 1.5, True])
def test_units_of_another_type(units):
    with pytest.raises(TypeError, match="whole number"):
        LogEntry(MONDAY, "D0120", units=units)


def test_a_malformed_modifier_does_not_enter_the_log():
    with pytest.raises(InvalidCodeError):
        LogEntry(MONDAY, "D0120", "2")


def test_logs_never_change():
    more = LOG.with_entries([LogEntry(MONDAY, "99213")])
    assert (len(LOG.entries), len(more.entries)) == (8, 9)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        LOG.entries = ()


def test_a_report_on_a_month_of_200_entries(survey):
    dice = random.Random(1)
    codes = [
        "D0120",
        "D1110",
        "D2740",
        "D7210",
        "99213",
        "99204",
        "21110",
        "41010",
        "70355",
        "64400",
    ]
    entries = [
        LogEntry(
            date(YEAR, 3, 1) + timedelta(days=dice.randrange(31)),
            dice.choice(codes),
            specialty="Oral surgery",
        )
        for _ in range(200)
    ]
    done = WorkLog(entries).productivity()
    text, markdown = done.report(survey), done.report(survey, markdown=True)
    assert (
        f"{done.work_rvus} work RVUs from {len(done.valued)} entries; {len(done.unvalued)} without"
        in text
    )
    assert len(done.valued) + len(done.unvalued) == 200
    assert "above p90" in text or "(p" in text or "below p10" in text
    assert markdown.startswith("# ")
    assert f"| {YEAR}-03 |" in markdown
    assert WorkLog().productivity().report() == "0 work RVUs from 0 entries; 0 without a value\n"


@given(st.lists(st.sampled_from(LOG.entries)))
def test_no_entry_is_lost(entries):
    """
    Entries without RVUs are listed apart with the reason, not as zeros; every grouping sums to the
    same total.
    """
    done = WorkLog(entries).productivity()
    assert len(done.valued) + len(done.unvalued) == len(entries)
    assert all(
        sum(done.by(name).values()) == done.work_rvus
        for name in ("day", "week", "month", "year", "code")
    )
