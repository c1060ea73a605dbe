"""Form, fact and date of a text in one record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref.testing import codes, malformed_codes, unknown_codes

ENDED = pinned.TERMINATED["D1352"]


@pytest.mark.parametrize(
    ("text", "on", "known", "in_force"),
    [
        (" d-0389 ", None, True, True),
        ("D1352", None, True, False),
        ("D1352", ENDED, True, False),
        (pinned.MISPRINT, None, False, None),
        ("99213", pinned.DAY, None, None),
        ("0389", pinned.DAY, None, None),
    ],
)
def test_three_questions_and_none_where_one_does_not_arise(text, on, known, in_force):
    verdict = cdtref.verdict(text, on)
    assert (verdict.text, verdict.known, verdict.in_force) == (text, known, in_force)
    assert bool(verdict.reason) == (
        not verdict.is_well_formed or known is False or in_force is False
    )


def test_what_to_do_stands_beside_what_is_wrong():
    assert cdtref.verdict("0389").suggestion == "D0389"
    assert cdtref.verdict(pinned.MISPRINT).neighbours
    assert cdtref.verdict("D9940").replaced_by == cdtref.get("D9940").replaced_by
    assert str(cdtref.verdict("D0389")) == "D0389: nothing is wrong with it"


@given(st.text(max_size=12) | codes() | malformed_codes() | unknown_codes())
def test_the_doors_agree(text):
    """
    Form, fact and date are three questions: each answer is that of the door which asks it alone.
    """
    verdict = cdtref.verdict(text)
    assert verdict.is_well_formed == cdtref.is_valid_code(text)
    if verdict.system is cdtref.CodeSystem.CDT:
        assert verdict.known == (verdict.code in cdtref.catalog())
    if verdict.known:
        assert verdict.in_force == (verdict.code in cdtref.catalog().codes_in_force())


@pytest.mark.parametrize("text", [None, 389, b"D0389"])
def test_what_is_no_text_is_refused(text):
    """As `get` has it."""
    for door in (cdtref.verdict, cdtref.get):
        with pytest.raises(cdtref.InvalidCodeError, match="a code is text such as 'D0389', not"):
            door(text)


def test_no_day_is_told_that_nobody_asked_for():
    """The reason is of the edition, and of the day where one was asked."""
    last = pinned.LAST_DAY["D1352"]
    reason = cdtref.verdict("D1352").reason
    assert reason.startswith(f"D1352 is not in CDT {pinned.EDITION}: valid from ")
    assert f"until {last}; replaced by D2391" in reason
    assert f"{pinned.YEAR}-12-31" not in reason
    assert f"was not in force on {ENDED}" in cdtref.verdict("D1352", ENDED).reason
    mine = cdtref.Catalog({"D1352": cdtref.get("D1352")})
    assert "not in this catalog any more: valid" in cdtref.verdict("D1352", catalog=mine).reason
    with pytest.raises(cdtref.NotInForceError) as caught:
        cdtref.catalog().require_current(cdtref.get("D1352"))
    assert (caught.value.on, caught.value.replaced_by) == (None, ("D2391",))


def test_the_record_is_plain_data_too():
    assert cdtref.verdict("D0389").to_dict()["system"] == "CDT"
