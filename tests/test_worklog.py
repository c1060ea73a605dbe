"""
Work logs: valued by the schedule of the year, summed by period, placed in the user's own survey.
"""

from __future__ import annotations

import os
import random
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
    InvalidCodeError,
    LogEntry,
    WorkLog,
    bundled,
)

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


# Two scales that never mix

DENTAL = pytest.mark.skipif(
    not len(bundled.dental_scale()), reason="this build has no dental values"
)
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


@DENTAL
def test_the_dental_scale_values_dental_codes_by_the_day_and_nothing_else():
    done = DENTAL_LOG.productivity(scale="ihs")
    assert done.total == CROWN + OLDER_CROWN + 3 * EXAM
    reasons = {one.entry.code: one.reason for one in done.unvalued}
    assert set(reasons) == {"99213", pinned.MISPRINT, "D0389"}
    assert "CPT Category I code, which the dental scale does not value" in reasons["99213"]
    assert "IHS set the first on" in reasons["D0389"]
    with pytest.raises(cdtref.NoRelativeValuesError, match="are no work RVUs"):
        _ = done.work_rvus


@DENTAL
def test_no_entry_has_a_value_on_both_scales():
    """Two scales never mix: an entry counts on Medicare's, on IHS's, or on none."""
    on_cms = {one.entry.code for one in DENTAL_LOG.productivity([]).valued}
    on_ihs = {one.entry.code for one in DENTAL_LOG.productivity(scale="ihs").valued}
    assert not on_cms & on_ihs
    with pytest.raises(ValueError, match="fee schedules are CMS's"):
        DENTAL_LOG.productivity([], scale="ihs")
    with pytest.raises(ValueError, match="no scale 'both'; there are 'cms' and 'ihs'"):
        DENTAL_LOG.productivity(scale="both")


@DENTAL
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


@DENTAL
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
