"""
Work logs: valued by the schedule of the year, summed by period, placed in the user's own survey.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import runpy
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import (
    Benchmark,
    DataFormatError,
    FeeSchedule,
    FeeSchedules,
    InvalidCodeError,
    LogEntry,
    WorkLog,
)
from cdtref.worklog.periods import first_day_of, first_days, name_of
from terminal import on_a_terminal
from test_cli import ENDED, run

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


def test_the_report_has_room_for_a_few_codes_beside_a_reason():
    codes = [f"D01{number}0" for number in (2, 4, 5, 6, 7, 8)] + ["D1110"]
    done = WorkLog([LogEntry(MONDAY, code) for code in codes]).productivity()
    assert "7: D0120, D0140, D0150, D0160, D0170, D0180, ...  status R" in done.report()
    assert done.summary().reasons[0].codes == tuple(codes)


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


def test_groupings_are_found_in_any_case_and_a_column_of_the_log_comes_first():
    log = WorkLog([LogEntry(MONDAY, "99213", more=[("Level", "3")])])
    done = log.productivity(by=["Month", "Level"])
    assert done.by("Month") == done.by("month")
    assert list(done.by("Level")) == ["3"]
    assert list(done.by("level")) == [""]


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
    for rate in ("-1", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="a rate is an amount of dollars from 0 on, not"):
            done.compensation(Decimal(rate))
        with pytest.raises(ValueError, match="a rate is an amount"):
            done.compensation(Decimal(1), [(Decimal(5), Decimal(rate))])


def test_the_report_has_the_compensation_at_a_rate_of_ones_own():
    done = WorkLog([LogEntry(MONDAY, "99213", units=100)]).productivity()
    paid = done.compensation(Decimal("52.50"))
    assert f"At your rate of 52.50 that is {paid} dollars." in done.report(rate=Decimal("52.50"))
    assert "dollars" not in done.report()


@pytest.mark.dental_values
def test_no_factor_of_cms_makes_dollars_of_the_dental_scale():
    """There is no public conversion factor of IHS's scale."""
    done = DENTAL_LOG.productivity(scale="ihs")
    for factor in cdtref.CONVERSION_FACTORS.values():
        with pytest.raises(ValueError, match="is a conversion factor of CMS"):
            done.compensation(factor)
    report = done.report(rate=Decimal(20))
    assert f"that is {20 * done.total} dollars" in report
    assert "No public conversion factor of this scale exists" in report
    assert "conversion factor" not in DENTAL_LOG.productivity([]).report(rate=Decimal(20))


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


def test_a_specialty_is_found_however_it_is_capitalized(survey):
    assert survey.percentile("ORAL SURGERY", Decimal(4000)) == "p50"
    assert survey.has("oral surgery")
    log = WorkLog([LogEntry(MONDAY, "99213", specialty="oral surgery")])
    assert "(below p10)" in log.productivity().report(survey)


@pytest.mark.parametrize("scale", ["cms", pytest.param("ihs", marks=pytest.mark.dental_values)])
def test_a_survey_of_either_scale(survey, scale):
    log = WorkLog([LogEntry(MONDAY, code, specialty="Oral surgery") for code in ("D2740", "99213")])
    done = log.productivity(scale=scale)
    whole, mine = done.summary(survey).paces
    assert (whole.specialty, whole.percentile, mine.specialty) == (None, "", "Oral surgery")
    assert whole.a_year == mine.a_year == 365 * done.total
    assert mine.percentile == survey.percentile("Oral surgery", mine.a_year)


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
        (SURVEY + SURVEY.split("\n")[1].upper(), "line 3, column specialty: .* comes again"),
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
        (f"date,code\n{MONDAY},D0120,x\n", "line 2: it has 3 fields, where the header has 2"),
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


def test_modifiers_of_another_type():
    with pytest.raises(TypeError, match="modifiers are text such as '26 RT', not int"):
        LogEntry(MONDAY, "D0120", 26)


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


# Rows and pictures


def test_rows_are_tidy_and_sum_to_the_total():
    done = LOG.productivity(by=["month", "specialty"])
    assert done.to_rows() == (
        {"month": f"{YEAR}-03", "specialty": "", "work_rvus": float(COUNT), "entries": 1},
        {
            "month": f"{YEAR}-03",
            "specialty": "Oral surgery",
            "work_rvus": float(VISITS + SURGERY),
            "entries": 2,
        },
    )
    (row,) = done.to_rows(by=["year"])
    assert type(row["work_rvus"]) is float
    assert WorkLog().productivity().to_rows() == ()
    with pytest.raises(ValueError, match="no grouping 'hour'"):
        done.to_rows(by=["hour"])
    odd = WorkLog([LogEntry(MONDAY, "99213", more=[("Entries", "x")])])
    with pytest.raises(ValueError, match="a column 'entries' of their own; rename yours"):
        odd.productivity().to_rows(by=["entries"])


def test_pandas_reads_and_plots_the_rows():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("matplotlib").use("svg")
    table = pandas.DataFrame(LOG.productivity().to_rows(by=["week"]))
    assert table["work_rvus"].sum() == pytest.approx(float(LOG.productivity().total))
    assert len(table.plot(x="week", y="work_rvus").lines[0].get_xdata()) == 2


def axes():
    """Axes of matplotlib, on a figure that nobody else knows."""
    return pytest.importorskip("matplotlib.figure").Figure().subplots()


def heights(ax):
    return [patch.get_height() for patch in ax.patches]


def names(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


EVE = date(YEAR - 1, 12, 31)
QUARTERS = LOG.only("specialty", "Oral surgery").with_entries(
    [LogEntry(EVE, "99213"), LogEntry(NEXT_MONDAY, "86153", "26")]
)


def test_a_picture_has_a_bar_for_each_period_without_work_too():
    done = QUARTERS.productivity()
    ax = axes()
    assert done.plot(ax, period="quarter") is ax
    assert heights(ax)[-2:] == [float(done.total), 0]
    assert names(ax) == [f"{YEAR - 1}-Q4", f"{YEAR}-Q1", f"{YEAR}-Q2"]
    assert ax.get_ylabel() == "work RVUs"
    assert ax.get_xlabel() == "not drawn: 2 without a value"
    whole = done.plot(axes(), period="year")
    assert heights(whole) == [0, float(done.total)]


def test_a_picture_takes_the_period_that_the_log_is_summed_by_or_one_that_fits():
    assert (
        LOG.productivity(by=["specialty", "year"]).plot(axes()).get_title("left").endswith("year")
    )
    assert LOG.productivity(by=["Year"]).plot(axes()).get_title("left").endswith("by year")
    assert QUARTERS.productivity(by=["code"]).plot(axes()).get_title("left").endswith("week")
    for last, period in (
        (MONDAY, "day"),
        (date(YEAR, 6, 30), "week"),
        (date(YEAR + 2, 1, 1), "month"),
    ):
        log = WorkLog([LogEntry(MONDAY, "99213"), LogEntry(last, "99213")])
        assert log.productivity().plot(axes()).get_title("left") == f"Work RVUs by {period}"
    ages = WorkLog(
        [LogEntry(date.min, "99213"), LogEntry(MONDAY, "99213"), LogEntry(date.max, "9921F")]
    )
    with pytest.raises(ValueError, match="more than 1000 bars, one a year"):
        ages.productivity().plot(axes())


def test_percentiles_are_bands_by_the_days_of_the_log_in_each_period(survey):
    """A log that ends in the middle of a week has the work of the half of it to do."""
    log = WorkLog(
        [LogEntry(day, "99213", specialty="Oral Surgery") for day in (MONDAY, NEXT_MONDAY)]
    )
    ax = log.productivity().plot(axes(), period="week", benchmark=survey)
    assert ax.get_title("left") == "Oral Surgery: work RVUs by week"
    assert [text.get_text() for text in ax.texts] == ["p10", "p25", "p50", "p75", "p90"]
    for line, figure in zip(ax.lines, survey.figures("Oral Surgery"), strict=True):
        week, day = 7 * float(figure) / 365, float(figure) / 365
        assert list(line.get_ydata()) == pytest.approx([week, day, day])


def test_the_calendar_ends():
    last = date.max - timedelta(days=3)
    assert list(first_days("month", last, date.max)) == [date.max.replace(day=1)]
    log = WorkLog([LogEntry(date.max, "99213")])
    with pytest.raises(ValueError, match="nothing to draw"):
        log.productivity().plot(axes())


def test_whose_percentiles_are_meant_is_asked(survey):
    done = LOG.productivity()
    assert done.plot(axes(), benchmark=survey).get_title("left").startswith("Oral surgery: ")
    with pytest.raises(ValueError, match="that the benchmark has: none; name one of them"):
        done.plot(axes(), benchmark=survey, specialty="Alchemy")
    two = WorkLog(
        [LogEntry(MONDAY, "99213", specialty=name) for name in ("Oral surgery", "ORAL surgery")]
    )
    with pytest.raises(ValueError, match="'ORAL surgery', 'Oral surgery'; name one"):
        two.productivity().plot(axes(), benchmark=survey)


def test_what_cannot_be_drawn_is_told():
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueError, match="nothing to draw"):
        WorkLog().productivity().plot()
    with pytest.raises(ValueError, match="no period 'hour'; there are day, week, month"):
        LOG.productivity().plot(axes(), period="hour")


def test_a_name_in_a_picture_is_no_mathematics():
    pytest.importorskip("matplotlib")
    log = WorkLog([LogEntry(MONDAY, "99213", specialty=r"$\frac{$ and $")])
    ax = log.productivity().plot(axes(), specialty=r"$\frac{$ and $")
    ax.figure.savefig(io.BytesIO(), format="svg")


def test_missing_matplotlib_is_named_with_its_extra(monkeypatch):
    for name in ("matplotlib", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r'pip install "cdtref\[plots\]"'):
        LOG.productivity().plot()


def test_without_axes_a_new_figure_of_pyplot_is_drawn():
    pytest.importorskip("matplotlib").use("svg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    before = set(pyplot.get_fignums())
    ax = LOG.productivity().plot()
    assert set(pyplot.get_fignums()) - before == {ax.figure.number}
    pyplot.close(ax.figure)


@given(st.lists(st.sampled_from(LOG.entries)), st.lists(st.sampled_from(["month", "week", "code"])))
def test_the_rows_of_any_log_have_all_of_its_work(entries, by):
    """The values of all rows together are the total; entries without a value are in none."""
    done = WorkLog(entries).productivity()
    rows = done.to_rows(by)
    assert sum(row["entries"] for row in rows) == len(done.valued)
    assert sum(row["work_rvus"] for row in rows) == pytest.approx(float(done.total))


@given(st.dates(), st.dates(), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_periods_follow_one_another_without_a_gap(one, other, period):
    """Every day of the calendar is in one period of a kind."""
    first, last = min(one, other), max(one, other)
    days = list(itertools.islice(first_days(period, first, last), 50))
    assert days[0] <= first
    assert days == sorted(set(days))
    for earlier, later in itertools.pairwise(days):
        eve = later - timedelta(days=1)
        assert first_day_of(period, eve) == earlier
        assert name_of(period, eve) == name_of(period, earlier) < name_of(period, later)


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


# Two scales that never mix

CROWN_DAY, OLDER_DAY = pinned.CROWN_DAY, pinned.OLDER_CROWN_DAY
CROWN = Decimal(pinned.DENTAL_VALUES["D2740", CROWN_DAY][0])
OLDER_CROWN = Decimal(pinned.DENTAL_VALUES["D2740", OLDER_DAY][0])
EXAM = Decimal(pinned.DENTAL_VALUES["D0150", pinned.SCALE_START][0])
DENTAL_LOG = WorkLog(
    [
        LogEntry(CROWN_DAY, "D2740", "KX", more=[("Provider", "B")]),
        LogEntry(OLDER_DAY, "D2740", more=[("Provider", "B")]),
        LogEntry(CROWN_DAY, "D0150", units=3, more=[("Provider", "A")]),
        LogEntry(CROWN_DAY, "99213"),
        LogEntry(CROWN_DAY, pinned.MISPRINT),
        LogEntry(pinned.DENTAL_VALUE_BEGINS["D0389"][0], "D0389"),
    ]
)


@pytest.mark.dental_values
def test_the_dental_scale_values_dental_codes_by_the_day_and_nothing_else():
    done = DENTAL_LOG.productivity(scale="ihs")
    assert done.total == CROWN + OLDER_CROWN + 3 * EXAM
    reasons = {one.entry.code: one.reason for one in done.unvalued}
    assert set(reasons) == {"99213", pinned.MISPRINT, "D0389"}
    assert "CPT Category I code, which the dental scale does not value" in reasons["99213"]
    assert "IHS set the first on" in reasons["D0389"]
    with pytest.raises(cdtref.NoRelativeValuesError, match="are no work RVUs"):
        _ = done.work_rvus


@pytest.mark.dental_values
def test_no_value_and_a_value_of_zero_are_apart_in_a_log():
    """0.00 credits no work; a code without a value is in no sum and listed."""
    zero = next(key for key, row in pinned.DENTAL_VALUES.items() if row[0] == "0.00")
    none = next(code for code in cdtref.catalog() if cdtref.dental_rvu(code, default=None) is None)
    log = WorkLog([LogEntry(zero[1], zero[0]), LogEntry(zero[1], none)])
    done = log.productivity(scale="ihs", by=["code"])
    assert done.by("code") == {zero[0]: Decimal("0.00")}
    assert "which is not a value of 0.00" in done.unvalued[0].reason
    assert done.to_rows() == ({"code": zero[0], "dental_rvus": 0.0, "entries": 1},)
    assert done.summary().to_dict()["groups"][0]["value"] == "0.00"


@pytest.mark.dental_values
def test_no_entry_has_a_value_on_both_scales():
    """Two scales never mix: an entry counts on Medicare's, on IHS's, or on none."""
    on_cms = {one.entry.code for one in DENTAL_LOG.productivity([]).valued}
    on_ihs = {one.entry.code for one in DENTAL_LOG.productivity(scale="ihs").valued}
    assert not on_cms & on_ihs
    with pytest.raises(ValueError, match="fee schedules are CMS's"):
        DENTAL_LOG.productivity([], scale="ihs")
    with pytest.raises(ValueError, match="no scale 'both'; there are 'cms' and 'ihs'"):
        DENTAL_LOG.productivity(scale="both")


@pytest.mark.dental_values
def test_work_outside_the_schedule_of_ihs_is_told_apart():
    outside = next(
        value
        for p in cdtref.procedures()
        if (value := cdtref.dental_rvu(p.code, default=None)) is not None
        and value.level_of_care == 9
        and value.value
    )
    log = WorkLog([*DENTAL_LOG.entries, LogEntry(outside.since, outside.code, units=2)])
    done = log.productivity(scale="ihs", by=["level"])
    assert done.outside_schedule == 2 * outside.value
    assert done.total - done.outside_schedule == DENTAL_LOG.productivity(scale="ihs").total
    report = done.report()
    assert f"of which {2 * outside.value} outside IHS's schedule" in report
    assert f"9: {outside.level_of_care.meaning}" in report
    assert "No public conversion factor of this scale exists" in report
    assert done.compensation(Decimal(10)) == 10 * done.total


@pytest.mark.dental_values
def test_a_report_groups_by_quarter_and_by_columns_of_the_log():
    done = DENTAL_LOG.productivity(scale="ihs", by=["quarter", "PROVIDER"])
    assert done.by("quarter") == {"2019-Q2": OLDER_CROWN, "2019-Q4": CROWN + 3 * EXAM}
    assert done.by("provider") == {"A": 3 * EXAM, "B": CROWN + OLDER_CROWN}
    assert "PROVIDER" in done.report()
    with pytest.raises(ValueError, match=r"no grouping 'chair'; there are day, .*, Provider"):
        DENTAL_LOG.productivity(by=["chair"])


def test_a_report_is_for_a_terminal_or_a_page_and_no_name_acts_in_it():
    names = ["a|b", "<b>", "[x](javascript:x)", "esc\x1b]0;", "new\nrow", "`c`", "*d*"]
    log = WorkLog([LogEntry(MONDAY, "99213", specialty=name) for name in names])
    text = log.productivity().report()
    assert all(line.isprintable() for line in text.splitlines())
    marked = log.productivity().report(markdown=True)
    rules = marked.count("| --- | --- |")
    assert len(marked.splitlines()) == len(text.splitlines()) + rules
    assert not any(sign in marked for sign in ("a|b", "<b>", "[x]", "\x1b"))


def schedule_of(release, work):
    row = cdtref.fee_schedule().rvu("99213")
    assert row.work != work
    return attrs.evolve(cdtref.fee_schedule(), release=release, effective=None)


def test_of_two_releases_of_a_year_the_one_in_force_counts_whatever_their_order():
    first, third = schedule_of(f"RVU{YEAR % 100}A", 0), schedule_of(f"RVU{YEAR % 100}C", 0)
    log = WorkLog([LogEntry(f"{YEAR}-0{month}-30", "99213") for month in (1, 6, 7, 9)])
    for schedules in ([first, third], [third, first]):
        used = [one.release[-1] for one in log.productivity(schedules).valued]
        assert used == ["A", "A", "C", "C"]
    dated = attrs.evolve(third, effective=date(YEAR, 2, 1))
    assert [one.release[-1] for one in log.productivity([dated, first]).valued] == list("ACCC")


def test_two_releases_that_begin_on_one_day_are_told():
    same = attrs.evolve(cdtref.fee_schedule(), effective=date(YEAR, 1, 1))
    other = attrs.evolve(same, conversion_factor=Decimal(1), release="another")
    with pytest.raises(ValueError, match="are both in force from"):
        LOG.productivity([other, same])
    assert LOG.productivity([same, same]).valued


def fictitious(letter, *rows, effective=None):
    """A release of the rows of some codes alone, in the bundled one's year."""
    whole = cdtref.fee_schedule()
    return FeeSchedule(
        release=f"RVU{YEAR % 100}{letter}",
        year=YEAR,
        effective=effective,
        conversion_factor=whole.conversion_factor,
        rows={key: row for key, row in whole._rows.items() if key[:5].strip() in rows},
    )


def test_a_row_that_came_with_a_later_release_counts_from_then_on():
    """A drug's code came in July: January's release has no row for it."""
    first, third = fictitious("A", "99213"), fictitious("C", "99213", "21110")
    log = WorkLog([LogEntry(f"{YEAR}-0{month}-05", "21110") for month in (2, 8)])
    for schedules in ([first, third], [third, first], FeeSchedules([*dated(first, third)])):
        done = log.productivity(schedules)
        assert done.work_rvus == SURGERY
        assert [one.release for one in done.valued] == [third.release]
        assert f"{first.release} has no row for 21110" in done.unvalued[0].reason


def dated(*schedules):
    months = {"A": 1, "B": 4, "C": 7, "D": 10}
    for schedule in schedules:
        begins = date(YEAR, months[schedule.release[-1]], 1)
        yield attrs.evolve(schedule, effective=begins)


VISIT_DAYS = [date(YEAR, month, day) for month, day in ((1, 1), (3, 31), (4, 1), (6, 30), (12, 31))]


@pytest.mark.parametrize(
    ("letters", "early", "late"),
    [
        ("ABCD", "", ""),
        (
            "ACD",
            "",
            "A, in force from {0}-01-01, was taken for 2 entries, from {0}-04-01 to {0}-06-30",
        ),
        ("CD", "C, in force from {0}-07-01 on only, was taken for 4 entries", ""),
        ("D", "D, in force from {0}-10-01 on only, was taken for 4 entries", ""),
        ("BCD", "B, in force from {0}-04-01 on only, was taken for 2 entries, from {0}-01-01", ""),
        ("ABC", "", "C, in force from {0}-07-01, was taken for 1 entry, of {0}-12-31, though CMS"),
    ],
)
def test_days_before_the_first_release_and_in_a_quarter_without_one_are_told(letters, early, late):
    schedules = [fictitious(letter, "99213") for letter in letters]
    log = WorkLog([LogEntry(day, "99213") for day in VISIT_DAYS])
    done = log.productivity(reversed(schedules))
    assert len(done.valued) == len(VISIT_DAYS)
    told = [note for note in (early, late) if note]
    assert len(done.notes) == len(told)
    for note, said in zip(done.notes, told, strict=True):
        assert said.format(YEAR) in note
        assert note in done.report()


def test_strict_releases_leave_the_days_before_them_without_a_value():
    releases = FeeSchedules(dated(fictitious("B", "99213"), fictitious("C", "99213")))
    done = WorkLog([LogEntry(day, "99213") for day in VISIT_DAYS]).productivity(releases)
    assert [one.entry.date for one in done.unvalued] == VISIT_DAYS[:2]
    assert (
        f"{releases.schedules[0].release} is in force from {YEAR}-04-01" in done.unvalued[0].reason
    )


def test_only_releases_value_a_log():
    with pytest.raises(TypeError, match="schedules are FeeSchedule, not str"):
        LOG.productivity(["RVU"])


@pytest.mark.dental_values
def test_dental_work_on_the_scale_of_medicare_is_told_where_it_has_values():
    done = DENTAL_LOG.productivity()
    assert "whose codes the dental scale has: 4; ask for the scale 'ihs'" in done.notes[-1]
    assert not DENTAL_LOG.productivity(scale="ihs").notes


def test_several_modifiers_of_an_entry():
    def work(*modifiers):
        return WorkLog([LogEntry(MONDAY, "27447", modifiers)]).productivity()

    assert work("50", "RT").work_rvus == work("50").work_rvus
    assert LogEntry(MONDAY, "27447", "50; rt,59").modifiers == ("50", "RT", "59")
    (both,) = work("50", "80").unvalued
    assert "27447 with 50 and 80: each changes its value" in both.reason


def test_sums_do_not_follow_the_decimal_context_of_a_caller():
    log = WorkLog([LogEntry(MONDAY, "99213", units=98_765_432), *LOG.entries])
    done = log.productivity()
    expected = 98_765_432 * WORK["99213", ""] + LOG.productivity().work_rvus
    pay = expected.quantize(Decimal("0.01"))
    with localcontext(Context(prec=3)):
        assert log.productivity().work_rvus == done.work_rvus == expected
        assert done.by("year") == {str(YEAR): expected}
        assert done.compensation(Decimal(1)) == pay


# Files


NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
COLUMNS = st.sampled_from(["Provider", "chair", "Office, main", 'the "blue" one'])


@given(
    st.lists(
        st.builds(
            LogEntry,
            st.dates(),
            st.sampled_from(["D0120", "99213"]),
            st.lists(st.sampled_from(["26", "RT", "KX"]), max_size=3),
            st.integers(1, 99_999_999),
            NOTES,
            NOTES,
            st.dictionaries(COLUMNS, NOTES, max_size=3).map(dict.items),
        ),
        max_size=5,
    )
)
def test_any_log_comes_back_from_csv_and_json(tmp_path_factory, entries):
    """RFC 4180: fields with line breaks, quotes and commas are enclosed in quotes."""
    folder = tmp_path_factory.mktemp("log")
    log = WorkLog(entries)
    (folder / "log.csv").write_bytes(log.to_csv().encode())
    (folder / "log.json").write_text(log.to_json(), "utf-8")
    assert WorkLog.from_csv(folder / "log.csv") == log
    assert WorkLog.from_json(folder / "log.json") == log


def test_further_columns_are_kept_and_told(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        f"Date,CODE,Modifier,Provider,\n3/2/{pinned.YEAR} 12:00:00 AM,d-0120,KX 59,B,\n"
    )
    told = []
    (entry,) = WorkLog.from_csv(path, note=told.append).entries
    assert entry == LogEntry(pinned.DAY, "D0120", ("KX", "59"), more=[("Provider", "B")])
    assert told == ["columns kept as they are: 'Provider'"]
    assert entry.text_in("Provider") == "B"
    assert entry.text_in("chair") == ""


OF_SYSTEMS = [
    "ProcDate,ProcCode,UnitQty,Provider",
    "Proc Date,ADA Code,Qty,Provider",
    "Service Date,Service Code,Units,Provider",
    "DOS,CDT Code,Quantity,Provider",
    "date,CODE,Service Units,Provider",
]


@pytest.mark.parametrize("titles", OF_SYSTEMS)
def test_the_titles_of_practice_systems_are_known(tmp_path, titles):
    path = tmp_path / "log.csv"
    path.write_text(f"{titles}\n{MONDAY},D0120,2,B\n")
    expected = LogEntry(MONDAY, "D0120", units=2, more=[("Provider", "B")])
    assert WorkLog.from_csv(path).entries == (expected,)
    whole = WorkLog([expected]).append_to(path)
    assert whole.entries == (expected, expected)
    assert path.read_text().splitlines()[-1] == f"{MONDAY},D0120,2,B"


def test_columns_of_other_titles_are_named(tmp_path):
    path = tmp_path / "log.csv"
    old = f"Date,Posted,Leistung,Qty\n{SUNDAY},{MONDAY},D0120,3\n"
    path.write_text(old)
    columns = {"date": "POSTED", "code": "Leistung"}
    told = []
    assert WorkLog.from_csv(path, columns, note=told.append).entries == (
        LogEntry(MONDAY, "D0120", units=3),
    )
    assert told == ["columns passed over: 'Date'"]
    WorkLog([LogEntry(MONDAY, "D0140")]).append_to(path, columns)
    assert path.read_text() == f"{old},{MONDAY},D0140,1\n"
    options = [
        option for field, title in columns.items() for option in ("--column", f"{field}={title}")
    ]
    assert cells(report(path, *options, "--by", "day"))[0] == ["total", "work RVUs", "0", "0", ""]
    assert add(path, "D0150", "--date", str(MONDAY), *options).exit_code == 0
    assert WorkLog.from_csv(path, columns).entries[-1].code == "D0150"
    begun = tmp_path / "new.csv"
    assert WorkLog([NEW]).append_to(begun, columns) == WorkLog.from_csv(begun)


@pytest.mark.parametrize(
    ("titles", "columns", "said"),
    [
        (
            "Date,Service Date,code",
            None,
            "'Service Date' is there twice, as date; name the one that",
        ),
        ("when,code", None, "missing column 'date' among 'when', 'code'; .*name theirs: columns="),
        ("date,code", {"code": "Service"}, "missing column 'service'"),
        ("date,code", {"fee": "code"}, "no field 'fee'; the fields are date, code"),
        ("date,code,code 2", {"code": "Code 2"}, None),
    ],
)
def test_which_column_counts_is_asked(tmp_path, titles, columns, said):
    path = tmp_path / "log.csv"
    path.write_text(f"{titles}\n")
    if said is None:
        assert WorkLog.from_csv(path, columns) == WorkLog()
        return
    with pytest.raises(ValueError, match=said):
        WorkLog.from_csv(path, columns)


def test_a_line_of_totals_is_no_entry(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(f"date,code,units,Provider\n{MONDAY},D0120,2,B\n , ,2,Total\n,,,x\n")
    told = []
    log = WorkLog.from_csv(path, note=told.append)
    assert [entry.code for entry in log.entries] == ["D0120"]
    assert told[1:] == ["lines with neither date nor code passed over: 2, from line 3"]
    whole = WorkLog([LogEntry(MONDAY, "D0140")]).append_to(path)
    assert [entry.code for entry in whole.entries] == ["D0120", "D0140"]
    good = path.read_text()
    for row, said in (
        (f"{MONDAY},,1,B", "line 5, column code: there is no code"),
        (",D0120,1,B", "no date"),
    ):
        path.write_text(good.replace(f"{MONDAY},D0140,1,", row))
        with pytest.raises(DataFormatError, match=said):
            WorkLog.from_csv(path)


def test_nothing_of_patients_is_kept(tmp_path):
    path = tmp_path / "log.csv"
    old = (
        f"date,code,PatNum,Patient Name,DOB,Provider\n{MONDAY},D0120,77,Ann Example,1/2/{YEAR},B\n"
    )
    path.write_text(old)
    told = []
    log = WorkLog.from_csv(path, note=told.append)
    assert log.entries == (LogEntry(MONDAY, "D0120", more=[("Provider", "B")]),)
    assert told == [
        "columns kept as they are: 'Provider'",
        "columns passed over: 'PatNum', 'Patient Name', 'DOB'",
    ]
    WorkLog([LogEntry(MONDAY, "D0140", more=[("provider", "C")])]).append_to(path)
    assert path.read_text() == f"{old}{MONDAY},D0140,,,,C\n"
    with pytest.raises(ValueError, match="is about patients, of whom a log keeps nothing"):
        LogEntry(MONDAY, "D0120", more=[("patient", "77")])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([("date", "x")], "'date' is no name of a further column"),
        ([("a", "x"), ("A", "y")], "'A' is no name of a further column, or is there twice"),
        ([("", "x")], "is no name of a further column"),
    ],
)
def test_names_of_further_columns(more, said):
    with pytest.raises(ValueError, match=said):
        LogEntry(MONDAY, "D0120", more=more)


@pytest.mark.parametrize("field", ["specialty", "note"])
def test_texts_of_an_entry_are_text(field):
    with pytest.raises(TypeError, match="text is expected, not int"):
        LogEntry(MONDAY, "D0120", **{field: 5})


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('[{"date": "%s", "code": "D0120", "specialty": 5}]', 1, "specialty", "text is expected"),
        ('[{"date": "%s", "code": "D0120", "units": 1%s}]', 1, "units", "beyond 99,999,999"),
        ('[{"date": "%s", "code": ["D0120"]}]', 1, "code", "code"),
        ('[{"date": "%s", "code": "D0120", "colour": 1}]', 1, "colour", "no field 'colour'"),
        ('[{"date": "%s", "code": "D0120", "more": 1}]', 1, "more", "not iterable"),
        ('[{"date": "%s", "code": "D0120"}, {"date": "%s"}]', 2, "code", "there is no code"),
        ("[" * 100_000, None, None, "nested too deeply|not JSON"),
        ('[{"units": 1%s', 1, None, "not JSON"),
        ("{", 1, None, "not JSON"),
    ],
)
def test_json_that_cannot_be_read_says_where(tmp_path, text, line, column, said):
    path = tmp_path / "log.json"
    path.write_text(text.replace("1%s", "1" + "0" * 4_000).replace("%s", str(MONDAY)))
    with pytest.raises(DataFormatError, match=said) as caught:
        WorkLog.from_json(path)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert len(str(caught.value)) < 500


def test_a_cell_without_a_title_is_not_lost(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(f"date,code,\n{MONDAY},D0120,x\n")
    with pytest.raises(DataFormatError, match="line 2: 'x' stands in a column without a title"):
        WorkLog.from_csv(path)


# Appending

HEAD = ["Code", "Date", "Provider", "Units", ""]
ROW = ["D0120", f"{YEAR}-03-02", "B\u00e9a", "1", ""]
NEW = LogEntry(MONDAY, "D2740", more=[("PROVIDER", "Bo; Li, A|B")])
NEW_DAY = f"{MONDAY.month}/{MONDAY.day}/{YEAR}"


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def file_of(rows, delimiter=",", line_end="\n", encoding="utf-8", *, last=True):
    text = line_end.join(delimiter.join(row) for row in rows)
    return (text + line_end * last).encode(encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("last", [True, False])
def test_a_file_stays_as_it_is_written(tmp_path, delimiter, line_end, encoding, last):
    path = tmp_path / "log.csv"
    old = file_of([HEAD, ROW], delimiter, line_end, encoding, last=last)
    path.write_bytes(old)
    whole = WorkLog([NEW, NEW]).append_to(path)
    new = path.read_bytes()
    assert new.startswith(old)
    text = new.decode(encoding)
    assert text.count(line_end) == 4
    assert text.splitlines()[-1].startswith(f"D2740{delimiter}{MONDAY}{delimiter}")
    assert [entry.text_in("Provider") for entry in whole.entries] == [
        "B\u00e9a",
        *["Bo; Li, A|B"] * 2,
    ]
    assert whole == WorkLog.from_csv(path)
    assert names_in(tmp_path) == ["log.csv"]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([["sep=;"], HEAD, ROW], f"D2740;{MONDAY};'=1;1;"),
        ([["Our practice"], [], HEAD, ROW, ["", "", "", "", ""], []], f"D2740;{MONDAY};'=1;1;"),
        ([HEAD, ["D0120", NEW_DAY, "", "", ""]], f"D2740;{NEW_DAY};'=1;1;"),
        ([HEAD], f"D2740;{MONDAY};'=1;1;"),
        ([['"Code"', '"Date"', '"Provider; name"', "Provider"]], f"D2740;{MONDAY};;'=1"),
        ([["Date", "Code", "PROVIDER"]], f"{MONDAY};D2740;'=1"),
    ],
)
def test_a_row_is_written_as_the_others_of_its_file_are(tmp_path, rows, line):
    path = tmp_path / "log.csv"
    path.write_bytes(file_of(rows, ";"))
    WorkLog([LogEntry(MONDAY, "D2740", more=[("provider", "=1")])]).append_to(path)
    assert path.read_text("utf-8").splitlines()[-1] == line


@pytest.mark.parametrize("blank", [None, b"", b"\n \n"])
def test_a_log_begins_with_its_first_entry(tmp_path, blank):
    path = tmp_path / "log.csv"
    if blank is not None:
        path.write_bytes(blank)
    whole = WorkLog([NEW]).append_to(path)
    assert whole == WorkLog([NEW]) == WorkLog.from_csv(path)


@pytest.mark.parametrize(
    ("content", "entry", "said"),
    [
        (
            file_of([["date", "code"]]),
            NEW,
            "no column 'provider' for what .*; it has 'date', 'code'",
        ),
        (file_of([["date", "code"]]), LogEntry(MONDAY, "D0120", units=2), "no column 'units'"),
        (file_of([["date", "code"]]), LogEntry(MONDAY, "27447", "RT"), "no column 'modifiers'"),
        (file_of([["date", "code"]]), LogEntry(MONDAY, "D0120", note="x"), "no column 'note'"),
        (file_of([["date", "kode"]]), LogEntry(MONDAY, "D0120"), "missing column 'code'"),
        (file_of([["date", "code"], ["soon", "D0120"]]), LogEntry(MONDAY, "D0120"), "line 2"),
        (file_of([["date", "code"], ['"', "D0120"]]), LogEntry(MONDAY, "D0120"), "never closed"),
        (b"PK\x03\x04 and so on", LogEntry(MONDAY, "D0120"), "it is no text"),
        (b"PAR1 and so on", LogEntry(MONDAY, "D0120"), "it is no text"),
        (
            file_of([HEAD, ROW], encoding="cp1252"),
            LogEntry(MONDAY, "D0120", more=[("provider", "\u0416")]),
            "its encoding, cp1252, has no '\u0416'",
        ),
    ],
)
def test_what_a_file_has_no_room_for_is_refused_and_nothing_written(tmp_path, content, entry, said):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(DataFormatError, match=said):
        WorkLog([entry]).append_to(path)
    assert path.read_bytes() == content
    assert names_in(tmp_path) == ["log.csv"]


@pytest.fixture
def log_file(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(file_of([HEAD, ROW]))
    return path


def test_a_link_stays_a_link_and_the_rights_of_a_file_are_kept(tmp_path, log_file):
    link = tmp_path / "link.csv"
    link.symlink_to("log.csv")
    log_file.chmod(0o640)
    WorkLog([NEW]).append_to(link)
    assert link.is_symlink()
    assert len(WorkLog.from_csv(log_file).entries) == 2
    assert stat.S_IMODE(log_file.stat().st_mode) == 0o640


def test_a_protected_file_a_folder_and_a_folder_that_is_not_there_are_refused(tmp_path, log_file):
    log_file.chmod(0o444)
    for path, error in (
        (log_file, PermissionError),
        (tmp_path, OSError),
        (tmp_path / "no" / "log.csv", FileNotFoundError),
    ):
        with pytest.raises(error):
            WorkLog([NEW]).append_to(path)
    assert log_file.read_bytes() == file_of([HEAD, ROW])


def test_a_folder_that_is_not_there_is_told(tmp_path):
    said = "log.csv.new cannot be made beside it: No such"
    with pytest.raises(FileNotFoundError, match=said):
        WorkLog([NEW]).append_to(tmp_path / "no" / "log.csv")


def test_a_new_log_does_not_have_the_name_of_a_workbook(tmp_path):
    path = tmp_path / "log.XLSX"
    with pytest.raises(DataFormatError, match=r"a new log is a csv, and \.XLSX is the name of"):
        WorkLog([NEW]).append_to(path)
    assert names_in(tmp_path) == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or not os.geteuid(), reason="root may write anywhere"
)
def test_a_folder_that_cannot_be_written_is_refused(tmp_path, log_file):
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            WorkLog([NEW]).append_to(log_file)
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("lock", ["log.csv.new", ".~lock.log.csv#"])
def test_a_file_that_another_program_is_writing_is_left_alone(
    tmp_path, log_file, lock, monkeypatch
):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    (tmp_path / lock).write_bytes(b"theirs")
    with pytest.raises(BlockingIOError, match=f"delete (that file|{lock})"):
        WorkLog([NEW]).append_to(log_file)
    assert (tmp_path / lock).read_bytes() == b"theirs"
    assert log_file.read_bytes() == file_of([HEAD, ROW])
    (tmp_path / lock).unlink()
    WorkLog([NEW]).append_to(log_file)


def test_a_change_of_another_program_in_between_is_not_written_over(
    tmp_path, log_file, monkeypatch
):
    theirs = file_of([HEAD, ROW, ROW])
    monkeypatch.setattr(os, "fsync", lambda _: log_file.write_bytes(theirs))
    with pytest.raises(BlockingIOError, match="has changed it meanwhile"):
        WorkLog([NEW]).append_to(log_file)
    assert log_file.read_bytes() == theirs
    assert names_in(tmp_path) == ["log.csv"]


def test_a_break_in_between_leaves_the_old_file(tmp_path, log_file, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        WorkLog([NEW]).append_to(log_file)
    assert log_file.read_bytes() == file_of([HEAD, ROW])
    assert names_in(tmp_path) == ["log.csv"]


def test_rows_that_would_not_come_back_are_not_written(log_file, monkeypatch):
    monkeypatch.setattr(
        os, "fsync", lambda _: (log_file.parent / "log.csv.new").write_bytes(b"code,date")
    )
    with pytest.raises(DataFormatError, match="nothing was written"):
        WorkLog([NEW]).append_to(log_file)
    assert log_file.read_bytes() == file_of([HEAD, ROW])


def test_of_many_who_append_at_once_none_is_lost(log_file):
    entries = [LogEntry(MONDAY, "D0120", units=count) for count in range(1, 13)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda entry: WorkLog([entry]).append_to(log_file), entries))
    found = [entry.units for entry in WorkLog.from_csv(log_file).entries[1:]]
    assert sorted(found) == list(range(1, 13))


@given(
    st.lists(
        st.builds(LogEntry, st.dates(), st.sampled_from(["D0120", "99213"]), note=NOTES), max_size=3
    ),
    st.lists(st.builds(LogEntry, st.dates(), st.sampled_from(["D2740"]), note=NOTES), max_size=3),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_entries_are_appended_to_any_log(tmp_path_factory, old, new, line_end):
    """What stands in the file stays byte for byte, and the whole is read as it was meant."""
    path = tmp_path_factory.mktemp("log") / "log.csv"
    before = WorkLog(old).to_csv().replace("\n", line_end).encode()
    path.write_bytes(before)
    kept = WorkLog.from_csv(path).entries
    whole = WorkLog(new).append_to(path)
    assert whole.entries == (*kept, *new)
    assert WorkLog.from_csv(path) == whole
    assert path.read_bytes().startswith(before)


def test_the_work_of_one_provider():
    both = WorkLog([LogEntry(MONDAY, "99213", more=[("Provider", who)]) for who in ("Ann", "Bo")])
    log = both.with_entries([LogEntry(MONDAY, "21110", specialty="Oral surgery")])
    assert log.only("PROVIDER", " ann ").entries == both.entries[:1]
    assert log.only("specialty", "oral surgery").entries == log.entries[2:]
    assert log.only("provider", "Cy") == WorkLog()
    with pytest.raises(ValueError, match="no column 'chair'; there are specialty, Provider"):
        log.only("chair", "1")


def test_the_work_of_some_days():
    days = [date(YEAR, 3, day) for day in (1, 2, 30, 31)]
    log = WorkLog([LogEntry(day, "99213") for day in days])
    some = log.between(days[1], str(days[2]))
    assert [entry.date for entry in some.entries] == days[1:3]
    assert log.between(days[0], days[0]).entries == log.entries[:1]
    with pytest.raises(ValueError, match="is before the first"):
        log.between(days[1], days[0])
    with pytest.raises(ValueError, match="not an ISO date"):
        log.between("soon", days[0])


def test_a_specialty_for_entries_that_have_none(survey):
    log = WorkLog([LogEntry(MONDAY, "99213"), LogEntry(MONDAY, "99213", specialty="Alchemy")])
    named = log.with_specialty("oral surgery")
    assert [entry.specialty for entry in named.entries] == ["oral surgery", "Alchemy"]
    lacking = "No specialty of the log is in the benchmark, which has 'Oral surgery'."
    assert lacking in log.productivity().report(survey)
    assert lacking not in named.productivity().report(survey)
    assert lacking not in WorkLog().productivity().report(survey)
    assert lacking not in log.productivity().report()


# On the command line

TITLES = "Date,Code,Units,Specialty,Provider"


@pytest.fixture
def month(tmp_path):
    """Work of two providers in a month, on both scales."""
    rows = [f"{MONDAY},99213,2,Oral surgery,A", f"{SUNDAY},21110,1,Oral surgery,B"]
    rows += [f"{CROWN_DAY},D2740,1,Oral surgery,B", f"{CROWN_DAY},D0150,3,,A"]
    path = tmp_path / "month.csv"
    path.write_text("\n".join([TITLES, *rows]) + "\n")
    (tmp_path / "survey.csv").write_text(SURVEY)
    return path


def report(path, *arguments):
    return run("worklog", "report", str(path), *arguments)


def cells(done):
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_a_report_in_a_pipe_is_a_row_a_figure(month):
    survey = str(month.parent / "survey.csv")
    done = report(month, "--by", "provider", "--benchmark", survey, "--rate", "10", "--header")
    assert done.exit_code == 0
    total = VISITS + SURGERY
    productivity = WorkLog.from_csv(month).productivity()
    pace = productivity.annualized()
    mine = productivity.summary().paces[-1].a_year
    place = Benchmark.from_csv(survey).percentile("Oral surgery", mine)
    head, *rows = cells(done)
    assert head == ["what", "name", "value", "entries", "note"]
    assert rows[:6] == [
        ["total", "work RVUs", str(total), "2", ""],
        ["provider", "A", str(VISITS), "1", ""],
        ["provider", "B", str(SURGERY), "1", ""],
        ["pace a year", "", str(pace), "", ""],
        ["pace a year, specialty", "Oral surgery", str(mine), "", place],
        ["dollars", "at 10", f"{10 * total:.2f}", "", ""],
    ]
    assert [row[:2] for row in rows[6:]] == [["without a value", "D0150 D2740"]]
    assert "columns kept as they are: 'Provider'" in done.stderr


@pytest.mark.dental_values
def test_a_report_in_a_pipe_tells_work_outside_the_schedule_apart(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(f"date,code\n{CROWN_DAY},D2799\n")
    value = str(cdtref.dental_rvu("D2799", on=CROWN_DAY).value)
    rows = cells(report(path, "--scale", "ihs"))
    assert rows[:2] == [
        ["total", "dental RVUs", value, "1", ""],
        ["outside IHS's schedule", "dental RVUs", value, "", ""],
    ]


@pytest.mark.dental_values
def test_a_report_on_the_dental_scale_says_whose_it_is(month):
    done = report(month, "--scale", "ihs", "--by", "quarter")
    assert cells(done)[0] == ["total", "dental RVUs", str(CROWN + 3 * EXAM), "2", ""]
    assert "No public conversion factor of this scale exists" in done.stderr
    factor = str(next(iter(cdtref.CONVERSION_FACTORS.values())))
    refused = report(month, "--scale", "ihs", "--rate", factor)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "is a conversion factor of CMS" in refused.stderr


def test_a_report_as_json_has_what_the_record_has(month):
    done = report(month, "--only", "provider=b", "--json")
    mine = WorkLog.from_csv(month).only("Provider", "B").productivity()
    assert json.loads(done.stdout) == mine.summary().to_dict()
    assert json.loads(done.stdout)["unit"] == "work RVUs"


def test_a_report_on_some_days(month):
    done = report(month, "--since", f"{MONDAY.month}/{MONDAY.day}/{YEAR}", "--until", str(SUNDAY))
    assert cells(done)[0] == ["total", "work RVUs", str(VISITS + SURGERY), "2", ""]
    assert cells(report(month, "--until", str(MONDAY), "--by", "day"))[1] == [
        "day",
        str(MONDAY),
        str(VISITS),
        "1",
        "",
    ]
    assert "'soon' is no date" in report(month, "--since", "soon").stderr


@pytest.mark.dental_values
def test_a_report_by_code_has_titles_as_far_as_there_is_room(month):
    title = cdtref.get("D2740").title
    asked = "--scale", "ihs", "--by", "code", "--only", "provider=B"
    assert cells(report(month, *asked))[1] == ["code", "D2740", str(CROWN), "1", title]
    assert cells(report(month, "--by", "code"))[1] == ["code", "21110", str(SURGERY), "1", ""]
    wide, narrow = (
        on_a_terminal("worklog", "report", str(month), *asked, COLUMNS=width)
        for width in ("99", "50")
    )
    assert f"D2740 {title} " in wide
    (row,) = [line for line in narrow.splitlines() if "D2740" in line]
    assert title not in narrow
    assert str(CROWN) in row


def test_a_report_takes_the_specialty_of_entries_that_name_none(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(f"date,code\n{MONDAY},99213\n")
    (tmp_path / "survey.csv").write_text(SURVEY)
    survey = "--benchmark", str(tmp_path / "survey.csv")
    assert "No specialty of the log is in the benchmark" in report(path, *survey).stderr
    named = report(path, *survey, "--specialty", "Oral surgery")
    assert cells(named)[-1] == [
        "pace a year, specialty",
        "Oral surgery",
        str(365 * WORK["99213", ""]),
        "",
        "below p10",
    ]


def test_a_report_by_releases_of_ones_own(month, tmp_path):
    path = tmp_path / "release.csv"
    path.write_bytes(runpy.run_path(str(Path(__file__).parent / "test_cmsfile.py"))["table"]())
    release = FeeSchedule.from_cms(path)
    done = report(month, "--release", str(path))
    assert f"no fee schedule of {YEAR} is given; there is one of {release.year}" in done.stdout


def test_a_report_on_a_terminal_has_bars(month):
    drawn = on_a_terminal("worklog", "report", str(month), "--by", "provider", COLUMNS="100")
    whole, part = max(VISITS, SURGERY), min(VISITS, SURGERY)
    bars = [line.count("\u2588") for line in drawn.splitlines() if "\u2588" in line]
    assert sorted(bars) == [int(part / whole * max(bars)), max(bars)]
    assert "without a value" in drawn
    plain = on_a_terminal("worklog", "report", str(month), PYTHONIOENCODING="ascii", COLUMNS="60")
    assert "####" in plain
    assert plain.isascii()
    nothing = on_a_terminal("worklog", "report", str(month), "--only", "provider=Cy")
    assert "0 work RVUs from 0 entries" in nothing
    assert "no entry of the log is one of --only provider=Cy" in nothing


def test_bars_of_nothing_have_no_length(tmp_path):
    """The technical component of an x-ray is paid and has no work in it."""
    path = tmp_path / "log.csv"
    path.write_text(f"date,code,modifiers\n{MONDAY},71046,TC\n")
    drawn = on_a_terminal("worklog", "report", str(path))
    assert "\u2588" not in drawn
    assert "0.00" in drawn


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_picture_is_the_same_at_every_run(month, tmp_path, kind):
    pytest.importorskip("matplotlib")
    survey = str(tmp_path / "survey.csv")
    made = []
    for name in ("one", "other"):
        path = tmp_path / f"{name}.{kind}"
        done = report(
            month, "--plot", str(path), "--benchmark", survey, "--specialty", "Oral surgery"
        )
        assert done.exit_code == 0
        assert f"drawn: {path}" in done.stderr
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert b"CreationDate" not in made[0]
    assert b"<dc:date>" not in made[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--plot", "log.csv"), "a picture is a file .svg, .pdf, .png, not 'log.csv'"),
        (("--rate", "much"), "'much' is no amount of dollars such as 52.50"),
        (("--rate", "-1"), "a rate is an amount of dollars from 0 on"),
        (("--by", "chair"), "no grouping 'chair'"),
        (("--only", "chair"), "'chair' is not COLUMN=TEXT"),
        (("--column", "chair"), "'chair' is not FIELD=HEADER"),
        (("--only", "chair=1"), "no column 'chair'"),
        (("--scale", "both"), "'both' is not one of"),
        (("--specialty", "Alchemy", "--plot", "x.svg"), "nothing to draw"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused_in_a_line(month, arguments, said):
    if arguments[-1] == "x.svg":
        pytest.importorskip("matplotlib")
    done = report(month, *arguments)
    assert done.exit_code != 0
    assert (done.stdout, "Traceback" in done.stderr) == ("", False)
    assert said in " ".join(done.stderr.split())


def test_a_picture_without_matplotlib_names_the_extra(month, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = report(month, "--plot", "x.svg")
    assert done.exit_code == 1
    assert 'pip install "cdtref[plots]"' in done.stderr


def add(path, *arguments):
    return run("worklog", "add", str(path), *arguments)


def test_add_appends_what_was_typed(month):
    before = month.read_bytes()
    day = f"{MONDAY.month}/{MONDAY.day}/{YEAR}"
    done = add(month, "99213", "--date", day, "--provider", "B", "--units", "3")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"{MONDAY} 99213 logged as entry 5 of {month}" in " ".join(done.stdout.split())
    assert month.read_bytes() == before + f"{MONDAY},99213,3,,B\n".encode()
    again = add(month, "99213", "--date", day, "--more", "PROVIDER=B", "--units", "3")
    assert "has had an entry like this one already" in again.stderr


def test_add_begins_a_log(tmp_path):
    path = tmp_path / "log.csv"
    done = add(path, "99213", "--date", str(MONDAY), "--modifiers", "25 rt", "--note", "x")
    assert "a new log: " in done.stderr
    assert WorkLog.from_csv(path).entries == (LogEntry(MONDAY, "99213", "25 RT", note="x"),)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("0120", "--date", pinned.DAY), "did you mean D0120?"),
        ((pinned.MISPRINT, "--date", pinned.DAY), "no such code is known"),
        (("D1352", "--date", ENDED), "was not in force"),
        (("D0120", "--date", "soon"), "'soon' is no date"),
        (("D0120",), "Missing option '--date'"),
        (("D0120", "--date", pinned.DAY, "--units", "0"), "units are a whole number from 1"),
        (("D0120", "--date", pinned.DAY, "--modifiers", "2"), "modifier"),
        (("D0120", "--date", pinned.DAY, "--more", "chair"), "is not COLUMN=TEXT"),
        (("D0120", "--date", pinned.DAY, "--more", "chair=1"), "the log has no column 'chair'"),
    ],
)
def test_add_refuses_before_it_writes(month, arguments, said):
    before = month.read_bytes()
    done = add(month, *arguments)
    assert done.exit_code != 0
    assert said in done.stderr
    assert month.read_bytes() == before
    missing = month.parent / "missing.csv"
    if "chair=1" not in arguments:
        assert add(missing, *arguments).exit_code != 0
        assert not missing.exists()


def test_add_asks_after_a_year_that_may_be_mistyped(month):
    for year in (pinned.YEAR + 180, int(pinned.FIRST_EDITION) - 1):
        told = add(month, "99213", "--date", f"{year}-03-02").stderr
        assert f"{year}-03-02 is outside the years that this version knows" in told
    assert "years" not in add(month, "99213", "--date", pinned.DAY).stderr


def test_add_takes_a_code_of_a_coming_edition_where_one_insists(month):
    assert add(month, pinned.MISPRINT, "--date", pinned.DAY, "--anyway").exit_code == 0
    assert WorkLog.from_csv(month).entries[-1].code == pinned.MISPRINT


def test_add_says_where_medicare_knows_no_such_code_or_the_file_cannot_be_written(month):
    assert (
        f"{pinned.RELEASE} has no row for B4034" in add(month, "B4034", "--date", pinned.DAY).stderr
    )
    month.chmod(0o444)
    done = add(month, "D0120", "--date", pinned.DAY)
    assert done.exit_code == 1
    assert "it is write-protected; nothing was written" in done.stderr
