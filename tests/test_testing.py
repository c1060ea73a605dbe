"""The test kit: what it calls clean is clean, what it calls broken breaks just that rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
from cdtref import check, testing
from cdtref.testing import (
    BREAKABLE_RULES,
    assert_clean,
    broken_claim_lines,
    broken_line,
    claim_lines,
    codes,
    dates_in_force,
    fictitious_catalog,
    malformed_codes,
    surfaces,
    teeth,
    unknown_codes,
)


@given(claim_lines(), claim_lines("endodontics"))
def test_clean_lines_are_clean(line, endodontic):
    assert_clean([line])
    assert cdtref.get(endodontic.code).category == "endodontics"


@pytest.mark.parametrize("rule", BREAKABLE_RULES)
def test_a_broken_line_breaks_its_rule_and_no_other(rule):
    assert [finding.rule for finding in check(broken_line(rule))] == [rule]


@given(broken_claim_lines())
def test_every_broken_line_is_found(line):
    """broken_claim_lines: a line that breaks the rule of that id, or any rule."""
    assert check(line)


@pytest.mark.parametrize("rule", ["tooth.missing", "surface.count", "area.kind"])
def test_broken_lines_of_one_rule(rule):
    @given(broken_claim_lines(rule))
    def breaks(line):
        assert rule in [finding.rule for finding in check(line)]

    breaks()


def test_what_no_single_line_breaks():
    with pytest.raises(ValueError, match=r"no line breaks 'exam\.twice'"):
        broken_line("exam.twice")
    with pytest.raises(ValueError, match="cannot be broken with D0120"):
        broken_line("surface.missing", cdtref.get("D0120"))


@given(malformed_codes(), unknown_codes(), codes(), codes(area="quadrant"), codes("preventive", on="2015-01-01"))
def test_codes(malformed, unknown, code, quadrant, preventive):
    """unknown_codes are guaranteed not to be real; malformed ones have the form of no code."""
    assert not cdtref.is_valid_code(malformed)
    assert cdtref.is_valid_code(unknown)
    assert unknown not in cdtref.catalog()
    assert cdtref.get(code).in_force("2026-12-31")
    assert cdtref.get(quadrant).area == "quadrant"
    assert cdtref.get(preventive).in_force("2015-01-01")


def test_no_code_fits():
    with pytest.raises(ValueError, match="no code fits"):
        codes("sleep-apnea", area="quadrant")


@given(st.data())
def test_dates_teeth_and_surfaces(data):
    """dates_in_force gives days on which the code was valid; surfaces are those of the tooth."""
    assert cdtref.get("D2970").in_force(data.draw(dates_in_force("D2970")))
    tooth = data.draw(teeth("primary"))
    assert tooth.dentition == "primary"
    assert set(data.draw(surfaces(tooth, 2, 3))) <= set(tooth.surfaces)
    assert data.draw(teeth(supernumerary=True)).supernumerary


def test_assert_clean_tells_line_by_line_what_to_mend():
    good, bad = cdtref.ClaimLine("D0120", "2026-03-02"), cdtref.ClaimLine("D2391", "2026-03-02", tooth="99")
    assert_clean([good])
    with pytest.raises(AssertionError) as caught:
        assert_clean([good, bad])
    told = str(caught.value).splitlines()
    assert told[0] == "2 errors on 1 line"
    assert told[1] == "  line 2: code=D2391, date=2026-03-02, tooth=99, quantity=1"
    assert told[2].startswith("    tooth: '99' is no tooth")
    assert told[3].endswith("[surface.missing]")


def test_fictitious_codes_are_not_real():
    made_up = fictitious_catalog()
    assert not set(made_up) & set(cdtref.catalog())
    assert all("ictitious" in p.title for p in made_up.values())
    assert len(made_up.procedures()) == 5
    assert made_up.lookup("d0006").replaced_by == ("D0001",)
    assert made_up.changes("2020", "2026").terminated == ("D0006",)


def test_the_plugins_fixtures(cdt_catalog, cdt_edition):
    assert cdt_catalog is cdtref.catalog()
    assert cdt_edition == cdtref.EDITION


def test_names_that_are_not_there():
    with pytest.raises(AttributeError, match="nothing"):
        _ = testing.nothing
    assert all(getattr(testing, name) for name in testing.__all__)
