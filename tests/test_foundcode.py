"""Every code in a text, and nothing that only has digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref.testing import codes, malformed_codes

CODES = sorted(cdtref.catalog())
ENDED = pinned.TERMINATED["D1352"]
UNKNOWN = pinned.MISPRINT
NOTE = (
    f"Pt in for d-0120; D2740 on #14 planned (was 2750). DO140 last time. Used D9940, {UNKNOWN}. "
    "Medical: CPT 99213, E0486. Call 555-0120 or (212) 555 1110; ZIP code 02115, claim #D12345, "
    "fee $1110.00, 03/02/24, tooth 14."
)


def found(text, **options):
    return [(one.text, one.code, one.status) for one in cdtref.find_codes(text, **options)]


def test_a_chart_note_with_a_code_of_every_kind():
    assert found(NOTE) == [
        ("d-0120", "D0120", "in force"),
        ("D2740", "D2740", "in force"),
        ("DO140", None, "malformed"),
        ("D9940", "D9940", "not in force"),
        (UNKNOWN, UNKNOWN, "unknown"),
        ("99213", "99213", "other system"),
        ("E0486", "E0486", "other system"),
    ]
    by_text = {one.text: one for one in cdtref.find_codes(NOTE)}
    assert by_text["DO140"].suggestion == "D0140"
    assert by_text["D9940"].replaced_by == cdtref.get("D9940").replaced_by
    assert by_text["99213"].system is cdtref.CodeSystem.CPT_I


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code 2751", ["D2751"]),
        ("CDT 1351 and ADA code #1110", ["D1351", "D1110"]),
        ("codes 1110, 0274 and 2391", ["D1110", "D0274", "D2391"]),
        ("codes: 1110,0274", ["D1110", "D0274"]),
        ("D0120, 0274 & 1110", ["D0120", "D0274", "D1110"]),
        ("D3310-D3330", ["D3310", "D3330"]),
        ("D3310-3330", ["D3310", "D3330"]),
        ("codes 4341 to 4346", ["D4341", "D4346"]),
        ("code 4341-4346", ["D4341", "D4346"]),
        ("D0274.", ["D0274"]),
        ("(D0274)", ["D0274"]),
        ("code is 0274", ["D0274"]),
        ("HCPCS G0330, CPT 00170 and 41899", ["G0330", "00170", "41899"]),
        (f"CDT {pinned.EDITION}, CDT-{pinned.YEAR - 1}", []),
        ("crown 2751", []),
        ("D2740, 1200.00", ["D2740"]),
        ("D2740, 1999 dollars", ["D2740"]),
        ("vitamin D 2000 IU", []),
        ("area code 2740, revenue code 0510", []),
        ("claim number D12345, claim no. D2740", []),
        ("please claim D2740", ["D2740"]),
        ("AD2740 D2740b D2740_1 \u00e9", []),
        ("cdt2740, ADA2740; CDTD2750", ["D2740", "D2740", "D2750"]),
        ("CPT99213 HCPCSE0486 CPT0071T", ["99213", "E0486", "0071T"]),
        ("code2740, area code2740, zipcode02115", ["D2740"]),
        (f"CDT{pinned.EDITION} ADA{pinned.YEAR - 1} CDT27400 ACDT2740", []),
        ("Pay D0120, 0274 units by Friday", ["D0120"]),
        ("D0120, 0274 boxes and 1110 patients; D0120 & 0330 am", ["D0120", "D0120"]),
        ("D0120, 0274 bitewings", ["D0120", "D0274"]),
    ],
)
def test_what_counts_as_a_code(text, expected):
    assert [one.code for one in cdtref.find_codes(text) if one.code] == expected


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("DI206", "D1206"),
        ("Dl206", "D1206"),
        ("D|206", "D1206"),
        ("d0l20", "D0120"),
        ("D2642A", "D2642"),
        ("D-27-40", "D2740"),
        ("D27-40", "D2740"),
        ("DO140", "D0140"),
    ],
)
def test_a_slip_in_a_text_is_found_as_malformed(text, suggestion):
    (one,) = cdtref.find_codes(f"the crown is {text}, on tooth 14")
    assert (one.text, one.status, one.suggestion) == (text, "malformed", suggestion)


def test_the_date_of_service_decides():
    assert found("D1352", on=ENDED) == [("D1352", "D1352", "not in force")]
    assert found("D1352", on=pinned.LAST_DAY["D1352"]) == [("D1352", "D1352", "in force")]


def test_another_catalog_knows_other_codes():
    mine = cdtref.Catalog({"D0120": cdtref.get("D0120")})
    assert [one.status for one in cdtref.find_codes("D0120 D0140", catalog=mine)] == [
        "in force",
        "unknown",
    ]


def digits(count):
    return st.text("0123456789", min_size=count, max_size=count)


PHONES = st.builds("{}-{}-{}".format, digits(3), digits(3), digits(4)) | st.builds(
    "({}) {} {}".format, digits(3), digits(3), digits(4)
)
ZIPS = st.builds("ZIP code {}".format, digits(5)) | st.builds(
    "Boston MA {}-{}".format, digits(5), digits(4)
)
DATES = st.dates().map(str) | st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year:04}")
AMOUNTS = st.builds("${}".format, digits(4)) | st.builds(
    "{}.{} dollars".format, digits(4), digits(2)
)
TEETH = st.builds("tooth {}".format, st.integers(1, 32)) | st.builds("#{}".format, digits(4))
CLAIMS = st.builds(
    "{} {} {}{}{}".format,
    st.sampled_from(["claim", "member", "policy", "invoice", "NPI", "authorization"]),
    st.sampled_from(["#", "no.", "number", "id"]),
    st.sampled_from(["", "D", "E"]),
    digits(4) | digits(5),
    st.sampled_from(["", "A", "l"]),
)
NUMBERS = PHONES | ZIPS | DATES | AMOUNTS | TEETH | CLAIMS


@given(st.lists(NUMBERS, max_size=6).map("; ".join))
def test_other_numbers_are_never_found(text):
    """
    find_codes: 'phones, ZIP codes, dates, amounts, teeth and claim numbers are not taken' for
    codes.
    """
    assert cdtref.find_codes(text) == ()


@given(st.sampled_from(CODES), st.sampled_from(["{}", "see {}.", "({})", "x {}, y", "{}/{}"]))
def test_a_code_is_found_wherever_it_stands(code, sentence):
    text = sentence.format(code, code)
    assert {one.code for one in cdtref.find_codes(text)} == {code}


@given(st.lists(st.text(max_size=12) | codes() | malformed_codes() | NUMBERS, max_size=8))
def test_what_is_found_stands_there(parts):
    """FoundCode.text: 'as it stands in the text, which is `whole[start:end]`'; in order, apart."""
    text = " ".join(parts)
    end = 0
    for one in cdtref.find_codes(text):
        assert text[one.start : one.end] == one.text
        assert one.start >= end
        assert (one.code is None) == (one.status == "malformed")
        end = one.end


@pytest.mark.parametrize(
    "text", ["D2740, " * 40_000, "code " * 50_000, "1110 " * 50_000, "D" * 300_000]
)
def test_the_work_grows_with_the_text(text):
    """Each place is looked at within a fixed width: twice the text has twice the answer."""
    once, twice = cdtref.find_codes(text[:6000]), cdtref.find_codes(text[:12_000])
    assert abs(len(twice) - 2 * len(once)) <= 2


@pytest.mark.parametrize("text", [None, 389, b"D0389"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(TypeError, match="codes are found in a text"):
        cdtref.find_codes(text)
