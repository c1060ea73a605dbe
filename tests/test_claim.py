"""
Claim lines: for every rule a line that is clean and one that trips it and nothing else, and no
false alarms.
"""

from __future__ import annotations

import decimal
import functools
import json
import pickle
import random
import re
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import CLAIM_RULES, HEADER_RULES, LINE_RULES, ClaimLine, Finding, check, check_claim
from cdtref.claim import LIMIT_RULES, LineRule, ParsedLine
from cdtref.fieldtext.amounts import MOST_COUNT
from cdtref.procedure import REQUIREMENT_FIELDS
from cdtref.testing import broken_line, claim_lines, clean_line
from counted import calls_of
from inturn import by_code
from pinned import DAY, YEAR

LATER = f"{YEAR}-03-03"
PRIOR = f"{YEAR - 11}-05-01"


def line(code, date=DAY, **fields):
    return ClaimLine(code, date, **fields)


def born(years, day="03-02"):
    """A birth date so many years before the date of service."""
    return f"{YEAR - years}-{day}"


FILLING = {"tooth": "14", "surfaces": "O"}
CROWN = {"tooth": "3", "prosthesis": "initial"}

# rule id: (the field it speaks of, a clean line, the line with the one fault)
TRIPS = {
    "code.malformed": ("code", line("D0120"), line("0120")),
    "code.system": ("code", line("D0120"), line("99213")),
    "code.unknown": ("code", line("D0120"), line(pinned.MISPRINT)),
    "code.not-in-force": (
        "date",
        line("D1352", pinned.LAST_DAY["D1352"], tooth="3"),
        line("D1352", pinned.TERMINATED["D1352"], tooth="3"),
    ),
    "date.beyond": ("date", line("D0120", f"{YEAR}-12-31"), line("D0120", f"{YEAR + 1}-01-01")),
    "date.missing": ("date", line("D0120"), line("D0120", None)),
    "fee.not-a-number": ("fee", line("D0120", fee=0), line("D0120", fee=Decimal("-Infinity"))),
    "fee.negative": ("fee", line("D0120", fee="0.00"), line("D0120", fee="-0.01")),
    "fee.not-cents": ("fee", line("D0120", fee="60.1000"), line("D0120", fee="60.1001")),
    "fee.too-large": (
        "fee",
        line("D0120", fee="99999999.99"),
        line("D0120", fee=Decimal(100_000_000)),
    ),
    "modifier.malformed": (
        "modifiers",
        line("D0120", modifiers=("KX",)),
        line("D0120", modifiers=("K",)),
    ),
    "modifier.count": (
        "modifiers",
        line("D0120", modifiers=("KX", "59", "LT", "RT")),
        line("D0120", modifiers=("KX", "59", "LT", "RT", "GY")),
    ),
    "place.malformed": (
        "place_of_service",
        line("D0120", place_of_service=" 11 "),
        line("D0120", place_of_service="111"),
    ),
    "place.unassigned": (
        "place_of_service",
        line("D0120", place_of_service="02"),
        line("D0120", place_of_service="98"),
    ),
    "quantity.too-large": (
        "quantity",
        line("D0230", tooth="3", quantity=99),
        line("D0230", tooth="3", quantity=100),
    ),
    "quantity.none": ("quantity", line("D0120"), line("D0120", quantity=0)),
    "tooth.missing": ("tooth", line("D7140", tooth="3"), line("D7140")),
    "tooth.unknown": ("tooth", line("D7140", tooth="32"), line("D7140", tooth="33")),
    "tooth.several": ("tooth", line("D7140", tooth="3"), line("D7140", tooth="3-4")),
    "tooth.dentition": (
        "tooth",
        line("D2930", tooth="A", prosthesis="initial"),
        line("D2930", **CROWN),
    ),
    "tooth.class": ("tooth", line("D3330", tooth="3"), line("D3330", tooth="8")),
    "tooth.arch": (
        "tooth",
        line("D5211", tooth="3", prosthesis="initial"),
        line("D5211", tooth="24", prosthesis="initial"),
    ),
    "tooth.house-dentition": (
        "tooth",
        line("D2740", **CROWN),
        line("D2740", tooth="A", prosthesis="initial"),
    ),
    "surface.missing": ("surfaces", line("D2391", **FILLING), line("D2391", tooth="14")),
    "surface.impossible": (
        "surfaces",
        line("D2391", **FILLING),
        line("D2391", tooth="14", surfaces="I"),
    ),
    "surface.tooth": (
        "surfaces",
        line("D7450", tooth="14", surfaces="O"),
        line("D7450", surfaces="O"),
    ),
    "surface.count": (
        "surfaces",
        line("D2392", tooth="14", surfaces="MO"),
        line("D2392", **FILLING),
    ),
    "area.unknown": ("area", line("D4341", area="10"), line("D4341", area="50")),
    "area.count": (
        "area",
        line("D7450", area="10,20,30,40,01"),
        line("D7450", area="10,20,30,40,01,02"),
    ),
    "area.missing": ("area", line("D4341", area="10"), line("D4341")),
    "area.kind": ("area", line("D4341", area="10"), line("D4341", area="01")),
    "area.code": (
        "area",
        line("D5110", area="01", prosthesis="initial"),
        line("D5110", area="02", prosthesis="initial"),
    ),
    "area.tooth": (
        "area",
        line("D4342", area="10", tooth="3"),
        line("D4342", area="10", tooth="14"),
    ),
    "site.missing": ("area", line("D0220", tooth="3"), line("D0220")),
    "area.and-tooth": ("area", line("D7140", tooth="3"), line("D7140", tooth="3", area="10")),
    "tooth.unwanted": ("tooth", line("D0120"), line("D0120", tooth="3")),
    "surface.unwanted": (
        "surfaces",
        line("D7140", tooth="3"),
        line("D7140", tooth="3", surfaces="O"),
    ),
    "area.unwanted": ("area", line("D0120"), line("D0120", area="10")),
    "quantity.several": (
        "quantity",
        line("D7140", tooth="3"),
        line("D7140", tooth="3", quantity=2),
    ),
    "prosthesis.unknown": (
        "prosthesis",
        line("D2740", **CROWN),
        line("D2740", tooth="3", prosthesis="new"),
    ),
    "prosthesis.missing": ("prosthesis", line("D2740", **CROWN), line("D2740", tooth="3")),
    "prior.missing": (
        "prior_placement",
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=PRIOR),
        line("D2740", tooth="3", prosthesis="replacement"),
    ),
    "quantity.areas": (
        "quantity",
        line("D4341", area="10,20", quantity=2),
        line("D4341", area="10,20"),
    ),
    "prior.initial": (
        "prior_placement",
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=PRIOR),
        line("D2740", tooth="3", prosthesis="initial", prior_placement=PRIOR),
    ),
    "prior.unborn": (
        "prior_placement",
        line("D2740", tooth="3", prosthesis="R", prior_placement=PRIOR, birth_date=PRIOR),
        line("D2740", tooth="3", prosthesis="R", prior_placement=PRIOR, birth_date=born(10)),
    ),
    "prior.late": (
        "prior_placement",
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=DAY),
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=LATER),
    ),
    "age.unborn": ("birth_date", line("D0120", birth_date=DAY), line("D0120", birth_date=LATER)),
    "age.limit": (
        "birth_date",
        line("D0145", birth_date=born(3, "03-03")),
        line("D0145", birth_date=born(3)),
    ),
    "age.custom": (
        "birth_date",
        line("D1110", birth_date=born(13)),
        line("D1110", birth_date=born(13, "03-03")),
    ),
    "narrative.missing": (
        "narrative",
        line("D0160", narrative="why"),
        line("D0160", narrative=" "),
    ),
    "diagnosis.pointer": (
        "diagnosis_pointers",
        line("D0120", diagnosis_pointers=(1, 4)),
        line("D0120", diagnosis_pointers=(1, 5)),
    ),
    "diagnosis.pointers": (
        "diagnosis_pointers",
        line("D0120", diagnosis_pointers=(1, 2, 3, 4)),
        line("D0120", diagnosis_pointers=(1, 2, 3, 4, 4)),
    ),
    "medicare.modifier": (
        "modifiers",
        line("D0120", medicare=True, modifiers=("kx",)),
        line("D0120", medicare=True),
    ),
}


@pytest.mark.parametrize("rule", [rule.id for rule in LINE_RULES])
def test_each_rule_passes_a_clean_line_and_trips_alone(rule):
    field, clean, faulty = TRIPS[rule]
    assert check(clean) == ()
    (finding,) = check(faulty)
    (stated,) = (one for one in LINE_RULES if one.id == rule)
    assert (finding.rule, finding.field) == (rule, field)
    assert finding.severity == stated.severity
    assert finding.source
    assert finding.field in {attribute.name for attribute in attrs.fields(ClaimLine)}


LINES = {
    "surface.split": [
        line("D2391", tooth="3", surfaces="O"),
        line("D2391", tooth="3", surfaces="B"),
    ],
    "line.duplicate": [line("D0120"), line("d0120")],
    "conflict.included": [line("D3330", tooth="3"), line("D3221", tooth="3")],
    "conflict.exclusive": [line("D7140", tooth="3"), line("D7210", tooth="3")],
    "conflict.duplicate": [line("D4341", area="10"), line("d4341", area="UR")],
    "conflict.needs": [line("D2953", tooth="3")],
}

CLEAN_TOGETHER = {
    "two teeth extracted": [line("D7140", tooth="3"), line("D7140", tooth="4")],
    "a filling before the extraction": [
        line("D2391", f"{YEAR}-01-05", **FILLING),
        line("D7140", tooth="14"),
    ],
    "an implant after the extraction": [line("D7140", tooth="3"), line("D6010", tooth="3")],
    "a graft with the extraction": [line("D7140", tooth="3"), line("D7953", tooth="3")],
    "a bridge over the gap": [
        line("D7140", tooth="3"),
        line("D6240", tooth="3", prosthesis="initial"),
    ],
    "a denture at once": [line("D7140", tooth="8"), line("D5130", area="01", prosthesis="initial")],
    "amalgam and resin on one tooth": [
        line("D2140", **FILLING),
        line("D2391", tooth="14", surfaces="B"),
    ],
    "exams on two days": [line("D0120"), line("D0140", f"{YEAR}-04-02")],
    "an add-on with its base": [line("D2952", tooth="3"), line("D2953", tooth="3")],
    "the coronectomy leaves the root": [line("D7251", tooth="17"), line("D7140", tooth="18")],
}


@pytest.mark.parametrize("rule", [rule.id for rule in CLAIM_RULES])
def test_each_rule_of_a_claim_trips_alone_at_the_line_at_fault(rule):
    lines = [line for line in LINES[rule] if not check(line)]
    (finding,) = check_claim(lines)
    (stated,) = (one for one in CLAIM_RULES if one.id == rule)
    assert (finding.rule, finding.line_index, finding.severity) == (
        rule,
        len(lines) - 1,
        stated.severity,
    )
    assert finding.message


@pytest.mark.parametrize(
    ("counted", "is_told"),
    [
        (line("D4341", area="10"), False),
        (line("D4341", area="10", quantity=4), True),
        (line("D4341", area="10,20,30,40"), True),
        (line("D4341", area="10,20,30,40", quantity=4), False),
        (line("D4260", area="10,20"), True),
        (line("D1510", area="10,20"), True),
        (line("D9972", area="01,02"), True),
        (line("D9972", area="01,02", quantity=2), False),
        (line("D9944", area="01", quantity=2), True),
        (line("D5110", prosthesis="initial", quantity=2), True),
        (line("D7961", area="01,02"), False),
        (line("D9943", area="01", quantity=2), False),
    ],
)
def test_a_quantity_is_that_of_the_areas_where_a_code_surely_goes_by_them(counted, is_told):
    told = [finding for finding in check(counted) if finding.rule == "quantity.areas"]
    assert len(told) == is_told
    named = len((counted.area or "").split(","))
    assert all(f" of which the line names {named}, " in finding.message for finding in told)


# code: (what it is reported beside, the tooth)
SEVERAL_ON_A_TOOTH = {
    "D2953": ("D2952", "30"),
    "D2957": ("D2954", "30"),
    "D3426": ("D3425", "14"),
    "D3430": ("D3425", "14"),
    "D4264": ("D4263", "19"),
    "D4265": ("D4263", "19"),
    "D4266": ("D4263", "19"),
    "D4267": ("D4263", "19"),
    "D4283": ("D4273", "7"),
    "D6089": (None, "19"),
    "D6091": (None, "19"),
}


@pytest.mark.parametrize(("code", "beside"), SEVERAL_ON_A_TOOTH.items())
def test_what_a_tooth_has_several_of_is_counted_on_one_line_or_on_several(code, beside):
    base, tooth = beside
    first = [line(base, tooth=tooth)] if base else []
    assert check_claim([*first, line(code, tooth=tooth, quantity=2)]) == ()
    assert check_claim([*first, line(code, tooth=tooth), line(code, tooth=tooth)]) == ()


def test_what_is_counted_within_a_tooth_is_said_of_codes_by_the_tooth():
    for p in cdtref.catalog().values():
        for needed in (p.requirement, *p.requirements):
            assert needed.counted_by is None or needed.treatment_area.is_by_one_tooth, p.code


@pytest.mark.parametrize(
    ("twice", "said"),
    [
        (line("D2391", tooth="30", surfaces="O"), "leave it out, or mend the tooth"),
        (line("D4381", tooth="30"), "leave it out, or mend the tooth"),
        (line("D9944", area="01"), "leave it out, or mend the area"),
        (line("D1330"), "send a quantity, or leave it out"),
        (line("D0240", area="01"), "send a quantity, or leave it out"),
    ],
)
def test_no_advice_on_a_repeated_line_is_refused_by_another_rule(twice, said):
    (finding,) = check_claim([twice, twice])
    assert finding.message.endswith(f"; {said}")
    if "quantity" in said:
        assert check_claim([attrs.evolve(twice, quantity=2)]) == ()


@pytest.mark.parametrize("lines", CLEAN_TOGETHER.values(), ids=CLEAN_TOGETHER)
def test_lines_that_go_together(lines):
    assert check_claim(lines) == ()


def rules_of(found):
    return [finding.rule for finding in found]


def test_a_malformed_code_silences_the_rules_that_need_it():
    assert rules_of(check(line("D239I"))) == ["code.malformed"]
    assert rules_of(check(line("D239I", tooth="99"))) == ["code.malformed", "tooth.unknown"]


def test_a_retired_code_names_its_successor_and_nothing_else():
    (finding,) = check(line("D9940"))
    assert finding.rule == "code.not-in-force"
    assert "D9944, D9945, D9946" in finding.message
    assert finding.carc == "181"


def test_a_tooth_that_does_not_exist_is_told_once():
    (finding,) = check(line("D2391", tooth="99", surfaces="O"))
    assert finding.rule == "tooth.unknown"
    assert finding.message == "'99' is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS"


def test_an_arch_that_the_code_implies_need_not_be_sent():
    assert check(line("D5110", prosthesis="initial")) == ()


def test_the_incisal_angle_exempts_d2335_from_its_count():
    assert check(line("D2335", tooth="8", surfaces="MI")) == ()
    assert rules_of(check(line("D2335", tooth="8", surfaces="MF"))) == ["surface.count"]


def test_letters_that_are_synonyms_are_no_fault():
    assert check(line("D2391", tooth="14", surfaces="F")) == ()
    assert check(line("D2330", tooth="8", surfaces="v")) == ()


def test_one_to_three_teeth_of_a_quadrant_may_be_named():
    assert check(line("D4342", area="10", tooth="2,3")) == ()
    assert rules_of(check(line("D4341", area="10", tooth="3"))) == ["area.and-tooth"]


def test_where_confidence_is_below_high_never_an_error():
    """Each rule by the field that it rests on: a sure area makes no unsure prosthesis an error."""
    fields = {rule.id: rule.rests_on for rule in LINE_RULES if rule.rests_on}
    assert set(fields.values()) < set(REQUIREMENT_FIELDS)
    for p in cdtref.procedures():
        for finding in check(line(p.code, tooth="A", area="01", birth_date=f"{YEAR - 40}-01-01")):
            if finding.rule in fields and finding.severity == "error":
                sure = getattr(p.requirement.confidence, fields[finding.rule])
                assert sure == "high", (p.code, finding.rule)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("D4341", "D4341 is reported by the quadrant; name it"),
        ("D9943", "D9943 is usually reported by the arch; name it"),
        ("D7140", "D7140 is reported by the tooth; name"),
        ("D6980", "D6980 is usually reported by the tooth; name"),
    ],
)
def test_what_is_less_than_sure_does_not_sound_like_a_rule(code, said):
    (finding,) = check(line(code, narrative="why"))
    assert finding.message.startswith(said)
    assert finding.is_error is ("usually" not in said)


def test_two_codes_that_ask_alike_weigh_alike():
    assert [check(line(code))[0].severity for code in ("D6080", "D6180")] == ["warning"] * 2


def test_one_field_may_be_sure_and_the_other_not():
    p = next(
        p
        for p in cdtref.procedures()
        if p.requirement.prosthesis_code == "asked"
        and p.requirement.confidence.prosthesis_code == "medium"
        and (p.area, p.requirement.confidence.treatment_area) == ("tooth", "high")
    )
    weights = {finding.rule: finding.severity for finding in check(line(p.code))}
    assert weights == {"tooth.missing": "error", "prosthesis.missing": "warning"}


def test_a_prosthesis_code_that_is_allowed_is_never_demanded():
    for p in cdtref.procedures():
        if p.requirement.prosthesis_code != "asked":
            assert "prosthesis.missing" not in rules_of(check(line(p.code))), p.code


CHANGED = [(p.code, now) for p in cdtref.catalog().values() for now in p.requirements[1:]]


@pytest.mark.parametrize(("code", "now"), CHANGED, ids=lambda part: str(part)[:5])
def test_the_requirement_of_the_date_of_service_counts(code, now):
    p = cdtref.get(code)
    eve = now.effective - timedelta(days=1)
    assert p.requirement_on(now.effective) == now
    assert p.requirement_on(eve) == p.requirements[p.requirements.index(now) - 1]
    assert p.requirement_on(now.effective).effective == now.effective


def test_a_limit_of_teeth_can_end():
    assert rules_of(check(line("D2390", pinned.EVE_OF_NEW_RULE, tooth="30"))) == ["tooth.class"]
    assert "tooth.class" not in rules_of(check(line("D2390", pinned.NEW_RULE, tooth="30")))


def test_on_days_that_no_edition_covers_what_rests_on_one_is_a_warning():
    (missing,) = (f for f in check(line("D2740")) if f.rule == "tooth.missing")
    assert missing.severity == "error"
    beyond = check(line("D2740", cdtref.catalog().last_day + timedelta(days=1)))
    assert "tooth.missing" in rules_of(beyond)
    assert {f.severity for f in beyond} == {"warning"}


def test_only_back_teeth_have_a_root_to_cut_off():
    assert rules_of(check(line("D3450", tooth="8"))) == ["tooth.class"]
    assert check(line("D3450", tooth="3")) == ()


def test_medicare_before_the_day_and_with_gy():
    day = date(*pinned.MEDICARE_ASKS_FOR_KX)
    assert check(line("D0120", day - timedelta(days=1), medicare=True)) == ()
    assert rules_of(check(line("D0120", day, medicare=True))) == ["medicare.modifier"]
    assert check(line("D0120", medicare=True, modifiers=("GY",))) == ()


def test_rules_are_left_out_and_added_by_hand():
    mine = tuple(rule for rule in LINE_RULES if rule.id != "tooth.missing")
    assert check(line("D7140"), rules=mine) == ()
    no_fee = cdtref.LineRule(
        "fee.missing",
        "error",
        "fee",
        lambda r: None if r.line.fee else "send the fee",
        source="house",
    )
    assert rules_of(check(line("D0120"), rules=(*LINE_RULES, no_fee))) == ["fee.missing"]
    assert check_claim(LINES["conflict.exclusive"], claim_rules=()) == ()


def test_a_finding_carries_what_its_rule_says():
    for rule in LINE_RULES:
        found = [f for f in check(TRIPS[rule.id][2]) if f.rule == rule.id]
        assert [(f.line_index, f.field, f.carc, f.rarc, f.source) for f in found] == [
            (0, rule.field, rule.carc, rule.rarc, rule.source)
        ], rule.id


def test_a_surface_that_cannot_be_is_named():
    (finding,) = check(line("D2391", tooth="14", surfaces="X"))
    assert "'X'" in finding.message


def test_the_table_of_all_rules_has_each_once_with_its_source():
    ids = [rule.id for rule in cdtref.RULES]
    assert len(ids) == len(set(ids))
    assert {*LINE_RULES, *CLAIM_RULES, *HEADER_RULES, *LIMIT_RULES} <= {*cdtref.RULES}
    assert all(
        rule.source and rule.severity in ("error", "warning", "info") for rule in cdtref.RULES
    )


def test_ids_are_unique_and_findings_stand_in_the_order_of_the_rules():
    ids = [rule.id for rule in (*LINE_RULES, *CLAIM_RULES)]
    assert len(ids) == len(set(ids))
    found = rules_of(check(line("D2391", quantity=0, modifiers=("x",))))
    assert found == sorted(found, key=ids.index)
    fields = {field.name for field in ClaimLine.__attrs_attrs__}
    assert {rule.field for rule in (*LINE_RULES, *CLAIM_RULES)} <= fields


@by_code(cdtref.procedures())
def test_a_line_built_from_a_codes_own_requirements_has_no_error(p):
    assert [finding for finding in check(clean_line(p)) if finding.severity == "error"] == []


@given(claim_lines())
def test_no_false_alarm_on_any_line_that_keeps_the_requirements(clean):
    """A line that is built from a code's own requirements has no error."""
    assert [finding for finding in check(clean) if finding.severity == "error"] == []


MONTH = [clean_line(p, date(YEAR, 3, 1 + n % 28)) for n, p in enumerate(cdtref.procedures() * 3)][
    :2000
]


def test_a_month_of_2000_clean_lines_has_no_error():
    assert not [finding for one in MONTH for finding in check(one) if finding.severity == "error"]


FAULTS = {
    "code": ("code.malformed", {"code": "0120"}),
    "date": ("code.not-in-force", {"code": "D9940"}),
    "quantity": ("quantity.none", {"quantity": -1}),
    "tooth": ("tooth.unknown", {"tooth": "0"}),
    "area": ("area.unknown", {"area": "99"}),
    "modifiers": ("modifier.malformed", {"modifiers": ("ABC",)}),
    "birth_date": ("age.unborn", {"birth_date": date(YEAR + 1, 1, 1)}),
}


def test_300_seeded_faults_are_all_found_and_no_other_line_is_touched():
    dice = random.Random(7)
    lines, seeded = list(MONTH), {}
    for place in dice.sample(range(len(lines)), 300):
        rule, fault = FAULTS[dice.choice(sorted(FAULTS))]
        lines[place] = attrs.evolve(lines[place], **fault)
        seeded[place] = rule
    found = {
        place: {f.rule for f in check(one) if f.severity == "error"}
        for place, one in enumerate(lines)
    }
    assert all(rule in found[place] for place, rule in seeded.items())
    assert {place for place, rules in found.items() if rules} == set(seeded)


ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.binary(),
    st.dates(),
    st.lists(st.text()),
)
FIELDS = [field.name for field in ClaimLine.__attrs_attrs__]


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_value_in_any_field_fails_clearly_or_is_judged(fields):
    """Either construction fails with a clear error, or check runs without exception."""
    try:
        made = ClaimLine(**({"code": "D0120", "date": DAY} | fields))
    except (TypeError, ValueError):
        return
    assert isinstance(check(made), tuple)
    assert isinstance(check_claim([made, made]), tuple)


TEXTS = ("code", "tooth", "surfaces", "area", "prosthesis", "narrative", "place_of_service")
COUNTS = st.integers(-MOST_COUNT, MOST_COUNT)


@given(st.fixed_dictionaries(dict.fromkeys(TEXTS, st.text()) | {"quantity": COUNTS}))
def test_any_text_constructs_and_is_judged(fields):
    """
    Any str in the fields of text, and any quantity that a claim has room for, constructs, and is
    judged.
    """
    made = ClaimLine(date=DAY, **fields)
    assert all(isinstance(finding, Finding) for finding in check(made))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("tooth", 14.5, "tooth is text such as '14', not float"),
        ("tooth", True, "tooth is text such as '14', not bool"),
        ("area", [], "area is text such as '10', not list"),
        ("surfaces", 1, "surfaces is text such as 'MOD', not int"),
        ("narrative", 1, "narrative is text such as 'why', not int"),
        ("place_of_service", {}, "place of service is text such as '11', not dict"),
        ("diagnosis_pointers", 1, "diagnosis pointers are a tuple such as (1, 2), not int"),
        ("diagnosis_pointers", ["A"], "a diagnosis pointer is a number, not str"),
        ("modifiers", 26, "modifiers are a tuple of texts such as ('KX',), not int"),
        ("modifiers", ["KX", 26], "a modifier is text such as 'KX', not int"),
        ("modifiers", [b"KX"], "a modifier is text such as 'KX', not bytes"),
        ("quantity", Decimal("2.5"), "a quantity is a whole number, not Decimal"),
        ("diagnosis_pointers", [1.5], "a diagnosis pointer is a number, not float"),
        ("quantity", True, "a quantity is a whole number, not bool"),
        ("quantity", 1.5, "a quantity is a whole number, not float"),
        (
            "fee",
            10.5,
            'a fee is a Decimal or a whole number of dollars, not float; write it as text, "10.50"',
        ),
        ("fee", float("inf"), "a fee is a Decimal or a whole number of dollars, not float"),
        ("fee", True, "a fee is a Decimal or a whole number of dollars, not bool"),
        ("medicare", 1, "medicare is True or False, not int"),
        ("code", None, "code is text such as 'D0120', not NoneType"),
    ],
)
def test_wrong_types_say_what_is_expected(field, value, said):
    with pytest.raises(TypeError) as caught:
        ClaimLine(**({"code": "D0120", "date": DAY} | {field: value}))
    assert str(caught.value) == said


@pytest.mark.parametrize("value", ["D0120", None, {}])
def test_only_claim_lines_are_checked(value):
    with pytest.raises(TypeError, match=f"^a ClaimLine is checked, not {type(value).__name__}$"):
        check(value)
    with pytest.raises(TypeError, match="a ClaimLine is checked"):
        check_claim([value])


def test_one_line_is_no_claim():
    with pytest.raises(TypeError, match=r"^the lines of a claim are several; use check for one$"):
        check_claim(line("D0120"))


def test_a_code_that_is_not_known_leaves_the_other_lines_of_its_claim_judged():
    found = check_claim(
        [line(pinned.MISPRINT), line("D7140", tooth="3"), line("D2391", **FILLING | {"tooth": "3"})]
    )
    assert [(finding.line_index, finding.rule) for finding in found] == [
        (0, "code.unknown"),
        (2, "conflict.exclusive"),
    ]


@pytest.mark.parametrize("text", ["I", "i", "Initial", " initial "])
def test_a_placement_is_read_as_people_and_the_837d_write_it(text):
    assert line("D2740", tooth="3", prosthesis=text).prosthesis == "initial"
    assert line("D2740", tooth="3", prosthesis="R").prosthesis == "replacement"
    assert line("D2740", tooth="3", prosthesis="new").prosthesis == "new"


def test_a_retired_code_without_a_successor_names_what_it_is_linked_to():
    (finding,) = check(line("D2970"))
    assert finding.message.endswith("no source names a successor, look at D2799, D2940")
    (early,) = (f for f in check(line("D0389", pinned.BEFORE_D0389)) if f.severity == "error")
    start = pinned.STARTED["D0389"]
    assert early.message == f"D0389 was not in force on {pinned.BEFORE_D0389}: valid from {start}"


def test_a_teenager_between_the_two_cleanings():
    assert check(line("D1120", birth_date=born(13))) == ()
    assert rules_of(check(line("D1120", birth_date=born(14)))) == ["age.custom"]
    assert check(line("D1110", birth_date=born(13))) == ()


BLANK = ("", "  ", "\t", None, float("nan"))


@pytest.mark.parametrize("blank", BLANK, ids=repr)
def test_a_blank_is_an_absent_field(blank):
    fields = ["tooth", "surfaces", "area", "narrative", "prosthesis", "place_of_service", "fee"]
    fields += ["birth_date", "prior_placement", "appliance_placed", "modifiers"]
    for field in fields:
        assert line("D0120", **{field: blank}) == line("D0120"), field
    assert line("D0120", blank) == line("D0120", None)


@pytest.mark.parametrize("absent", [Decimal("NaN"), Decimal("sNaN")], ids=repr)
def test_a_decimal_that_is_no_number_is_an_absent_fee(absent):
    assert line("D0120", fee=absent).fee is None


def test_what_pandas_has_for_absent_is_absent():
    pandas = pytest.importorskip("pandas")
    absent = {"tooth": pandas.NA, "fee": pandas.NA, "modifiers": pandas.NA, "quantity": pandas.NA}
    absent |= {"birth_date": pandas.NaT, "diagnosis_pointers": pandas.NA, "surfaces": pandas.NA}
    assert line("D0120", **absent) == line("D0120")
    assert line("D0120", pandas.NaT).date is None
    assert line("D0120", pandas.Timestamp(DAY)).date == date.fromisoformat(DAY)


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    whole = {"tooth": numpy.int64(14), "quantity": numpy.int8(2), "area": numpy.float32(10)}
    several = {"diagnosis_pointers": numpy.array([1, 2]), "modifiers": numpy.array(["KX", "59"])}
    made = line("D0120", fee=numpy.int64(60), **whole, **several)
    assert made == line(
        "D0120",
        fee=60,
        tooth="14",
        quantity=2,
        area="10",
        diagnosis_pointers=(1, 2),
        modifiers="KX 59",
    )
    assert all(type(pointer) is int for pointer in made.diagnosis_pointers)
    assert line("D0120", tooth=numpy.float32("nan"), modifiers=numpy.array([])) == line("D0120")
    with pytest.raises(TypeError, match="a fee is a Decimal or a whole number"):
        line("D0120", fee=numpy.float64(60.5))


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("tooth", 14, "14"),
        ("tooth", 14.0, "14"),
        ("area", 10.0, "10"),
        ("place_of_service", 11, "11"),
        ("quantity", 2.0, 2),
        ("quantity", None, 1),
        ("quantity", float("nan"), 1),
        ("fee", 60, Decimal(60)),
        ("fee", "120.10", Decimal("120.10")),
        ("fee", "$1,250.50", Decimal("1250.50")),
        ("fee", "1E-7", Decimal("1E-7")),
        ("fee", Decimal("1E+3"), Decimal(1000)),
        ("modifiers", "KX", ("KX",)),
        ("modifiers", "kx, 59;26", ("kx", "59", "26")),
        ("modifiers", ["KX", ""], ("KX",)),
        ("modifiers", ["KX", None, float("nan")], ("KX",)),
        ("diagnosis_pointers", [1, 2], (1, 2)),
        ("diagnosis_pointers", [1.0, None], (1,)),
        ("tooth", Decimal("14.0"), "14"),
        ("tooth", Decimal("NaN"), None),
        ("quantity", Decimal(2), 2),
        ("quantity", Decimal("sNaN"), 1),
    ],
)
def test_fields_as_tables_and_people_have_them(field, given, kept):
    taken = getattr(line("D0120", **{field: given}), field)
    assert (taken, type(taken)) == (kept, type(kept))
    assert str(taken) == str(kept)


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("quantity", 10**5000, "the number is beyond 99,999,999"),
        ("tooth", 10**5000, "the number is beyond 99,999,999"),
        ("fee", 10**5000, "the number is beyond 99,999,999"),
        ("fee", Decimal("1e999999999"), "a fee has at most 15 digits on each side of its point"),
        ("fee", Decimal("1e-999999999"), "a fee has at most 15 digits on each side of its point"),
        ("fee", "1e999999", "'1e999999' is no amount of dollars such as 1,250.50"),
        ("fee", "12,50", "'12,50' is no amount of dollars such as 1,250.50"),
        ("diagnosis_pointers", [10**5000], "the number is beyond 99,999,999"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_numbers_that_no_claim_has_room_for(field, given, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        line("D0120", **{field: given})


@pytest.mark.parametrize("fee", ["60.001", "1E-7", "1.5E-9", "0.005", "-0.005"])
def test_parts_of_a_cent(fee):
    assert "fee.not-cents" in rules_of(check(line("D0120", fee=Decimal(fee))))


@pytest.mark.parametrize("fee", ["60", "60.10", "60.1000", "0E-7", "1E+3", "0.00"])
def test_whole_cents(fee):
    assert check(line("D0120", fee=Decimal(fee))) == ()


def test_fees_do_not_follow_the_callers_arithmetic():
    with decimal.localcontext(decimal.Context(prec=3)):
        assert check(line("D0120", fee="12345678.90")) == ()
        assert rules_of(check(line("D0120", fee="1.001"))) == ["fee.not-cents"]
        assert line("D0120", fee=Decimal("1234E+3")).fee == 1234000


@given(claim_lines(), st.decimals(-(10**9), 10**9, places=6) | st.just(Decimal("Infinity")))
def test_a_line_comes_back_from_its_dict(clean, fee):
    """from_dict(to_dict()) is the record again, through JSON too; attrs.asdict works."""
    made = attrs.evolve(clean, fee=fee, diagnosis_pointers=(1, 2), place_of_service="22")
    assert ClaimLine.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert ClaimLine(**attrs.asdict(made)) == made


def test_a_dict_with_a_field_that_there_is_not():
    with pytest.raises(ValueError, match=r"^a claim line has no field 'teeth'; its"):
        ClaimLine.from_dict({"code": "D0120", "teeth": "3"})


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("00140", "D0140, if this is the ADA's old form of five digits"),
        ("01110", "D1110, if this is the ADA's old form of five digits"),
        ("00100", "send it on a medical claim"),
        ("99213", "send it on a medical claim"),
    ],
)
def test_the_old_form_of_five_digits_is_hinted_at(given, hint):
    (finding,) = check(line(given))
    assert finding.rule == "code.system"
    assert finding.message.endswith(hint)


@pytest.mark.parametrize(
    ("fields", "rule", "said"),
    [
        (
            {"tooth": "UR"},
            "tooth.unknown",
            "'UR' is no tooth but an area, the upper right quadrant",
        ),
        ({"tooth": "lower"}, "tooth.unknown", "write it as area 02 (837D SV304, form item 25)"),
        ({"surfaces": "LL"}, "surface.impossible", "'LL' is no surface but an area"),
        ({"surfaces": "ur"}, "surface.impossible", "write it as area 10 "),
    ],
)
def test_an_area_in_the_field_of_another_is_told_as_such(fields, rule, said):
    told = {finding.rule: finding.message for finding in check(line("D4341", **fields))}
    assert said in told[rule]


def test_several_areas_and_surfaces_one_a_tooth_are_each_judged():
    assert check(line("D4341", area="10,20", quantity=2)) == ()
    assert rules_of(check(line("D4341", area="10,01"))) == ["area.kind"]
    assert rules_of(check(line("D4341", area="10,50"))) == ["area.unknown"]
    both = line("D4342", area="10,20", tooth="3,14", quantity=2)
    assert rules_of(check(both)) == []
    assert rules_of(check(attrs.evolve(both, tooth="3,30"))) == ["area.tooth"]
    # A denture of the upper jaw, billed in a lower area besides.
    found = check(line("D5110", area="01,02", prosthesis="initial"))
    assert rules_of(found) == ["area.code"]


@pytest.mark.parametrize(
    ("teeth", "surfaces", "rules"),
    [
        ("3,14", "O,B", ["tooth.several"]),
        ("3,14", "O,I", ["tooth.several", "surface.impossible"]),
        ("3,14", "O,MO", ["tooth.several", "surface.count"]),
        ("3,14", "O,", ["tooth.several", "surface.missing"]),
        ("3,14", ",", ["tooth.several", "surface.missing"]),
        ("3,14", "O", ["tooth.several"]),
        ("3", "M,O", ["surface.count"]),
    ],
)
def test_surfaces_of_each_tooth(teeth, surfaces, rules):
    assert rules_of(check(line("D2391", tooth=teeth, surfaces=surfaces))) == rules


def test_rules_of_a_claim_see_every_tooth_of_a_line():
    both = line("D7140", tooth="3,4")
    found = check_claim([both, line("D2391", tooth="4", surfaces="O")], rules=())
    assert rules_of(found) == ["conflict.exclusive"]
    found = check_claim([both, line("D7210", tooth="4")], rules=())
    assert rules_of(found) == ["conflict.exclusive"]
    split = [line("D2391", tooth="3,4", surfaces="O,B"), line("D2391", tooth="4", surfaces="O")]
    assert rules_of(check_claim(split, rules=())) == ["surface.split"]


def test_a_line_without_a_day_is_judged_by_what_it_needs():
    assert rules_of(check(line("D2750", None, tooth="14"))) == [
        "date.missing",
        "prosthesis.missing",
    ]
    undated = line("D0120", None, birth_date=DAY, prior_placement=DAY, medicare=True)
    assert rules_of(check(undated)) == ["date.missing"]
    assert rules_of(check(line("D9940", None))) == ["date.missing"]


def test_lines_without_a_day_are_a_plan_of_several_visits():
    """What may not fall on one day may fall on two; what a line needs must be planned too."""
    assert check_claim([line("D0120", None), line("D0140", None)], rules=()) == ()
    (finding,) = check_claim([line("D2953", None, tooth="3")], rules=())
    assert ", which this claim lacks; " in finding.message
    base = line("D2952", None, tooth="3")
    assert check_claim([base, line("D2953", None, tooth="3")], rules=()) == ()
    planned = [line("D7140", None, tooth="3"), line("D2391", None, tooth="3", surfaces="O")]
    assert check_claim(planned, rules=()) == ()


def test_rules_survive_pickling():
    for rule in (*LINE_RULES, *CLAIM_RULES):
        assert pickle.loads(pickle.dumps(rule)) == rule


def test_checking_the_lines_of_a_claim_is_linear():
    """Eight times the lines are about eight times the calls, counted and not timed."""
    counts = [calls_of(lambda n=n: check_claim(_mouthful(n))) for n in (100, 800)]
    assert counts[1] < 9 * counts[0]


def _mouthful(count):
    codes = ("D7140", "D2391", "D0120", "D2953")
    return [line(codes[n % 4], tooth="3", surfaces="O") for n in range(count)]


def test_tooth_and_quadrant_that_agree_on_a_code_of_neither():
    assert "area.and-tooth" not in rules_of(check(line("D0220", tooth="3", area="10")))


def test_a_repeated_extraction_is_told_once_as_a_duplicate():
    assert rules_of(check_claim([line("D7140", tooth="3")] * 2)) == ["conflict.duplicate"]


def test_a_finding_as_plain_json():
    (finding,) = check(line("D7140"))
    assert finding.to_dict()["rule"] == "tooth.missing"
    assert line("D7140", tooth="3").to_dict()["date"] == DAY


GIVEN = [rule for rule in LINE_RULES if rule.where_given]


@functools.cache  # every rule is asked of them
def clean_lines():
    return [clean_line(procedure) for procedure in cdtref.procedures()]


@pytest.mark.parametrize("rule", GIVEN, ids=lambda rule: rule.id)
def test_a_rule_on_what_stands_in_a_field_is_silent_where_nothing_does(rule):
    """So it may be passed over there, which most lines are spared most rules by."""
    absent = attrs.fields_dict(ClaimLine)[rule.field].default
    broken = broken_line(rule.id)
    for line in (*clean_lines(), broken):
        bare = attrs.evolve(line, **{rule.field: absent})
        assert rule.judge(ParsedLine(bare, cdtref.catalog())) is None


def test_rules_of_ones_own_are_asked_of_every_line_unless_they_say_otherwise():
    def judge(reading):
        return f"{reading.line.code} is so"

    always = LineRule("own.always", "info", "tooth", judge)
    given = LineRule("own.given", "info", "tooth", judge, where_given=True)
    for rules in ((always, given), [always, given]):
        told = [found.rule for found in cdtref.check(ClaimLine("D0120"), rules)]
        assert told == ["own.always"]
        told = [found.rule for found in cdtref.check(ClaimLine("D0120", tooth="3"), rules)]
        assert told == ["own.always", "own.given"]
    for number in range(40):  # more tables of rules than are kept
        own = (LineRule(f"own.{number}", "info", "code", judge),)
        assert [found.rule for found in cdtref.check(ClaimLine("D0120"), own)] == [f"own.{number}"]
