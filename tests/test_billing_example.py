"""The test kit at work: a small billing module, once right and once with three planted bugs that strategies find."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cdtref
from cdtref.testing import broken_claim_lines, claim_lines, codes, dates_in_force, malformed_codes, unknown_codes

RIGHT = SimpleNamespace(
    accepts=cdtref.is_valid_code,
    in_force=lambda code, day: cdtref.get(code).in_force(day),
    may_send=lambda line: not [finding for finding in cdtref.check(line) if finding.severity == "error"],
)


def _pads_a_missing_letter(text):
    """Bug 1: "the D is always forgotten", so it is put there without asking."""
    return cdtref.is_valid_code(text if text[:1].isalpha() else f"D{text}")


def _knows_no_second_life(code, day):
    """Bug 2: looks at the latest start and end only, and takes an unknown start for one that is still to come."""
    p = cdtref.get(code)
    return p.effective is not None and p.effective <= day and (p.terminated is None or day < p.terminated)


def _counts_no_surfaces(line):
    """Bug 3: asks whether there are surfaces, not how many."""
    return bool(line.surfaces) or cdtref.get(line.code).area != "tooth+surface"


BUGS = {"accepts": _pads_a_missing_letter, "in_force": _knows_no_second_life, "may_send": _counts_no_surfaces}


def accepts_no_malformed_code(billing):
    @given(malformed_codes())
    def holds(text):
        assert not billing.accepts(text)

    holds()


def knows_when_a_code_was_in_force(billing):
    @given(st.data())
    def holds(data):
        code = data.draw(codes(on="2015-06-01"))
        assert billing.in_force(code, data.draw(dates_in_force(code)))

    holds()


def sends_clean_lines_and_no_miscounted_ones(billing):
    @settings(max_examples=50)
    @given(claim_lines(), broken_claim_lines("surface.count"))
    def holds(clean, miscounted):
        assert billing.may_send(clean)
        assert not billing.may_send(miscounted)

    holds()


PROPERTIES = {
    "accepts": accepts_no_malformed_code,
    "in_force": knows_when_a_code_was_in_force,
    "may_send": sends_clean_lines_and_no_miscounted_ones,
}


@pytest.mark.parametrize("part", PROPERTIES)
def test_the_right_module_holds(part):
    PROPERTIES[part](RIGHT)


@pytest.mark.parametrize("part", PROPERTIES)
def test_each_planted_bug_is_found(part):
    with pytest.raises(AssertionError):
        PROPERTIES[part](SimpleNamespace(**(vars(RIGHT) | {part: BUGS[part]})))


@given(unknown_codes())
def test_a_code_that_is_not_real_is_told_as_such(code):
    """unknown_codes: of the right form, and guaranteed not to be real."""
    assert [finding.rule for finding in cdtref.check(cdtref.ClaimLine(code, "2026-03-02"))] == ["code.unknown"]
