"""
The dental scale of the Indian Health Service: every row of the facts, history by date, and what
has no value.
"""

from __future__ import annotations

import copy
import csv
import pickle
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import NoRelativeValuesError, bundled, dental_rvu
from cdtref.dentalrvu import LevelOfCare
from inturn import for_each

if not len(bundled.dental_scale()):
    pytest.skip("this build has no dental values", allow_module_level=True)

FACTS = Path(__file__).parent.parent / "facts"


def table(name):
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


ROWS = {row["code"]: row for row in table("ihs_rvu")}
PATCHES = {date.fromisoformat(row["date"]): row for row in table("ihs_patches")}
LOCAL = {row["code"]: row["meaning"] for row in table("ihs_local_numbers")}
CODES = sorted(ROWS)
UNVALUED = sorted(set(cdtref.catalog()) - set(ROWS))
ZEROS = sorted(code for code, row in ROWS.items() if row["rvu"] == "0.00")
DAYS = st.dates(min(PATCHES) - timedelta(days=999), max(PATCHES) + timedelta(days=9999))


def dated_values(row):
    """Values with their first days as the facts have them, oldest first."""
    older = [text.split("@") for text in row["history"].split(";") if text]
    return [(value, date.fromisoformat(day)) for value, day in [*older, (row["rvu"], row["since"])]]


# The facts


@for_each(CODES)
def test_every_row_of_the_facts_is_the_answer(code):
    row, record = ROWS[code], dental_rvu(code)
    level = record.level_of_care
    assert (record.code, str(record.value), str(record.since)) == (code, row["rvu"], row["since"])
    assert (str(record.patch), record.superseded, record.note) == (row["patch"], None, row["note"])
    assert ("" if level is None else str(level)) == row["level_of_care"]
    minutes = record.service_minutes_2003
    assert ("" if minutes is None else str(minutes)) == row["service_minutes_2003"]
    past = [(str(value), since, patch) for value, since, patch in record.history]
    older = dated_values(row)[:-1]
    assert past == [(value, since, int(PATCHES[since]["patch"])) for value, since in older]


def test_a_scale_reads_the_row_of_the_code_that_is_asked_for(monkeypatch):
    """To read all of them took most of the time of the first answer."""
    values = bundled.dental_scale()._values
    monkeypatch.setattr(values, "_read", {})
    once = dental_rvu("D0150")
    assert set(values._read) == {"D0150"}
    assert dental_rvu("D0150") is once


def test_a_scale_survives_pickle_and_copy():
    scale = bundled.dental_scale()
    for other in (pickle.loads(pickle.dumps(scale)), copy.deepcopy(scale)):
        assert other == scale
        assert other.rvu("D0150") == scale.rvu("D0150")
    assert scale != attrs.evolve(scale, values={"D0150": scale._values["D0150"]})


def test_the_bundled_values_are_those_of_the_facts_and_no_other():
    assert [code for code in cdtref.catalog() if dental_rvu(code, default=None)] == CODES
    assert len(bundled.dental_scale()) == len(CODES)


def test_the_release_is_named_by_the_newest_patch():
    newest = list(PATCHES.values())[-1]
    assert dental_rvu("D0150").release == f"IHS ADE 6.0 patch {newest['patch']}"
    assert (
        repr(bundled.dental_scale())
        == f"<DentalScale {dental_rvu('D0150').release}: {len(ROWS)} codes>"
    )


def test_all_is_measured_against_the_comprehensive_examination():
    assert (dental_rvu("D0150").value, dental_rvu("D0150").history) == (Decimal("1.00"), ())


# History by date: what IHS had set by then does not change any more


@pytest.mark.parametrize(("key", "expected"), pinned.DENTAL_VALUES.items(), ids=str)
def test_history_by_date(key, expected):
    value, since, superseded = expected
    record = dental_rvu(key[0], on=key[1])
    assert (str(record.value), str(record.since)) == (value, since)
    assert superseded in ("", str(record.superseded))


@pytest.mark.parametrize(("code", "days"), pinned.DENTAL_VALUE_BEGINS.items())
def test_before_the_first_value_the_error_names_its_day(code, days):
    eve, first = days
    assert str(dental_rvu(code, on=first).since) == first
    with pytest.raises(
        NoRelativeValuesError,
        match=f"{code} had no value .* on {eve}: IHS set the first on {first}",
    ):
        dental_rvu(code, on=eve)
    assert dental_rvu(code, on=eve, default="none") == "none"


def test_a_day_may_be_a_date_a_datetime_or_iso_text():
    day = date.fromisoformat(pinned.SCALE_BEGAN)
    expected = dental_rvu("D2740", on=pinned.SCALE_BEGAN)
    assert dental_rvu("D2740", on=day) is expected
    assert dental_rvu("D2740", on=datetime.combine(day, time(9, 30))) is expected


@pytest.mark.parametrize(("on", "error"), [("6/1/19", ValueError), (20190601, TypeError)])
@pytest.mark.parametrize("code", ["D2740", "D0480", "99213"])
def test_what_is_no_day_is_refused_whatever_the_code(code, on, error):
    with pytest.raises(error):
        dental_rvu(code, on=on, default=None)


@given(st.sampled_from(CODES), DAYS)
def test_a_value_holds_from_its_date_on(code, day):
    """
    From the day of its patch to the eve of the next, the last without end; before the first there
    is none.
    """
    known = [(value, since) for value, since in dated_values(ROWS[code]) if since <= day]
    record = dental_rvu(code, on=day, default=None)
    assert (record is None) == (not known)
    if record is not None:
        assert (str(record.value), record.since) == known[-1]
        assert len(record.history) == len(known) - 1
        assert record.superseded is None or record.superseded > day


@given(st.sampled_from(CODES), DAYS)
def test_a_superseded_value_carries_no_note_on_the_last(code, day):
    record = dental_rvu(code, on=day, default=None)
    if record is not None and record.superseded is not None:
        assert record.note == ""
        assert f"until {record.superseded - timedelta(days=1)}." in record.explain()


# No value, and a value of zero


REASONS = [
    ("D0480", "IHS never set one"),
    ("D9130", "what the file has at this number is for a code of IHS's own (broken appointment)"),
    ("D7110", f"it had ended when IHS set the first values, on {pinned.SCALE_BEGAN}"),
]


@pytest.mark.parametrize(("code", "reason"), REASONS)
def test_the_reason_why_there_is_no_value(code, reason):
    with pytest.raises(NoRelativeValuesError) as caught:
        dental_rvu(code)
    assert str(caught.value).endswith(f", which is not a value of 0.00: {reason}")
    assert caught.value.code == code


@pytest.mark.parametrize("code", UNVALUED)
def test_no_value_is_an_error_or_the_default(code):
    assert dental_rvu(code, default=None) is None
    with pytest.raises(NoRelativeValuesError, match=f"^{code} has no value on the dental scale"):
        dental_rvu(code)


def test_a_code_newer_than_the_last_patch_says_so():
    newer = [p for p in map(cdtref.get, UNVALUED) if p.effective and p.effective > max(PATCHES)]
    for p in newer:
        with pytest.raises(
            NoRelativeValuesError, match=f"it began on {p.effective}, after the last patch"
        ):
            dental_rvu(p.code)
    assert {p.code for p in newer}.isdisjoint(LOCAL)


@pytest.mark.parametrize("code", ZEROS)
def test_zero_is_a_value(code):
    record = dental_rvu(code, default=None)
    assert (record.value, str(record.value)) == (0, "0.00")
    assert (
        "A zero credits no dental work; it does not mean that no value is known."
        in record.explain()
    )
    assert ("Relative value", "0.00") in record.facts


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_zero_and_none_are_apart_in_a_column(engine):
    frames = pytest.importorskip(engine)
    frame = pytest.importorskip("cdtref.frame")
    lines = frames.DataFrame({"procedure_code": [ZEROS[0], UNVALUED[0]]})
    told = frame.annotate(lines, columns=["ihs_rvu"])["cdt_ihs_rvu"]
    blank = told.isna() if engine == "pandas" else told.is_null()
    assert list(blank) == [False, True]
    assert told[0] == 0


def test_a_value_above_zero_speaks_of_no_zero():
    assert "zero" not in dental_rvu("D0389").explain()


@pytest.mark.parametrize(
    ("code", "system"), [("99213", "CPT Category I"), ("G9037", "HCPCS Level II")]
)
def test_codes_of_other_systems_point_to_the_other_scale(code, system):
    with pytest.raises(
        NoRelativeValuesError, match=rf"{code} is a {system} code, .* ask rvu\(\)"
    ) as caught:
        dental_rvu(code)
    assert caught.value.code == code
    assert dental_rvu(code, default=None) is None


@pytest.mark.parametrize("keywords", [{}, {"default": None}], ids=["raising", "with a default"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("0389", cdtref.InvalidCodeError),
        ("", cdtref.InvalidCodeError),
        (None, cdtref.InvalidCodeError),
        ([], cdtref.InvalidCodeError),
        ("D0147", cdtref.UnknownCodeError),
    ],
)
def test_malformed_and_unknown_codes_raise_all_the_same(code, error, keywords):
    with pytest.raises(error):
        dental_rvu(code, **keywords)


def test_a_code_is_read_as_people_type_it():
    assert dental_rvu(" d-0389 ") is dental_rvu("D0389")


@given(st.text(max_size=7) | st.from_regex(r"\A[Dd]?[- ]?[0-9]{4}\Z"))
def test_a_default_replaces_no_other_error(text):
    """Malformed and unknown codes raise whether or not a default is given."""
    raised, answered = outcome(text), outcome(text, default="the default")
    assert answered == ("the default" if raised is NoRelativeValuesError else raised)


def outcome(code, **keywords):
    try:
        return dental_rvu(code, **keywords)
    except cdtref.CdtrefError as error:
        return type(error)


def test_a_dental_value_makes_nothing_billable_with_medicare_s():
    assert [code for code in CODES if cdtref.is_billable_with_rvu(code)] == []


# The record


@pytest.mark.parametrize("level", list(LevelOfCare))
def test_levels_say_what_they_mean_and_which_meanings_are_inferred(level):
    assert level.is_inferred == ("we infer" in level.meaning) == (level in (0, 6))
    assert level.is_counted == (1 <= level <= 6)
    assert f"{level}" == str(level) == str(int(level))


@for_each(CODES)
def test_explain_says_what_it_is_what_it_is_not_and_the_caveat(code):
    record = dental_rvu(code)
    said = record.explain()
    assert said.startswith(
        f"{code} counts {record.value} on the dental scale of the Indian Health Service (IHS)"
    )
    for words in (
        "no conversion factor",
        "not a payment",
        "not CMS's",
        f"since {record.since}",
        record.release,
    ):
        assert words in said
    assert (f"Note: {record.note}." in said) == bool(record.note)
    assert ("IHS's own totals leave it out" in said) == (record.level_of_care in (0, 9))
    assert ("Its level of care is not stated." in said) == (record.level_of_care is None)


def test_a_card_has_what_is_known_and_no_more():
    full, bare = dental_rvu("D9410"), dental_rvu("D0472")
    assert [term for term, _ in full.facts] == [
        "Relative value",
        "In use",
        "Level of care",
        "Earlier values",
        "Service minutes of 2003",
        "Note",
        "Release",
    ]
    assert [term for term, _ in bare.facts] == ["Relative value", "In use", "Release"]
    assert ("Earlier values", f"3.35 from {pinned.SCALE_BEGAN}") in full.facts
    assert full.caption == "D9410: dental scale of the Indian Health Service"
    assert "3.35" in full._repr_html_()


def test_it_shows_itself_in_a_line():
    record = dental_rvu("D2740", on=pinned.SCALE_BEGAN)
    assert repr(record) == f"<DentalRvu D2740, {record.release}: 22.33 since {pinned.SCALE_BEGAN}>"


def test_to_dict_keeps_every_digit():
    told = dental_rvu("D2740", on=pinned.REBASED).to_dict()
    assert (told["value"], told["since"], told["patch"]) == (
        "20.00",
        pinned.REBASED,
        pinned.REBASED_PATCH,
    )
    first = {"value": "22.33", "since": pinned.SCALE_BEGAN, "patch": pinned.SCALE_BEGAN_PATCH}
    assert told["history"] == [first]


def test_a_record_is_frozen_hashable_and_survives_pickle():
    record = dental_rvu("D2740")
    assert pickle.loads(pickle.dumps(record)) == record
    assert hash(record) == hash(dental_rvu("D2740"))
    with pytest.raises(AttributeError):
        record.value = Decimal(0)
