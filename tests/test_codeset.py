"""The code set: what is in it, in force when, and how it is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import Category, NotInForceError, UnknownCodeError, UnknownReleaseError


@pytest.mark.parametrize(("day", "count"), pinned.IN_FORCE_ON.items())
def test_the_set_in_force_equals_cms(day, count):
    assert count == len(cdtref.procedures(on=day))


def test_the_set_of_every_edition_has_the_count_of_its_sources():
    assert len(cdtref.editions()) == pinned.EDITIONS
    for edition in cdtref.editions():
        assert edition.count == len(cdtref.procedures(on=edition.effective)), edition.name
    assert cdtref.editions()[-1].name == cdtref.EDITION == pinned.EDITION


def test_sizes():
    assert len(cdtref.catalog()) == pinned.CODES
    assert len(cdtref.procedures()) == pinned.IN_FORCE
    assert sum(len(cdtref.procedures(category=c)) for c in Category) == pinned.IN_FORCE


def test_the_codes_in_force_are_told_without_their_records_as_their_records_tell_them():
    assert cdtref.catalog().codes_in_force() == {p.code for p in cdtref.procedures()}


def test_the_catalog_is_a_mapping_with_canonical_keys_in_order():
    catalog = cdtref.catalog()
    assert list(catalog) == sorted(catalog)
    assert catalog["D0389"] is cdtref.get("D0389")
    assert "d0389" not in catalog
    assert None not in catalog
    with pytest.raises(UnknownCodeError, match="canonical"):
        catalog["d0389"]
    assert catalog.get(pinned.MISPRINT) is None
    assert catalog is cdtref.catalog()
    assert repr(catalog) == f"<Catalog of {pinned.CODES} codes, CDT {pinned.EDITION}>"


def test_every_code_is_found_as_people_type_it():
    for code in cdtref.catalog():
        assert cdtref.get(f" {code.lower()} ") is cdtref.get(code)


@pytest.mark.parametrize(
    "on",
    [
        date.fromisoformat(pinned.DAY),
        datetime(pinned.YEAR, 3, 2, 23, tzinfo=timezone.utc),
        pinned.DAY,
        f"{pinned.DAY}T10:00:00",
        f"{pinned.DAY}T10:00",
        f"{pinned.DAY} 00:00:00.000",
        f"{pinned.DAY}T10:00:00.123456789Z",
        f"{pinned.DAY}T10:00:00+01:00",
        f"{pinned.DAY}T10:00:00-0500",
        f" {pinned.DAY} ",
    ],
)
def test_dates_come_as_dates_datetimes_and_iso_text(on):
    assert cdtref.get("D0120", on=on).code == "D0120"


YEAR, COMPACT = str(pinned.YEAR), pinned.DAY.replace("-", "")
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in YEAR)


@pytest.mark.parametrize(
    "on",
    [
        f"{YEAR}-3-2",
        f"03/02/{YEAR}",
        f"{YEAR}-02-30",
        "",
        f"{pinned.DAY}x",
        f"{pinned.DAY} or so",
        f"{pinned.DAY}T",
        f"{pinned.DAY} 2",
        f"{pinned.DAY}T99:00",
        f"{pinned.DAY}/{pinned.DAY}",
        COMPACT,
        f"{WIDE}-03-02",
    ],
)
def test_other_date_texts_are_refused(on):
    with pytest.raises(ValueError, match="ISO date"):
        cdtref.get("D0120", on=on)


def test_a_number_is_no_date():
    with pytest.raises(TypeError, match="a date of service is a date or ISO text"):
        cdtref.get("D0120", on=int(COMPACT))


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
        cdtref.get("D9940", on=pinned.DAY)
    assert f"until {pinned.LAST_DAY['D9940']}" in str(caught.value)
    assert "replaced by D9944, D9945, D9946" in str(caught.value)
    assert (caught.value.code, caught.value.on) == ("D9940", date.fromisoformat(pinned.DAY))


def test_an_unknown_start_counts_as_in_force_since_ever():
    p = cdtref.get("D0120")
    assert (p.effective, p.periods[0].precision) == (None, "unknown")
    assert p.in_force(date.min)
    assert (
        sum(q.periods[-1].precision == "unknown" for q in cdtref.catalog().values())
        == pinned.STARTS_UNKNOWN
    )


def test_a_start_known_to_the_month_counts_from_its_first_day():
    months = [p for p in cdtref.catalog().values() if p.periods[0].precision == "month"]
    assert len(months) == pinned.STARTS_KNOWN_TO_THE_MONTH
    p = cdtref.get("D0606")
    first = date.fromisoformat(f"{pinned.STARTED['D0606']}-01")
    assert not p.in_force(first - timedelta(days=1))
    assert p.in_force(first)
    assert str(p.periods[0]) == f"from {pinned.STARTED['D0606']}"


def test_outside_the_editions_is_beyond_the_data():
    covers = cdtref.catalog().covers
    within = (pinned.FIRST_DAY, f"{pinned.YEAR}-12-31")
    beyond = (pinned.BEFORE_ALL, f"{pinned.YEAR + 1}-01-01")
    assert all(map(covers, within))
    assert not any(map(covers, beyond))
    assert cdtref.get("D0120", on=f"{pinned.YEAR + 5}-01-01").code == "D0120"


@pytest.mark.parametrize(("editions", "stated"), pinned.CHANGES.items(), ids=str)
def test_changes_between_two_editions(editions, stated):
    changes = cdtref.changes(*editions)
    added, ended, revised, complete = stated
    assert (len(changes.added), changes.terminated, changes.revised_complete) == (
        added,
        ended,
        complete,
    )
    assert set(revised) <= set(changes.revised)
    rows = [
        (kind, code)
        for kind in ("added", "terminated", "revised")
        for code in getattr(changes, kind)
    ]
    assert [(row.kind, row.code) for row in changes.rows] == rows
    assert all(row.title == cdtref.get(row.code).title for row in changes.rows)
    assert not complete or changes.revised == revised


def test_changes_add_up_over_all_editions():
    names = [edition.name for edition in cdtref.editions()]
    for old, new in pairwise(names):
        changes = cdtref.changes(old, new)
        before, after = (len(cdtref.procedures(on=f"{year}-01-01")) for year in (old, new))
        assert after == before + len(changes.added) - len(changes.terminated)


COMING = str(pinned.YEAR + 1)
KNOWN = f"{pinned.FIRST_EDITION} to {pinned.EDITION}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (pinned.EDITION, COMING),
        (pinned.NO_EDITION, pinned.EDITION),
        ("", pinned.EDITION),
        (int(pinned.NO_EDITION), pinned.YEAR),
    ],
)
def test_changes_between_unknown_editions(old, new):
    with pytest.raises(UnknownReleaseError, match=KNOWN) as caught:
        cdtref.changes(old, new)
    assert pinned.EDITION in caught.value.known


def test_an_edition_is_named_by_its_year_as_text_or_number():
    catalog = cdtref.catalog()
    assert catalog.edition(pinned.YEAR) is catalog.edition(pinned.EDITION)
    first = int(pinned.FIRST_EDITION)
    assert cdtref.changes(first, pinned.YEAR) == cdtref.changes(
        pinned.FIRST_EDITION, pinned.EDITION
    )


def test_changes_backwards_are_refused():
    with pytest.raises(ValueError, match="earlier"):
        cdtref.changes(pinned.EDITION, pinned.FIRST_EDITION)


@pytest.mark.parametrize("category", cdtref.Category)
def test_a_category_is_named_by_its_label_too(category):
    expected = cdtref.procedures(category)
    for name in (category.value, category.label, category.label.upper(), f" {category.label}  "):
        assert cdtref.procedures(name) == expected
    found = cdtref.search("d", category=category.label, prefix=True)
    assert found == cdtref.search("d", category=category, prefix=True)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("perio", "periodontics"),
        ("Implants", "implant-services"),
        ("SLEEP", "sleep-apnea"),
        ("removable dentures", "prosthodontics-removable"),
        ("endodontic", "endodontics"),
    ],
)
def test_a_category_that_is_near_is_told(text, near):
    for ask in (cdtref.procedures, lambda text: cdtref.search("crown", category=text)):
        with pytest.raises(ValueError, match=rf"no category '{text}' \(did you mean {near}\?\)"):
            ask(text)


def test_categories_by_enum_and_slug():
    assert cdtref.procedures(category="oral-surgery") == cdtref.procedures(
        category=Category.ORAL_SURGERY
    )
    assert Category.ORAL_SURGERY.label == "Oral & maxillofacial surgery"
    with pytest.raises(
        ValueError, match=r"no category 'surgery' \(did you mean oral-surgery\?\); the cat"
    ):
        cdtref.procedures(category="surgery")


def test_a_catalog_of_ones_own():
    mine = cdtref.Catalog({"D0120": cdtref.get("D0120")})
    assert list(mine) == ["D0120"]
    assert mine.lookup("d0120") is cdtref.get("D0120")
    assert mine.procedures() == (cdtref.get("D0120"),)
    assert not mine.covers(pinned.DAY)
    assert repr(mine) == "<Catalog of 1 codes>"
    with pytest.raises(UnknownReleaseError, match="none"):
        mine.changes(pinned.FIRST_EDITION, pinned.EDITION)
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
