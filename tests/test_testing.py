"""The test kit: what it calls clean is clean, what it calls broken breaks just that rule."""

from __future__ import annotations

import functools
import subprocess
import sys
from contextlib import suppress
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import cdtref
import pinned
from cdtref import CLAIM_RULES, LINE_RULES, Catalog, Category, check, check_claim, testing
from cdtref.procedure.edition import Edition
from cdtref.testing import (
    BREAKABLE_RULES,
    BREAKABLE_TOGETHER,
    assert_clean,
    broken_claim,
    broken_claim_lines,
    broken_claims,
    broken_line,
    claim_lines,
    clean_line,
    codes,
    dates_in_force,
    dental_codes,
    fictitious_catalog,
    log_entries,
    logs,
    malformed_codes,
    surfaces,
    teeth,
    unknown_codes,
    work_logs,
)
from cdtref.testing.broken import breaking

OURS = cdtref.catalog()
MADE_UP = fictitious_catalog()
OWN = pinned.INVENTED[0]
LICENSED = OURS.with_nomenclature(
    [{"code": OWN, "nomenclature": "ours alone", "effective": pinned.DAY}]
)
COMING = pinned.YEAR + 1
EDITION = Edition(
    name=str(COMING), effective=date(COMING, 1, 1), count=0, revised=(), revision_list="partial"
)
NEXT_YEAR = Catalog(OURS, lambda: (*OURS.editions(), EDITION))
LATER = f"{pinned.YEAR}-04-01"
UNBREAKABLE = {}  # rules on a line that no line breaks by itself, each with the reason; at present there is none


def told(findings):
    return [finding.rule for finding in findings]


@given(claim_lines(), claim_lines("endodontics"))
def test_clean_lines_are_clean(line, endodontic):
    assert_clean([line])
    assert cdtref.get(endodontic.code).category == "endodontics"


@pytest.mark.parametrize("rule", BREAKABLE_RULES)
def test_a_broken_line_breaks_its_rule_and_no_other(rule):
    assert [finding.rule for finding in check(broken_line(rule))] == [rule]


def test_every_rule_can_be_broken():
    assert {*BREAKABLE_RULES, *UNBREAKABLE} == {rule.id for rule in LINE_RULES}
    assert set(BREAKABLE_TOGETHER) == {rule.id for rule in CLAIM_RULES}


@pytest.mark.parametrize("rule", LINE_RULES, ids=lambda rule: rule.id)
def test_with_every_code_that_can_break_a_rule_it_is_the_only_one(rule):
    claims = breaking(rule.id, OURS)
    assert claims
    for (line,) in claims:
        assert [(found.rule, found.severity) for found in check(line)] == [
            (rule.id, rule.severity)
        ], line


@pytest.mark.parametrize("rule", CLAIM_RULES, ids=lambda rule: rule.id)
def test_the_lines_of_a_broken_claim_break_its_rule_and_no_other(rule):
    claims = [broken_claim(rule.id), *breaking(rule.id, OURS)]
    for lines in claims:
        assert [(found.rule, found.severity) for found in check_claim(lines)] == [
            (rule.id, rule.severity)
        ], lines


@given(broken_claims("conflict.exclusive"), broken_claims())
def test_broken_claims(exams, lines):
    """
    broken_claims: the lines of a claim that break the rule of that id, or some rule; each by
    itself is clean.
    """
    assert told(check_claim(exams)) == ["conflict.exclusive"]
    assert len(check_claim(lines)) == 1
    assert not [finding for line in lines for finding in check(line)]


# rule, the code that broke another rule besides
@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("code.not-in-force", "D0145"),
        ("code.not-in-force", "D9940"),
        *(("tooth.unwanted", code) for code in ("D7941", "D7943", "D7945")),
        ("tooth.arch", "D5110"),
        ("site.missing", "D0220"),
        ("age.custom", "D1110"),
        ("age.custom", "D1120"),
    ],
)
def test_a_line_of_this_code_breaks_this_rule_alone(rule, code):
    line = broken_line(rule, cdtref.get(code))
    assert line.code == code
    assert told(check(line)) == [rule]


@pytest.mark.parametrize("code", ["D3330", "D2954"])
def test_the_last_line_of_a_broken_claim_is_of_the_code_asked_for(code):
    first, last = broken_claim("conflict.included", cdtref.get(code))
    assert (last.code, last.tooth) == (code, first.tooth)


@given(broken_claim_lines())
def test_every_broken_line_is_found(line):
    """broken_claim_lines: a line that breaks the rule of that id, or some rule."""
    assert len(check(line)) == 1


@pytest.mark.parametrize("rule", ["tooth.missing", "surface.count", "area.kind"])
def test_broken_lines_of_one_rule(rule):
    @given(broken_claim_lines(rule))
    def breaks(line):
        assert rule in [finding.rule for finding in check(line)]

    breaks()


def test_what_no_single_line_breaks():
    with pytest.raises(ValueError, match=r"no line breaks 'conflict\.exclusive'"):
        broken_line("conflict.exclusive")
    with pytest.raises(ValueError, match="cannot be broken with D0120"):
        broken_line("surface.missing", cdtref.get("D0120"))
    with pytest.raises(ValueError, match=r"no line breaks 'conflict\.exclusive'"):
        broken_claim_lines("conflict.exclusive")


def test_what_no_claim_breaks():
    with pytest.raises(
        ValueError,
        match=r"no lines break 'tooth\.missing' together; the rules are surface\.split",
    ):
        broken_claim("tooth.missing")
    with pytest.raises(ValueError, match=r"no lines break 'nothing' together"):
        broken_claims("nothing")
    with pytest.raises(
        ValueError, match=r"conflict\.included cannot be broken with D0120 without breaking another"
    ):
        broken_claim("conflict.included", cdtref.get("D0120"))
    with pytest.raises(
        ValueError,
        match=r"no code of <Catalog of 6 codes, .*> breaks conflict\.exclusive without breaking",
    ):
        broken_claims("conflict.exclusive", catalog=MADE_UP)


@pytest.fixture(scope="module")
def met():
    """500 clean lines, the same in each run."""
    found = []

    @settings(max_examples=500, derandomize=True, database=None, deadline=None)
    @given(claim_lines())
    def meet(line):
        found.append(line)

    meet()
    return found


def test_clean_lines_have_no_finding_at_all(met):
    assert not [finding for line in met for finding in check(line)]


def test_clean_lines_meet_what_a_billing_program_meets(met):
    assert {cdtref.get(line.code).category for line in met[:300]} == {*Category}
    assert {line.prosthesis for line in met} == {None, "initial", "replacement"}
    assert all(
        (line.prior_placement is not None) == (line.prosthesis == "replacement") for line in met
    )
    assert len({line.date for line in met}) > 30
    assert {line.quantity for line in met} == {1, 2, 3, 4}
    assert {len(line.modifiers) for line in met} == {0, 1, 2}
    assert {line.medicare for line in met} == {True, False}
    fees = {line.fee for line in met}
    assert None in fees
    assert len(fees) > 20


# Enough to meet what one draw in hundreds has, and nothing made smaller afterwards.
MANY = settings(max_examples=5000, derandomize=True, database=None, phases=[Phase.generate])


def first_lines(strategy, key, wanted):
    """The first line drawn of each wanted key, all from one row of draws."""
    found = {}

    def meets_all(line):
        found.setdefault(key(line), line)
        return found.keys() >= wanted

    with suppress(NoSuchExample):
        find(strategy, meets_all, settings=MANY)
    return found


AREAS = ["10", "20", "30", "40", "01", "02"]


@functools.cache
def line_of_each_area():
    return first_lines(claim_lines(), lambda line: line.area, {*AREAS})


@pytest.mark.parametrize("area", AREAS)
def test_clean_lines_reach_every_quadrant_and_arch(area):
    assert not check(line_of_each_area()[area])


def test_clean_lines_name_teeth_in_every_way(met):
    teeth_of = [cdtref.parse_teeth(line.tooth) for line in met if line.tooth]
    assert len({(named[0].dentition, named[0].supernumerary) for named in teeth_of}) == 4


SURFACE_COUNTS = [1, 2, 3, 4, 5]


@functools.cache
def line_of_each_count():
    fillings = claim_lines("restorative")
    return first_lines(fillings, lambda line: len(line.surfaces or ""), {*SURFACE_COUNTS})


@pytest.mark.parametrize("count", SURFACE_COUNTS)
def test_clean_lines_name_every_number_of_surfaces(count):
    assert count in line_of_each_count()


@pytest.mark.parametrize("code", ["D4322", "D9120"])
def test_clean_lines_of_a_range_name_one_or_several_teeth(code):
    alone = Catalog({code: OURS[code]}, OURS.editions)
    counts = set()

    @settings(derandomize=True, database=None)
    @given(claim_lines(catalog=alone))
    def holds(line):
        assert not check(line)
        counts.add(len(cdtref.parse_teeth(line.tooth)))

    holds()
    assert {1, 2, 3} < counts


def test_a_site_is_a_tooth_or_an_area():
    alone = Catalog({"D0220": OURS["D0220"]}, OURS.editions)
    kinds = set()

    @settings(derandomize=True, database=None)
    @given(claim_lines(catalog=alone))
    def holds(line):
        assert not check(line)
        kinds.add((line.tooth is None, line.area is None))

    holds()
    assert kinds == {(True, False), (False, True)}


@given(
    malformed_codes(),
    unknown_codes(),
    codes(),
    codes(area="quadrant"),
    codes("preventive", on=pinned.FIRST_DAY),
)
def test_codes(malformed, unknown, code, quadrant, preventive):
    """unknown_codes are guaranteed not to be real; malformed ones have the form of no code."""
    assert not cdtref.is_valid_code(malformed)
    assert cdtref.is_valid_code(unknown)
    assert unknown not in cdtref.catalog()
    assert cdtref.get(code).in_force(f"{pinned.YEAR}-12-31")
    assert cdtref.get(quadrant).area == "quadrant"
    assert cdtref.get(preventive).in_force(pinned.FIRST_DAY)


def test_no_code_fits():
    with pytest.raises(ValueError, match="no code fits"):
        codes("sleep-apnea", area="quadrant")
    with pytest.raises(ValueError, match="no code fits category=sleep-apnea"):
        claim_lines("sleep-apnea", catalog=MADE_UP)


@pytest.mark.parametrize("category", Category)
def test_every_code_has_a_date_in_force_or_says_why_not(category):
    """
    Dates of service on which a code was in force, within the editions that the catalog covers.
    """

    @settings(max_examples=3, deadline=None)
    @given(st.data())
    def holds(data):
        for p in OURS.values():
            if p.category is category and p.code not in BEFORE:
                day = data.draw(dates_in_force(p.code))
                assert p.in_force(day)
                assert OURS.covers(day)

    holds()


FIRST_DAY = cdtref.editions()[0].effective
BEFORE = {
    p.code
    for p in OURS.values()
    if p.terminated and p.terminated <= FIRST_DAY and len(p.periods) == 1
}


@pytest.mark.parametrize("code", sorted(BEFORE))
def test_a_code_of_before_the_first_edition_has_no_date(code):
    ended = cdtref.get(code).terminated - timedelta(days=1)
    said = rf"{code} was in force .* until {ended} only, outside the editions \({pinned.FIRST_EDITION} "
    with pytest.raises(ValueError, match=said):
        dates_in_force(code)


def test_the_first_and_the_last_date_in_force():
    """`terminated` is the first day on which the code is no longer valid."""
    day = FIRST_DAY + timedelta(days=1)
    period = attrs.evolve(cdtref.get("D0120").periods[0], effective=None, terminated=day)
    short = Catalog({"D0001": attrs.evolve(MADE_UP["D0001"], periods=(period,))}, OURS.editions)

    @given(dates_in_force("D0001", catalog=short))
    def holds(found):
        assert found == FIRST_DAY

    holds()


@given(st.data())
def test_dates_teeth_and_surfaces(data):
    """dates_in_force gives days on which the code was valid; surfaces are those of the tooth."""
    assert cdtref.get("D2970").in_force(data.draw(dates_in_force("D2970")))
    tooth = data.draw(teeth("primary"))
    assert tooth.dentition == "primary"
    assert set(data.draw(surfaces(tooth, 2, 3))) <= set(tooth.surfaces)
    assert data.draw(teeth(supernumerary=True)).supernumerary


def test_assert_clean_takes_one_line_too():
    assert_clean(clean_line(cdtref.get("D2391")))
    with pytest.raises(AssertionError, match="2 errors on 1 line"):
        assert_clean(cdtref.ClaimLine("D2391", pinned.DAY))


def test_assert_clean_tells_line_by_line_what_to_mend():
    good = cdtref.ClaimLine("D0120", pinned.DAY)
    assert_clean([good])
    bad = cdtref.ClaimLine("D2391", pinned.DAY, tooth="99")
    late = cdtref.ClaimLine(
        "D5110",
        pinned.DAY,
        prosthesis="replacement",
        prior_placement=LATER,
        fee=900,
        modifiers=("KX",),
    )
    late_fields = f"prosthesis='replacement', prior_placement='{LATER}'"
    no_tooth, no_surface, too_late = (finding.message for finding in (*check(bad), *check(late)))
    with pytest.raises(AssertionError) as caught:
        assert_clean([good, bad, late])
    assert str(caught.value).splitlines() == [
        "3 errors on 2 lines",
        f"line 2: ClaimLine(code='D2391', date='{pinned.DAY}', tooth='99')",
        "  - tooth='99'",
        f"  + {no_tooth} [tooth.unknown]",
        "  - surfaces=None",
        f"  + {no_surface} [surface.missing]",
        f"line 3: ClaimLine(code='D5110', date='{pinned.DAY}', modifiers=('KX',), fee=Decimal('900'), {late_fields})",
        f"  - prior_placement='{LATER}'",
        f"  + {too_late} [prior.late]",
    ]


def test_assert_clean_names_one_error_on_one_line():
    with pytest.raises(
        AssertionError, match=r"^1 error on 1 line\nline 1: ClaimLine\(code='0120', "
    ):
        assert_clean([broken_line("code.malformed")])


def test_a_fictitious_claim_is_judged_by_its_own_catalog():
    lines = [clean_line(p, catalog=MADE_UP) for p in MADE_UP.procedures()]
    assert check_claim(lines, catalog=MADE_UP) == ()
    assert_clean([clean_line(MADE_UP["D0002"])], catalog=MADE_UP)
    assert told(check(lines[1])) == ["code.unknown"]
    with pytest.raises(AssertionError, match=r"code\.unknown"):
        assert_clean(lines)
    assert told(check(broken_line("tooth.missing", catalog=MADE_UP), catalog=MADE_UP)) == [
        "tooth.missing"
    ]
    with pytest.raises(ValueError, match=r"tooth\.class cannot be broken with any of 6 codes"):
        broken_line("tooth.class", catalog=MADE_UP)


@given(
    claim_lines(catalog=MADE_UP),
    broken_claim_lines(catalog=MADE_UP),
    broken_claims(catalog=MADE_UP),
)
def test_claims_of_fictitious_codes(clean, broken, claim):
    """With a catalog of one's own, lines are of its codes and judged by it."""
    assert not check(clean, catalog=MADE_UP)
    assert len(check(broken, catalog=MADE_UP)) == 1
    assert len(check_claim(claim, catalog=MADE_UP)) == 1


@given(
    codes(catalog=MADE_UP), unknown_codes(catalog=MADE_UP), dates_in_force("D0006", catalog=MADE_UP)
)
def test_codes_of_a_fictitious_set(code, unknown, day):
    """
    dates_in_force: within the editions that the catalog covers, and before the day on which the
    code ended.
    """
    assert code in MADE_UP
    assert unknown not in MADE_UP
    (life,) = MADE_UP["D0006"].periods
    assert life.effective <= day < life.terminated


def test_a_licensees_catalog_is_served_like_ours():
    line = clean_line(LICENSED[OWN], catalog=LICENSED)
    assert check(line, catalog=LICENSED) == ()
    assert_clean([line], catalog=LICENSED)
    assert told(check(line)) == ["code.unknown"]
    assert told(check_claim([line])) == ["code.unknown"]


def test_the_next_edition_needs_no_change_here():
    """The day of a line comes from the last edition of its catalog."""
    line = clean_line(OURS["D2391"], catalog=NEXT_YEAR)
    assert line.date == date(COMING, 3, 2)
    assert check(line, catalog=NEXT_YEAR) == ()
    for rule in ("date.beyond", "prior.late", "age.unborn", "age.limit"):
        assert told(check(broken_line(rule, catalog=NEXT_YEAR), catalog=NEXT_YEAR)) == [rule]

    @settings(max_examples=5, database=None)
    @given(claim_lines(catalog=NEXT_YEAR))
    def holds(line):
        assert line.date.year == COMING

    holds()


def test_a_catalog_without_editions_has_no_day():
    with pytest.raises(ValueError, match="the catalog has no edition"):
        clean_line(OURS["D2391"], catalog=Catalog(OURS))
    assert clean_line(OURS["D2391"], pinned.DAY, catalog=Catalog(OURS)).code == "D2391"


def test_a_clean_line_of_a_code_that_was_not_in_force():
    with pytest.raises(cdtref.NotInForceError, match="D9940 was not in force on"):
        clean_line(cdtref.get("D9940"))


@pytest.mark.dental_values
@given(st.data())
def test_dental_codes_by_what_the_scale_says(data):
    """A value, a value of 0.00 and no value are three answers."""
    value, zero, none = (data.draw(dental_codes(said)) for said in ("value", "zero", "none"))
    assert cdtref.dental_rvu(value).value > 0
    assert cdtref.dental_rvu(zero).value == 0
    assert cdtref.dental_rvu(none, default=None) is None


@pytest.mark.parametrize("scale", ["cms", pytest.param("ihs", marks=pytest.mark.dental_values)])
@given(st.data())
def test_every_entry_has_a_value_on_its_scale(scale, data):
    """An entry has a value on one scale and never on both."""
    log = cdtref.WorkLog([data.draw(log_entries(scale))])
    on = {name: log.productivity(scale=name) for name in ("cms", "ihs")}
    assert [name for name, done in on.items() if done.valued] == [scale]


SCALES = [("cms",), (), pytest.param(("ihs",), marks=pytest.mark.dental_values)]


@pytest.mark.parametrize("scales", SCALES)
def test_a_log_has_entries_of_each_scale_and_of_none(scales):
    def is_on_these(log):
        on = [name for name in ("cms", "ihs") if log.productivity(scale=name).valued]
        return len(log.entries) == 1 and on == list(scales)

    assert find(work_logs(), is_on_these, settings=MANY)


def test_logs_of_a_build_without_dental_values(monkeypatch):
    monkeypatch.setattr(logs, "_dental_codes", lambda answer: ("D0120",) * (answer == "none"))
    log_with_it = find(
        work_logs(), lambda log: any(e.code == "D0120" for e in log.entries), settings=MANY
    )
    assert log_with_it.entries
    with pytest.raises(ValueError, match="no code has the answer 'value'"):
        log_entries("ihs")


def test_what_the_scale_never_says_is_refused():
    with pytest.raises(ValueError, match="no code has the answer 'blank'"):
        dental_codes("blank")
    with pytest.raises(ValueError, match="no scale 'both'"):
        log_entries("both")


def test_fictitious_codes_are_not_real():
    made_up = fictitious_catalog()
    assert not set(made_up) & set(cdtref.catalog())
    assert all("ictitious" in p.title for p in made_up.values())
    assert len(made_up.procedures()) == 5
    assert made_up.lookup("d0006").replaced_by == ("D0001",)
    assert made_up.changes(made_up.editions()[0].name, pinned.EDITION).terminated == ("D0006",)


def test_the_plugins_fixtures(cdt_catalog, cdt_edition):
    assert cdt_catalog is cdtref.catalog()
    assert cdt_edition == pinned.EDITION


def test_the_plugin_costs_a_pytest_session_next_to_nothing():
    heavy = [
        "hypothesis",
        "cdtref.claim.line",
        "cdtref.claim.linerules",
        "cdtref.tooth",
        "cdtref.testing.lines",
    ]
    code = f"import sys, cdtref.testing.plugin; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_names_that_are_not_there():
    with pytest.raises(AttributeError, match="nothing"):
        _ = testing.nothing
    assert all(getattr(testing, name) for name in testing.__all__)
    assert dir(testing) == sorted(testing.__all__)


def test_a_clean_line_of_a_code_as_text_is_told_what_to_give():
    with pytest.raises(TypeError, match=r"as cdtref\.get gives it, not of str"):
        testing.clean_line("D2391")
