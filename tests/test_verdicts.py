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
    with pytest.raises(TypeError, match="a verdict is on a text"):
        cdtref.verdict(text)


def test_the_record_is_plain_data_too():
    assert cdtref.verdict("D0389").to_dict()["system"] == "CDT"
