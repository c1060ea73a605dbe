"""The code set: what is in it, in force when, and how it is asked."""

from __future__ import annotations

from datetime import date, datetime, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
from cdtref import Category, NotInForceError, UnknownCodeError, UnknownReleaseError

# CMS's D codes of each year; the mid-year figures hold the COVID codes of March 2021 and March 2022.
IN_FORCE = {
    "2019-01-01": 699,
    "2019-06-01": 699,
    "2020-01-01": 730,
    "2021-01-01": 754,
    "2021-04-01": 762,
    "2022-01-01": 773,
    "2022-04-01": 780,
    "2023-01-01": 800,
    "2024-01-01": 814,
    "2025-01-01": 822,
    "2025-06-01": 822,
    "2026-01-01": 847,
}


@pytest.mark.parametrize(("day", "count"), IN_FORCE.items())
def test_the_set_in_force_equals_cms(day, count):
    assert count == len(cdtref.procedures(on=day))


def test_the_set_of_every_edition_has_the_count_of_its_sources():
    assert len(cdtref.editions()) == 19
    for edition in cdtref.editions():
        assert edition.count == len(cdtref.procedures(on=edition.effective)), edition.name
    assert cdtref.editions()[-1].name == cdtref.EDITION


def test_sizes():
    assert len(cdtref.catalog()) == 949
    assert len(cdtref.procedures()) == 847
    assert sum(len(cdtref.procedures(category=c)) for c in Category) == 847


def test_the_catalog_is_a_mapping_with_canonical_keys_in_order():
    catalog = cdtref.catalog()
    assert list(catalog) == sorted(catalog)
    assert catalog["D0389"] is cdtref.get("D0389")
    assert "d0389" not in catalog
    assert None not in catalog
    with pytest.raises(UnknownCodeError, match="canonical"):
        catalog["d0389"]
    assert catalog.get("D0147") is None
    assert catalog is cdtref.catalog()
    assert repr(catalog) == "<Catalog of 949 codes, CDT 2026>"


def test_every_code_is_found_as_people_type_it():
    for code in cdtref.catalog():
        assert cdtref.get(f" {code.lower()} ") is cdtref.get(code)


@pytest.mark.parametrize(
    "on",
    [
        date(2026, 3, 2),
        datetime(2026, 3, 2, 23, tzinfo=timezone.utc),
        "2026-03-02",
        "2026-03-02T10:00:00",
        " 2026-03-02 ",
    ],
)
def test_dates_come_as_dates_datetimes_and_iso_text(on):
    assert cdtref.get("D0120", on=on).code == "D0120"


@pytest.mark.parametrize(
    "on", ["2026-3-2", "03/02/2026", "2026-02-30", "", "2026-03-02x", "20260302", "２０２６-03-02"]
)
def test_other_date_texts_are_refused(on):
    with pytest.raises(ValueError, match="ISO date"):
        cdtref.get("D0120", on=on)


def test_a_number_is_no_date():
    with pytest.raises(TypeError, match="a date of service is a date or ISO text"):
        cdtref.get("D0120", on=20260302)


def test_unknown_says_system_and_neighbours():
    with pytest.raises(UnknownCodeError) as caught:
        cdtref.get("99213")
    assert caught.value.system is cdtref.CodeSystem.CPT_I
    assert "CPT Category I" in str(caught.value)
    with pytest.raises(UnknownCodeError) as caught:
        cdtref.get("D2741")
    assert len(caught.value.neighbours) == 3
    assert "D2740" in caught.value.neighbours


def test_not_in_force_says_when_and_what_instead():
    with pytest.raises(NotInForceError) as caught:
        cdtref.get("D9940", on="2020-05-01")
    assert "until 2018-12-31" in str(caught.value)
    assert "replaced by D9944, D9945, D9946" in str(caught.value)
    assert (caught.value.code, caught.value.on) == ("D9940", date(2020, 5, 1))


def test_an_unknown_start_counts_as_in_force_since_ever():
    p = cdtref.get("D0120")
    assert (p.effective, p.periods[0].precision) == (None, "unknown")
    assert p.in_force(date.min)
    assert sum(q.periods[-1].precision == "unknown" for q in cdtref.catalog().values()) == 440


def test_a_start_known_to_the_month_counts_from_its_first_day():
    months = [p for p in cdtref.catalog().values() if p.periods[0].precision == "month"]
    assert len(months) == 15
    p = cdtref.get("D0606")
    assert not p.in_force("2021-02-28")
    assert p.in_force("2021-03-01")
    assert str(p.periods[0]) == "from 2021-03"


def test_outside_the_editions_is_beyond_the_data():
    covers = cdtref.catalog().covers
    assert [covers(day) for day in ("2002-12-31", "2003-01-01", "2026-12-31", "2027-01-01")] == [
        False,
        True,
        True,
        False,
    ]
    assert cdtref.get("D0120", on="2031-01-01").code == "D0120"


def test_changes_2025_to_2026():
    changes = cdtref.changes("2025", "2026")
    assert changes.terminated == ("D1352", "D1705", "D1706", "D1707", "D1712", "D9248")
    assert len(changes.added) == 31
    assert "D2391" in changes.revised
    assert not changes.revised_complete
    assert cdtref.changes("2023", "2024").revised == ("D2335", "D5876")
    assert cdtref.changes("2023", "2024").revised_complete


def test_changes_add_up_over_all_editions():
    names = [edition.name for edition in cdtref.editions()]
    for old, new in pairwise(names):
        changes = cdtref.changes(old, new)
        before, after = (len(cdtref.procedures(on=f"{year}-01-01")) for year in (old, new))
        assert after == before + len(changes.added) - len(changes.terminated)


@pytest.mark.parametrize(("old", "new"), [("2025", "2027"), ("2004", "2026"), ("", "2026"), (2004, 2026)])
def test_changes_between_unknown_editions(old, new):
    with pytest.raises(UnknownReleaseError, match="2003 to 2026") as caught:
        cdtref.changes(old, new)
    assert "2026" in caught.value.known


def test_an_edition_is_named_by_its_year_as_text_or_number():
    assert cdtref.changes(2025, 2026) == cdtref.changes("2025", "2026")
    assert cdtref.catalog().edition(2026) is cdtref.catalog().edition("2026")


def test_changes_backwards_are_refused():
    with pytest.raises(ValueError, match="earlier"):
        cdtref.changes("2026", "2025")


def test_categories_by_enum_and_slug():
    assert cdtref.procedures(category="oral-surgery") == cdtref.procedures(category=Category.ORAL_SURGERY)
    assert Category.ORAL_SURGERY.label == "Oral & maxillofacial surgery"
    with pytest.raises(ValueError, match=r"no category 'surgery'; the categories are diagnostic"):
        cdtref.procedures(category="surgery")


def test_a_catalog_of_ones_own():
    mine = cdtref.Catalog({"D0120": cdtref.get("D0120")})
    assert list(mine) == ["D0120"]
    assert mine.lookup("d0120") is cdtref.get("D0120")
    assert mine.procedures() == (cdtref.get("D0120"),)
    assert not mine.covers("2026-01-01")
    assert repr(mine) == "<Catalog of 1 codes>"
    with pytest.raises(UnknownReleaseError, match="none"):
        mine.changes("2025", "2026")
    with pytest.raises(UnknownCodeError) as caught:
        cdtref.Catalog({}).lookup("D0120")
    assert caught.value.neighbours == ()


@given(st.dates())
def test_a_code_is_in_force_exactly_within_one_of_its_periods(day):
    """`terminated` is the first day on which the code is no longer valid."""
    for p in (cdtref.get("D2970"), cdtref.get("D1352"), cdtref.get("D7993")):
        for period in p.periods:
            inside = (period.effective or date.min) <= day < (period.terminated or date.max)
            assert not inside or p.in_force(day)
        assert p.in_force(day) == any(period.holds(day) for period in p.periods)
