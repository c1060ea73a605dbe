"""The bundled fee schedule: every row as CMS prints it, and what it says of payment."""

from __future__ import annotations

import csv
import functools
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

import cdtref
import pinned
from cdtref import InvalidCodeError, StatusIndicator, UnknownCodeError, bundled
from cdtref.feeschedule import schedule

CMS = os.environ.get("CDTREF_CMS_DIR")
needs_cms = pytest.mark.skipif(not CMS, reason="CDTREF_CMS_DIR is not set")

BILLABLE = {
    ("99213", None): True,
    ("86153", "26"): True,
    ("86153", None): False,  # no such row
    ("D0389", None): False,  # R with zeros
    ("41899", None): False,  # C, contractor-priced
    ("00170", None): False,  # J, anesthesia
    ("99024", None): False,  # B, bundled
    ("B4034", None): False,  # in no row
    ("0001U", None): False,
    ("GXXX1", None): False,  # CMS's own placeholder
    (" d-0389 ", None): False,
    ("77067", "tc"): True,
    ("99213", "25"): True,  # informs, and has no row of its own
    ("99213", "gy"): True,  # the question is of values, not of coverage
    ("99213", "50"): True,
    ("99213", "26"): False,  # no such row
    ("86153", "59"): False,  # no row without 26
    ("41899", "25"): False,
}


@pytest.fixture(scope="module")
def cms_rows():
    with (Path(CMS) / pinned.PPRRVU).open(newline="") as file:
        return [row for row in csv.reader(file) if len(row[3]) == 1 and row[0] != "HCPCS"]


def test_a_row_is_shown_with_its_modifier():
    assert [repr(cdtref.rvu(*key)).split(",")[0] for key in (("86153", "26"), ("99213",))] == [
        "<RelativeValues 86153-26",
        "<RelativeValues 99213",
    ]


@functools.cache
def every_row():
    """To make all of them takes longer than most of what is asked of them here."""
    return tuple(bundled.fee_schedule())


def test_size():
    fee = bundled.fee_schedule()
    assert len(fee) == pinned.ROWS
    assert len({row.code for row in every_row()}) == pinned.CODES_WITH_ROWS
    assert {None, "26", "TC", "53"} == {row.modifier for row in every_row()}
    assert (fee.release, fee.year) == (pinned.RELEASE, pinned.RELEASE_YEAR)
    assert fee.conversion_factor == Decimal(pinned.FACTOR)
    assert repr(fee) == f"<FeeSchedule {pinned.RELEASE}: {pinned.ROWS} rows>"


@pytest.mark.parametrize(("asked", "answer"), BILLABLE.items())
def test_billable_is_status_a_r_or_t_with_a_total_above_zero(asked, answer):
    assert answer is cdtref.is_billable_with_rvu(*asked)
    assert answer is cdtref.is_billable_with_rvu(*asked)  # asked again, from memory


@pytest.mark.parametrize("value", [None, 99213, b"99213", float("nan"), ["99213"], {}])
def test_billable_of_what_is_no_text_is_false(value):
    assert cdtref.is_billable_with_rvu(value) is False


@pytest.mark.parametrize("text", ["0389", "", "99213x", "DO389"])
def test_billable_of_malformed_text_is_an_error(text):
    with pytest.raises(InvalidCodeError):
        cdtref.is_billable_with_rvu(text)
    with pytest.raises(InvalidCodeError):
        cdtref.is_billable_with_rvu(text, "25")


@pytest.mark.parametrize("modifier", ["250", "", "2", "\u0662\u0665"])
def test_billable_with_a_malformed_modifier_is_an_error(modifier):
    with pytest.raises(InvalidCodeError, match="is not a modifier"):
        cdtref.is_billable_with_rvu("99213", modifier)


def test_billable_by_another_release():
    none = attrs.evolve(bundled.fee_schedule(), rows={})
    assert cdtref.is_billable_with_rvu("99213")
    assert not cdtref.is_billable_with_rvu("99213", schedule=none)


NEUTRAL = ("25", "50", "51", "57", "59", "80", "95", "RT", "LT", "GY", "GZ", "KX")


def test_billable_of_every_code_with_every_modifier():
    """26, TC and 53 are rows; every other modifier leaves the answer of the row without one."""
    rows = {(row.code, row.modifier): row for row in every_row()}
    for code in {code for code, _ in rows}:
        for modifier in (None, *NEUTRAL, "26", "TC", "53"):
            row = rows.get((code, None if modifier in NEUTRAL else modifier))
            paid = row is not None and row.status in ("A", "R", "T") and row.has_values
            assert cdtref.is_billable_with_rvu(code, modifier) is paid, (code, modifier)


def test_a_modifier_without_a_row_is_refused_in_the_same_words_as_by_payment():
    words = "modifier 25 has no (values|price) of its own here; leave it off"
    with pytest.raises(UnknownCodeError, match=words):
        cdtref.rvu("99213", "25")
    with pytest.raises(cdtref.NoRelativeValuesError, match=words):
        bundled.fee_schedule().payment("99213", "25")


def test_a_row_is_made_once():
    assert cdtref.rvu("99213") is cdtref.rvu(" 99213 ") is cdtref.rvu("99213", None)
    assert cdtref.rvu("86153", "26") is cdtref.rvu("86153", "26")


def test_not_every_row_is_kept_that_was_asked_for():
    fee = attrs.evolve(bundled.fee_schedule())
    for row in fee:
        fee.rvu(row.code, row.modifier)
    assert len(fee._unpacked) <= schedule._MOST_KEPT


def test_a_schedule_keeps_nothing_of_the_caller():
    rows, places = dict(bundled.fee_schedule()._rows), list(bundled.fee_schedule().localities)
    fee = attrs.evolve(bundled.fee_schedule(), rows=rows, localities=places)
    rows.clear()
    places.clear()
    assert fee == bundled.fee_schedule()
    assert fee.localities


@pytest.mark.parametrize("factor", ["Infinity", "NaN", "0", "-1", "1e30"])
def test_a_schedule_has_a_factor_that_prices(factor):
    with pytest.raises(ValueError, match="conversion factor"):
        attrs.evolve(bundled.fee_schedule(), conversion_factor=Decimal(factor))


@pytest.mark.parametrize("packed", ["A|", 5, None, "A||x" + "|" * 23, "?" + "|0" * 25])
def test_a_broken_row_is_told_as_one(packed):
    fee = attrs.evolve(bundled.fee_schedule(), rows={"99213": packed})
    with pytest.raises(cdtref.DataError, match=r"row 99213 of .* is broken") as caught:
        fee.rvu("99213")
    assert (caught.value.file, caught.value.key) == (f"pfs/{fee.release.lower()}.json", "99213")


def test_no_dental_code_is_billable_with_rvus():
    for code in cdtref.catalog():
        assert not cdtref.is_billable_with_rvu(code)
    for row in every_row():
        assert row.system is not cdtref.CodeSystem.CDT or row.status in (
            StatusIndicator.R,
            StatusIndicator.I,
            StatusIndicator.N,
        )


def test_a_row_in_full():
    row = cdtref.rvu("99213")
    work, pe_outside, pe_within, mp, outside, within = pinned.VALUES["99213", ""]
    parts = (row.work, row.pe_nonfacility, row.pe_facility, row.mp)
    assert parts == tuple(map(Decimal, (work, pe_outside, pe_within, mp)))
    assert (row.total(), row.total(facility=True)) == (Decimal(outside), Decimal(within))
    assert (row.status, row.global_days, row.pctc, row.release) == (
        StatusIndicator.A,
        "XXX",
        "0",
        pinned.RELEASE,
    )
    assert row.system is cdtref.CodeSystem.CPT_I
    assert row.is_billable_with_rvu
    assert row.to_dict()["work"] == work
    assert (
        f"billable with RVUs: work {work}, total {outside} non-facility, {within} facility"
        in row.explain()
    )


def test_na_in_a_setting_is_said():
    explained = [
        row.explain() for row in every_row() if row.na_nonfacility and row.is_billable_with_rvu
    ]
    assert explained
    assert all("total not applicable non-facility" in text for text in explained)


def test_values_that_are_not_used_are_said_so():
    row = next(r for r in every_row() if r.status is StatusIndicator.N and r.has_values)
    assert not row.is_billable_with_rvu
    assert "Medicare does not pay by them" in row.explain()


def test_each_status_letter_explains_itself():
    letters = {row.status: row for row in every_row()}
    meanings = {letter: row.explain() for letter, row in letters.items()}
    assert len({letter.meaning for letter in StatusIndicator}) == len(StatusIndicator)
    assert all(letter.meaning in text for letter, text in meanings.items())


def test_a_dental_explanation_speaks_of_dental_plans_and_never_of_cpt():
    for code in ("D0389", "D9948", "D1701"):
        text = cdtref.rvu(code).explain()
        assert "says nothing about billing it to a dental plan" in text
        assert "CPT" not in text
    assert "dental plan" not in cdtref.rvu("99213").explain()


def test_absent_is_another_answer_than_zero():
    with pytest.raises(UnknownCodeError, match=f"{pinned.RELEASE} has no row for B4034") as caught:
        cdtref.rvu("B4034")
    assert "not the same as a value of zero" in str(caught.value)
    with pytest.raises(UnknownCodeError, match="it has 86153 with 26"):
        cdtref.rvu("86153")
    with pytest.raises(UnknownCodeError, match="99213 with modifier 26"):
        cdtref.rvu("99213", "26")
    assert bundled.fee_schedule().get("B4034") is None


def test_the_placeholder_of_cms_is_kept_though_it_is_no_valid_form():
    row = cdtref.rvu("GXXX1")
    assert row.system is None
    assert "placeholder" in row.explain()
    assert not cdtref.is_valid_code("GXXX1")


def test_membership():
    fee = bundled.fee_schedule()
    assert "86153" in fee
    assert "B4034" not in fee
    assert None not in fee


def test_malformed_modifier():
    with pytest.raises(InvalidCodeError, match="modifier"):
        cdtref.rvu("99213", "260")


def test_every_row_totals_its_parts():
    """work + PE + MP = total, in both settings, on every row."""
    for row in every_row():
        assert row.work + row.pe_nonfacility + row.mp == row.total_nonfacility
        assert row.work + row.pe_facility + row.mp == row.total_facility


@needs_cms
def test_billable_agrees_with_a_direct_reading_of_the_file(cms_rows):
    assert len(cms_rows) == pinned.ROWS
    for row in cms_rows:
        paid = row[3] in "ART" and (Decimal(row[11]) > 0 or Decimal(row[12]) > 0)
        assert paid is cdtref.is_billable_with_rvu(row[0], row[1] or None), row[:2]


@needs_cms
def test_every_figure_equals_the_file(cms_rows):
    names = ["work", "pe_nonfacility", "pe_facility", "mp", "total_nonfacility", "total_facility"]
    for row in cms_rows:
        found = cdtref.rvu(row[0], row[1] or None)
        assert [str(getattr(found, name)) for name in names] == [
            row[i] for i in (5, 6, 8, 10, 11, 12)
        ]
        assert (found.status, found.not_used_for_payment) == (row[3], row[4] == "+")
        assert (found.na_nonfacility, found.na_facility) == (row[7] == "NA", row[9] == "NA")
        assert [found.pctc, found.global_days] == row[13:15]
        indicators = [
            found.multiple_procedure,
            found.bilateral,
            found.assistant,
            found.co_surgeon,
            found.team,
        ]
        assert indicators == row[18:23]
        assert (found.endoscopic_base or "") == row[24]


SOURCE = "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files"
DENTAL = (
    " It is a dental (CDT) code: a missing RVU says nothing about billing it to a dental plan, "
    "which pays by its own fee schedule."
)


def paid(*key):
    """How values that are paid are told."""
    work, *_, outside, within = pinned.VALUES[key]
    return (
        f"It is billable with RVUs: work {work}, total {outside} non-facility, {within} facility."
    )


UNPAID = "All its relative values are 0.00, so it is not billable with RVUs."
ACTIVE = "active code, paid separately where Medicare covers the service"
# asked: how the code is called, its status and what that means, its values
EXPLAINED = {
    ("99213", None): ("99213 (CPT Category I)", "A", ACTIVE, paid("99213", "")),
    ("86153", "26"): ("86153-26 (CPT Category I)", "A", ACTIVE, paid("86153", "26")),
    ("D0389", None): (
        "D0389 (CDT)",
        "R",
        "restricted coverage, priced by the Medicare contractor if covered at all",
        UNPAID + DENTAL,
    ),
    ("41899", None): (
        "41899 (CPT Category I)",
        "C",
        "contractor-priced: each Medicare contractor sets the value, case by case",
        UNPAID,
    ),
    ("00170", None): (
        "00170 (CPT Category I)",
        "J",
        "anesthesia, paid by base and time units instead of relative values",
        UNPAID,
    ),
    ("GXXX1", None): (
        "GXXX1 (a placeholder of CMS's own)",
        "X",
        "excluded by statute from physician services",
        UNPAID,
    ),
}


@pytest.mark.parametrize(("asked", "told"), EXPLAINED.items(), ids=str)
def test_explanations_in_full(asked, told):
    name, status, meaning, values = told
    stated = f"{name} has status {status} in {pinned.RELEASE}: {meaning}. {values}"
    assert cdtref.rvu(*asked).explain() == f"{stated} Source: CMS, {pinned.RELEASE}, {SOURCE}."


MEANINGS = {
    "A": "active code, paid separately where Medicare covers the service",
    "B": "bundled into other services, never paid by itself",
    "C": "contractor-priced: each Medicare contractor sets the value, case by case",
    "E": "excluded from the physician fee schedule by regulation",
    "I": "not valid for Medicare, which uses another code for the service",
    "J": "anesthesia, paid by base and time units instead of relative values",
    "M": "a measurement code, used for reporting only",
    "N": "not covered by Medicare",
    "P": "bundled or excluded, paid with the service it goes with or under another rule",
    "R": "restricted coverage, priced by the Medicare contractor if covered at all",
    "T": "paid only where no other payable service is billed that day by the same provider",
    "X": "excluded by statute from physician services",
}


def test_the_meaning_of_each_letter():
    assert {str(letter): letter.meaning for letter in StatusIndicator} == MEANINGS
    assert {letter for letter in StatusIndicator if letter.pays_through_rvus} == {
        StatusIndicator.A,
        StatusIndicator.R,
        StatusIndicator.T,
    }


def test_one_setting_with_a_value_is_enough():
    row, zero = cdtref.rvu("99213"), Decimal("0.00")
    assert attrs.evolve(row, total_nonfacility=zero).has_values
    assert attrs.evolve(row, total_facility=zero).has_values
    assert attrs.evolve(row, total_facility=zero).is_billable_with_rvu
    none = attrs.evolve(row, total_nonfacility=zero, total_facility=zero)
    assert not none.has_values
    with pytest.raises(cdtref.NoRelativeValuesError) as caught:
        none.require_values()
    assert (caught.value.code, str(caught.value)) == ("99213", none.explain())
    row.require_values()


def test_values_shown_for_information_in_full():
    row = next(
        r
        for r in every_row()
        if r.status is StatusIndicator.N and r.has_values and not r.na_nonfacility
    )
    shown = f"work {row.work}, total {row.total_nonfacility} non-facility, {row.total_facility} facility"
    assert (
        f" Its values ({shown}) are shown for information; Medicare does not pay by them. "
        in row.explain()
    )


def release(name, year, effective, factor=pinned.FACTOR):
    """The bundled release under another name and day."""
    return attrs.evolve(
        bundled.fee_schedule(),
        release=name,
        year=year,
        effective=effective,
        conversion_factor=Decimal(factor),
    )


def test_the_release_of_the_day():
    """Of the releases of a year the last that began; one may begin within a quarter."""
    year, changed = pinned.CHANGED_YEAR, date.fromisoformat(pinned.CHANGED_ON)
    winter = release("winter", year, date(year, 1, 1))
    march = release("march", year, changed, pinned.CHANGED_FACTOR)
    autumn = release("autumn", year, date(year, 10, 1))
    following = release("following", year + 1, date(year + 1, 4, 1))
    releases = cdtref.FeeSchedules([autumn, following, winter, march])
    assert list(releases) == [winter, march, autumn, following]
    assert (len(releases), repr(releases)) == (
        4,
        "<FeeSchedules winter, march, autumn, following>",
    )
    in_force = {
        date(year, 1, 1): winter,
        changed - timedelta(days=1): winter,
        changed: march,
        date(year, 9, 30): march,
        date(year, 10, 1): autumn,
        date(year, 12, 31): autumn,
        date(year + 1, 4, 1): following,
    }
    for day, wanted in in_force.items():
        assert releases.on(day) is wanted, day
        assert releases.on(day.isoformat()) is wanted
    for day in (date(year - 1, 12, 31), date(year + 1, 3, 31), date(year + 2, 1, 1)):
        with pytest.raises(cdtref.UnknownReleaseError, match="no release in force on") as caught:
            releases.on(day)
        assert caught.value.known == ("winter", "march", "autumn", "following")


def test_releases_that_cannot_be_told_apart_are_refused():
    one = bundled.fee_schedule()
    with pytest.raises(ValueError, match=r"come into force on one day, .*; give one of them"):
        cdtref.FeeSchedules([one, release("twin", one.year, one.effective)])
    with pytest.raises(ValueError, match="tells no first day; give it to from_cms"):
        cdtref.FeeSchedules([attrs.evolve(one, effective=None)])
    with pytest.raises(TypeError, match="releases are FeeSchedule, not str"):
        cdtref.FeeSchedules([one.release])
    with pytest.raises(cdtref.UnknownReleaseError, match="is among none"):
        cdtref.FeeSchedules([]).on(one.effective)


def test_the_first_day_of_the_bundled_release():
    assert bundled.fee_schedule().effective == date.fromisoformat(pinned.EFFECTIVE)
